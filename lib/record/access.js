'use strict';
// Records and arrays in memory that a program names: by an address, or as a buffer.

const native = require('../binding.js');
const { locate, byteCount, usable } = require('../address.js');
const { addressIn, floorOfHeap, floorOfScratch, images, scrap } = require('../call.js');
const { createError } = require('../errors.js');
const { keeperFor } = require('../keeper.js');
const { INVALID, bufferAddress, extent, isBuffer } = require('../pointer.js');
const { refusal } = require('../refuse.js');
const { worded } = require('../refused.js');
const { copyBytes } = require('./cold.js');

const { isSafeInteger } = Number;
const FIRST_ADDRESS = native.firstAddress;

/**
 * How many bytes there are from an offset in a buffer on; Infinity for an address.
 * @param {string} caller
 * @param {any} memory an address, a buffer or a view
 * @param {unknown} byteOffset
 */
function roomAt(caller, memory, byteOffset) {
  if (!isBuffer(memory)) return Infinity;
  if (bufferAddress(memory) === INVALID) throw refusal('buffer', memory, 0, caller);
  return /** @type {{ length: number }} */ (extent(memory)).length - byteCount(caller, byteOffset, 1);
}

/**
 * The address of so many bytes.
 * @param {string} caller
 * @param {any} memory an address, a buffer or a view
 * @param {unknown} byteOffset
 * @param {number} size
 * @returns {number | bigint}
 */
function findAddress(caller, memory, byteOffset, size) {
  if (byteOffset === 0 && isSafeInteger(memory) && memory >= FIRST_ADDRESS) return memory;
  if (!isBuffer(memory)) return usable(caller, locate(caller, memory, byteOffset));
  const room = roomAt(caller, memory, byteOffset);
  if (room >= size) return bufferAddress(memory) + /** @type {number} */ (byteOffset);
  const message = `${caller}: ${size} bytes at offset ${byteOffset} are outside of the buffer, of which ${room} are left`;
  throw createError('ERR_OUT_OF_BOUNDS', message, caller, 0);
}

/** @param {number | bigint} address @param {number} offset in bytes @returns {number | bigint} */
const offsetBy = (address, offset) => (typeof address === 'bigint' ? address + BigInt(offset) : address + offset);

/**
 * Reads memory through a copy.
 * @template T
 * @param {number | bigint} address
 * @param {number} size
 * @param {(view: DataView, at: number) => T} get runs no code of the user's
 * @returns {T}
 */
function readAt(address, size, get) {
  const { view, at, address: copy } = scrap(size);
  if (size > 0) copyBytes(address, copy, size);
  return get(view, at);
}

/**
 * Memory to be written.
 * @typedef {object} Target
 * @property {string} caller
 * @property {() => number | bigint} find its address, or an error when it is not there (any more)
 * @property {any} buffer what keeps what is written alive; undefined for memory of C
 */

/**
 * Writes memory: all of it, or nothing and an error.
 * @param {Target} target
 * @param {import('../types.js').CType} type
 * @param {number} size
 * @param {(view: DataView, at: number, keep: import('./cold.js').Keep) => void} put may run code of the user's
 * @param {number} [index] which argument of `caller` the value is
 * @param {string} [place] the value's name for messages
 */
function writeAt({ caller, find, buffer }, type, size, put, index, place) {
  const floor = floorOfScratch();
  const heapFloor = floorOfHeap();
  try {
    const at = images.take(size, 8);
    const { view } = images;
    // What is there counts: bit-fields share their bytes.
    if (size > 0) copyBytes(find(), images.address, size);
    const keeper = keeperFor(type, buffer, false);
    put(view, at, keeper);
    // Found again: code of the user's may have run.
    const address = find();
    if (size > 0) copyBytes(addressIn(view, at), address, size);
    keeper.settle(address, size);
  } catch (error) {
    throw worded(error, caller, index, place);
  } finally {
    images.abandon(floor, heapFloor);
  }
}

module.exports = { findAddress, roomAt, offsetBy, readAt, writeAt };
