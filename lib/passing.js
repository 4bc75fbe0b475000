'use strict';
// How the values of a call that is more than scalars are passed: records by value, and objects lent to C.
// Both forms of stubs, generated and closures, use these.

const { Call, images, floorOfScratch, floorOfHeap, frameView, addressIn } = require('./call.js');
const { holdsPointers } = require('./record/accept.js');
const { copyWords } = require('./memory-view.js');
const { INVALID, anyAddress, bufferAddress } = require('./pointer.js');
const { Refused, refused } = require('./refused.js');
const { SMALL, newBuffer, retain, retainCopy } = require('./retained.js');
const { copyBytes, copyFrom } = require('./record/cold.js');
const { giveBackLoans } = require('./record/loan.js');
const { marshalOf } = require('./record/marshal.js');

/** @typedef {import('./types.js').CType} CType */
/** @typedef {import('./signature.js').Spot} Spot */

/**
 * Whether calls need a Call of their own, which keeps what pointers inside of objects refer to.
 * @param {CType[]} params
 */
const needsCall = (params) => params.some((type) => type.lent !== undefined || (type.record && holdsPointers(type)));

/**
 * Writes a record argument that is not an object: it is the address of one.
 * @param {CType} type
 * @param {DataView} view
 * @param {number} at
 * @param {unknown} value
 * @param {boolean} [isChecked]
 */
function putByAddress(type, view, at, value, isChecked) {
  // Behind an address of this process are pointers of this process.
  const isNumber = !type.crosses && (typeof value === 'number' || typeof value === 'bigint');
  const address = isNumber ? anyAddress(value) : INVALID;
  if (address === INVALID) {
    const { text, code } = refused(type, value);
    throw new Refused(isNumber ? 'ERR_OUT_OF_RANGE' : code, text);
  }
  copyFrom(view, at, address, type, isChecked);
}

/**
 * The function that reads a record result from memory.
 * @param {CType} type
 * @returns {(view: DataView, at: number) => any}
 */
function resultReader(type) {
  const { size } = type;
  if (type.decodes) return marshalOf(type).get;
  if (size > 0 && size <= SMALL) return (view, at) => retainCopy(view, at, size);
  return (view, at) => {
    // Of a record without size there is an address too.
    const length = size || 1;
    const buffer = newBuffer('result', length);
    const address = bufferAddress(buffer);
    if (size > 0) copyBytes(addressIn(view, at), address, size, undefined, buffer);
    return retain(buffer, 0, length, address);
  };
}

module.exports = {
  Call,
  images,
  floorOfScratch,
  floorOfHeap,
  frameView,
  copyWords,
  needsCall,
  putByAddress,
  resultReader,
  giveBackLoans,
};
