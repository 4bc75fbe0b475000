'use strict';
// The memory that views on records and arrays work on.

const native = require('../binding.js');
const { createError } = require('../errors.js');
const { byteCount, locate, usable } = require('../address.js');
const { addressIn } = require('../call.js');
const { putAddress, putLength } = require('../frame.js');
const { keeperFor } = require('../keeper.js');
const { MemoryView } = require('../memory-view.js');
const { NOBODY, ownerOf } = require('../owner.js');
const { INVALID, bufferAddress, extent, isBuffer } = require('../pointer.js');
const { refusal } = require('../refuse.js');
const { retainedAt } = require('../retained.js');
const { worded } = require('../refused.js');
const { writeAt } = require('./access.js');
const { extentOf, writeMember } = require('./member.js');

/** @typedef {import('./member.js').Placed} Placed */

/** @param {import('../retained.js').Owner} owner @returns {never} */
function gone({ code, text }) {
  throw createError(code, text);
}

/** Some memory, and who it belongs to. */
class Ground {
  /**
   * @param {DataView} view
   * @param {import('../retained.js').Owner} owner
   * @param {any} buffer keeps what is written to it alive; undefined for memory of C
   */
  constructor(view, owner, buffer) {
    this.view = view;
    this.owner = owner;
    this.buffer = buffer;
  }

  /**
   * Reads what is there.
   * @template T
   * @param {(view: DataView, at: number, first: number) => T} get
   * @param {number} at
   * @param {number} first of a bit-field
   * @returns {T}
   */
  read(get, at, first) {
    if (!this.owner.alive) gone(this.owner);
    try {
      return get(this.view, at, first);
    } catch (error) {
      throw this.isThere() ? error : detached();
    }
  }

  /** Whether the memory is still there. */
  isThere() {
    return this.owner.alive && (this.view.buffer.byteLength > 0 || this.buffer === undefined);
  }

  /**
   * Writes a value: all of it, or an error and nothing.
   * @param {Placed} placed
   * @param {number} at
   * @param {unknown} value
   * @param {string} name
   */
  write(placed, at, value, name) {
    this.check();
    if (!placed.type.record && !placed.type.array) return this.#writeScalar(placed, at, value, name);
    const target = { caller: 'set', find: () => this.address(at), buffer: this.buffer };
    /** @type {Parameters<typeof writeAt>[3]} */
    const put = (view, start, keep) => writeMember(placed, view, start, value, keep);
    writeAt(target, placed.type, extentOf(placed), put, undefined, name);
  }

  /** @param {Placed} placed @param {number} at @param {unknown} value @param {string} name */
  #writeScalar(placed, at, value, name) {
    const keeper = keeperFor(placed.type, this.buffer, false);
    try {
      writeMember(placed, this.view, at, value, keeper);
    } catch (error) {
      throw worded(error, 'set', undefined, name);
    }
    keeper.settle(this.address(at), extentOf(placed));
  }

  /** Throws when the memory is gone. */
  check() {
    if (!this.owner.alive) gone(this.owner);
    if (!this.isThere()) throw detached();
  }

  /** @param {number} at @returns {number} */
  address(at) {
    this.check();
    return addressIn(this.view, at);
  }
}

const detached = () => createError('ERR_INVALID_ARG_VALUE', 'the buffer of this view is detached, or smaller now');

/**
 * The memory of an address or buffer, from the offset on.
 * @param {string} caller
 * @param {any} memory
 * @param {unknown} byteOffset
 * @param {number} size
 * @returns {Ground}
 */
function findGround(caller, memory, byteOffset, size) {
  if (isBuffer(memory)) return onBuffer(caller, memory, byteCount(caller, byteOffset, 1), size, NOBODY);
  const base = usable(caller, locate(caller, memory, 0));
  const retained = retainedAt(base);
  if (retained) return onBuffer(caller, retained.buffer, byteCount(caller, byteOffset, 1), size, retained.owner);
  const address = usable(caller, locate(caller, memory, byteOffset));
  const owner = ownerOf(address);
  if (size === 0) return new Ground(new MemoryView(new ArrayBuffer(0)), owner, undefined);
  putAddress(address);
  putLength(size);
  const buffer = native.viewMemory();
  if (!buffer) throw createError('ERR_CALL_FAILED', `${caller}: this host has no buffers on memory of C`, caller);
  return new Ground(new MemoryView(buffer), owner, undefined);
}

/**
 * @param {string} caller
 * @param {any} memory
 * @param {number} offset
 * @param {number} size
 * @param {import('../retained.js').Owner} owner
 */
function onBuffer(caller, memory, offset, size, owner) {
  const found = extent(memory);
  if (!found || bufferAddress(memory) === INVALID) throw refusal('buffer', memory, 0, caller);
  if (found.length - offset < size) {
    const message = `${caller}: ${size} bytes at offset ${offset} are more than the buffer's ${found.length}`;
    throw createError('ERR_OUT_OF_BOUNDS', message, caller, 0);
  }
  return new Ground(new MemoryView(found.buffer, found.offset + offset, found.length - offset), owner, found.buffer);
}

module.exports = { Ground, findGround };
