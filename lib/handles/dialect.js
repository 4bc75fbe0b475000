'use strict';
// How arkffi/handles takes its arguments, and words its errors.

const { constants } = require('node:buffer');
const { describe } = require('../describe.js');
const { createError, FFIError } = require('../errors.js');

/**
 * The same function with errors as this dialect has them: the code is in the message too.
 * @template {(...args: any[]) => unknown} F
 * @param {F} work
 * @returns {F}
 */
function dialect(work) {
  const wrapped = (/** @type {any[]} */ ...args) => {
    try {
      return work(...args);
    } catch (error) {
      throw error instanceof FFIError ? inDialect(error) : error;
    }
  };
  Object.defineProperty(wrapped, 'name', { value: work.name });
  return /** @type {any} */ (wrapped);
}

/** @param {any} error */
function inDialect({ code, message, symbol, argument }) {
  // An error of a callback that calls a function here has it already.
  const text = message.startsWith(`[${code}] `) ? message : `[${code}] ${message}`;
  return createError(code, text, symbol, argument);
}

/**
 * The offset that may stand before the last argument.
 * @param {any[]} args after the id
 * @returns {[offset: any, last: any, index: number]} and which argument the last is
 */
const withOffset = (args) => (args.length > 1 ? [args[0], args[1], 2] : [0, args[0], 1]);

/** Bytes whose base64 is as long as a string can be. */
const MOST_BYTES = Math.floor(constants.MAX_STRING_LENGTH / 4) * 3;

/** @param {number} most @param {string} caller @param {unknown[]} args after the id */
function checkCount(most, caller, args) {
  if (args.length >= 1 && args.length <= most) return;
  const message = `${caller}: expected an id and ${most === 2 ? '1 or 2 values' : 'a value'}, got ${args.length} values`;
  throw createError(args.length === 0 ? 'ERR_MISSING_ARGS' : 'ERR_INVALID_ARG_VALUE', message, caller);
}

/**
 * @param {string} caller
 * @param {unknown} text
 * @param {number} index which argument of `caller` it is
 * @returns {Buffer}
 */
function fromBase64(caller, text, index) {
  if (typeof text !== 'string') {
    const message = `${caller}: argument ${index}: expected base64, got ${describe(text)}`;
    throw createError('ERR_INVALID_ARG_TYPE', message, caller, index);
  }
  const bytes = Buffer.from(text, 'base64');
  // Node skips what it does not know: strict is what is written the same again.
  if (bytes.toString('base64') === text) return bytes;
  const message = `${caller}: argument ${index}: ${describe(text)} is not base64, with padding and nothing else`;
  throw createError('ERR_INVALID_BASE64', message, caller, index);
}

/**
 * @template T
 * @param {string} caller
 * @param {number} shift by how much the arguments of `caller` are further on
 * @param {() => T} work what a Memory does for it
 * @returns {T}
 */
function named(caller, shift, work) {
  try {
    return work();
  } catch (error) {
    const { code, message, symbol, argument } = /** @type {any} */ (error);
    if (symbol === undefined) throw error;
    const index = argument === undefined ? undefined : argument + shift;
    const text = message.slice(symbol.length).replace(`argument ${argument}`, `argument ${index}`);
    throw createError(code, `${caller}${text}`, caller, index);
  }
}

module.exports = { MOST_BYTES, checkCount, dialect, fromBase64, named, withOffset };
