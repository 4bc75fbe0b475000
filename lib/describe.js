'use strict';
// Values in words, for messages.

const { isAnyArrayBuffer, isProxy } = require('node:util').types;
const { isView, wrapperName } = require('./pointer.js');

const { getOwnPropertyDescriptor } = Object;

/**
 * A value in words. Runs no code of the value's.
 * @param {unknown} value
 * @returns {string}
 */
function describe(value) {
  switch (typeof value) {
    case 'string':
      return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value);
    case 'bigint':
      return `${value}n`.length > 40 ? 'a larger BigInt' : `${value}n`;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (isView(value)) return 'a view';
      return isAnyArrayBuffer(value) ? 'an ArrayBuffer' : (wrapperName(value) ?? 'an object');
    default:
      return `a ${typeof value}`;
  }
}

/**
 * The name that a function has of its own. Runs no code of it.
 * @param {Function} fn
 * @returns {string | undefined}
 */
function functionName(fn) {
  const name = isProxy(fn) ? undefined : getOwnPropertyDescriptor(fn, 'name')?.value;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

module.exports = { describe, functionName };
