'use strict';
// What generated code and closures do with values that are not as expected: missing members, buffers in
// the place of objects, unknown members.

const native = require('../binding.js');
const { didYouMean } = require('../nearest.js');
const { addressIn } = require('../call.js');
const { allChecked } = require('../checked.js');
const { putCopy } = require('../frame.js');
const { isBuffer, memoryOf, views } = require('../pointer.js');
const { Refused, refused } = require('../refused.js');
const { acceptOf, holdsPointers, isUnfit } = require('./accept.js');
const { hasAddresses } = require('./addresses.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./declare.js').Member} Member */
/**
 * What takes and keeps memory while a value is written: a call's, or a buffer's.
 * @typedef {InstanceType<typeof import('../call.js').Call> | InstanceType<typeof import('../keeper.js').Keeper>} Keep
 */

// Taken once, as all that runs in calls.
const { getPrototypeOf, hasOwn, keys, prototype } = Object;

/** Memory of an isolate with pointers inside. */
const ELSEWHERE = 'its pointers are of a helper process: pass an object with the members';

/**
 * Copies memory.
 * @param {number | bigint} source
 * @param {number | bigint} target
 * @param {number} length in bytes
 * @param {boolean} [isChecked]
 * @param {unknown} [kept] whose memory it is: passed only to be kept reachable until the bytes are copied. Engines forget
 *   what is not used any more
 */
function copyBytes(source, target, length, isChecked = allChecked, kept = undefined) {
  if (!isChecked) {
    putCopy(source, target, length);
    return native.copy(kept);
  }
  try {
    putCopy(source, target, length);
    native.copyChecked(kept);
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    throw code ? new Refused(code, message) : error;
  }
}

/**
 * The value to store for a member that is missing or unfit.
 * @param {Member} where
 * @param {unknown} value
 * @param {Keep} keep
 */
function mend(where, value, keep) {
  const { type, fallback } = where;
  if (value === undefined && fallback === undefined && keep.fills) return type.bits ? type.bits.accept(0) : 0;
  const given = value === undefined ? fallback : value;
  if (given !== value) {
    const accepted = acceptOf(type)(given, keep);
    // A default that was a buffer may have been detached since.
    if (!isUnfit(type, accepted)) return accepted;
  }
  throw refused(type, given);
}

/**
 * Refuses an element.
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
  throw refused(where.type, undefined);
}

/**
 * Copies a buffer that stands for a record or array.
 * @param {DataView} view
 * @param {number} at
 * @param {unknown} buffer
 * @param {CType} type
 * @param {number} size
 * @param {Keep} keep
 */
function copyBuffer(view, at, buffer, type, size, keep) {
  const found = memoryOf(buffer);
  if (found === undefined) throw refused(type, buffer);
  const { address, length } = found;
  if (length !== size) {
    const code = length < size ? 'ERR_OUT_OF_BOUNDS' : 'ERR_INVALID_ARG_VALUE';
    throw new Refused(code, `expected a buffer of ${size} bytes, got ${length}`);
  }
  if (length > 0) copyBytes(address, addressIn(view, at), length, allChecked, buffer);
  // What its pointers refer to lives as long as it does.
  if (holdsPointers(type)) keep.hold(found.buffer);
}

/**
 * Copies a view on a record in memory.
 * @param {DataView} view
 * @param {number} at
 * @param {import('../pointer.js').ViewPlace} place
 * @param {CType} type
 * @param {Keep} keep
 * @returns {boolean} whether it was one of this type; else its members can be read
 */
function copyView(view, at, place, type, keep) {
  const problem = place.ground.problem();
  if (problem) throw new Refused(problem.code, problem.text);
  const { isolated } = place.ground.owner;
  if (isolated && hasAddresses(type)) {
    // Those of its own helper stay what they are.
    if (/** @type {any} */ (keep).passage?.helper !== isolated) throw new Refused('ERR_INVALID_ARG_VALUE', ELSEWHERE);
  } else if (holdsPointers(type)) keep.hold(place.ground.buffer);
  if (place.isMemory && place.length !== type.size) {
    throw new Refused('ERR_INVALID_ARG_VALUE', `expected memory of ${type.size} bytes, got ${place.length}`);
  }
  if (!place.isMemory && place.type?.record !== type.record) return false;
  copyBytes(place.ground.address(place.at), addressIn(view, at), type.size, allChecked, place);
  return true;
}

/**
 * Copies a record from an address.
 * @param {DataView} view
 * @param {number} at
 * @param {number | bigint} address
 * @param {CType} type
 * @param {boolean} [isChecked]
 */
function copyFrom(view, at, address, type, isChecked) {
  if (address < native.firstAddress) {
    const text = address === 0 ? 'the address is NULL' : `${address} cannot be a valid address`;
    throw new Refused('ERR_INVALID_POINTER', text);
  }
  copyBytes(address, addressIn(view, at), type.size, isChecked);
}

/**
 * Looks at a value whose members are not just those of the record in their order.
 * @param {CType} type
 * @param {ReadonlyMap<string, Member>} known
 * @param {DataView} view
 * @param {number} at
 * @param {any} value
 * @param {Keep} keep
 * @returns {boolean} whether it has been written; else its members can be
 */
function admit(type, known, view, at, value, keep) {
  if (typeof value !== 'object' || value === null) throw refused(type, value);
  if (isBuffer(value)) {
    copyBuffer(view, at, value, type, type.size, keep);
    return true;
  }
  const place = views.placeOf(value);
  if (place) return copyView(view, at, place, type, keep);
  const own = keys(value);
  for (let index = 0; index < own.length; index++) if (!known.has(own[index])) throw unknownMember(own[index], known);
  return false;
}

/** @param {string} key @param {ReadonlyMap<string, Member>} known */
function unknownMember(key, known) {
  return new Refused('ERR_INVALID_ARG_VALUE', `there is no member '${key}'${didYouMean(key, [...known.keys()])}`);
}

/**
 * A member by a name that every object has something under.
 * @param {any} value
 * @param {string} key
 */
function ownMember(value, key) {
  for (let object = value; object !== null && object !== prototype; object = getPrototypeOf(object)) {
    if (hasOwn(object, key)) return value[key];
  }
  return undefined;
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

module.exports = { admit, absent, ownMember, mend, unfit, checkChoice, copyBuffer, copyBytes, copyFrom };
