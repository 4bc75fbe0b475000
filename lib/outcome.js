'use strict';
// What becomes of the result of a function whose definition asks for errno, or says which results are failures.

const { createError } = require('./errors.js');
const { describe } = require('./describe.js');

/**
 * Makes what users get of a result and the errno that C left with it; may throw. A call with one begins with
 * errno 0, so that what is there afterwards is its own.
 * @typedef {(value: any, errno: number) => any} Outcome
 */

/** @type {Outcome} */
const withErrno = (value, errno) => ({ value, errno });

/** @param {string} caller @param {string} name @param {string} key @param {string} expected @param {unknown} value */
const invalid = (caller, name, key, expected, value) =>
  createError('ERR_INVALID_ARG_TYPE', `${caller}: ${key} of ${name} must be ${expected}, got ${describe(value)}`, name);

/**
 * @param {string} caller
 * @param {string} name of the function
 * @param {any} definition
 * @returns {Outcome | undefined} none where the result itself is what users get
 */
function outcomeOf(caller, name, { errno: asksErrno = false, check }) {
  if (typeof asksErrno !== 'boolean') throw invalid(caller, name, 'errno', 'a boolean', asksErrno);
  if (check === undefined) return asksErrno ? withErrno : undefined;
  if (typeof check !== 'function') throw invalid(caller, name, 'check', 'a function', check);
  return (value, errno) => {
    const isFailure = check(value);
    if (isFailure && typeof isFailure === 'object' && typeof isFailure.then === 'function') {
      const text = `${name}: check must say at once whether the result is a failure, got a promise`;
      throw createError('ERR_INVALID_ARG_TYPE', text, name);
    }
    if (isFailure) throw require('./system-error.js').systemError(errno, name);
    return asksErrno ? { value, errno } : value;
  };
}

/**
 * A signature with what a definition says about results.
 * @param {import('./signature.js').Signature} signature
 * @param {string} caller
 * @param {string} name
 * @param {any} definition
 */
function withOutcome(signature, caller, name, definition) {
  if (definition.errno === undefined && definition.check === undefined) return signature;
  const outcome = outcomeOf(caller, name, definition);
  return outcome ? { ...signature, outcome } : signature;
}

module.exports = { withOutcome };
