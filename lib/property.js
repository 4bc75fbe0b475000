'use strict';

/**
 * Defines a property that cannot be written. The descriptor has no prototype, so that what somebody put
 * on `Object.prototype` is no part of it.
 * @template {object} T
 * @param {T} target
 * @param {string | symbol} key
 * @param {unknown} value
 * @param {{ configurable?: boolean, enumerable?: boolean }} [attributes]
 * @returns {T}
 */
function defineValue(target, key, value, { configurable = false, enumerable = false } = {}) {
  const descriptor = { __proto__: null, value, configurable, enumerable };
  return Object.defineProperty(target, key, /** @type {PropertyDescriptor} */ (/** @type {unknown} */ (descriptor)));
}

module.exports = { defineValue };
