'use strict';
// What an asynchronous call lends to C until it settles: copies on the heap, and the user's own buffers.

const { Call, takeHeap } = require('../call.js');
const { createError } = require('../errors.js');
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

  /**
   * Looks at the arguments: views on one buffer may overlap, and stay as far apart as they are.
   * @param {unknown[]} args
   */
  foresee(args) {
    for (let index = 0; index < args.length; index++) {
      const place = isBuffer(args[index]) ? extent(args[index]) : undefined;
      if (!place || place.length === 0) continue;
      const span = (this.#spans ??= new Map()).get(place.buffer) ?? { start: Infinity, end: 0 };
      span.start = Math.min(span.start, place.offset);
      span.end = Math.max(span.end, place.offset + place.length);
      this.#spans.set(place.buffer, span);
    }
  }

  /** The part of each buffer that the arguments are in. @type {Map<object, { start: number, end: number }> | undefined} */
  #spans;

  /** @param {{ buffer: any, offset: number, length: number }} place @returns {number} the address of a copy */
  #copyOf({ buffer, offset, length }) {
    const copies = (this.copies ??= []);
    const known = copies.find(
      (one) => one.buffer === buffer && one.offset <= offset && offset + length <= one.offset + one.copy.length,
    );
    if (known) return known.address + offset - known.offset;
    const span = this.#spans?.get(buffer);
    const isForeseen = span && span.start <= offset && offset + length <= span.end;
    const [start, end] = isForeseen ? [span.start, span.end] : [offset, offset + length];
    const copy = new Uint8Array(buffer, start, end - start).slice();
    const address = bufferAddress(copy);
    copies.push({ buffer, offset: start, copy, before: copy.slice(), address });
    return address + offset - start;
  }

  /**
   * Puts what C has changed into the buffers.
   * @param {string} symbol the function, for messages
   */
  copyBack(symbol) {
    for (const { buffer, offset, copy, before } of this.copies ?? []) {
      const room = Math.max((extent(buffer)?.length ?? 0) - offset, 0);
      const target = room > 0 ? new Uint8Array(buffer, offset) : copy;
      for (let index = 0; index < copy.length; index++) {
        if (copy[index] === before[index]) continue;
        if (index >= room) throw lost(symbol);
        target[index] = copy[index];
      }
    }
  }
}

/** @param {string} symbol */
function lost(symbol) {
  const text = 'a buffer was detached or made smaller while C used it: what C wrote there is lost';
  return createError('ERR_INVALID_ARG_VALUE', `${symbol}: ${text}`, symbol);
}

module.exports = { AsyncCall };
