'use strict';
// malloc, calloc, realloc and free: memory by its address. It is remembered where each came from.

const { pointerValue } = require('../address.js');
const { createError } = require('../errors.js');
const { views } = require('../pointer.js');
const { copyBytes } = require('../record/cold.js');
const { takeBlock } = require('./alloc.js');
const { Block, blockAt, notOurs } = require('./block.js');
const { amount } = require('./element.js');
const { ALIGN, HEAP, checkAllocator, growHeap } = require('./heap.js');
const { Memory } = require('./memory.js');

/**
 * @param {string} caller
 * @param {number} size
 * @param {boolean} isZeroed
 * @param {unknown} allocator
 * @param {number} index which argument of `caller` that is
 */
function take(caller, size, isZeroed, allocator, index) {
  const block = takeBlock(caller, checkAllocator(caller, allocator, index), size, ALIGN, isZeroed, undefined, 'raw');
  return block.enlist(true).start;
}

/**
 * Memory by its address; what is in it is anything.
 * @param {unknown} size in bytes
 * @param {unknown} [allocator] C's heap when left out
 */
const malloc = (size, allocator = undefined) =>
  take('malloc', amount('malloc', size, 0, 'a number of bytes'), false, allocator, 1);

/**
 * Memory by its address, all zero.
 * @param {unknown} count
 * @param {unknown} size in bytes
 * @param {unknown} [allocator] C's heap when left out
 */
function calloc(count, size, allocator = undefined) {
  const n = amount('calloc', count, 0, 'a number of elements');
  return take('calloc', n * amount('calloc', size, 1, 'a number of bytes'), true, allocator, 2);
}

/**
 * Makes memory of malloc larger or smaller.
 * @param {unknown} ptr null is as malloc
 * @param {unknown} size in bytes
 * @returns {number | bigint} where it is now
 */
function realloc(ptr, size) {
  const wanted = amount('realloc', size, 1, 'a number of bytes');
  const address = pointerValue('realloc', ptr);
  if (address === 0) return take('realloc', wanted, false, undefined, 2);
  const block = blockAt('realloc', address);
  if (block.kind !== 'raw') throw notOurs('realloc', 'only memory of malloc, calloc and realloc can be resized');
  if (block.allocator !== HEAP) throw notOurs('realloc', 'this memory is of another allocator');
  if (block.pins > 0 || block.exposure) return replace(block, wanted);
  const moved = growHeap('realloc', address, wanted);
  block.abandon();
  return new Block(moved, wanted, HEAP, 0, undefined, 'raw').enlist(true).start;
}

/**
 * The same for memory that C is using, or that programs have views of: it is freed as by `free`.
 * @param {InstanceType<typeof Block>} block
 * @param {number} wanted in bytes
 */
function replace(block, wanted) {
  const other = takeBlock('realloc', HEAP, wanted, ALIGN, false, undefined, 'raw').enlist(true);
  try {
    copyBytes(block.start, other.start, Math.min(block.size, wanted));
    block.free('realloc');
  } catch (error) {
    other.free('realloc');
    throw error;
  }
  return other.start;
}

/**
 * Frees memory that was allocated here.
 * @param {unknown} ptr a Memory, or the address of what malloc, alloc or strdup gave; null is ignored
 * @param {unknown} [allocator] that it is of, C's heap when left out
 */
function free(ptr, allocator = undefined) {
  const from = checkAllocator('free', allocator, 1);
  if (ptr instanceof Memory && allocator === undefined) return ptr.free();
  const gone = views.placeOf(ptr)?.ground.problem();
  if (gone) throw createError(gone.code, `free: argument 0: ${gone.text}`, 'free', 0);
  const address = pointerValue('free', ptr);
  if (address === 0) return undefined;
  const block = blockAt('free', address);
  if (block.kind === 'arena') throw notOurs('free', 'this memory is freed with its arena');
  if (block.allocator !== from) throw notOurs('free', 'this memory is of another allocator');
  return block.free('free');
}

module.exports = { malloc, calloc, realloc, free };
