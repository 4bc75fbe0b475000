'use strict';
// The names of types, projected from the one table in src/ctype.rs.

const native = require('./binding.js');
const { describe } = require('./describe.js');
const { createError } = require('./errors.js');

/**
 * A type of the table.
 * @typedef {object} CType
 * @property {number} number position in the table
 * @property {string} name canonical name
 * @property {number} size in bytes
 */

let count = 0;
/** @type {Map<string, CType>} every accepted name, in the form `normalize` gives */
const byName = new Map();
/** @type {Record<string, string>} */
const FFIType = Object.create(null);

for (const row of native.types()) {
  const type = { number: count++, name: row.name, size: row.size };
  for (const name of [row.name, row.letter, ...row.spellings]) {
    if (!name) continue;
    byName.set(name, type);
    if (name.length > 1 && /^\w+$/.test(name)) FFIType[name] = row.letter ?? row.name;
  }
}
Object.freeze(FFIType);

/** @param {string} name */
function normalize(name) {
  return name
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/ ?\* ?/g, '*');
}

/**
 * The type that a user names.
 * @param {unknown} name
 * @param {string} where what the name stands for in the message, as in `add: argument 0`
 * @param {string} [symbol]
 * @param {number} [argument]
 * @returns {CType}
 */
function resolveType(name, where, symbol, argument) {
  if (typeof name !== 'string') {
    throw createError(
      'ERR_INVALID_ARG_TYPE',
      `${where}: a type must be a string, got ${describe(name)}`,
      symbol,
      argument,
    );
  }
  const type = byName.get(name) ?? byName.get(normalize(name));
  if (type) return type;
  const nearest = native.nearest(
    name,
    [...byName.keys()].filter((known) => known.length > 1),
  );
  const hint = nearest ? `; did you mean '${nearest}'?` : '';
  throw createError('ERR_INVALID_ARG_TYPE', `${where}: unknown type ${describe(name)}${hint}`, symbol, argument);
}

module.exports = { FFIType, resolveType };
