'use strict';
// What an asynchronous call lends to C until it settles: copies on the heap, and the user's own buffers.

const { Call, takeHeap } = require('../call.js');
const { INVALID, anyAddress, bufferAddress, extent, isBuffer, views } = require('../pointer.js');
const { lock } = require('./lock.js');

const encoder = new TextEncoder();

/**
 * The bytes of a buffer that cannot be used in place.
 * @typedef {object} Copy
 * @property {ArrayBuffer} buffer
 * @property {number} offset
 * @property {Uint8Array} copy
 * @property {Uint8Array} before as it was when C got it
 * @property {number} address
 */

class AsyncCall extends Call {
  constructor() {
    super();
  }

  /** @type {Copy[] | undefined} */
  copies = undefined;

  /** @param {number} size @param {number} align @returns {number} where it is in `view` */
  take(size, align) {
    const { view, address } = takeHeap(size, align);
    this.view = view;
    this.address = address;
    this.hold(view);
    return 0;
  }

  /** @param {string} text @returns {number} the address of a copy; INVALID with a NUL inside */
  string(text) {
    if (text.includes('\0')) return INVALID;
    const copy = encoder.encode(`${text}\0`);
    this.hold(copy);
    return bufferAddress(copy);
  }

  /** @param {unknown} value @returns {number | bigint} or INVALID */
  pointer(value) {
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
    const copies = (this.copies ??= []);
    const known = copies.find(
      (one) => one.buffer === buffer && one.offset <= offset && offset + length <= one.offset + one.copy.length,
    );
    if (known) return known.address + offset - known.offset;
    const copy = new Uint8Array(buffer, offset, length).slice();
    const address = bufferAddress(copy);
    copies.push({ buffer, offset, copy, before: copy.slice(), address });
    return address;
  }

  /** Puts what C has changed into the buffers. */
  copyBack() {
    for (const { buffer, offset, copy, before } of this.copies ?? []) {
      const room = Math.min(copy.length, (extent(buffer)?.length ?? 0) - offset);
      if (room <= 0) continue;
      const target = new Uint8Array(buffer, offset, room);
      for (let index = 0; index < room; index++) if (copy[index] !== before[index]) target[index] = copy[index];
    }
  }
}

module.exports = { AsyncCall };
