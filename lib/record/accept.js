'use strict';
// What each type of scalar accepts inside of a record, where a pointer may be to a copy.

const marshallers = require('../marshal.generated.js');
const { INVALID, isBuffer } = require('../pointer.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {any} Keep only of those that keep pointers: see holdsPointers */

/** @param {unknown} value @param {Keep} keep */
const string = (value, keep) => (typeof value === 'string' ? keep.string(value) : keep.pointer(value));
/** @param {unknown} value @param {Keep} keep */
const pointer = (value, keep) => keep.pointer(value);
/** @param {unknown} value @param {Keep} keep */
const buffer = (value, keep) => (isBuffer(value) ? keep.pointer(value) : INVALID);

/**
 * Strings in another encoding than UTF-8.
 * @param {NonNullable<CType['text']>} text
 * @returns {(value: unknown, keep: Keep) => any}
 */
const encoded = (text) => (value, keep) => (typeof value === 'string' ? keep.string(value, text) : keep.pointer(value));

/** @type {Record<string, (value: unknown, keep: Keep) => any>} */
const byBase = { __proto__: /** @type {any} */ (null), cstring: string, ptr: pointer, buffer };

/**
 * How a scalar is accepted inside of a record, where that is not just as its emitter says.
 * @param {CType} type
 * @returns {((value: unknown, keep: Keep) => any) | undefined} gives what the base's `invalid` judges
 */
function specialAccept(type) {
  if (type.bits) return type.bits.accept;
  if (type.lent) return type.lent.accept;
  if (type.text) return encoded(type.text);
  return type.accept ?? byBase[type.base];
}

/**
 * @param {CType} type
 * @returns {(value: unknown, keep: Keep) => any}
 */
const acceptOf = (type) => specialAccept(type) ?? marshallers[type.base].read;

/** @param {CType} type @param {unknown} accepted @returns {boolean} */
const isUnfit = (type, accepted) => (type.bits ? accepted === undefined : marshallers[type.base].invalid(accepted));

/** @type {WeakMap<CType, boolean>} */
const holding = new WeakMap();

/**
 * Whether values of a type may have pointers inside, which something has to keep valid.
 * @param {CType} type
 * @returns {boolean}
 */
function holdsPointers(type) {
  let holds = holding.get(type);
  if (holds === undefined) {
    if (type.record) {
      const { members } = type.record;
      holds = false;
      for (let index = 0; index < members.length && !holds; index++) holds = holdsPointers(members[index].type);
    } else if (type.array) holds = holdsPointers(type.array.element);
    else
      holds =
        type.crosses === true ||
        type.lent !== undefined ||
        type.text !== undefined ||
        (type.accept === undefined && type.base in byBase);
    holding.set(type, holds);
  }
  return holds;
}

module.exports = { specialAccept, acceptOf, isUnfit, holdsPointers };
