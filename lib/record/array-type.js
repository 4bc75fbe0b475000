'use strict';
// Arrays inside of memory: which values stand for one, and how they are written and read.

const native = require('../binding.js');
const { addressIn } = require('../call.js');
const { putOperands } = require('../frame.js');
const { clear } = require('../memory-view.js');
const { extent, isBuffer, typedCount, typedName, views } = require('../pointer.js');
const { Refused, refused } = require('../refused.js');
const { holdsPointers } = require('./accept.js');
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

const { isSafeInteger } = Number;

/** No array of JavaScript has more. */
const MOST_ELEMENTS = 2 ** 32 - 1;
const encoder = new TextEncoder();

/** The typed arrays that are memory of such elements. @type {Record<string, string>} */
const kinds = {
  __proto__: /** @type {any} */ (null),
  i8: 'Int8Array',
  u8: 'Uint8Array',
  i16: 'Int16Array',
  u16: 'Uint16Array',
  i32: 'Int32Array',
  u32: 'Uint32Array',
  i64: 'BigInt64Array',
  bigint64: 'BigInt64Array',
  u64: 'BigUint64Array',
  biguint64: 'BigUint64Array',
  f32: 'Float32Array',
  f64: 'Float64Array',
};

/**
 * How many elements a value has by index: an array, a typed array, a view on an array in memory, or the like.
 * Asked once, because the answer may be code of the user's.
 * @param {any} value
 * @returns {number | undefined} undefined for what has none
 */
function listLength(value) {
  if (typeof value !== 'object' || value === null) return undefined;
  if (typedName(value) !== undefined) return typedCount(value);
  if (isBuffer(value)) return undefined;
  const { length } = value;
  if (typeof length === 'number') {
    if (isSafeInteger(length) && length >= 0 && length <= MOST_ELEMENTS) return length;
    throw new Refused('ERR_INVALID_ARG_VALUE', `expected elements, got a length of ${length}`);
  }
  return undefined;
}

/**
 * Whether a value is bytes, not numbers.
 * @param {unknown} value
 * @param {ArrayType} array
 */
function isBytes(value, { element, isText }) {
  if (!isBuffer(value)) return false;
  const name = typedName(value);
  return name === undefined || (name === 'Uint8Array' && (element.size !== 1 || isText));
}

/** How many elements fit into so many bytes. @param {number} bytes @param {CType} element */
const fitting = (bytes, element) => (element.size === 0 ? 0 : Math.max(0, Math.floor(bytes / element.size)));

/**
 * How many elements a value for a flexible array has.
 * @param {CType} type
 * @param {unknown} value
 * @returns {number}
 */
function elementCount(type, value) {
  const array = /** @type {ArrayType} */ (type.array);
  if (value === undefined) return 0;
  if (!isBytes(value, array)) {
    const length = listLength(value);
    if (length === undefined) throw refused(type, value);
    return length;
  }
  const bytes = extent(value)?.length;
  if (bytes === undefined) throw refused(type, value);
  const count = bytes === 0 ? 0 : bytes / array.element.size;
  if (isSafeInteger(count)) return count;
  throw new Refused('ERR_INVALID_ARG_VALUE', `expected a whole number of elements of ${array.element.size} bytes`);
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
  putOperands(addressIn(view, at), size);
  return native.readCString();
}

/**
 * @param {CType} type
 * @param {import('./marshal.js').Elements} elements
 * @returns {import('./marshal.js').Marshal}
 */
function arrayMarshal(type, elements) {
  const array = /** @type {ArrayType} */ (type.array);
  const { element, isText, isFlexible } = array;
  const isPointing = holdsPointers(element);
  const kind = element.kind === 'scalar' && !element.accept ? kinds[element.base] : undefined;
  return {
    put(view, at, value, keep) {
      const count = isFlexible ? fitting(keep.room, element) : array.count;
      if (isText && typeof value === 'string') return putText(view, at, type.size, value);
      if (isBytes(value, array)) return copyBuffer(view, at, value, type, count * element.size, keep);
      const length = listLength(value);
      if (length === undefined) throw refused(type, value);
      if (kind !== undefined && length === count && typedName(value) === kind) {
        return copyBuffer(view, at, value, type, count * element.size, keep);
      }
      if (length !== count && !(keep.fills && length < count)) {
        throw new Refused('ERR_INVALID_ARG_VALUE', `expected ${count} elements, got ${length}`);
      }
      // What a view refers to lives as long as its buffer.
      if (isPointing) keep.hold(views.placeOf(value)?.ground.buffer);
      elements.put(view, at, value, keep, length);
      if (length < count) clear(view, at + length * element.size, (count - length) * element.size);
    },
    get: isText ? (view, at) => getText(view, at, type.size) : (view, at) => elements.get(view, at, array.count),
  };
}

module.exports = { fitting, MOST_ELEMENTS, kinds, arrayMarshal, elementCount, getText, listLength };
