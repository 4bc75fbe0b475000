'use strict';
// Results that are records: buffers kept by the address that the program was given, until it releases them.

const { createError } = require('./errors.js');
const { listLive } = require('./leaks.js');
const { MemoryView, copyWords } = require('./memory-view.js');
const { bufferAddress } = require('./pointer.js');
const { pointerValue } = require('./address.js');
const { Address, trace, tracing } = require('./tracing.js');
const { here } = require('./tracking.js');

/**
 * Something that memory belongs to, and whether it is still there.
 * @typedef {object} Owner
 * @property {boolean} alive
 * @property {string} code of the error when it is not
 * @property {string} text
 * @property {InstanceType<typeof import('./isolate/helper.js').Helper>} [isolated] whose memory it is, not this process's
 */

/**
 * The memory of a result, and its owner. Who has this keeps the memory: an asynchronous call may use it when it was
 * released.
 */
class Retained {
  alive = true;

  /**
   * @param {ArrayBuffer} buffer that it is in
   * @param {number} offset where
   * @param {number} size in bytes
   */
  constructor(buffer, offset, size) {
    this.buffer = buffer;
    this.offset = offset;
    this.size = size;
    this.stack = here();
  }

  get code() {
    return 'ERR_INVALID_POINTER';
  }

  get text() {
    return 'the memory of this view was released';
  }
}

/** @type {Map<number | bigint, Retained>} */
const retained = new Map();

listLive('retained', function* list() {
  for (const [ptr, { size, stack }] of retained) yield { ptr, size, stack };
});

/**
 * @param {string} caller
 * @param {number} size in bytes
 * @returns {ArrayBuffer}
 */
function newBuffer(caller, size) {
  try {
    return new ArrayBuffer(size);
  } catch {
    throw createError('ERR_MALLOC_FAILED', `${caller}: no memory for ${size} bytes`, caller);
  }
}

/**
 * Keeps what is in a buffer until it is released.
 * @param {ArrayBuffer} buffer
 * @param {number} offset
 * @param {number} size in bytes
 * @param {number} address where it is
 * @returns {number} the address
 */
function retain(buffer, offset, size, address) {
  if (tracing.memory) trace('retain', [new MemoryView(buffer, offset, size)]);
  retained.set(address, new Retained(buffer, offset, size));
  return address;
}

/** Results of up to so many bytes share buffers: to make one takes longer than a call. */
const SMALL = 256;
/** Bytes of a shared buffer. Each byte is used once. */
const SHARED = 4096;
/** Where results may start in it. */
const ALIGN = 16;

/** The shared buffer that results are put in now. */
let shared = { buffer: new ArrayBuffer(0), view: new MemoryView(new ArrayBuffer(0)), address: 0, used: SHARED };

function shareAnother() {
  const buffer = newBuffer('result', SHARED);
  shared = { buffer, view: new MemoryView(buffer), address: bufferAddress(buffer), used: 0 };
}

/**
 * Keeps a copy of a small result until it is released.
 * @param {DataView} source with eight bytes to spare behind it
 * @param {number} at
 * @param {number} size in bytes, not 0
 * @returns {number} the address of the copy
 */
function retainCopy(source, at, size) {
  if (shared.used + size > SHARED) shareAnother();
  // A debugger may have another shared meanwhile; see lib/frame.js.
  const block = shared;
  const offset = block.used;
  block.used += (size + ALIGN - 1) & -ALIGN;
  copyWords(source, at, block.view, offset, size);
  return retain(block.buffer, offset, size, block.address + offset);
}

/**
 * Lets go of a struct that a function returned. Pointers that are none of these are ignored.
 * @param {unknown} pointer
 */
function releasePtr(pointer) {
  const address = pointerValue('releasePtr', pointer);
  const found = retained.get(address);
  if (!found) return;
  if (tracing.memory) trace('releasePtr', [new Address(address)]);
  found.alive = false;
  retained.delete(address);
}

/** The memory of a result at an address. @param {number | bigint} address */
const retainedAt = (address) => retained.get(address);

const retainedCount = () => retained.size;

/**
 * The memory of a result that some bytes lie inside of, and where in its buffer they are.
 * @param {number | bigint} address
 * @param {number} size
 */
function retainedAround(address, size) {
  for (const [first, found] of retained) {
    const offset = Number(address) - Number(first);
    if (offset >= 0 && offset + size <= found.size) return { found, offset: found.offset + offset };
  }
  return undefined;
}

/** Whether something is the memory of a result. @param {unknown} value */
const isRetained = (value) => value instanceof Retained;

module.exports = {
  SMALL,
  isRetained,
  newBuffer,
  releasePtr,
  retain,
  retainCopy,
  retainedAround,
  retainedAt,
  retainedCount,
};
