'use strict';
// Text of C to a unit: what Rust's parser found in it.

const native = require('../binding.js');
const { createError } = require('../errors.js');

/** @typedef {import('./format.js').CUnit} CUnit */
/** @typedef {import('./format.js').CParseOptions} CParseOptions */
/** @typedef {import('./format.js').CDiagnostic} CDiagnostic */

/** What is here only for whoever reads the unit. */
const isForReaders = (/** @type {string} */ key) => key === 'doc';

/**
 * @param {string} text
 * @param {CParseOptions} options
 * @returns {CUnit}
 */
function parse(text, options) {
  return JSON.parse(native.parseC(text, options));
}

/** The same without comments, as JSON. @param {string} text @param {CParseOptions} options */
const parseBare = (text, options) =>
  JSON.stringify(parse(text, options), (key, value) => (isForReaders(key) ? undefined : value));

/** @param {CUnit} unit @returns {CDiagnostic | undefined} */
const firstError = ({ diagnostics }) => diagnostics.find(({ severity }) => severity === 'error');

/**
 * The error for a diagnostic: its text has the place, the line and a caret.
 * @param {string} caller
 * @param {CDiagnostic} diagnostic
 */
const syntaxError = (caller, { text, names }) => createError('ERR_C_SYNTAX', `${caller}: ${text}`, names?.[0]);

module.exports = { parse, parseBare, firstError, syntaxError };
