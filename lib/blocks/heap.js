'use strict';
// C's heap, and allocators of the user's.

const native = require('../binding.js');
const { describe } = require('../describe.js');
const { createError } = require('../errors.js');
const { ADDRESS, TWO_32, putAddress, putOperands, views } = require('../frame.js');
const { INVALID, anyAddress, isBuffer, views: recordViews } = require('../pointer.js');
const { isRetained } = require('../retained.js');

/**
 * Gives and takes memory.
 * @typedef {object} Allocator
 * @property {(size: number, align: number) => any} allocate an address, at a multiple of `align`; 0 or null when
 *   there is no memory
 * @property {(ptr: number | bigint) => unknown} free takes back what `allocate` gave
 */

const { u32 } = views;
const { isSafeInteger } = Number;
const { apply } = Reflect;

/** What `malloc` aligns memory to. */
const ALIGN = 16;

/** More than any process can address; systems of other kinds must not even be asked. */
const MOST = 2 ** 47;

/** @param {string} caller @param {number} size @returns {Error} */
const noMemory = (caller, size) => createError('ERR_MALLOC_FAILED', `${caller}: no memory for ${size} bytes`, caller);

/**
 * A block of C's heap.
 * @param {string} caller
 * @param {number} size not negative
 * @param {boolean} isZeroed
 * @returns {number} its address
 */
function takeHeap(caller, size, isZeroed) {
  if (!(size <= MOST)) throw noMemory(caller, size);
  putOperands(0, size, isZeroed ? 1 : 0);
  native.allocate();
  const address = u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
  if (address === 0) throw noMemory(caller, size);
  return address;
}

/** @param {number | bigint} address of a block of C's heap */
function freeHeap(address) {
  putAddress(address);
  native.release();
}

/** Stands for C's own heap, in all copies of the package. @type {Allocator} */
const HEAP = native.heap;

/**
 * Changes the size of a block of C's heap; the bytes that both sizes have stay.
 * @param {string} caller
 * @param {number | bigint} address
 * @param {number} size not negative
 * @returns {number} the new address; if there is no memory, an error, and the block is as it was
 */
function growHeap(caller, address, size) {
  if (!(size <= MOST)) throw noMemory(caller, size);
  putOperands(address, size);
  native.reallocate();
  const moved = u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
  if (moved === 0) throw noMemory(caller, size);
  return moved;
}

/**
 * An allocator as a program gave it; undefined is C's heap. The two functions are looked up when they are needed.
 * @param {string} caller
 * @param {any} given
 * @param {number} index which argument of `caller` it is in
 * @returns {Allocator}
 */
function checkAllocator(caller, given, index) {
  if (given === undefined) return HEAP;
  const isObject = (typeof given === 'object' && given !== null) || typeof given === 'function';
  if (isObject && typeof given.allocate === 'function' && typeof given.free === 'function') return given;
  const text = `expected an allocator { allocate(size, align), free(ptr) }, got ${describe(given)}`;
  throw createError('ERR_INVALID_ARG_TYPE', `${caller}: argument ${index}: ${text}`, caller, index);
}

/** @param {number | bigint} address @param {number} align */
const isAligned = (address, align) =>
  typeof address === 'bigint' ? address % BigInt(align) === 0n : address % align === 0;

/**
 * Memory of an allocator of the user's, whose code runs.
 * @param {string} caller
 * @param {Allocator} allocator
 * @param {number} size
 * @param {number} align
 * @param {(address: number | bigint) => boolean} isUsed whether a block that is live begins there
 * @returns {number | bigint} its address
 */
function askAllocator(caller, allocator, size, align, isUsed) {
  const { allocate } = allocator;
  // A function of C, such as malloc itself, checks the number of its arguments.
  const given = apply(allocate, allocator, allocate.length === 1 ? [size] : [size, align]);
  // Memory of the engine's is gone with its buffer, or moved.
  const holder = isBuffer(given) ? given : recordViews.placeOf(given)?.ground.buffer;
  const isEngines = isBuffer(holder) || isRetained(holder);
  const address = isEngines ? INVALID : anyAddress(given);
  const refuse = (/** @type {string} */ code, /** @type {string} */ text) =>
    createError(code, `${caller}: the allocator gave ${describe(given)}${text}`, caller);
  if (address === INVALID) throw refuse('ERR_INVALID_ARG_TYPE', ', which is no address');
  if (address === 0) throw noMemory(caller, size);
  if (address < native.firstAddress) throw refuse('ERR_INVALID_POINTER', ', which cannot be a valid address');
  // Nothing is given back: what is in use, or not what was asked for, may not be the allocator's to take.
  if (isUsed(address)) throw refuse('ERR_INVALID_POINTER', ', where a block is that is not freed');
  if (!isAligned(address, align)) throw refuse('ERR_INVALID_POINTER', `, which is no multiple of ${align}`);
  return address;
}

/** @param {number | bigint} address @param {number} size in bytes */
function clearMemory(address, size) {
  putOperands(address, size);
  native.clear();
}

/** @param {string} caller @param {unknown} align @param {number} index @returns {number} a power of two */
function checkAlign(caller, align, index) {
  if (typeof align === 'number' && isSafeInteger(align) && align > 0 && align <= 2 ** 30) {
    if (Number.isInteger(Math.log2(align))) return align;
  }
  const code = typeof align === 'number' ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARG_TYPE';
  const text = `align must be a power of two, in bytes, got ${describe(align)}`;
  throw createError(code, `${caller}: argument ${index}: ${text}`, caller, index);
}

module.exports = {
  ALIGN,
  HEAP,
  MOST,
  noMemory,
  takeHeap,
  freeHeap,
  growHeap,
  checkAllocator,
  checkAlign,
  askAllocator,
  clearMemory,
  freeWith: (/** @type {Allocator} */ allocator, /** @type {number | bigint} */ address) =>
    apply(allocator.free, allocator, [address]),
};
