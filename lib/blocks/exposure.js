'use strict';
// ArrayBuffers on blocks. Those that programs were given are detached before the memory is freed.

const native = require('../binding.js');
const { constants } = require('node:buffer');
const { probe } = require('../checked.js');
const { createError } = require('../errors.js');
const { putOperands } = require('../frame.js');
const { offsetBy } = require('../record/access.js');

/** @typedef {InstanceType<typeof import('./block.js').Block>} Block */

// Taken once: what becomes of the globals later changes nothing.
const { ArrayBuffer } = globalThis;
const { apply } = Reflect;
const { get: byteLength } = /** @type {any} */ (Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength'));
/** Hosts that have it abort the process when a buffer is detached otherwise that was marked as untransferable. */
const transfer = /** @type {any} */ (ArrayBuffer.prototype).transfer;

/** @param {ArrayBuffer} buffer not empty @returns {boolean} whether its memory is elsewhere now */
const isDetached = (buffer) => apply(byteLength, buffer, []) === 0;

/** The blocks that the buffers are on which programs were given. @type {WeakMap<object, Block>} */
const blocks = new WeakMap();

/** @param {ArrayBuffer} buffer @returns {boolean} whether it is detached now */
function detach(buffer) {
  try {
    if (transfer) apply(transfer, buffer, [0]);
    else native.detach(buffer);
  } catch {}
  return isDetached(buffer);
}

/** The buffers on a block. */
class Exposure {
  /** @type {Block} */
  #block;
  /** @type {ArrayBuffer | undefined} */
  #whole;
  /** The same for the program: it may transfer that. @type {ArrayBuffer | undefined} */
  #shown;
  /** Those that programs have. @type {ArrayBuffer[]} */
  #given = [];

  /** @param {Block} block */
  constructor(block) {
    this.#block = block;
  }

  /** Whether there can be a buffer of so many bytes. @param {number} size */
  static isPossible(size) {
    return isAllowed && size > 0 && size <= constants.MAX_LENGTH;
  }

  /**
   * A buffer on the whole block, for ourselves.
   * @param {string} caller
   * @returns {ArrayBuffer}
   */
  whole(caller) {
    return (this.#whole ??= this.#make(caller, 0, this.#block.size));
  }

  /** The same for the program. @param {string} caller @returns {ArrayBuffer} */
  give(caller) {
    return (this.#shown = this.givePart(caller, 0, this.#block.size, this.#shown));
  }

  /**
   * A buffer of its own for a part.
   * @param {string} caller
   * @param {number} at
   * @param {number} size
   * @param {ArrayBuffer} [last] the one that was given before, which will do if it is still there
   * @returns {ArrayBuffer}
   */
  givePart(caller, at, size, last) {
    if (last && !isDetached(last)) return last;
    return this.hand(this.#make(caller, at, size));
  }

  /** Remembers a buffer on this block, not empty, as one that the program has. @param {ArrayBuffer} buffer */
  hand(buffer) {
    // The block whose memory this is detaches it.
    const { owner } = this.#block;
    const home = owner !== this.#block && 'expose' in owner ? /** @type {Block} */ (owner).expose() : this;
    blocks.set(buffer, this.#block);
    home.#given.push(buffer);
    return buffer;
  }

  /** @param {string} caller @param {number} at @param {number} size @returns {ArrayBuffer} */
  #make(caller, at, size) {
    if (size === 0) return new ArrayBuffer(0);
    if (size > constants.MAX_LENGTH) {
      throw createError('ERR_OUT_OF_RANGE', `${caller}: ${size} bytes are more than a buffer can have`, caller);
    }
    const address = offsetBy(this.#block.start, at);
    if (this.#block.isChecked) probe(caller, address, size);
    putOperands(address, size);
    const buffer = isAllowed ? native.viewMemory() : null;
    if (buffer) return this.#block.isolated ? this.#block.isolated.arena.given(buffer) : buffer;
    isAllowed = false;
    const text = 'this host has no buffers on memory of C: use read, write, bytes and setBytes';
    throw createError('ERR_CALL_FAILED', `${caller}: ${text}`, caller);
  }

  /**
   * Detaches what programs have. If that is not possible for all of it, the memory cannot be freed.
   * @param {string} caller
   */
  detach(caller) {
    let stuck = 0;
    for (let i = 0; i < this.#given.length; i++) {
      const buffer = this.#given[i];
      // Who transferred it has the memory now, where we do not see it.
      if (isDetached(buffer) || !detach(buffer)) this.#given[stuck++] = buffer;
    }
    this.#given.length = stuck;
    if (stuck === 0) return;
    const text = 'the buffer of its view was transferred, or marked as untransferable: the memory is not freed';
    throw createError('ERR_INVALID_ARG_VALUE', `${caller}: ${text} (${this.#block.size} bytes)`, caller);
  }

  /** The block that a buffer is on. @param {object} buffer @returns {Block | undefined} */
  static blockOf(buffer) {
    return blocks.get(buffer);
  }
}

/** Whether the host allows buffers on memory of C, as far as is known. */
let isAllowed = true;

module.exports = { Exposure };
