'use strict';
// Properties that cannot be written.

/** Used again and again; without a prototype, so that `Object.prototype` is no part of it. */
const descriptor = Object.setPrototypeOf({ value: undefined, configurable: false, enumerable: false }, null);

/**
 * Defines a property that cannot be written.
 * @template {object} T
 * @param {T} target
 * @param {string | symbol} key
 * @param {unknown} value
 * @param {'configurable' | 'enumerable'} [attribute] what else it is
 * @returns {T}
 */
function defineValue(target, key, value, attribute) {
  descriptor.value = value;
  descriptor.configurable = attribute === 'configurable';
  descriptor.enumerable = attribute === 'enumerable';
  Object.defineProperty(target, key, descriptor);
  descriptor.value = undefined;
  return target;
}

module.exports = { defineValue };
