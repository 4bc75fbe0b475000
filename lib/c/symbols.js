'use strict';
// The functions and globals of a unit, bound to a library when they are first used.

const { createError } = require('../errors.js');
const { bindFunction } = require('../library.js');
const { defineGlobal } = require('./globals.js');
const { Unmapped } = require('./mapping.js');
const { defineLater, explaining, refusing } = require('./reasons.js');
const { unusable } = require('./schemas.js');

/** @typedef {import('./format.js').CUnit} CUnit */
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

/** @param {CUnit} unit @param {string} name @returns {import('./cdef.js').Skipped | undefined} */
function withoutLibrary({ functions, globals }, name) {
  const isFunction = functions.some((declared) => declared.name === name);
  if (!isFunction && !globals.some((declared) => declared.name === name)) return undefined;
  return { reason: 'no library was given', isFunction };
}

/**
 * @param {CUnit} unit
 * @param {import('../library.js').OpenLibrary | undefined} library
 * @param {import('./schemas.js').UnitSchemas} schemas
 * @param {Record<string, string>} free
 * @param {Map<string, import('./cdef.js').Skipped>} skipped why names are missing
 * @returns {Record<string, any>}
 */
function symbolsOf(unit, library, schemas, free, skipped) {
  const symbols = Object.create(
    explaining('symbols', (name) => {
      const missing = skipped.get(name) ?? (library ? undefined : withoutLibrary(unit, name));
      if (missing === undefined) return undefined;
      if (!missing.isFunction) throw unusable('symbols', name, missing.reason);
      return refusing(name, () => uncallable(name, missing.reason));
    }),
  );
  if (library === undefined) return symbols;
  for (const declared of unit.functions) {
    const { name } = declared;
    defineLater(symbols, name, () => {
      try {
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
    });
  }
  for (const global of unit.globals)
    if (!Object.hasOwn(symbols, global.name)) defineGlobal(symbols, library, global, schemas);
  return symbols;
}

module.exports = { definitionOf, symbolsOf, uncallable };
