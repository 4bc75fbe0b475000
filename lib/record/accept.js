'use strict';
// What each type of scalar accepts inside of a record, where a pointer may be to a copy.

const marshallers = require('../marshal.generated.js');
const { INVALID, isBuffer } = require('../pointer.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./cold.js').Keep} Keep */

/** @param {unknown} value @param {Keep} keep */
const string = (value, keep) => (typeof value === 'string' ? keep.string(value) : keep.pointer(value));
/** @param {unknown} value @param {Keep} keep */
const pointer = (value, keep) => keep.pointer(value);
/** @param {unknown} value @param {Keep} keep */
const buffer = (value, keep) => (isBuffer(value) ? keep.pointer(value) : INVALID);

/** @type {Record<string, (value: unknown, keep: Keep) => any>} */
const byBase = { __proto__: null, cstring: string, ptr: pointer, buffer };

/**
 * How a scalar is accepted inside of a record, where that is not just as its emitter says.
 * @param {CType} type
 * @returns {((value: unknown, keep: Keep) => any) | undefined} gives what the base's `invalid` judges
 */
function specialAccept(type) {
  if (type.bits) return type.bits.accept;
  if (type.lent) return type.lent.accept;
  return type.accept ?? byBase[type.base];
}

/**
 * @param {CType} type
 * @returns {(value: unknown, keep: Keep) => any}
 */
const acceptOf = (type) => specialAccept(type) ?? marshallers[type.base].read;

/** @param {CType} type @param {unknown} accepted @returns {boolean} */
const isUnfit = (type, accepted) => (type.bits ? accepted === undefined : marshallers[type.base].invalid(accepted));

module.exports = { specialAccept, acceptOf, isUnfit };
