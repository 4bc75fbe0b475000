'use strict';
// Offsets, lengths and counts that programs give: whole numbers, inside of the memory that they are for.

const { describe } = require('../describe.js');
const { createError } = require('../errors.js');

const { isSafeInteger } = Number;

/**
 * A whole number; what else it has to be is up to the caller.
 * @param {string} caller
 * @param {unknown} value
 * @param {number} index which argument of `caller` it is
 * @param {string} what
 * @returns {number}
 */
function integer(caller, value, index, what) {
  // Not -0.
  if (typeof value === 'number' && isSafeInteger(value)) return value + 0;
  const code = typeof value === 'number' ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARG_TYPE';
  const message = `${caller}: argument ${index}: expected ${what}, got ${describe(value)}`;
  throw createError(code, message, caller, index);
}

/** @param {string} caller @param {string} text @param {number} index */
const outside = (caller, text, index) =>
  createError('ERR_OUT_OF_BOUNDS', `${caller}: argument ${index}: ${text}`, caller, index);

/**
 * Where something of a size is.
 * @param {string} caller
 * @param {unknown} offset
 * @param {number} index which argument of `caller` it is
 * @param {number} size of what is there
 * @param {number} whole the bytes that there are
 * @returns {number} the offset
 */
function inside(caller, offset, index, size, whole) {
  const at = integer(caller, offset, index, 'an offset in bytes');
  // Not a sum, which could be rounded.
  if (at >= 0 && size <= whole - at) return at;
  throw outside(caller, `${size} bytes at offset ${at} are outside of the ${whole} bytes`, index);
}

/**
 * A part of memory.
 * @param {string} caller
 * @param {unknown} offset its first argument
 * @param {unknown} length its second; undefined is up to the end
 * @param {number} whole the bytes that there are
 * @returns {[at: number, size: number]}
 */
function range(caller, offset, length, whole) {
  const at = inside(caller, offset, 0, 0, whole);
  if (length === undefined) return [at, whole - at];
  const size = integer(caller, length, 1, 'a number of bytes');
  if (size >= 0 && size <= whole - at) return [at, size];
  throw outside(caller, `${size} bytes at offset ${at} are outside of the ${whole} bytes`, 1);
}

module.exports = { inside, integer, outside, range };
