'use strict';
// What an asynchronous call lends to C until it settles: copies on the heap, and the user's own buffers.

const { Call } = require('../call.js');
const { createError } = require('../errors.js');
const {
  INVALID,
  anyAddress,
  bufferAddress,
  extent,
  isBuffer,
  memories,
  retainedViews,
  views,
} = require('../pointer.js');
const { Refused } = require('../refused.js');
const { lock } = require('./lock.js');

const encoder = new TextEncoder();

/**
 * What stands for a buffer that cannot be used in place: as large, so that views stay as far apart as they are,
 * with the bytes of the views that the call has. The rest is never touched, and takes no memory.
 * @typedef {object} Copy
 * @property {Uint8Array} bytes
 * @property {number} address
 * @property {{ offset: number, before: Uint8Array }[]} parts what the views were when C got them
 */

class AsyncCall extends Call {
  // Written out, as that of Call.
  constructor() {
    super();
  }

  /** By buffer. @type {Map<any, Copy> | undefined} */
  copies = undefined;

  /** @param {number} size @param {number} align @returns {number} where it is in `view` */
  take(size, align) {
    return this.takeHeap(size, align);
  }

  /**
   * @param {string} text
   * @param {import('../types.js').CType['text']} [encoded] undefined for UTF-8
   * @returns {number} the address of a copy; INVALID with a NUL inside
   */
  string(text, encoded) {
    if (text.includes('\0')) return INVALID;
    const copy = encoded ? encoded.copy(text) : encoder.encode(`${text}\0`);
    if (copy === undefined) return INVALID;
    this.hold(copy);
    return bufferAddress(copy);
  }

  /** Memory that is not freed before the call has ended. @type {InstanceType<typeof import('../blocks/block.js').Block>[] | undefined} */
  pinned = undefined;

  /** The call has ended. */
  end() {
    super.end();
    const { pinned } = this;
    this.pinned = undefined;
    pinned?.forEach((block) => block.unpin());
  }

  /** @param {unknown} value @returns {number | bigint} or INVALID */
  pointer(value) {
    const retained = retainedViews.holdOf(value);
    if (retained) this.hold(retained.kept);
    const block = retained ? retained.block : memories.blockOf(value);
    if (block) {
      block.pin();
      (this.pinned ??= []).push(block);
      return super.pointer(value);
    }
    const lent = views.placeOf(value)?.ground.buffer ?? value;
    if (!isBuffer(lent)) return super.pointer(value);
    const place = extent(lent);
    if (!place || place.length === 0 || lock(place.buffer)) return super.pointer(value);
    const base = bufferAddress(lent);
    const address = anyAddress(value);
    if (address === INVALID || base === INVALID) return INVALID;
    return this.#copyOf(place) + (Number(address) - base);
  }

  /** @param {{ buffer: any, offset: number, length: number }} place @returns {number} the address of a copy */
  #copyOf({ buffer, offset, length }) {
    const copies = (this.copies ??= new Map());
    let copy = copies.get(buffer);
    if (!copy) {
      const bytes = newBytes(/** @type {{ length: number }} */ (extent(buffer)).length);
      copy = { bytes, address: bufferAddress(bytes), parts: [] };
      copies.set(buffer, copy);
    }
    const before = new Uint8Array(buffer, offset, length).slice();
    copy.bytes.set(before, offset);
    copy.parts.push({ offset, before });
    return copy.address + offset;
  }

  /**
   * Puts what C has changed into the buffers.
   * @param {string} symbol the function, for messages
   */
  copyBack(symbol) {
    if (!this.copies) return;
    for (const [buffer, { bytes, parts }] of this.copies) {
      const room = extent(buffer)?.length ?? 0;
      const target = room > 0 ? new Uint8Array(buffer) : bytes;
      for (const { offset, before } of parts) {
        for (let index = 0, at = offset; index < before.length; index++, at++) {
          if (bytes[at] === before[index]) continue;
          if (at >= room) throw lost(symbol);
          target[at] = bytes[at];
        }
      }
    }
  }
}

/** @param {number} length @returns {Uint8Array} */
function newBytes(length) {
  try {
    return new Uint8Array(length);
  } catch {
    throw new Refused('ERR_MALLOC_FAILED', `no memory for a copy of ${length} bytes`);
  }
}

/** @param {string} symbol */
function lost(symbol) {
  const text = 'a buffer was detached or made smaller while C used it: what C wrote there is lost';
  return createError('ERR_INVALID_ARG_VALUE', `${symbol}: ${text}`, symbol);
}

module.exports = { AsyncCall };
