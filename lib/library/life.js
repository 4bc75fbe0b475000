'use strict';
// The life of libraries: collection closes those of which no address has left.

const native = require('../binding.js');
const { closeLibrary } = require('./close.js');

/** @typedef {import('../types.js').CType} CType */

const dropped = new FinalizationRegistry((/** @type {number} */ library) => {
  const useless = native.dropLibrary(library);
  if (useless !== 0) closeLibrary(useless);
});

/**
 * Closes the library, once an object is collected and all functions of it are, unless an address has left it.
 * @param {object} object
 * @param {number} library
 */
const closeWhenCollected = (object, library) => dropped.register(object, library, object);

/** It was closed. @param {object} object */
const forget = (object) => dropped.unregister(object);

/** Values of these are no addresses. Integers of 64 bits can be some. */
const PLAIN = new Set('void bool i8 u8 i16 u16 i32 u32 f32 f64'.split(' '));

/** @param {CType} type */
const isPlain = (type) => type.kind === 'scalar' && type.lent === undefined && PLAIN.has(type.base);

/**
 * Whether calls of a function may let an address out of its library: as a result, through memory that it is
 * given, or to a callback.
 * @param {{ params: CType[], result: CType, isVariadic?: true }} signature
 * @returns {boolean}
 */
function letsAddressesOut({ params, result, isVariadic }) {
  return isVariadic || !isPlain(result) || !params.every(isPlain);
}

/** An address of the library may be anywhere from now on. @param {number} library */
const addressLeft = (library) => native.addressLeft(library);

module.exports = { closeWhenCollected, forget, letsAddressesOut, addressLeft };
