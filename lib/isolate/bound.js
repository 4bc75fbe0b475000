'use strict';
// What is known of the functions of all isolates, by the numbers that their stubs have.

const native = require('../binding.js');
const { offsets } = require('../frame.js');
const { endOf } = require('../signature.js');

/** @typedef {import('./isolation.js').OpenLibrary} OpenLibrary */

/**
 * A function, by which its stub finds it.
 * @typedef {object} IsolatedFn
 * @property {OpenLibrary} library
 * @property {string} name
 * @property {string} symbol
 * @property {InstanceType<typeof import('./helper.js').Helper> | undefined} helper that it is bound in
 * @property {number} target its number there
 * @property {number} bytes of the frame that its arguments take
 * @property {object} question how it is bound
 * @property {import('../types.js').CType[]} types what has to be told before
 */

/** The numbers of stubs, which no function of this process has. */
const FIRST = 2 ** 31;

/** By number. @type {Map<number, IsolatedFn>} */
const functions = new Map();
let last = FIRST;

/** @param {number} number @returns {IsolatedFn} */
const functionAt = (number) => /** @type {IsolatedFn} */ (functions.get(number));

/**
 * @param {OpenLibrary} library
 * @param {{ symbol: string, name: string, optional: boolean, signature: import('../signature.js').Signature }} wanted
 * @param {number} [named] of a variadic function: how many parameters its prototype names
 * @returns {IsolatedFn}
 */
function describeFunction(library, { symbol, name, optional, signature }, named) {
  const { params, result, isChecked } = signature;
  const { free, text } = result;
  const question = { symbol, name, optional, free, text: text?.number ?? 0, checked: isChecked, named };
  const types = [result, ...params];
  return { library, name, symbol, helper: undefined, target: 0, bytes: bytesOf(signature), question, types };
}

/** A number for a stub. @param {IsolatedFn} fn */
function numberOf(fn) {
  const number = ++last;
  functions.set(number, fn);
  return number;
}

/** @param {number} number of a stub that is gone */
function forgetFunction(number) {
  const fn = functions.get(number);
  fn?.library.functions.delete(fn);
  fn?.helper?.released.push(fn.target);
  functions.delete(number);
  native.described.delete(number);
}

/**
 * How many bytes of a frame the arguments of a call take, from the first register on.
 * @param {import('../signature.js').Signature} signature
 */
function bytesOf({ spots, resultSpot }) {
  const { ints } = offsets;
  const ends = spots.map(endOf);
  if ('address' in resultSpot) ends.push(endOf(resultSpot));
  return Math.max(ints, ...ends) - ints;
}

module.exports = { describeFunction, forgetFunction, functionAt, numberOf };
