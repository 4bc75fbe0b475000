'use strict';
// Strings of which more is said than that they are strings: `{ type: 'cstring', encoding, free }`.

const { boundNumber, takesPointer } = require('../bound.js');
const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { encodedText } = require('../encoded.js');
const { resolveEncoding } = require('../encoding.js');
const { didYouMean } = require('../nearest.js');
const { INVALID, functionAddress } = require('../pointer.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {string | number | bigint} Free the name of the function that frees a result, or its address */

const KEYS = ['type', 'encoding', 'free'];
const { isSafeInteger } = Number;

/**
 * The address of a function that the user names by itself: a bound one, a JSCallback, a pointer.
 * @param {unknown} value
 * @returns {number | bigint} INVALID for anything else; 0 for NULL
 */
function addressOfFunction(value) {
  if (typeof value === 'number') return isSafeInteger(value) && value >= 0 ? value : INVALID;
  if (typeof value !== 'function') return functionAddress(value);
  // Of what is not bound here, not a getter. Ours is one until it is first read.
  const isBound = boundNumber(value) !== undefined;
  const ptr = isBound ? /** @type {any} */ (value).ptr : Object.getOwnPropertyDescriptor(value, 'ptr')?.value;
  return typeof ptr === 'number' || typeof ptr === 'bigint' ? addressOfFunction(ptr) : INVALID;
}

/**
 * The type of a string that a program describes.
 * @param {object} given has a `type` of its own
 * @param {(name: unknown, where: string, symbol?: string, argument?: number) => CType} resolve
 * @param {string} where what the type is for in the message, as in `add: args[0]`
 * @param {string} [symbol]
 * @param {number} [argument]
 * @returns {CType}
 */
function describedString(given, resolve, where, symbol, argument) {
  /** @type {(code: string, text: string) => Error} */
  const invalid = (code, text) => createError(code, `${where}: ${text}`, symbol, argument);
  const own = Object.setPrototypeOf({ ...given }, null);
  const unknown = Object.keys(own).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw invalid('ERR_INVALID_ARG_TYPE', `the type has an unknown key '${unknown}'${didYouMean(unknown, KEYS)}`);
  }
  const base = typeof own.type === 'string' ? resolve(own.type, where, symbol, argument) : undefined;
  if (base?.base !== 'cstring') {
    throw invalid('ERR_INVALID_ARG_TYPE', `only a cstring has an encoding, or is freed: got ${describe(own.type)}`);
  }
  const text = encodedText(resolveEncoding(own.encoding, `${where}: encoding`, symbol, argument));
  const described = text ? { ...base, text, accept: text.accept, expects: text.expects } : { ...base };
  if (own.free === undefined) return text ? Object.setPrototypeOf(described, null) : base;
  const number = typeof own.free === 'function' ? boundNumber(own.free) : undefined;
  if (number !== undefined && !takesPointer(number)) {
    throw invalid('ERR_INVALID_ARG_VALUE', 'free: the function must take one argument, a pointer');
  }
  const free = typeof own.free === 'string' ? own.free : addressOfFunction(own.free);
  if (free === INVALID) {
    const expected = 'the name of a function of the library, its address, or a bound function';
    throw invalid('ERR_INVALID_ARG_TYPE', `free: expected ${expected}, got ${describe(own.free)}`);
  }
  if (free === 0) throw invalid('ERR_INVALID_POINTER', 'free: the address is NULL');
  // What has the address is kept: a collected function's library may go.
  return Object.setPrototypeOf({ ...described, free, frees: own.free }, null);
}

module.exports = { describedString };
