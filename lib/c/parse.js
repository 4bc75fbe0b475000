'use strict';
// Text of C to a unit: what Rust's parser found in it.

const native = require('../binding.js');
const { createError } = require('../errors.js');

/** @typedef {import('./format.js').CUnit} CUnit */
/** @typedef {import('./format.js').CParseOptions} CParseOptions */
/** @typedef {import('./format.js').CDiagnostic} CDiagnostic */

/**
 * @param {string} text
 * @param {CParseOptions} options
 * @returns {CUnit}
 */
function parse(text, options) {
  return JSON.parse(native.parseC(text, options));
}

/** @param {{ diagnostics: CDiagnostic[] }} unit @returns {CDiagnostic | undefined} */
const firstError = ({ diagnostics }) => diagnostics.find(({ severity }) => severity === 'error');

/**
 * The error for a diagnostic: its text has the place, the line and a caret.
 * @param {string} caller
 * @param {CDiagnostic} diagnostic
 * @param {string} [symbol] what was to be declared
 */
const syntaxError = (caller, { text, names }, symbol = names?.[0]) =>
  createError('ERR_C_SYNTAX', `${caller}: ${text}`, symbol);

module.exports = { parse, firstError, syntaxError };
