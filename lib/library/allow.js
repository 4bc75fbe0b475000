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
 * @param {unknown} patterns of paths; null is the running process
 */
function allowLibraries(patterns) {
  /** @param {string} text */
  const invalid = (text) => createError('ERR_INVALID_ARG_TYPE', `allowLibraries: ${text}`, undefined, 0);
  if (!Array.isArray(patterns)) throw invalid(`expected an array of patterns, got ${describe(patterns)}`);
  const tooMany = (/** @type {number} */ length) =>
    createError('ERR_INVALID_ARG_VALUE', `allowLibraries: ${length} patterns are too many`, undefined, 0);
  const given = copyList(patterns, MOST_PATTERNS, tooMany);
  for (const pattern of given) {
    if (pattern !== null && typeof pattern !== 'string') throw invalid(`${describe(pattern)} is no pattern`);
    if (pattern !== null && (pattern === '' || pattern.includes('\0'))) {
      const text = `allowLibraries: the pattern ${describe(pattern)} is empty or contains a NUL character`;
      throw createError('ERR_INVALID_ARG_VALUE', text, undefined, 0);
    }
  }
  native.allowLibraries(
    given.filter((pattern) => pattern !== null),
    given.includes(null),
  );
}

module.exports = { allowLibraries };
