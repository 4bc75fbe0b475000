'use strict';
// Arrays inside of memory: which values stand for one, and how they are written and read.

const native = require('../binding.js');
const { addressIn } = require('../call.js');
const { putAddress, putLength } = require('../frame.js');
const { clear } = require('../memory-view.js');
const { isBuffer, typedName } = require('../pointer.js');
const { Refused, refused } = require('../refused.js');
const { copyBuffer } = require('./cold.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./cold.js').Keep} Keep */

/**
 * @typedef {object} ArrayType
 * @property {CType} element
 * @property {number} count
 * @property {boolean} isFlexible `T name[]`, the last member of a struct
 * @property {boolean} isText of `char`: read as a string
 */

const encoder = new TextEncoder();

/**
 * Whether a value has elements by index: an array, a typed array, a view on an array in memory.
 * @param {any} value
 */
function isList(value) {
  if (typeof value !== 'object' || value === null) return false;
  return (
    Array.isArray(value) || typedName(value) !== undefined || (!isBuffer(value) && typeof value.length === 'number')
  );
}

/**
 * Whether a value is bytes, not numbers.
 * @param {unknown} value
 * @param {CType} element
 */
function isBytes(value, element) {
  return (
    isBuffer(value) && (typedName(value) === undefined || (typedName(value) === 'Uint8Array' && element.size !== 1))
  );
}

/** @param {DataView} view @param {number} at @param {number} size @param {string} text */
function putText(view, at, size, text) {
  if (text.includes('\0')) throw new Refused('ERR_INVALID_ARG_VALUE', 'the string contains a NUL character');
  const { read, written } = encoder.encodeInto(text, new Uint8Array(view.buffer, view.byteOffset + at, size));
  if (read !== text.length) {
    throw new Refused('ERR_INVALID_ARG_VALUE', `the string is longer than ${size} bytes of UTF-8`);
  }
  clear(view, at + written, size - written);
}

/** @param {DataView} view @param {number} at @param {number} size @returns {string} up to the NUL */
function getText(view, at, size) {
  if (size === 0) return '';
  putAddress(addressIn(view, at));
  putLength(size);
  return native.readCString();
}

/**
 * @param {CType} type
 * @param {import('./marshal.js').Elements} elements
 * @returns {import('./marshal.js').Marshal}
 */
function arrayMarshal(type, elements) {
  const { element, count, isText } = /** @type {ArrayType} */ (type.array);
  return {
    put(view, at, value, keep) {
      if (isText && typeof value === 'string') return putText(view, at, type.size, value);
      if (isBytes(value, element)) return copyBuffer(view, at, value, type);
      if (!isList(value)) throw refused(type, value);
      const { length } = value;
      if (length !== count && !(keep.fills && length < count)) {
        throw new Refused('ERR_INVALID_ARG_VALUE', `expected ${count} elements, got ${length}`);
      }
      elements.put(view, at, value, keep, length);
      if (length < count) clear(view, at + length * element.size, (count - length) * element.size);
    },
    get: isText ? (view, at) => getText(view, at, type.size) : (view, at) => elements.get(view, at, count),
  };
}

module.exports = { arrayMarshal, getText, isList, isBytes };
