'use strict';
// What generated code and closures do with values that are not as expected: missing members, buffers in
// the place of objects, unknown members.

const native = require('../binding.js');
const { addressIn } = require('../call.js');
const { putAddress, putLength, views, offsets } = require('../frame.js');
const { bufferAddress, extent, isBuffer } = require('../pointer.js');
const { Refused, refused, within } = require('../refused.js');
const { acceptOf } = require('./accept.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./declare.js').Member} Member */
/**
 * What takes and keeps memory while a value is written: a call's, or a buffer's.
 * @typedef {InstanceType<typeof import('../call.js').Call> | InstanceType<typeof import('../keeper.js').Keeper>} Keep
 */

const { u32 } = views;
const ADDRESS = offsets.address / 4;
const VALUE = offsets.value / 4;

/**
 * Copies memory.
 * @param {number | bigint} source
 * @param {number | bigint} target
 * @param {number} length in bytes
 */
function copyBytes(source, target, length) {
  putAddress(target);
  u32[VALUE] = u32[ADDRESS];
  u32[VALUE + 1] = u32[ADDRESS + 1];
  putAddress(source);
  putLength(length);
  native.copy();
}

/**
 * The value to store for a member that is missing or unfit.
 * @param {Member} where
 * @param {unknown} value
 * @param {Keep} keep
 */
function mend(where, value, keep) {
  if (value === undefined) {
    if (where.fallback !== undefined) return acceptOf(where.type)(where.fallback, keep);
    if (keep.fills) return 0;
  }
  throw within(refused(where.type, value), `.${where.key}`);
}

/**
 * Refuses an element; thrown without its index.
 * @param {CType} type
 * @param {unknown} value
 * @returns {never}
 */
function unfit(type, value) {
  throw refused(type, value);
}

/**
 * The value to marshal for a record or array that is missing.
 * @param {Member} where
 * @param {Keep} keep
 */
function absent(where, keep) {
  if (where.fallback !== undefined) return where.fallback;
  if (where.type.array?.isFlexible) return [];
  if (keep.fills) return where.type.record ? {} : [];
  throw within(refused(where.type, undefined), `.${where.key}`);
}

/**
 * Copies a buffer that stands for a record or array.
 * @param {DataView} view
 * @param {number} at
 * @param {unknown} buffer
 * @param {CType} type
 */
function copyBuffer(view, at, buffer, type) {
  const address = bufferAddress(buffer);
  const length = extent(buffer)?.length ?? 0;
  if (length !== type.size || address === -1) {
    if (address === -1) throw refused(type, buffer);
    const code = length < type.size ? 'ERR_OUT_OF_BOUNDS' : 'ERR_INVALID_ARG_VALUE';
    throw new Refused(code, `expected a buffer of ${type.size} bytes, got ${length}`);
  }
  if (length > 0) copyBytes(address, addressIn(view, at), length);
}

/**
 * Looks at a value whose members are not just those of the record in their order.
 * @param {CType} type
 * @param {ReadonlyMap<string, Member>} known
 * @param {DataView} view
 * @param {number} at
 * @param {any} value
 * @returns {boolean} whether it has been written; else its members can be
 */
function admit(type, known, view, at, value) {
  if (typeof value !== 'object' || value === null) throw refused(type, value);
  if (isBuffer(value)) {
    copyBuffer(view, at, value, type);
    return true;
  }
  const unknown = Object.keys(value).find((key) => !known.has(key));
  if (unknown === undefined) return false;
  const nearest = native.nearest(unknown, [...known.keys()]);
  const hint = nearest ? `; did you mean '${nearest}'?` : '';
  throw new Refused('ERR_INVALID_ARG_VALUE', `there is no member '${unknown}'${hint}`);
}

/**
 * Refuses a union of which none or several members are given.
 * @param {string[]} keys
 * @param {number} chosen -1 for none
 * @param {Keep} keep
 */
function checkChoice(keys, chosen, keep) {
  if (chosen >= 0 || (chosen === -1 && keep.fills)) return;
  const shown = keys.length > 8 ? `${keys.slice(0, 8).join(', ')}, …` : keys.join(', ');
  const text = `expected exactly one member of a union (${shown}), got ${chosen === -1 ? 'none' : 'several'}`;
  throw new Refused('ERR_INVALID_ARG_TYPE', text);
}

module.exports = { admit, absent, mend, unfit, checkChoice, copyBuffer, copyBytes };
