'use strict';
// Decides and words the error for an argument that a stub has found unfit.

const { describe } = require('./describe.js');
const { createError } = require('./errors.js');
const { extent, isGone } = require('./pointer.js');

const POINTER = 'a pointer (Number, BigInt, null, ArrayBuffer, view or CString)';

/** What each type accepts, and what arguments of arkffi's own functions are. @type {Record<string, string>} */
const expectations = {
  void: 'nothing',
  bool: 'a bool (true, false, 0 or 1)',
  i8: 'an i8 (an integer from -128 to 127)',
  u8: 'a u8 (an integer from 0 to 255)',
  i16: 'an i16 (an integer from -32768 to 32767)',
  u16: 'a u16 (an integer from 0 to 65535)',
  i32: 'an i32 (an integer from -2147483648 to 2147483647)',
  u32: 'a u32 (an integer from 0 to 4294967295)',
  i64: 'an i64 (a safe integer, or a BigInt from -2n ** 63n to 2n ** 63n - 1n)',
  u64: 'a u64 (a safe integer from 0, or a BigInt from 0n to 2n ** 64n - 1n)',
  bigint64: 'a bigint64 (a safe integer, or a BigInt from -2n ** 63n to 2n ** 63n - 1n)',
  biguint64: 'a biguint64 (a safe integer from 0, or a BigInt from 0n to 2n ** 64n - 1n)',
  f32: 'an f32 (a Number; a finite one below 3.4028235677973366e+38)',
  f64: 'an f64 (a Number)',
  ptr: POINTER,
  buffer: 'a buffer (ArrayBuffer or view)',
  cstring: `a cstring (a string without NUL characters) or ${POINTER}`,
  function: 'a function pointer (Number, BigInt or null)',
  address: 'an address (Number, BigInt, null or CString)',
  offset: 'an offset in bytes (an integer)',
};

/**
 * @param {unknown} value
 * @returns {boolean} whether it is a buffer or view without memory
 */
function isGoneBuffer(value) {
  if (typeof value !== 'object' || value === null) return false;
  return (ArrayBuffer.isView(value) || extent(value) !== undefined) && isGone(value);
}

/**
 * Whether the value is of the right kind and only its size is wrong.
 * @param {string} type
 * @param {unknown} value
 */
function isOutOfRange(type, value) {
  switch (type) {
    case 'void':
    case 'f64':
    case 'buffer':
      return false;
    case 'i64':
    case 'u64':
    case 'bigint64':
    case 'biguint64':
    case 'ptr':
    case 'cstring':
    case 'function':
    case 'address':
      return typeof value === 'number' || typeof value === 'bigint';
    default:
      return typeof value === 'number';
  }
}

/** @param {string} type @param {unknown} value @returns {string} more help where a mistake is common */
function hint(type, value) {
  if (type === 'ptr' && typeof value === 'string') return "; declare the parameter 'cstring' to pass a string";
  if (type === 'function' && typeof value === 'function') return "; pass a bound function's ptr property";
  return '';
}

/**
 * The error for a value that `type` does not accept.
 * @param {string} type a key of `expectations`
 * @param {unknown} value
 * @param {number | undefined} index of the argument
 * @param {string} symbol name of the function
 * @param {string} [place] where the value was given
 */
function refusal(type, value, index, symbol, place = `argument ${index}`) {
  const where = `${symbol}: ${place}`;
  if (isGoneBuffer(value)) {
    const message = `${where}: the buffer is detached, or the view outside of it`;
    return createError('ERR_INVALID_ARG_VALUE', message, symbol, index);
  }
  if (type === 'cstring' && typeof value === 'string') {
    return value.includes('\0')
      ? createError('ERR_INVALID_ARG_VALUE', `${where}: the string contains a NUL character`, symbol, index)
      : createError('ERR_MALLOC_FAILED', `${where}: no memory for a copy of the string`, symbol, index);
  }
  const code = isOutOfRange(type, value) ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARG_TYPE';
  const message = `${where}: expected ${expectations[type]}, got ${describe(value)}${hint(type, value)}`;
  return createError(code, message, symbol, index);
}

/**
 * The error for a wrong number of arguments.
 * @param {number} expected
 * @param {number} given
 * @param {string} symbol
 */
function countRefusal(expected, given, symbol) {
  const message = `${symbol}: expected ${expected} argument${expected === 1 ? '' : 's'}, got ${given}`;
  return given < expected
    ? createError('ERR_MISSING_ARGS', message, symbol, given)
    : createError('ERR_INVALID_ARG_VALUE', message, symbol, expected);
}

module.exports = { refusal, countRefusal };
