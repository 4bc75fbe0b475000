'use strict';
// What the memory of a record points to: copies of strings and objects, and the user's own buffers, kept
// as long as the buffer that the record is in.

const { takeHeap } = require('./call.js');
const { INVALID, anyAddress, bufferAddress } = require('./pointer.js');
const { holdsPointers } = require('./record/accept.js');
const { Refused } = require('./refused.js');

const encoder = new TextEncoder();

/** What each buffer's memory points to, by what place was written. @type {WeakMap<object, Map<string, unknown[]>>} */
const keptBy = new WeakMap();

class Keeper {
  view = /** @type {any} */ (undefined);
  address = 0;
  depth = 0;
  /** Bytes that there are for a flexible array member. */
  room = 0;
  /** Nothing is given back to objects. */
  loans = undefined;
  /** @type {object | undefined} */
  #owner;
  /** @type {unknown[] | undefined} */
  #kept;

  /**
   * @param {object | undefined} owner the buffer; none for memory of somebody else's, which cannot keep anything
   * @param {boolean} fills whether missing members are zero; else they are errors
   */
  constructor(owner, fills) {
    this.#owner = owner;
    this.fills = fills;
  }

  /** @param {unknown} value */
  #keep(value) {
    if (this.#owner === undefined) {
      const text = 'memory of an address cannot keep a copy alive: pass an address of memory that you hold';
      throw new Refused('ERR_INVALID_ARG_VALUE', text);
    }
    this.#add(value);
  }

  /** @param {unknown} value */
  #add(value) {
    if (this.#kept) this.#kept[this.#kept.length] = value;
    else this.#kept = [value];
  }

  /** @param {unknown} value kept as long as the owner, if there is one */
  hold(value) {
    if (value !== undefined && this.#owner) this.#add(value);
  }

  /**
   * @param {number} size
   * @param {number} align
   * @returns {number} as of Call.take
   */
  take(size, align) {
    const { view, address } = takeHeap(size, align);
    this.#keep(view);
    this.view = view;
    this.address = address;
    return 0;
  }

  /**
   * @param {string} text
   * @param {import('./types.js').CType['text']} [encoded] undefined for UTF-8
   * @returns {number}
   */
  string(text, encoded) {
    if (text.includes('\0')) return INVALID;
    const copy = encoded ? encoded.copy(text) : encoder.encode(`${text}\0`);
    if (copy === undefined) return INVALID;
    this.#keep(copy);
    return bufferAddress(copy);
  }

  /** @param {unknown} value @returns {number | bigint} */
  pointer(value) {
    const address = anyAddress(value);
    if (typeof value === 'object' && value !== null && address !== INVALID) this.hold(value);
    return address;
  }

  /**
   * All has been written: the owner keeps it from now on, until the same place is written again.
   * @param {number | bigint} address
   * @param {number} size
   */
  settle(address, size) {
    if (this.#owner === undefined) return;
    const places = keptBy.get(this.#owner);
    const place = `${address}+${size}`;
    if (this.#kept === undefined) places?.delete(place);
    else if (places) places.set(place, this.#kept);
    else keptBy.set(this.#owner, new Map([[place, this.#kept]]));
  }
}

/** Whether memory of a buffer points to what it keeps. @param {object} buffer */
const keepsSomething = (buffer) => (keptBy.get(buffer)?.size ?? 0) > 0;

const strict = new Keeper(undefined, false);
const filling = new Keeper(undefined, true);

/**
 * What keeps what is written of a type: one for all where there is nothing to keep.
 * @param {import('./types.js').CType} type
 * @param {object | undefined} owner
 * @param {boolean} fills
 */
function keeperFor(type, owner, fills) {
  if (holdsPointers(type) || type.record?.flexible || type.array?.isFlexible) return new Keeper(owner, fills);
  return fills ? filling : strict;
}

module.exports = { Keeper, keeperFor, keepsSomething };
