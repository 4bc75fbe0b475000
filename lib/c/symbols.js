'use strict';
// The functions and globals of a unit, bound to a library when they are first used.

const { createError } = require('../errors.js');
const { bindFunction } = require('../library.js');
const { defineGlobal } = require('./globals.js');
const { Unmapped } = require('./mapping.js');
const { defineLater, explaining, refusing } = require('./reasons.js');
const { unusable } = require('./schemas.js');

/** @typedef {import('./declarations.js').Summary} Summary */
/** @typedef {import('./format.js').CFunction} CFunction */

/**
 * The definition of a function, as dlopen takes it. Throws Unmapped for what cannot be called.
 * @param {CFunction} declared
 * @param {import('./mapping.js').TypeMapping<any>} mapping
 * @param {string} [free] the name of the function that frees its result
 */
function definitionOf(declared, mapping, free) {
  if (declared.uncallable) throw new Unmapped(declared.uncallable);
  const { args, returns } = mapping.signature(declared);
  return { args, returns: free === undefined ? returns : { type: 'cstring', free } };
}

/** @param {string} name @param {string} reason */
const uncallable = (name, reason) => createError('ERR_UNSUPPORTED_ARGS', `${name} cannot be called: ${reason}`, name);

/** @param {Summary} summary @param {string} name @returns {import('./cdef.js').Skipped | undefined} */
function withoutLibrary({ functions, globals }, name) {
  const isFunction = functions.includes(name);
  if (!isFunction && !globals.includes(name)) return undefined;
  return { reason: 'no library was given', isFunction };
}

/**
 * @param {import('./declarations.js').Unit} unit
 * @param {import('../library.js').OpenLibrary | undefined} library
 * @param {import('./schemas.js').UnitSchemas} schemas
 * @param {Record<string, string>} free
 * @param {Map<string, import('./cdef.js').Skipped>} skipped why names are missing
 * @returns {Record<string, any>}
 */
function symbolsOf({ summary, declarations }, library, schemas, free, skipped) {
  const symbols = Object.create(
    explaining('symbols', (name) => {
      const missing = skipped.get(name) ?? (library ? undefined : withoutLibrary(summary, name));
      if (missing === undefined) return undefined;
      if (!missing.isFunction) throw unusable('symbols', name, missing.reason);
      return refusing(name, () => uncallable(name, missing.reason));
    }),
  );
  if (library === undefined) return symbols;
  const bind = (/** @type {number} */ number, /** @type {string} */ name) => {
    try {
      const declared = declarations.function(number);
      return bindFunction(library, name, {
        symbol: declared.symbol ?? name,
        ...definitionOf(declared, schemas.mapping, free[name]),
      });
    } catch (error) {
      const { code, message } = /** @type {any} */ (error);
      if (error instanceof Unmapped) return refusing(name, () => uncallable(name, error.message));
      if (code !== 'ERR_DLSYM_FAILED' && code !== 'ERR_UNSUPPORTED_ARGS') throw error;
      return refusing(name, () => createError(code, message, name));
    }
  };
  defineLater(symbols, summary.functions, bind);
  summary.globals.forEach((name, number) => {
    if (Object.hasOwn(symbols, name)) return;
    defineGlobal(symbols, library, name, () => declarations.global(number), schemas);
  });
  return symbols;
}

module.exports = { definitionOf, symbolsOf, uncallable };
