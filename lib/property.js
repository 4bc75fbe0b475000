'use strict';
// Properties that cannot be written.

// Tells whether it could; taken once, as it is used in getters.
const { defineProperty } = Reflect;

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

/** The same for a value that is made later. @type {PropertyDescriptor} */
const lazily = Object.setPrototypeOf({ get: undefined, configurable: true, enumerable: true }, null);

/**
 * Defines a property that cannot be written, whose value is made when it is first read.
 * @param {object} target
 * @param {string} key
 * @param {() => unknown} make
 */
function defineLazily(target, key, make) {
  lazily.get = () => {
    const value = make();
    // A debugger may have read it meanwhile: then there is one.
    defineProperty(target, key, Object.setPrototypeOf({ value, configurable: false, enumerable: true }, null));
    return /** @type {any} */ (target)[key];
  };
  Object.defineProperty(target, key, lazily);
  lazily.get = undefined;
}

module.exports = { defineLazily, defineValue };
