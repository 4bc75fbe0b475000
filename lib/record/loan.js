'use strict';
// What out and inout parameters were given: objects that get what C left in their copies.

const { addressIn } = require('../call.js');
const { createError } = require('../errors.js');
const marshallers = require('../marshal.generated.js');
const { MemoryView } = require('../memory-view.js');
const { isBuffer } = require('../pointer.js');
const { holdsPointers, specialAccept } = require('./accept.js');
const { fitting } = require('./array-type.js');
const { copyBytes } = require('./cold.js');
const { elementsOf } = require('./marshal.js');
const { readMember, readOne } = require('./member.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./declare.js').Part} Part */

/**
 * A copy whose content goes back into the user's object when C has returned.
 * @typedef {object} Loan
 * @property {any} owner the object or array
 * @property {CType} target
 * @property {DataView} view
 * @property {number} at
 * @property {number} size in bytes
 * @property {number} count of elements; -1 for one value
 * @property {number} room bytes of a flexible array member
 * @property {number} argument
 * @property {any[]} [rest] the elements of a flexible array member, after the call
 * @property {DataView} [before] the copy as it was, where what C did not change must stay what it was
 */

// Taken once, as all that runs in calls.
const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, isExtensible, keys } = Object;
const { prototype: objectPrototype } = Object;
const { isArray, prototype: arrayPrototype } = Array;
const { set } = Reflect;
const PLAIN = { __proto__: null, writable: true, enumerable: true, configurable: true };

/** Stands for a member that C left as it was. */
const UNCHANGED = Symbol('unchanged');

/** @type {WeakMap<CType, boolean>} */
const merging = new WeakMap();

/**
 * Whether values of a type depend on what the user gave: pointers may be to copies, and of a union one
 * member was chosen.
 * @param {CType} type
 * @returns {boolean}
 */
function needsOriginal(type) {
  let needs = merging.get(type);
  if (needs === undefined) {
    needs = holdsPointers(type) || (type.array !== undefined && needsOriginal(type.array.element));
    const parts = type.record?.parts ?? [];
    for (let index = 0; index < parts.length && !needs; index++) {
      const part = parts[index];
      needs = 'alternatives' in part || needsOriginal(part.type);
    }
    merging.set(type, needs);
  }
  return needs;
}

/** A copy of an image. @param {DataView} view @param {number} at @param {number} size */
function snapshot(view, at, size) {
  const copy = new MemoryView(new ArrayBuffer(size));
  copyBytes(addressIn(view, at), addressIn(copy, 0), size, undefined, copy);
  return copy;
}

/**
 * @param {import('./cold.js').Keep} keep
 * @param {Loan} loan
 * @param {'out' | 'inout'} direction
 */
function lendBack(keep, loan, direction) {
  if (direction === 'inout' && needsOriginal(loan.target)) loan.before = snapshot(loan.view, loan.at, loan.size);
  const call = /** @type {InstanceType<typeof import('../call.js').Call>} */ (keep);
  if (call.loans) call.loans[call.loans.length] = loan;
  else call.loans = [loan];
}

/**
 * The value of memory that C may have changed.
 * @param {CType} type
 * @param {DataView} after
 * @param {DataView} before
 * @param {number} at in both
 * @param {any} given what the user gave
 * @returns {any}
 */
function merge(type, after, before, at, given) {
  // Bytes have no members, whatever their properties are called.
  const original = isBuffer(given) ? undefined : given;
  if (type.record) return mergeRecord(type, after, before, at, original);
  if (type.array && !type.array.isText) {
    const { element, count } = type.array;
    return mergeElements(element, count, after, before, at, original);
  }
  const keeps = given !== undefined && specialAccept(type) && !type.bits && (type.text || type.crosses || !type.accept);
  return keeps && isSame(type, after, before, at) ? UNCHANGED : readOne(type, after, at);
}

/** @param {CType} type @param {DataView} after @param {DataView} before @param {number} at */
const isSame = (type, after, before, at) =>
  marshallers[type.base].get(after, at) === marshallers[type.base].get(before, at);

/**
 * @param {CType} element
 * @param {number} count
 * @param {DataView} after
 * @param {DataView} before
 * @param {number} at
 * @param {any} original
 */
function mergeElements(element, count, after, before, at, original) {
  const values = new Array(count);
  for (let index = 0; index < count; index++) {
    const given = original?.[index];
    const value = merge(element, after, before, at + index * element.size, given);
    values[index] = value === UNCHANGED ? given : value;
  }
  return values;
}

