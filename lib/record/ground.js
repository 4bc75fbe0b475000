'use strict';
// The memory that views on records and arrays work on.

const native = require('../binding.js');
const { constants } = require('node:buffer');
const { byteCount, locate, usable } = require('../address.js');
const { addressIn } = require('../call.js');
const { allChecked, probe } = require('../checked.js');
const { createError } = require('../errors.js');
const { putOperands } = require('../frame.js');
const { keeperFor } = require('../keeper.js');
const { MemoryView } = require('../memory-view.js');
const { NOBODY, ownerOf } = require('../owner.js');
const { extent, isBuffer, views } = require('../pointer.js');
const { worded } = require('../refused.js');
const { retainedAround } = require('../retained.js');
const { survey, writeAt } = require('./access.js');
const { acceptMember, extentOf, putMember, writeMember } = require('./member.js');

/** @typedef {import('./member.js').Placed} Placed */

const DETACHED = { code: 'ERR_INVALID_ARG_VALUE', text: 'the buffer of this view is detached, or smaller now' };

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
    /** Where the elements of a flexible array member end, if there is one. */
    this.end = 0;
    /** The variable of a library that this is. @type {string | undefined} */
    this.symbol = undefined;
  }

  /**
   * Some of it.
   * @param {DataView} view
   * @returns {Ground}
   */
  part(view) {
    return new Ground(view, this.owner, this.buffer);
  }

  /** Throws when it may not be written. @param {string} _caller */
  mayWrite(_caller) {}

  /**
   * Why the memory is no longer there.
   * @returns {{ code: string, text: string } | undefined}
   */
  problem() {
    if (!this.owner.alive) return this.owner;
    try {
      void this.view.byteLength;
      return undefined;
    } catch {
      return DETACHED;
    }
  }

  /** Throws when the memory is gone. */
  check() {
    const problem = this.problem();
    if (!problem) return;
    const { symbol } = this;
    throw createError(problem.code, symbol === undefined ? problem.text : `${symbol}: ${problem.text}`, symbol);
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
    if (!this.owner.alive) this.check();
    try {
      return get(this.view, at, first);
    } catch (error) {
      this.check();
      throw error;
    }
  }

  /**
   * Writes the simple case; `write` has the others, and the errors.
   * @param {(view: DataView, at: number, first: number, value: unknown) => boolean} put
   * @param {number} at
   * @param {number} first of a bit-field
   * @param {unknown} value
   * @returns {boolean} whether it was written
   */
  put(put, at, first, value) {
    if (!this.owner.alive) return false;
    try {
      return put(this.view, at, first, value);
    } catch {
      return false;
    }
  }

  /**
   * Writes a value: all of it, or an error and nothing.
   * @param {Placed} placed
   * @param {number} at
   * @param {unknown} value
   * @param {string} step the value's part of the path for messages
   */
  write(placed, at, value, step) {
    this.check();
    const { type } = placed;
    const caller = this.symbol ?? 'set';
    if (!type.record && !type.array && !type.lent) return this.#writeScalar(caller, placed, at, value, step);
    const size = type.array?.isFlexible ? Math.max(0, this.end - at) : extentOf(placed);
    const target = { caller, find: () => this.address(at), buffer: this.buffer, isChecked: allChecked };
    /** @type {Parameters<typeof writeAt>[3]} */
    const put = (view, start, keep) => {
      keep.room = size;
      writeMember(placed, view, start, value, keep, step);
    };
    writeAt(target, type, size, put);
  }

  /** @param {string} caller @param {Placed} placed @param {number} at @param {unknown} value @param {string} step */
  #writeScalar(caller, placed, at, value, step) {
    const keeper = keeperFor(placed.type, this.buffer, false);
    try {
      const accepted = acceptMember(placed, value, keeper, step);
      // A copy that was taken may have collected the buffer of nobody else's.
      this.check();
      putMember(placed, this.view, at, accepted);
    } catch (error) {
      throw worded(error, caller, undefined, '');
    }
    keeper.settle(this.address(at), extentOf(placed));
  }

  /** @param {number} at @returns {number} */
  address(at) {
    this.check();
    return addressIn(this.view, at);
  }
}

/**
 * The memory of an address or buffer, from the offset on.
 * @param {string} caller
 * @param {any} memory
 * @param {unknown} byteOffset
 * @param {number} size
 * @param {boolean} isChecked
 * @returns {Ground}
 */
function findGround(caller, memory, byteOffset, size, isChecked) {
  const land = survey(caller, memory);
  if (land.length !== Infinity) return onKnown(caller, memory, byteCount(caller, byteOffset, 1), land, size);
  const address = usable(caller, locate(caller, land.address, byteOffset));
  const around = retainedAround(address, size);
  if (around) {
    const { found, offset } = around;
    return new Ground(new MemoryView(found.buffer, offset, size), found, found);
  }
  if (size > constants.MAX_LENGTH) {
    throw createError('ERR_OUT_OF_RANGE', `${caller}: ${size} bytes are more than a buffer can have`, caller, 2);
  }
  return new Ground(viewAddress(caller, address, size, isChecked), ownerOf(address), undefined);
}

/**
 * A view on memory of C.
 * @param {string} caller
 * @param {number | bigint} address
 * @param {number} size
 * @param {boolean} isChecked
 * @returns {DataView}
 */
function viewAddress(caller, address, size, isChecked) {
  if (size === 0) return new MemoryView(new ArrayBuffer(0));
  if (isChecked) probe(caller, address, size, 0);
  putOperands(address, size);
  const buffer = native.viewMemory();
  if (!buffer) throw createError('ERR_CALL_FAILED', `${caller}: this host has no buffers on memory of C`, caller);
  return new MemoryView(buffer);
}

/**
 * @param {string} caller
 * @param {any} memory a buffer, a view of ours, or the address of a result
 * @param {number} offset
 * @param {import('./access.js').Land} land what is known of it
 * @param {number} size
 */
function onKnown(caller, memory, offset, { length, buffer: holder, owner = NOBODY }, size) {
  if (length - offset < size) {
    const message = `${caller}: ${size} bytes at offset ${offset} are more than there are: ${length}`;
    throw createError('ERR_OUT_OF_BOUNDS', message, caller, 0);
  }
  const view = views.placeOf(memory);
  if (view) {
    const { buffer, byteOffset } = view.ground.view;
    const inner = new MemoryView(buffer, byteOffset + view.at + offset, length - offset);
    return view.ground.part(inner);
  }
  const { buffer, offset: start } = isBuffer(memory) ? extent(memory) : holder;
  return new Ground(new MemoryView(buffer, start + offset, length - offset), owner, holder);
}

module.exports = { Ground, findGround, viewAddress };
