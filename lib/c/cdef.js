'use strict';
// cdef: declarations of C, bound to a library.

const { createError } = require('../errors.js');
const { didYouMean } = require('../nearest.js');
const { Library, dlopen, dispose } = require('../library.js');
const { parseCached } = require('./cache.js');
const { constantsOf } = require('./constants.js');
const { unitOf } = require('./declarations.js');
const { readOptions, sourceOf } = require('./options.js');
const { firstError, parse, syntaxError } = require('./parse.js');
const { Schemas } = require('./schemas.js');
const { symbolsOf } = require('./symbols.js');
const { typesOf } = require('./types.js');

/** @typedef {import('./declarations.js').Summary} Summary */
/** @typedef {import('./declarations.js').Unit} Unit */
/** A name that is missing, and whether it is plainly one of a function. @typedef {{ reason: string, isFunction: boolean }} Skipped */

/** @param {Summary} summary */
const diagnosticsOf = ({ diagnostics, files }) =>
  diagnostics.map(({ severity, message, at, line, text, names = [] }) => ({
    severity,
    message,
    file: at && files[at[0]],
    line: at?.[1],
    column: at?.[2],
    source: line,
    text,
    names,
  }));

/** What every name stands for that was skipped. @param {Summary} summary @returns {Map<string, Skipped>} */
function skippedIn({ diagnostics }) {
  const skipped = new Map();
  for (const { names = [], text, line = '' } of diagnostics) {
    const words = line.split(/([^\w$]+)/);
    for (const name of names) {
      const at = words.indexOf(name);
      skipped.set(name, { reason: text, isFunction: at >= 0 && /^\s*\(/.test(words[at + 1] ?? '') });
    }
  }
  return skipped;
}

/**
 * @param {Unit} unit
 * @param {Record<string, string>} free
 * @param {import('./mapping.js').TypeMapping<any>} mapping
 */
function checkFree({ summary: { functions }, declarations }, free, mapping) {
  const fail = (/** @type {string} */ text) => createError('ERR_INVALID_ARG_VALUE', `cdef: free: ${text}`, 'cdef', 2);
  for (const name of Object.keys(free)) {
    const number = functions.indexOf(name);
    if (number < 0) throw fail(`no function '${name}' is declared${didYouMean(name, functions)}`);
    // Anything else that it returns would be read, and freed, as if it were an address.
    if (!mapping.givesText(declarations.function(number))) throw fail(`${name} returns no char *`);
  }
}

/**
 * Parses declarations of C, and binds what they declare to a library.
 * @param {unknown} source text, or `{ file }`
 * @param {unknown} [library] a Library, or what dlopen takes; undefined for types and constants alone
 * @param {unknown} [options]
 */
function cdef(source, library, options) {
  const { strict, include, define, free, cache } = readOptions(options);
  const from = sourceOf(source);
  const settings = { file: from.file, include, define };
  const unit = cache === undefined ? unitOf(parse(from.read(), settings)) : parseCached(cache, from, settings);
  const failure = strict ? firstError(unit.summary) : undefined;
  if (failure) throw syntaxError('cdef', failure);
  const schemas = new Schemas(unit.declarations);
  checkFree(unit, free, schemas.mapping);
  const skipped = skippedIn(unit.summary);
  const isGiven = library instanceof Library;
  const opened = isGiven ? library : library === undefined ? undefined : dlopen(library, {});
  const close = () => {
    if (!isGiven) opened?.close();
  };
  return {
    symbols: symbolsOf(unit, opened, schemas, free, skipped),
    types: typesOf(unit, schemas, skipped),
    constants: constantsOf(unit, skipped),
    diagnostics: diagnosticsOf(unit.summary),
    close,
    [dispose]: close,
  };
}

module.exports = { cdef };