/**
 * @param {CType} type
 * @param {DataView} after
 * @param {DataView} before
 * @param {number} at
 * @param {any} original
 */
function mergeRecord(type, after, before, at, original) {
  /** @type {Record<string, any>} */
  const object = {};
  /** @param {Part[]} parts */
  function mergeParts(parts) {
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index];
      if ('alternatives' in part) {
        const given = part.alternatives.filter((group) => isGiven(group, original));
        mergeParts(given.length === 1 ? given[0] : part.alternatives.flat());
        continue;
      }
      const { key, offset } = part;
      const given = original?.[key];
      const isWhole = part.type.bits !== undefined || part.type.array?.isFlexible;
      const read = isWhole ? readMember(part, after, at + offset) : merge(part.type, after, before, at + offset, given);
      const value = read === UNCHANGED ? given : read;
      defineProperty(object, key, { ...PLAIN, value });
    }
  }
  mergeParts(/** @type {import('./declare.js').RecordType} */ (type.record).parts);
  return object;
}

/** @param {Part[]} parts @param {any} original @returns {boolean} */
const isGiven = (parts, original) =>
  parts.some((part) =>
    'alternatives' in part
      ? part.alternatives.some((group) => isGiven(group, original))
      : original?.[part.key] !== undefined,
  );

/** What is to be put into the owner. Code of the user's may run only where there is a copy of before. @param {Loan} loan */
function valueOf({ owner, target, view, at, count, before }) {
  if (!before) return count === -1 ? readOne(target, view, at) : elementsOf(target).get(view, at, count);
  if (count !== -1) return mergeElements(target, count, view, before, at, owner);
  return merge(target, view, before, at, owner);
}

/** @param {Loan} loan @param {string | number} key @param {unknown} value @param {string} symbol */
function assign({ owner, argument }, key, value, symbol) {
  if (key === '__proto__') {
    defineProperty(owner, key, { ...PLAIN, value });
    return;
  }
  if (!write(owner, key, value)) {
    const message = `${symbol}: argument ${argument}: the member ${String(key)} cannot be written`;
    throw createError('ERR_INVALID_ARG_VALUE', message, symbol, argument);
  }
}

/**
 * Writes a member. Plain objects and arrays are written to plainly, which is ten times as quick.
 * @param {any} owner
 * @param {string | number} key
 * @param {unknown} value
 * @returns {boolean} whether it could be written
 */
function write(owner, key, value) {
  const prototype = getPrototypeOf(owner);
  if ((prototype !== objectPrototype && prototype !== arrayPrototype) || !isExtensible(owner)) {
    return set(owner, key, value);
  }
  try {
    owner[key] = value;
    return true;
  } catch (error) {
    const own = getOwnPropertyDescriptor(owner, key);
    if (own && (own.set || own.writable)) throw error;
    return false;
  }
}

/**
 * Gives what C left in the copies back to their owners. All is taken out of the copies before any code of the
 * user's runs, which may call C.
 * @param {Loan[]} loans
 * @param {string} symbol the function, for messages
 */
function giveBackLoans(loans, symbol) {
  const values = new Array(loans.length);
  for (let index = 0; index < loans.length; index++) {
    const loan = loans[index];
    if (loan.before) {
      loan.view = snapshot(loan.view, loan.at, loan.size);
      loan.at = 0;
    } else values[index] = valueOf(loan);
    const flexible = loan.count === -1 ? loan.target.record?.flexible : undefined;
    if (flexible) loan.rest = restOf(loan, flexible);
  }
  for (let index = 0; index < loans.length; index++) {
    const loan = loans[index];
    const value = loan.before ? valueOf(loan) : values[index];
    if (loan.rest) value[/** @type {any} */ (loan.target.record?.flexible).key] = loan.rest;
    if (isArray(value)) for (let at = 0; at < value.length; at++) assign(loan, at, value[at], symbol);
    else {
      const names = keys(value);
      for (let name = 0; name < names.length; name++) assign(loan, names[name], value[names[name]], symbol);
    }
  }
}

/** The elements of a flexible array member. @param {Loan} loan @param {import('./declare.js').Member} flexible */
function restOf({ view, at, room }, { type, offset }) {
  const { element } = /** @type {import('./array-type.js').ArrayType} */ (type.array);
  return elementsOf(element).get(view, at + offset, fitting(room, element));
}

module.exports = { lendBack, giveBackLoans };
