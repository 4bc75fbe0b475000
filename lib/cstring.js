'use strict';
// CString: a lazy view on a NUL-terminated string in C memory.

const native = require('./binding.js');
const { CHECKED_TEXT, allChecked, checkedOption, telling } = require('./checked.js');
const { UNLIMITED, putOperands } = require('./frame.js');
const { byteCount, locate, usable } = require('./address.js');
const { createError } = require('./errors.js');
const { INVALID, registerWrapper, views: recordViews } = require('./pointer.js');

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
  usable(caller, address);
  const length = limit ?? UNLIMITED;
  if (encoding === 0 && !isChecked) {
    putOperands(address, length);
    return native.readCString();
  }
  return telling(
    caller,
    () => {
      putOperands(address, length, encoding | (isChecked ? CHECKED_TEXT : 0));
      return native.readText();
    },
    0,
  );
}

/** @param {unknown} given @returns {number} */
function encodingNumber(given) {
  const { encodedText } = require('./encoded.js');
  const { resolveEncoding } = require('./encoding.js');
  return encodedText(resolveEncoding(given, 'CString: argument 3: encoding', 'CString', 3))?.number ?? 0;
}

/** @typedef {import('./pointer.js').PlaceGround} Ground */

/** The Memory that a CString is in. @type {(value: unknown) => Ground | undefined} */
let groundOfText;

class CString {
  /** @type {number | bigint} */
  #address;
  /** @type {number | undefined} */
  #limit;
  /** The Memory that it is in, which tells whether it is there. @type {Ground | undefined} */
  #ground;
  /** The bytes that there are in that. */
  #room = Infinity;
  #encoding = 0;
  #isChecked = allChecked;

  /**
   * @param {unknown} ptr Number, BigInt, null, another CString, or a Memory, which it does not reach out of
   * @param {number} [byteOffset] where to start, in bytes after `ptr`
   * @param {number} [byteLength] read at most so many bytes
   * @param {unknown} [options] `{ encoding, checked }`
   */
  constructor(ptr, byteOffset = 0, byteLength = undefined, options = undefined) {
    this.#address = locate('CString', ptr, byteOffset);
    if (typeof ptr === 'object' && ptr !== null) this.#stayInside(ptr, byteOffset);
    if (byteLength !== undefined) this.#limit = byteCount('CString', byteLength, 2);
    if (options === undefined) return;
    const { ownOptions } = require('./options.js');
    const { encoding, checked } = ownOptions('CString', options, ['encoding', 'checked'], 3);
    if (encoding !== undefined) this.#encoding = encodingNumber(encoding);
    this.#isChecked = checkedOption('CString', checked, 'the options', 3);
  }

  /** @param {object} ptr @param {number} byteOffset */
  #stayInside(ptr, byteOffset) {
    const place = recordViews.placeOf(ptr);
    if (place?.isMemory) {
      this.#ground = place.ground;
      this.#room = place.length - byteOffset;
    } else if (#ground in ptr && ptr.#ground) {
      const room = ptr.#room - byteOffset;
      if (!(byteOffset >= 0 && room >= 0)) {
        const text = `argument 1: the offset ${byteOffset} is outside of the ${ptr.#room} bytes`;
        throw createError('ERR_OUT_OF_BOUNDS', `CString: ${text}`, 'CString', 1);
      }
      this.#ground = ptr.#ground;
      this.#room = room;
    }
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
    let limit = this.#limit;
    if (this.#ground) {
      const problem = this.#ground.problem();
      if (problem) throw createError(problem.code, `CString: ${problem.text}`, 'CString');
      if (limit === undefined || limit > this.#room) limit = this.#room;
    }
    return readCString('CString', this.#address, limit, this.#encoding, this.#isChecked) ?? '';
  }

  toJSON() {
    return this.toString();
  }

  [Symbol.toPrimitive]() {
    return this.toString();
  }

  static {
    registerWrapper(
      (value) => (#address in value ? (value.#ground?.problem() ? INVALID : value.#address) : undefined),
      undefined,
      (value) => groundOfText(value)?.problem(),
    );
    groundOfText = (value) =>
      typeof value === 'object' && value !== null && #ground in value ? value.#ground : undefined;
  }
}

module.exports = { CString, groundOfText, readCString };
