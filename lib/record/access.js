'use strict';
// Records and arrays in memory that a program names: by an address, as a buffer, or by a view of ours.

const native = require('../binding.js');
const { byteCount, locate, pointerValue, usable } = require('../address.js');
const { addressIn, floorOfHeap, floorOfScratch, images, withRoom } = require('../call.js');
const { createError } = require('../errors.js');
const { keeperFor } = require('../keeper.js');
const { ownerOf } = require('../owner.js');
const { isBuffer, memoryOf, views } = require('../pointer.js');
const { refusal } = require('../refuse.js');
const { worded } = require('../refused.js');
const { retainedAt, retainedCount } = require('../retained.js');
const { copyBytes } = require('./cold.js');

const { isSafeInteger } = Number;
const FIRST_ADDRESS = native.firstAddress;

/**
 * Memory that a program names.
 * @typedef {object} Land
 * @property {number | bigint} address
 * @property {number} length in bytes; Infinity where only an address is known
 * @property {any} buffer what keeps what is written to it alive: a buffer, or the memory of a result; undefined for memory of C
 * @property {import('../retained.js').Owner | undefined} owner
 */

/**
 * @param {string} caller
 * @param {any} memory
 * @returns {Land}
 */
function survey(caller, memory) {
  if (isBuffer(memory)) {
    const found = memoryOf(memory);
    if (found === undefined) throw refusal('buffer', memory, 0, caller);
    return { address: found.address, length: found.length, buffer: found.buffer, owner: undefined };
  }
  const view = views.placeOf(memory);
  if (view) {
    const { ground, at, length } = view;
    if (ground.problem()) throw refusal('memory', memory, 0, caller);
    return { address: ground.address(at), length, buffer: ground.buffer, owner: ground.owner };
  }
  if (typeof memory !== 'number' && typeof memory !== 'bigint' && typeof memory !== 'object') {
    throw refusal('memory', memory, 0, caller);
  }
  const address = pointerValue(caller, memory);
  const kept = retainedCount() > 0 ? retainedAt(address) : undefined;
  if (kept) return { address, length: kept.size, buffer: kept, owner: kept };
  return { address, length: Infinity, buffer: undefined, owner: undefined };
}

/**
 * How many bytes there are from an offset on; Infinity where only an address is known.
 * @param {string} caller
 * @param {any} memory an address, a buffer or a view
 * @param {unknown} byteOffset
 */
function roomAt(caller, memory, byteOffset) {
  const { length } = survey(caller, memory);
  return length === Infinity ? length : length - byteCount(caller, byteOffset, 1);
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
  if (byteOffset === 0 && isSafeInteger(memory) && memory >= FIRST_ADDRESS) {
    if (retainedCount() === 0 || retainedAt(memory) === undefined) return memory;
  }
  return within(caller, survey(caller, memory), byteOffset, size);
}

/**
 * @param {string} caller
 * @param {Land} land
 * @param {unknown} byteOffset
 * @param {number} size
 * @returns {number | bigint}
 */
function within(caller, { address, length }, byteOffset, size) {
  if (length === Infinity) return usable(caller, locate(caller, address, byteOffset));
  const offset = byteCount(caller, byteOffset, 1);
  if (length - offset >= size) return offsetBy(address, offset);
  const message = `${caller}: ${size} bytes at offset ${offset} are more than there are: ${length}`;
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
 * @param {string} caller
 * @param {boolean} isChecked
 * @param {number} [argument] of `caller`, that has the address
 * @param {unknown} [kept] whose memory it is
 * @returns {T}
 */
function readAt(address, size, get, caller, isChecked, argument, kept) {
  return withRoom(size, (view, at, copy) => {
    if (size > 0) {
      if (isChecked) copyChecked(caller, address, copy, size, argument, kept);
      else copyBytes(address, copy, size, undefined, kept);
    }
    return get(view, at);
  });
}

/**
 * @param {string} caller
 * @param {number | bigint} source
 * @param {number | bigint} target
 * @param {number} size
 * @param {number | undefined} argument of `caller`, that has the address
 * @param {unknown} kept whose memory it is
 */
function copyChecked(caller, source, target, size, argument, kept) {
  try {
    copyBytes(source, target, size, true, kept);
  } catch (error) {
    throw worded(error, caller, argument, '');
  }
}

/**
 * Memory to be written.
 * @typedef {object} Target
 * @property {string} caller
 * @property {() => number | bigint} find its address, or an error when it is not there (any more)
 * @property {number | bigint} [start] its address, when that has just been found
 * @property {any} buffer what keeps what is written alive; undefined for memory of C
 * @property {boolean} isChecked
 * @property {number} [argument] of `caller`, that it is named by
 */

/**
 * @param {string} caller
 * @param {any} memory an address, a buffer or a view
 * @param {unknown} byteOffset
 * @param {number} size
 * @param {number} offset of what is written, in these bytes
 * @param {boolean} isChecked
 * @returns {Target}
 */
function targetIn(caller, memory, byteOffset, size, offset, isChecked) {
  const land = survey(caller, memory);
  views.placeOf(memory)?.ground.mayWrite(caller);
  // Code of the user's may close the library that an address is in.
  const owner = land.length === Infinity ? ownerOf(usable(caller, land.address)) : land.owner;
  /** @param {Land} found */
  const start = (found) => {
    if (owner && !owner.alive) throw createError(owner.code, `${caller}: argument 0: ${owner.text}`, caller, 0);
    return offsetBy(within(caller, found, byteOffset, size), offset);
  };
  const find = () => start(survey(caller, memory));
  return { caller, find, start: start(land), buffer: land.buffer, isChecked, argument: 0 };
}

/**
 * Writes memory: all of it, or nothing and an error.
 * @param {Target} target
 * @param {import('../types.js').CType} type
 * @param {number} size
 * @param {(view: DataView, at: number, keep: import('./cold.js').Keep) => void} put may run code of the user's
 * @param {number} [index] which argument of `caller` the value is
 */
function writeAt({ caller, find, start, buffer, isChecked, argument }, type, size, put, index) {
  const floor = floorOfScratch();
  const heapFloor = floorOfHeap();
  /** @param {number | bigint} source @param {number | bigint} place */
  const copy = (source, place) =>
    isChecked
      ? copyChecked(caller, source, place, size, argument, buffer)
      : copyBytes(source, place, size, undefined, buffer);
  try {
    const at = images.take(size, 8);
    const { view, address: image } = images;
    // What is there counts: bit-fields share their bytes.
    if (size > 0) copy(start ?? find(), image);
    const keeper = keeperFor(type, buffer, false);
    put(view, at, keeper);
    // Found again: code of the user's may have run.
    const address = find();
    if (size > 0) copy(addressIn(view, at), address);
    keeper.settle(address, size);
  } catch (error) {
    throw worded(error, caller, index, '');
  } finally {
    images.finish(floor, heapFloor);
  }
}

module.exports = { copyChecked, survey, findAddress, roomAt, offsetBy, readAt, targetIn, writeAt };
