'use strict';
// Text of C to a unit: what Rust's parser found in it.

const native = require('../binding.js');
const { createError } = require('../errors.js');

/** @typedef {import('./format.js').CUnit} CUnit */
/** @typedef {import('./format.js').CParseOptions} CParseOptions */
/** @typedef {import('./format.js').CDiagnostic} CDiagnostic */

/** What only people and generators read. */
const FOR_READERS = new Set(['doc', 'at']);

/**
 * @param {string} text
 * @param {CParseOptions} options
 * @returns {CUnit}
 */
function parse(text, options) {
  return JSON.parse(native.parseC(text, options));
}

/**
 * The same as JSON, without comments and without the places of what is right.
 * @param {string} text
 * @param {CParseOptions} options
 */
function parseBare(text, options) {
  const { diagnostics, macros, ...unit } = parse(text, options);
  const bare = JSON.stringify(unit, (key, value) => (FOR_READERS.has(key) ? undefined : value));
  const reasons = macros.map(({ name, reason }) => ({ name, reason }));
  return `${bare.slice(0, -1)},"macros":${JSON.stringify(reasons)},"diagnostics":${JSON.stringify(diagnostics)}}`;
}

/** @param {CUnit} unit @returns {CDiagnostic | undefined} */
const firstError = ({ diagnostics }) => diagnostics.find(({ severity }) => severity === 'error');

/**
 * The error for a diagnostic: its text has the place, the line and a caret.
 * @param {string} caller
 * @param {CDiagnostic} diagnostic
 * @param {string} [symbol] what was to be declared
 */
const syntaxError = (caller, { text, names }, symbol = names?.[0]) =>
  createError('ERR_C_SYNTAX', `${caller}: ${text}`, symbol);

module.exports = { parse, parseBare, firstError, syntaxError };
