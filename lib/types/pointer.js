'use strict';
// Pointers to values: into C, out of it, or both.

const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { Lent } = require('../record/lent.js');
const { declareType, resolveType } = require('../types.js');

const POINTER = resolveType('ptr', 'pointer');
const POINTERS = 'a pointer (Number, BigInt, null, ArrayBuffer, view, CString or JSCallback)';

/**
 * @param {string} caller
 * @param {unknown} target a type, or a function that returns it
 * @param {import('../record/lent.js').Direction} direction
 */
function declarePointer(caller, target, direction) {
  const where = `${caller}: argument 0`;
  const check = (/** @type {unknown} */ given) => {
    const type = resolveType(given, where, caller, 0);
    if (type.kind === 'bits' || (type.lent && type.lent.direction !== 'in')) {
      throw createError('ERR_INVALID_ARG_TYPE', `${where}: nothing points to ${describe(given)}`, caller, 0);
    }
    return type;
  };
  const resolve = typeof target === 'function' ? () => check(target()) : check.bind(undefined, target);
  const lent = new Lent(resolve, direction);
  const known = typeof target === 'function' ? undefined : check(target);
  const copied = known?.record || !known ? 'an object or array' : 'an array';
  const expects = known?.base === 'void' ? POINTERS : `${copied} to be copied, or ${POINTERS}`;
  lent.type = { ...POINTER, expects, lent };
  return declareType(Object.freeze({ target, direction }), lent.type);
}

/**
 * A pointer to a type. A parameter takes an address, null, a buffer, or an object or array that is copied
 * for the call; a result is an address.
 * @param {unknown} type a type, or a function that returns it, for types that refer to themselves
 */
const pointer = (type) => declarePointer('pointer', type, 'in');

/**
 * A parameter that C writes through: the object or array given gets what C left there.
 * @param {unknown} type
 */
const out = (type) => declarePointer('out', type, 'out');

/**
 * A parameter that C reads and writes through.
 * @param {unknown} type
 */
const inout = (type) => declarePointer('inout', type, 'inout');

module.exports = { pointer, out, inout, declarePointer };
