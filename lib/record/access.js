'use strict';
// Records and arrays in memory that a program names: by an address, or as a buffer.

const native = require('../binding.js');
const { locate, byteCount, usable } = require('../address.js');
const { addressIn, Call, floorOfHeap, floorOfScratch, scrap } = require('../call.js');
const { createError } = require('../errors.js');
const { Keeper } = require('../keeper.js');
const { INVALID, bufferAddress, extent, isBuffer } = require('../pointer.js');
const { refusal } = require('../refuse.js');
const { worded } = require('../refused.js');
const { copyBytes } = require('./cold.js');

/**
 * Memory that a program names.
 * @typedef {object} Place
 * @property {number | bigint} address
 * @property {any} buffer the buffer it is in, which keeps what is written to it; undefined for an address
 * @property {number} room bytes up to the end of the buffer; Infinity for an address
 * @property {() => void} check throws when the memory is no longer there
 */

const always = () => {};

/**
 * @param {string} caller
 * @param {any} memory an address, a buffer or a view
 * @param {unknown} byteOffset
 * @param {number} size so many bytes must be there
 * @returns {Place}
 */
function findPlace(caller, memory, byteOffset, size) {
  if (!isBuffer(memory)) {
    return {
      address: usable(caller, locate(caller, memory, byteOffset)),
      buffer: undefined,
      room: Infinity,
      check: always,
    };
  }
  const address = bufferAddress(memory);
  if (address === INVALID) throw refusal('buffer', memory, 0, caller);
  const offset = byteCount(caller, byteOffset, 1);
  const room = /** @type {{ length: number }} */ (extent(memory)).length - offset;
  if (room < size) {
    const message = `${caller}: ${size} bytes at offset ${offset} are more than the buffer's ${room + offset}`;
    throw createError('ERR_OUT_OF_BOUNDS', message, caller, 0);
  }
  const check = () => {
    if (bufferAddress(memory) !== address) throw refusal('buffer', memory, 0, caller);
  };
  return { address: address + offset, buffer: extent(memory)?.buffer, room, check };
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
 * Writes memory: all of it, or nothing and an error.
 * @param {string} caller
 * @param {Place} place
 * @param {number} size
 * @param {boolean} isPart what is there already counts
 * @param {(view: DataView, at: number, keep: InstanceType<typeof Keeper>) => void} put may run code of the user's
 * @param {number} index which argument of `caller` the value is
 * @param {string} [where] the value's name for messages
 */
function writeAt(caller, place, size, isPart, put, index, where) {
  const call = new Call();
  const floor = floorOfScratch();
  const heapFloor = floorOfHeap();
  try {
    const at = call.take(size, 8);
    const { view, address } = call;
    if (isPart) copyBytes(place.address, address, size);
    const keeper = new Keeper(place.buffer, false);
    put(view, at, keeper);
    // Code of the user's may have run.
    place.check();
    if (size > 0) copyBytes(addressIn(view, at), place.address, size);
    keeper.settle();
  } catch (error) {
    throw worded(error, caller, index, where);
  } finally {
    call.abandon(floor, heapFloor);
  }
}

module.exports = { findPlace, offsetBy, readAt, writeAt };
