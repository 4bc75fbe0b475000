'use strict';
// CString: a lazy view on a NUL-terminated string in C memory.

const native = require('./binding.js');
const { CHECKED_TEXT, allChecked, checkedOption, telling } = require('./checked.js');
const { views, offsets, putAddress, putLength, putNoLength } = require('./frame.js');
const { byteCount, locate, usable } = require('./address.js');
const { registerWrapper } = require('./pointer.js');

const { u32 } = views;
const VALUE = offsets.value / 4;

/**
 * The string at an address; `null` for NULL.
 * @param {string} caller
 * @param {number | bigint} address
 * @param {number} [limit] at most so many bytes
 * @param {number} [encoding] the number of an encoding; 0 is UTF-8
 * @param {boolean} [isChecked]
 * @returns {string | null}
 */
function readCString(caller, address, limit, encoding = 0, isChecked = allChecked) {
  if (address === 0) return null;
  putAddress(usable(caller, address));
  if (limit === undefined) putNoLength();
  else putLength(limit);
  if (encoding === 0 && !isChecked) return native.readCString();
  u32[VALUE] = encoding | (isChecked ? CHECKED_TEXT : 0);
  u32[VALUE + 1] = 0;
  return telling(caller, native.readText, 0);
}

/** @param {unknown} given @returns {number} */
function encodingNumber(given) {
  const { encodedText } = require('./encoded.js');
  const { resolveEncoding } = require('./encoding.js');
  return encodedText(resolveEncoding(given, 'CString: argument 3: encoding', 'CString', 3))?.number ?? 0;
}

class CString {
  /** @type {number | bigint} */
  #address;
  /** @type {number | undefined} */
  #limit;
  #encoding = 0;
  #isChecked = allChecked;

  /**
   * @param {unknown} ptr Number, BigInt, null or another CString
   * @param {number} [byteOffset] where to start, in bytes after `ptr`
   * @param {number} [byteLength] read at most so many bytes
   * @param {unknown} [options] `{ encoding, checked }`
   */
  constructor(ptr, byteOffset = 0, byteLength = undefined, options = undefined) {
    this.#address = locate('CString', ptr, byteOffset);
    if (byteLength !== undefined) this.#limit = byteCount('CString', byteLength, 2);
    if (options === undefined) return;
    const { ownOptions } = require('./options.js');
    const { encoding, checked } = ownOptions('CString', options, ['encoding', 'checked'], 3);
    if (encoding !== undefined) this.#encoding = encodingNumber(encoding);
    this.#isChecked = checkedOption('CString', checked, 'the options', 3);
  }

  /** The address of the first byte. */
  get ptr() {
    return this.#address;
  }

  /** Length in UTF-16 units, as of `toString()`. */
  get length() {
    return this.toString().length;
  }

  /** The string as it is in memory now; `''` for NULL. */
  toString() {
    return readCString('CString', this.#address, this.#limit, this.#encoding, this.#isChecked) ?? '';
  }

  toJSON() {
    return this.toString();
  }

  [Symbol.toPrimitive]() {
    return this.toString();
  }

  static {
    registerWrapper((value) => (#address in value ? value.#address : undefined));
  }
}

module.exports = { CString, readCString };
