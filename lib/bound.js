'use strict';
// What is known of each bound function by its number: its name and parameter types, for the errors.

const native = require('./binding.js');
const marshallers = require('./marshal.generated.js');
const { refusal, countRefusal } = require('./refuse.js');
const { giveBack } = require('./scratch.js');
const { closeLibrary } = require('./library/close.js');
const { worded } = require('./refused.js');

/** @typedef {import('./types.js').CType} CType */

/** @type {{ described: Map<number, { symbol: string, params: CType[] }> }} */
const { described } = native;

/** Numbers are used again only when their stub is gone: a stub must never call another's function. */
const collected = new FinalizationRegistry((/** @type {number} */ number) => release(number));

/** The numbers of functions that users have. @type {WeakMap<object, number>} */
const numbers = new WeakMap();

/**
 * @param {number} number
 * @param {string} symbol
 * @param {CType[]} params
 */
function describeBound(number, symbol, params) {
  described.set(number, { symbol, params });
}

/** @param {number} number */
function release(number) {
  described.delete(number);
  const useless = native.releaseBound(number);
  if (useless !== 0) closeLibrary(useless);
}

/**
 * Frees the function's number when its stub is collected.
 * @param {object} stub
 * @param {number} number
 */
function releaseWithStub(stub, number) {
  collected.register(stub, number);
  numbers.set(stub, number);
}

/**
 * @param {number} number
 * @param {number} index
 * @param {unknown} value
 * @returns {never}
 */
function refuse(number, index, value) {
  giveBack();
  const { symbol, params } = /** @type {{ symbol: string, params: CType[] }} */ (described.get(number));
  throw refusal(params[index], value, index, symbol);
}

/**
 * @param {number} number
 * @param {number} given
 * @returns {never}
 */
function refuseCount(number, given) {
  const { symbol, params } = /** @type {{ symbol: string, params: CType[] }} */ (described.get(number));
  throw countRefusal(params.length, given, symbol);
}

/**
 * Refuses a call for the number of its arguments, or for the first that is unfit.
 * @param {number} number
 * @param {number} given
 * @param {unknown[]} args
 * @returns {never}
 */
function refuseCall(number, given, ...args) {
  const params = paramsOf(number);
  if (given !== params.length) refuseCount(number, given);
  const index = params.findIndex(({ base }, at) => marshallers[base].invalid(marshallers[base].read(args[at])));
  refuse(number, index, args[index]);
}

/**
 * A call that was being prepared is not made.
 * @param {number} number
 * @param {number} index of the argument that was being read
 * @param {unknown} error
 * @returns {never}
 */
function abandon(number, index, error) {
  const { symbol } = /** @type {{ symbol: string }} */ (described.get(number));
  throw worded(error, symbol, index);
}

/** The number of a bound function; undefined for anything else. @param {any} fn */
const boundNumber = (fn) => numbers.get(fn);

/** The parameters of a bound function. @param {number} number @returns {CType[]} */
const paramsOf = (number) => described.get(number)?.params ?? [];

/** Types of which a C function takes an address. */
const POINTERS = ['ptr', 'cstring', 'buffer', 'function'];

/** Whether a bound function can free: it takes one argument, a pointer. @param {number} number */
function takesPointer(number) {
  const params = paramsOf(number);
  return params.length === 1 && POINTERS.includes(params[0].base);
}

/** The name of a bound function. @param {number} number @returns {string} */
const symbolOf = (number) => described.get(number)?.symbol ?? '';

module.exports = {
  boundNumber,
  describeBound,
  paramsOf,
  symbolOf,
  takesPointer,
  release,
  releaseWithStub,
  refuse,
  refuseCount,
  refuseCall,
  abandon,
};
