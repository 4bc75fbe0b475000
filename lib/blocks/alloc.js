'use strict';
// Memory that programs ask for: alloc, strdup; and memory of C that they vouch for.

const { pointerValue, usable } = require('../address.js');
const { describe } = require('../describe.js');
const { encodeText, resolveEncoding } = require('../encoding.js');
const { createError } = require('../errors.js');
const { ownOptions } = require('../options.js');
const { ownerOf } = require('../owner.js');
const { bufferAddress, isBuffer, views } = require('../pointer.js');
const { copyBytes } = require('../record/cold.js');
const { worded } = require('../refused.js');
const { retainedAt } = require('../retained.js');
const { Block, known } = require('./block.js');
const { measure } = require('./element.js');
const {
  ALIGN,
  HEAP,
  MOST,
  askAllocator,
  checkAlign,
  checkAllocator,
  clearMemory,
  noMemory,
  takeHeap,
} = require('./heap.js');
const { foreign, hasText, memoryOn } = require('./memory.js');

/** @typedef {import('./heap.js').Allocator} Allocator */

/**
 * A block of any allocator, which is not enlisted yet.
 * @param {string} caller
 * @param {Allocator} allocator
 * @param {number} size in bytes
 * @param {number} align
 * @param {boolean} isZeroed
 * @param {string | undefined} name of its type
 * @param {'memory' | 'raw' | 'arena'} kind
 * @returns {InstanceType<typeof Block>}
 */
function takeBlock(caller, allocator, size, align, isZeroed, name, kind) {
  if (allocator !== HEAP) {
    if (!(size <= MOST)) throw noMemory(caller, size);
    // Of no bytes too there is an address.
    const start = askAllocator(caller, allocator, size || 1, align, (address) => known.has(address));
    if (isZeroed && size > 0) clearMemory(start, size);
    return new Block(start, size, allocator, 0, name, kind);
  }
  const spare = align > ALIGN ? align - ALIGN : 0;
  const base = takeHeap(caller, size + spare, isZeroed);
  const start = spare === 0 ? base : Math.ceil(base / align) * align;
  return new Block(start, size, HEAP, start - base, name, kind);
}

const ALLOC_OPTIONS = ['align', 'allocator'];

/**
 * Memory of its own, all zero.
 * @param {unknown} type or a size in bytes
 * @param {unknown} [count] so many of them; 1 when left out
 * @param {unknown} [options] `{ align, allocator }`
 */
function alloc(type, count = undefined, options = undefined) {
  const isOptions = options === undefined && typeof count === 'object';
  const given = isOptions ? count : options;
  const { size, element, count: n } = measure('alloc', type, isOptions ? undefined : count);
  let allocator = HEAP;
  const least = element ? element.type.align : 1;
  let align = element ? least : ALIGN;
  if (given !== undefined) {
    const index = isOptions ? 1 : 2;
    const chosen = ownOptions('alloc', given, ALLOC_OPTIONS, index);
    allocator = checkAllocator('alloc', chosen.allocator, index);
    if (chosen.align !== undefined) align = Math.max(least, checkAlign('alloc', chosen.align, index));
  }
  const block = takeBlock('alloc', allocator, size, align, true, nameOf(type), 'memory');
  return memoryOn(block.enlist(allocator !== HEAP), 0, size, element, n);
}

/** @param {unknown} type as the program gave it @returns {string | undefined} */
const nameOf = (type) => (typeof type === 'string' ? type : undefined);

/**
 * The bytes of a text, for a copy of it in C's memory.
 * @param {unknown} text
 * @param {unknown} encoding
 */
function textBytes(text, encoding) {
  const of = resolveEncoding(encoding, 'strdup: argument 1', 'strdup', 1);
  if (typeof text !== 'string') {
    const message = `strdup: argument 0: expected a string, got ${describe(text)}`;
    throw createError('ERR_INVALID_ARG_TYPE', message, 'strdup', 0);
  }
  try {
    return { bytes: encodeText(of, text), of };
  } catch (error) {
    throw worded(error, 'strdup', 0);
  }
}

/**
 * A copy of a text in memory, with a NUL at the end.
 * @param {unknown} text
 * @param {unknown} [encoding] `utf8`, `utf16le`, `utf32le` or `latin1`
 * @param {unknown} [options] `{ allocator }`
 */
function strdup(text, encoding = undefined, options = undefined) {
  const { allocator: given } = ownOptions('strdup', options, ['allocator'], 2);
  const allocator = checkAllocator('strdup', given, 2);
  const { bytes, of } = textBytes(text, encoding);
  const block = takeBlock('strdup', allocator, bytes.length, of.unit, false, 'string', 'memory');
  copyBytes(bufferAddress(bytes), block.start, bytes.length, undefined, bytes);
  return hasText(memoryOn(block.enlist(allocator !== HEAP), 0, bytes.length, undefined, bytes.length), of);
}

/**
 * Memory of C as a Memory: nothing checks that it is there, nor that it is so large.
 * @param {unknown} ptr where it is
 * @param {unknown} type of what is there, or its size in bytes
 * @param {unknown} [count] so many of them; 1 when left out
 */
function reinterpret(ptr, type, count = undefined) {
  const address = usable('reinterpret', pointerValue('reinterpret', ptr));
  const { size, element, count: n } = measure('reinterpret', type, count, 1);
  // A Memory, or a record in place, tells whose it is.
  const ground = views.placeOf(ptr)?.ground;
  if (ground)
    return foreign('reinterpret', 1, address, size, element, n, {
      owner: ownerOfGround(ground),
      buffer: ground.buffer,
    });
  const block = known.get(address);
  const owner = block?.owner ?? ownerOf(address);
  const buffer = block ?? retainedAt(address);
  return foreign('reinterpret', 1, address, size, element, n, { owner, buffer });
}

/**
 * @param {import('../pointer.js').PlaceGround} ground
 * @returns {import('../retained.js').Owner}
 */
function ownerOfGround(ground) {
  if (!isBuffer(ground.buffer)) return ground.owner;
  // A buffer of the program's, which it may transfer.
  return {
    get alive() {
      return ground.problem() === undefined;
    },
    get code() {
      return /** @type {{ code: string }} */ (ground.problem()).code;
    },
    get text() {
      return /** @type {{ text: string }} */ (ground.problem()).text;
    },
  };
}

module.exports = { alloc, reinterpret, strdup, takeBlock, textBytes };
