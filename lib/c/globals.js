'use strict';
// Globals of a library, in place.

const { createError } = require('../errors.js');
const { addressOfSymbol } = require('../library.js');
const { array } = require('../record/array.js');
const { resolveType } = require('../types.js');
const { Unmapped } = require('./mapping.js');

/** @typedef {import('./format.js').CGlobal} CGlobal */

/**
 * How a global is read and written.
 * @typedef {{ get: () => unknown, set: (value: any) => void }} Access
 */

/**
 * @param {any} type
 * @param {number | bigint} address
 * @returns {Access}
 */
function accessTo(type, address) {
  const { kind } = resolveType(type, 'cdef');
  if (kind === 'scalar') {
    const one = array(type, 1);
    const place = () => /** @type {any} */ (one.view(address));
    return { get: () => place()[0], set: (value) => (place()[0] = value) };
  }
  const { length } = type;
  if (kind === 'array')
    return {
      get: () => type.view(address),
      set: (values) => {
        const view = type.view(address);
        for (let index = 0; index < length; index++) view[index] = values[index];
      },
    };
  return { get: () => type.view(address), set: (value) => type.write(address, value) };
}

/**
 * Defines a global as a property, whose value is that in memory.
 * @param {object} symbols
 * @param {import('../library.js').OpenLibrary} library
 * @param {CGlobal} global
 * @param {import('./schemas.js').UnitSchemas} schemas
 */
function defineGlobal(
  symbols,
  library,
  { name, symbol = name, type: declared, static: isStatic, threadLocal },
  schemas,
) {
  const { mapping } = schemas;
  const fail = (/** @type {string} */ reason) =>
    createError('ERR_UNSUPPORTED_ARGS', `${name} cannot be used: ${reason}`, name);
  /** @type {Access | undefined} */
  let access;
  const find = () => {
    if (access) return access;
    if (isStatic) throw fail('it is static: no library exports it');
    if (threadLocal) throw fail('each thread has one of its own');
    try {
      const type = mapping.type(declared, 'member');
      return (access = accessTo(type, addressOfSymbol(library, symbol)));
    } catch (error) {
      throw error instanceof Unmapped ? fail(error.message) : error;
    }
  };
  const { type: resolved, isConst } = mapping.resolve(declared);
  const isFixed = isConst || (resolved.kind === 'array' && mapping.resolve(resolved.of).isConst);
  Object.defineProperty(symbols, name, {
    enumerable: true,
    get: () => find().get(),
    set: (value) => {
      if (isFixed) throw createError('ERR_INVALID_ARG_VALUE', `${name}: it is const`, name);
      find().set(value);
    },
  });
}

module.exports = { defineGlobal };
