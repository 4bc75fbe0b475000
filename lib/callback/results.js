'use strict';
// How the result of a callback is left for C: a scalar in the frame, or the address of a record's image.

const { isPromise } = require('node:util').types;
const { createError } = require('../errors.js');
const marshallers = require('../marshal.generated.js');
const { offsets } = require('../frame.js');
const { INVALID, bufferAddress } = require('../pointer.js');
const { refusal } = require('../refuse.js');
const { worded } = require('../refused.js');
const { none } = require('./entries.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./entries.js').Entry} Entry */

const encoder = new TextEncoder();
const { scalarResult, recordResult } = offsets;

/** So many strings and buffers of a callback stay valid for C. */
const KEPT = 256;

/**
 * Keeps what C uses after the callback has returned: until so many others were returned after it, or the
 * callback is closed.
 * @param {Entry} entry
 * @param {unknown} value
 */
function keep(entry, value) {
  if (entry.kept === none) entry.kept = [];
  entry.kept[entry.next] = value;
  entry.next = (entry.next + 1) % KEPT;
}

/** @param {unknown} promise */
async function ignore(promise) {
  try {
    await promise;
  } catch {}
}

/**
 * The error for a promise where nobody can wait for it; calls from other threads do. This error is told
 * instead of what it may reject with.
 * @param {Entry} entry
 * @param {unknown} promise
 */
function promiseRefusal({ symbol, place }, promise) {
  ignore(promise);
  const text =
    'got a promise, but C on the JavaScript thread cannot wait for it; ' +
    'call the C function with .async, or return the value itself';
  return createError('ERR_INVALID_ARG_TYPE', `${symbol}: ${place}: ${text}`, symbol);
}

/**
 * @param {Entry} entry
 * @param {CType} type
 * @param {unknown} value
 * @returns {never}
 */
function refuseResult(entry, type, value) {
  if (isPromise(value)) throw promiseRefusal(entry, value);
  // Nothing is copied for a result, as it is for an argument.
  throw refusal(type.lent ? type.base : type, value, undefined, entry.symbol, entry.place);
}

/**
 * Looks at what a function returned that has no result. Only promises matter: somebody would wait for them.
 * @param {Entry} entry
 * @param {unknown} value
 */
function checkNothing(entry, value) {
  if (isPromise(value)) throw promiseRefusal(entry, value);
}

/**
 * A string result: a copy that is kept.
 * @param {Entry} entry
 * @param {string} text
 * @param {CType['text']} encoded undefined for UTF-8
 * @returns {number} its address; INVALID with a NUL inside
 */
function keepString(entry, text, encoded) {
  if (text.includes('\0')) return INVALID;
  const copy = encoded ? encoded.copy(text) : encoder.encode(`${text}\0`);
  if (copy === undefined) return INVALID;
  keep(entry, copy);
  return bufferAddress(copy);
}

/** @param {Entry} entry @param {CType} type @param {any} value */
function addressResult(entry, type, value) {
  if (!type.lent) return (type.accept ?? marshallers[type.base].read)(value);
  try {
    return type.lent.address(value);
  } catch (error) {
    throw worded(error, entry.symbol, undefined, entry.place);
  }
}

/**
 * The address for a pointer result, a safe Number aside.
 * @param {Entry} entry
 * @param {CType} type
 * @param {any} value
 * @returns {number | bigint} or INVALID
 */
function pointerResult(entry, type, value) {
  if (typeof value === 'string' && type.base === 'cstring') return keepString(entry, value, type.text);
  const address = addressResult(entry, type, value);
  if (typeof value === 'object' && value !== null && address !== INVALID) keep(entry, value);
  return address;
}

/** @param {CType} type */
const isPointer = (type) => type.base === 'ptr' || type.base === 'cstring' || type.base === 'function';

/**
 * Leaves a record: an image of it that is kept, as what it points to.
 * @param {CType} type
 * @returns {(entry: Entry, value: any) => void}
 */
function recordGiver(type) {
  const { putByAddress } = require('../passing.js');
  const { keeperFor } = require('../keeper.js');
  const { MemoryView } = require('../memory-view.js');
  const { marshalOf } = require('../record/marshal.js');
  const { holdsPointers } = require('../record/accept.js');
  const { newBuffer } = require('../retained.js');
  return (entry, value) => {
    if (isPromise(value)) throw promiseRefusal(entry, value);
    const buffer = newBuffer('callback', type.size || 1);
    const view = new MemoryView(buffer);
    const address = bufferAddress(buffer);
    try {
      const keeper = keeperFor(type, buffer, false);
      if (typeof value === 'object') marshalOf(type).put(view, 0, value, keeper);
      else putByAddress(type, view, 0, value);
      if (holdsPointers(type)) /** @type {any} */ (keeper).settle(address, type.size);
    } catch (error) {
      throw worded(error, entry.symbol, undefined, entry.place);
    }
    keep(entry, buffer);
    marshallers.ptr.store(address, recordResult);
  };
}

/**
 * The function that leaves a result of a type.
 * @param {CType} type
 * @returns {(entry: Entry, value: any) => void}
 */
function giverOf(type) {
  if (type.record) return recordGiver(type);
  if (type.base === 'void') return checkNothing;
  const { read, invalid, store } = marshallers[type.base];
  const accept = type.accept ?? read;
  const slot = scalarResult;
  if (isPointer(type)) {
    return (entry, value) => {
      const address = pointerResult(entry, type, value);
      if (address === INVALID) refuseResult(entry, type, value);
      store(address, slot);
    };
  }
  return (entry, value) => {
    const accepted = accept(value);
    if (invalid(accepted)) refuseResult(entry, type, value);
    store(accepted, slot);
  };
}

module.exports = { checkNothing, giverOf, isPointer, refuseResult };
