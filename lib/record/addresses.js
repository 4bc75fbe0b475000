'use strict';
// Which values have addresses in them, which mean something in one process only.

const { createError } = require('../errors.js');
const { views } = require('../pointer.js');

/** @typedef {import('../types.js').CType} CType */

const ADDRESSES = new Set(['ptr', 'cstring', 'buffer', 'function']);

/** @type {WeakMap<CType, boolean>} */
const known = new WeakMap();

/**
 * Whether a value of the type is, or has in it, an address of the process that it is in.
 * @param {CType} type
 * @returns {boolean}
 */
function hasAddresses(type) {
  let has = known.get(type);
  if (has === undefined) {
    if (type.record) has = type.record.members.some((member) => hasAddresses(member.type));
    else has = type.array ? hasAddresses(type.array.element) : ADDRESSES.has(type.base);
    known.set(type, has);
  }
  return has;
}

/**
 * Refuses memory of an isolate whose pointers would be taken for those of this process.
 * @param {string} caller
 * @param {any} memory its first argument
 * @param {CType} type of what is there
 */
function demandLocal(caller, memory, type) {
  if (typeof memory !== 'object' || !views.placeOf(memory)?.ground.owner.isolated || !hasAddresses(type)) return;
  const text = `${caller}: argument 0: its pointers are of a helper process: use the memory's own at and set`;
  throw createError('ERR_INVALID_ARG_VALUE', text, caller, 0);
}

module.exports = { demandLocal, hasAddresses };
