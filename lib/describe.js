'use strict';
// Values in words, for messages.

const { isAnyArrayBuffer } = require('node:util').types;
const { isView, wrapperName } = require('./pointer.js');

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

module.exports = { describe };
