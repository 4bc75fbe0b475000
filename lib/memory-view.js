'use strict';
// Reading and writing memory at any alignment, as records are. Numbers are little-endian, as on every
// supported machine.

const { floor } = Math;
const { isSafeInteger } = Number;

/** A class like DataView, but unchanged by what becomes of DataView.prototype. */
class FixedView extends /** @type {any} */ (DataView) {
  static {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(DataView.prototype))) {
      if (name !== 'constructor') Object.defineProperty(this.prototype, name, descriptor);
    }
    Object.freeze(this.prototype);
  }
}
/** @type {DataViewConstructor} */
const MemoryView = /** @type {any} */ (FixedView);

const TWO_32 = 4294967296;

/** @param {DataView} view @param {number} at @param {number | bigint} value */
function putInt64(view, at, value) {
  if (typeof value !== 'number') return view.setBigInt64(at, value, true);
  view.setInt32(at, value, true);
  view.setInt32(at + 4, floor(value / TWO_32), true);
}

/** @param {DataView} view @param {number} at @param {number | bigint} value */
function putUint64(view, at, value) {
  if (typeof value !== 'number') return view.setBigUint64(at, value, true);
  view.setUint32(at, value, true);
  view.setUint32(at + 4, value / TWO_32, true);
}

/** @param {DataView} view @param {number} at @returns {number | bigint} a Number when safe */
function getInt64(view, at) {
  const value = view.getInt32(at + 4, true) * TWO_32 + view.getUint32(at, true);
  return isSafeInteger(value) ? value : view.getBigInt64(at, true);
}

/** @param {DataView} view @param {number} at @returns {number | bigint} a Number when safe */
function getUint64(view, at) {
  const value = view.getUint32(at + 4, true) * TWO_32 + view.getUint32(at, true);
  return isSafeInteger(value) ? value : view.getBigUint64(at, true);
}

/**
 * An unsigned bit-field of at most 32 bits.
 * @param {DataView} view
 * @param {number} at the byte of its first bit
 * @param {number} first which bit of that byte
 * @param {number} width
 */
function getBits(view, at, first, width) {
  let value = view.getUint8(at) >>> first;
  for (let got = 8 - first; got < width; got += 8) value += view.getUint8(++at) * 2 ** got;
  return value % 2 ** width;
}

/**
 * Writes a bit-field of at most 32 bits and leaves what is around it.
 * @param {DataView} view
 * @param {number} at the byte of its first bit
 * @param {number} first which bit of that byte
 * @param {number} width
 * @param {number} value not negative
 */
function putBits(view, at, first, width, value) {
  for (let left = width; left > 0; at++) {
    const count = left < 8 - first ? left : 8 - first;
    const mask = ((1 << count) - 1) << first;
    view.setUint8(at, (view.getUint8(at) & ~mask) | ((value % 2 ** count) << first));
    value = floor(value / 2 ** count);
    left -= count;
    first = 0;
  }
}

/**
 * Copies words of four bytes, between memory that is as aligned as it happens to be.
 * @param {DataView} source
 * @param {number} from
 * @param {DataView} target
 * @param {number} to
 * @param {number} bytes rounded up to eight: there is room behind both
 */
function copyWords(source, from, target, to, bytes) {
  for (let done = 0; done < bytes; done += 8) {
    target.setUint32(to + done, source.getUint32(from + done, true), true);
    target.setUint32(to + done + 4, source.getUint32(from + done + 4, true), true);
  }
}

/** @param {DataView} view @param {number} at @param {number} bytes */
function clear(view, at, bytes) {
  const end = at + bytes;
  for (; at + 8 <= end; at += 8) view.setFloat64(at, 0, true);
  for (; at < end; at++) view.setUint8(at, 0);
}

module.exports = {
  MemoryView,
  putInt64,
  getInt64,
  putUint64,
  getUint64,
  // An address is an unsigned integer.
  putPointer: putUint64,
  getPointer: getUint64,
  getBits,
  putBits,
  copyWords,
  clear,
};
