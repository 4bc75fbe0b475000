'use strict';
// Globals of a library, in place.

const { createError } = require('../errors.js');
const { bindVariable } = require('../library.js');
const { Unmapped } = require('./mapping.js');

/** @typedef {import('./format.js').CGlobal} CGlobal */

/**
 * Defines a global as a property, whose value is that in memory.
 * @param {object} symbols
 * @param {import('../library.js').OpenLibrary} library
 * @param {string} name
 * @param {() => CGlobal} declaration
 * @param {import('./schemas.js').UnitSchemas} schemas
 */
function defineGlobal(symbols, library, name, declaration, { mapping }) {
  const fail = (/** @type {string} */ reason) =>
    createError('ERR_UNSUPPORTED_ARGS', `${name} cannot be used: ${reason}`, name);
  const bind = () => {
    const { symbol = name, type, static: isStatic, threadLocal } = declaration();
    if (isStatic) throw fail('it is static: no library exports it');
    if (threadLocal) throw fail('each thread has one of its own');
    try {
      return bindVariable(library, name, { symbol, type: mapping.global(type) });
    } catch (error) {
      throw error instanceof Unmapped ? fail(error.message) : error;
    }
  };
  /** @type {ReturnType<typeof bind> | undefined} */
  let bound;
  const access = () => (bound ??= bind());
  const isFixed = () => {
    const { type, isConst } = mapping.resolve(declaration().type);
    return isConst || (type.kind === 'array' && mapping.resolve(type.of).isConst);
  };
  Object.defineProperty(symbols, name, {
    enumerable: true,
    get: () => access().get(),
    set: (value) => {
      if (isFixed()) throw createError('ERR_INVALID_ARG_VALUE', `${name}: it is const`, name);
      access().set(value);
    },
  });
}

module.exports = { defineGlobal };
