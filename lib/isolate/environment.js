'use strict';
// The environment variables that a helper process has.

const { describe } = require('../describe.js');
const { createError } = require('../errors.js');
const { copyList } = require('../library/list.js');

/** What both processes must agree on, whatever else is passed. */
const OURS = ['ARKFFI_NATIVE', 'ARKFFI_BACKEND'];

/** What the program's own runtime was told: it is not for the helper, whose runtime this package starts. */
const NOT_PASSED = ['NODE_OPTIONS', 'NODE_V8_COVERAGE', 'NODE_CHANNEL_FD'];

/** More than systems can pass. */
const MOST = 100_000;

/**
 * @param {string} caller
 * @param {unknown} given names of the program's own that are passed, or an object of all there is; undefined is all of
 *   the program's own
 * @param {number} index which argument of `caller` it is part of
 * @param {boolean} isLimited whether the helper's memory is
 * @returns {Record<string, string>}
 */
function readEnvironment(caller, given, index, isLimited) {
  /** @param {string} code @param {string} text */
  const refuse = (code, text) => createError(code, `${caller}: argument ${index}: env: ${text}`, caller, index);
  const own = /** @type {Record<string, string>} */ (Object.assign(Object.create(null), process.env));
  const variables = given === undefined ? own : chosen(given, own, refuse);
  if (given === undefined) for (const name of NOT_PASSED) delete variables[name];
  for (const name of OURS) {
    if (own[name] === undefined) delete variables[name];
    else variables[name] = own[name];
  }
  // With more of them, the C library takes address space by the 64 MiB that nothing is in yet.
  if (isLimited) variables.MALLOC_ARENA_MAX ??= '1';
  return variables;
}

/**
 * @param {unknown} given
 * @param {Record<string, string>} own
 * @param {(code: string, text: string) => Error} refuse
 * @returns {Record<string, string>}
 */
function chosen(given, own, refuse) {
  /** @type {Record<string, string>} */
  const variables = Object.create(null);
  if (Array.isArray(given)) {
    const tooMany = (/** @type {number} */ length) => refuse('ERR_INVALID_ARG_VALUE', `${length} names are too many`);
    for (const name of copyList(given, MOST, tooMany)) {
      if (typeof name !== 'string') throw refuse('ERR_INVALID_ARG_TYPE', `${describe(name)} is no name of a variable`);
      checkName(name, refuse);
      if (own[name] !== undefined) variables[name] = own[name];
    }
    return variables;
  }
  if (typeof given !== 'object' || given === null) {
    throw refuse('ERR_INVALID_ARG_TYPE', `expected names of variables, or an object of them, got ${describe(given)}`);
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    checkName(name, refuse);
    if (typeof value !== 'string') {
      throw refuse('ERR_INVALID_ARG_TYPE', `the value of ${describe(name)} must be a string, got ${describe(value)}`);
    }
    if (value.includes('\0')) {
      throw refuse('ERR_INVALID_ARG_VALUE', `the value of ${describe(name)} contains a NUL character`);
    }
    variables[name] = value;
  }
  return variables;
}

/** @param {string} name @param {(code: string, text: string) => Error} refuse */
function checkName(name, refuse) {
  if (NOT_PASSED.includes(name)) {
    throw refuse('ERR_INVALID_ARG_VALUE', `${name} is for the runtime of the program, and never passed to a helper`);
  }
  if (name !== '' && !name.includes('\0') && !name.includes('=')) return;
  throw refuse('ERR_INVALID_ARG_VALUE', `no variable can have the name ${describe(name)}`);
}

module.exports = { readEnvironment };
