'use strict';
// Addresses that users give to functions of ours (not to C): checked, with an offset added.

const native = require('./binding.js');
const { describe } = require('./describe.js');
const { createError } = require('./errors.js');
const { INVALID, addressOf, isBuffer, views } = require('./pointer.js');
const { refusal } = require('./refuse.js');

const { isSafeInteger } = Number;
const { asUintN } = BigInt;

/** Below this nothing is ever mapped. */
const FIRST_ADDRESS = native.firstAddress;

/**
 * A pointer, not a buffer: behind a buffer's address nothing says where it ends.
 * @param {string} caller
 * @param {unknown} pointer
 * @param {number} index which argument of `caller` it is
 * @returns {number | bigint}
 */
function pointerValue(caller, pointer, index = 0) {
  if (typeof pointer === 'number' && isSafeInteger(pointer) && pointer >= 0) return pointer;
  const address = isBuffer(pointer) ? INVALID : addressOf(pointer);
  if (address === INVALID) throw refusal('address', pointer, index, caller);
  return address;
}

/**
 * The address `byteOffset` bytes from a pointer. NULL, and what else cannot be a pointer, stays what it
 * is: an offset must not make it look like one.
 * @param {string} caller
 * @param {unknown} pointer
 * @param {unknown} byteOffset may be negative
 * @param {number} [size] of what is there: in a Memory, it must be inside
 * @returns {number | bigint}
 */
function locate(caller, pointer, byteOffset, size = 0) {
  const base = pointerValue(caller, pointer);
  if (typeof byteOffset !== 'number') throw refusal('offset', byteOffset, 1, caller);
  if (isSafeInteger(byteOffset)) {
    if (base < FIRST_ADDRESS) return base;
    const place = typeof pointer === 'object' ? views.placeOf(pointer) : undefined;
    if (place?.isMemory && !(byteOffset >= 0 && size <= place.length - byteOffset)) {
      const text = `${size} bytes at offset ${byteOffset} are outside of the ${place.length} bytes`;
      throw createError('ERR_OUT_OF_BOUNDS', `${caller}: argument 1: ${text}`, caller, 1);
    }
    const sum = typeof base === 'number' ? base + byteOffset : base + BigInt(byteOffset);
    if (typeof sum === 'number' ? isSafeInteger(sum) && sum >= 0 : sum >= 0n && asUintN(64, sum) === sum) return sum;
  }
  const message = `${caller}: argument 1: ${describe(byteOffset)} is not an offset from this pointer`;
  throw createError('ERR_OUT_OF_RANGE', message, caller, 1);
}

/**
 * An address that memory can be at.
 * @param {string} caller
 * @param {number | bigint} address
 * @param {number} [index] which argument of `caller` it is, where there are several
 * @returns {number | bigint}
 */
function usable(caller, address, index) {
  if (address >= FIRST_ADDRESS) return address;
  const which = address === 0 ? 'the address is NULL' : `${address} cannot be a valid address`;
  const where = index === undefined ? '' : `argument ${index}: `;
  throw createError('ERR_INVALID_POINTER', `${caller}: ${where}${which}`, caller, index ?? 0);
}

/**
 * @param {string} caller
 * @param {unknown} count
 * @param {number} index which argument of `caller` it is
 * @returns {number} a safe integer from 0
 */
function byteCount(caller, count, index) {
  if (typeof count === 'number' && isSafeInteger(count) && count >= 0) return count;
  const code = typeof count === 'number' ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARG_TYPE';
  const message = `${caller}: argument ${index}: expected a number of bytes, got ${describe(count)}`;
  throw createError(code, message, caller, index);
}

module.exports = { FIRST_ADDRESS, pointerValue, locate, usable, byteCount };
