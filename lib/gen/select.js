'use strict';
// Which declarations of a unit go into a module.

const path = require('node:path');

/** @typedef {import('../c/format.js').CUnit} CUnit */
/** @typedef {import('../c/format.js').CPosition} CPosition */

/**
 * @typedef {object} Filters
 * @property {string} header the file that was given
 * @property {RegExp[]} from files whose declarations are wanted too
 * @property {RegExp[]} match names that are wanted; all when there are none
 * @property {RegExp[]} exclude names that are not
 */

/** Where a system keeps headers of all kinds: what is beside a header there need not belong to it. */
const SHARED = /(^|[\\/])(include|[\w.]+-[\w.]+-[\w.]+)$/;

/**
 * The numbers of the files whose declarations are wanted: the header, what is below its directory unless that is a
 * system's, and what `from` matches.
 * @param {CUnit} unit
 * @param {Filters} filters
 */
function wantedFiles({ files }, { header, from }) {
  const given = path.resolve(header);
  const directory = path.dirname(given);
  const isShared = SHARED.test(directory);
  const isWanted = (/** @type {string} */ file) => {
    const full = path.resolve(file);
    return (
      full === given ||
      (!isShared && full.startsWith(directory + path.sep)) ||
      from.some((pattern) => pattern.test(file))
    );
  };
  return new Set(files.flatMap((file, number) => (isWanted(file) ? [number] : [])));
}

/**
 * Whether a declaration is wanted, by its name and place.
 * @param {CUnit} unit
 * @param {Filters} filters
 * @returns {(declared: { name?: string, tag?: string, at?: CPosition }) => boolean}
 */
function wanted(unit, filters) {
  const files = wantedFiles(unit, filters);
  const { match, exclude } = filters;
  return ({ name, tag, at }) => {
    const called = name ?? tag;
    if (called === undefined || at === undefined || !files.has(at[0])) return false;
    if (exclude.some((pattern) => pattern.test(called))) return false;
    return match.length === 0 || match.some((pattern) => pattern.test(called));
  };
}

module.exports = { wanted };
