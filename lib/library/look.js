'use strict';
// Looking into open libraries: which symbols there are, and where.

const native = require('../binding.js');
const { describe } = require('../describe.js');
const { createError } = require('../errors.js');
const { ADDRESS, TWO_32, views } = require('../frame.js');
const { tracing } = require('../tracing.js');

const { u32 } = views;

/**
 * @param {string} caller
 * @param {unknown} name
 * @returns {string}
 */
function symbolName(caller, name) {
  if (typeof name === 'string') return name;
  const text = `${caller}: the name of a symbol must be a string, got ${describe(name)}`;
  throw createError('ERR_INVALID_ARG_TYPE', text, undefined, 0);
}

/**
 * Whether a library has a symbol.
 * @param {number} library
 * @param {unknown} name
 * @returns {boolean}
 */
const hasSymbol = (library, name) => native.lookUp(library, symbolName('has', name));

/**
 * Whether a library has a symbol that is somewhere: one that a function can be bound to.
 * @param {number} library
 * @param {string} name
 * @returns {boolean}
 */
function isBindable(library, name) {
  const isThere = native.lookUp(library, name) && (u32[ADDRESS] !== 0 || u32[ADDRESS + 1] !== 0);
  if (!isThere && tracing.libraries) traceMissing(library, name);
  return isThere;
}

/** @param {number} library @param {string} name */
function traceMissing(library, name) {
  const find = () => {
    native.findSymbol(library, name);
    return u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
  };
  try {
    require('../trace/look-up.js').tracedLookUp(library, name, find, (address) => address);
  } catch {
    // It is known to be missing.
  }
}

/**
 * The address of a symbol, which may be 0.
 * @param {number} library
 * @param {unknown} name
 * @returns {number | bigint}
 */
function symbolAddress(library, name) {
  const symbol = symbolName('ptr', name);
  if (native.lookUp(library, symbol) && u32[ADDRESS] === 0 && u32[ADDRESS + 1] === 0) return 0;
  native.findSymbol(library, symbol);
  return u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
}

/**
 * What users see of symbols of a file.
 * @param {{ name: string, isFunction: boolean, size?: number }[]} rows
 */
const describeExports = (rows) =>
  rows.map(({ name, isFunction, size }) => ({ name, kind: isFunction ? 'function' : 'data', size }));

/** @param {number} library */
const libraryExports = (library) => describeExports(native.libraryExports(library));

module.exports = { hasSymbol, isBindable, symbolAddress, libraryExports, describeExports };
