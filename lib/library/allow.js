'use strict';
// Which libraries this process may open.

const native = require('../binding.js');
const { describe } = require('../describe.js');
const { createError } = require('../errors.js');
const { copyList } = require('./list.js');

/** More would make opening slow. */
const MOST_PATTERNS = 10_000;

/**
 * Restricts what this process opens from now on, in all its threads. Lists add up: what a later one has is allowed
 * only if all earlier ones have it.
 * @param {unknown} list patterns of paths; null is the running process
 */
function allowLibraries(list) {
  const { patterns, process } = readPatterns('allowLibraries', list, 0);
  native.allowLibraries(patterns, process);
}

/**
 * @param {string} caller
 * @param {unknown} list patterns of paths; null is the running process
 * @param {number} argument which one of `caller` it is part of
 * @returns {{ patterns: string[], process: boolean }}
 */
function readPatterns(caller, list, argument) {
  /** @param {string} text */
  const invalid = (text) => createError('ERR_INVALID_ARG_TYPE', `${caller}: ${text}`, undefined, argument);
  if (!Array.isArray(list)) throw invalid(`expected an array of patterns, got ${describe(list)}`);
  const tooMany = (/** @type {number} */ length) =>
    createError('ERR_INVALID_ARG_VALUE', `${caller}: ${length} patterns are too many`, undefined, argument);
  const given = copyList(list, MOST_PATTERNS, tooMany);
  /** @type {string[]} */
  const patterns = [];
  for (const pattern of given) {
    if (pattern === null) continue;
    if (typeof pattern !== 'string') throw invalid(`${describe(pattern)} is no pattern`);
    if (pattern === '' || pattern.includes('\0')) {
      const text = `${caller}: the pattern ${describe(pattern)} is empty or contains a NUL character`;
      throw createError('ERR_INVALID_ARG_VALUE', text, undefined, argument);
    }
    patterns.push(pattern);
  }
  return { patterns, process: given.includes(null) };
}

module.exports = { allowLibraries, readPatterns };
