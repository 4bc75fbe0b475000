'use strict';
// CString: a lazy view on a NUL-terminated string in C memory.

const native = require('./binding.js');
const { putAddress, putLength, putNoLength } = require('./frame.js');
const { byteCount, locate, usable } = require('./address.js');
const { registerWrapper } = require('./pointer.js');

/**
 * The string at an address; `null` for NULL.
 * @param {string} caller
 * @param {number | bigint} address
 * @param {number} [limit] at most so many bytes
 * @returns {string | null}
 */
function readCString(caller, address, limit) {
  if (address === 0) return null;
  putAddress(usable(caller, address));
  if (limit === undefined) putNoLength();
  else putLength(limit);
  return native.readCString();
}

class CString {
  /** @type {number | bigint} */
  #address;
  /** @type {number | undefined} */
  #limit;

  /**
   * @param {unknown} ptr Number, BigInt, null or another CString
   * @param {number} [byteOffset] where to start, in bytes after `ptr`
   * @param {number} [byteLength] read at most so many bytes
   */
  constructor(ptr, byteOffset = 0, byteLength = undefined) {
    this.#address = locate('CString', ptr, byteOffset);
    if (byteLength !== undefined) this.#limit = byteCount('CString', byteLength, 2);
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
    return readCString('CString', this.#address, this.#limit) ?? '';
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
