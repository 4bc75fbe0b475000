'use strict';
// Decides and words the error for an argument that a stub has found unfit.

const { describe } = require('./describe.js');
const { createError } = require('./errors.js');
const { isBuffer, isGone, views, wrapperProblem } = require('./pointer.js');

const POINTER = 'a pointer (Number, BigInt, null, ArrayBuffer, view, CString or JSCallback)';

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
  function: 'a function pointer (JSCallback, Number, BigInt or null)',
  address: 'an address (Number, BigInt, null or CString)',
  memory: 'memory (an address as Number or BigInt, a buffer or a view)',
  offset: 'an offset in bytes (an integer)',
};

/**
 * @param {unknown} value
 * @returns {boolean} whether it is a buffer or view without memory
 */
function isGoneBuffer(value) {
  if (typeof value !== 'object' || value === null) return false;
  return isBuffer(value) && isGone(value);
}

/**
 * Whether the value is of the right kind and only its size is wrong.
 * @param {string} base
 * @param {unknown} value
 */
function isOutOfRange(base, value) {
  switch (base) {
    case 'void':
    case 'f64':
    case 'buffer':
    case 'record':
    case 'array':
      return false;
    case 'i64':
    case 'u64':
    case 'bigint64':
    case 'biguint64':
    case 'ptr':
    case 'cstring':
    case 'function':
    case 'address':
    case 'memory':
      return typeof value === 'number' || typeof value === 'bigint';
    default:
      return typeof value === 'number';
  }
}

/** @param {string} base @param {unknown} value @returns {string} more help where a mistake is common */
function hint(base, value) {
  if (base === 'ptr' && typeof value === 'string') {
    return "; declare the parameter 'cstring' to pass a string";
  }
  if (base === 'function' && typeof value === 'function') {
    return "; open a JSCallback, declare the parameter callback(args, returns), or pass a bound function's ptr";
  }
  return '';
}

/**
 * What is wrong with a value that `type` does not accept.
 * @param {string | import('./types.js').CType} type a key of `expectations`, or a type
 * @param {unknown} value
 * @returns {{ code: string, text: string }}
 */
function problem(type, value) {
  const base = typeof type === 'string' ? type : type.base;
  const expected = (typeof type === 'string' ? undefined : type.expects) ?? expectations[base];
  if (isGoneBuffer(value)) {
    return { code: 'ERR_INVALID_ARG_VALUE', text: 'the buffer is detached, or the view outside of it' };
  }
  const isObject = typeof value === 'object' && value !== null;
  const gone = views.placeOf(value)?.ground.problem() ?? (isObject ? wrapperProblem(value) : undefined);
  if (gone) return gone;
  if (base === 'cstring' && typeof value === 'string') {
    if (typeof type === 'object' && type.text) return type.text.problem(value);
    return value.includes('\0')
      ? { code: 'ERR_INVALID_ARG_VALUE', text: 'the string contains a NUL character' }
      : { code: 'ERR_MALLOC_FAILED', text: 'no memory for a copy of the string' };
  }
  const code = isOutOfRange(base, value) ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARG_TYPE';
  return { code, text: `expected ${expected}, got ${describe(value)}${hint(base, value)}` };
}

/**
 * The error for a value that `type` does not accept.
 * @param {string | import('./types.js').CType} type
 * @param {unknown} value
 * @param {number | undefined} index of the argument
 * @param {string} symbol name of the function
 * @param {string} [place] where the value was given
 */
function refusal(type, value, index, symbol, place = `argument ${index}`) {
  const { code, text } = problem(type, value);
  return createError(code, `${symbol}: ${place}: ${text}`, symbol, index);
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

module.exports = { POINTER, problem, refusal, countRefusal };
