// @ts-nocheck: std-ffi.d.ts has its types, and the last line looks like that of another kind of module.
'use strict';
// For programs written for a `std:ffi` module: `ffi.Library(name, { fn: [returns, [args]] })`. What it gives is made by
// dlopen; everything else that arkffi has is there too.

const arkffi = require('../../index.js');
const { createError } = require('../errors.js');
const { ownProperties } = require('../library.js');

/** @param {string} text @param {string} [name] */
const invalid = (text, name) => createError('ERR_INVALID_ARG_TYPE', `Library: ${text}`, name ?? 'Library');

/**
 * The definition that dlopen takes.
 * @param {string} name
 * @param {any} given `[returns, [args], options?]`
 * @param {boolean | undefined} optional for all functions of the library
 */
function definitionOf(name, given, optional) {
  if (!Array.isArray(given) || given.length < 1 || given.length > 3) {
    throw invalid(`the definition of ${name} must be [returns, [args]], or these and options`, name);
  }
  const [returns, args = [], options = {}] = given;
  if (typeof options !== 'object' || options === null) throw invalid(`the options of ${name} must be an object`, name);
  return { ...(optional === undefined ? {} : { optional }), ...options, returns, args };
}

/**
 * Opens a library. The functions are the own properties of what it returns.
 * @param {unknown} path as of dlopen
 * @param {unknown} functions `{ name: [returns, [args]] }`
 * @param {unknown} [options] `optional: true` makes functions that are missing null; the others are dlopen's
 */
function Library(path, functions, options = {}) {
  if (typeof functions !== 'object' || functions === null) throw invalid('the functions must be an object');
  if (typeof options !== 'object' || options === null) throw invalid('the options must be an object');
  const { optional, ...others } = ownProperties(options);
  const entries = Object.entries(functions).map(([name, given]) => [name, definitionOf(name, given, optional)]);
  const definitions = Object.fromEntries(entries);
  return arkffi.dlopen(path, definitions, others).symbols;
}

// Getters stay getters: what loads late in arkffi does so here.
module.exports = Object.defineProperties(
  {},
  {
    ...Object.getOwnPropertyDescriptors(arkffi),
    Library: { value: Library, enumerable: true },
  },
);

// Never run: Node finds the names for `import` here.
0 && (exports.Library = 0);
