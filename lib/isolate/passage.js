'use strict';
// What one call lends to C in the helper: copies of strings, of objects and of the program's buffers, in the arena.
// What C may have written is copied back when the call has returned.

const { readCString } = require('../cstring.js');
const { INVALID, addressOf, bufferAddress, extent, isBuffer, isWrapper, views } = require('../pointer.js');
const { keepsSomething } = require('../keeper.js');
const { copyBytes } = require('../record/cold.js');
const { Refused } = require('../refused.js');
const { LOCAL } = require('./isolated-call.js');
const { Loan } = require('./loan.js');
const { addressIn } = require('./pointer.js');

/** @typedef {InstanceType<typeof import('./helper.js').Helper>} Helper */
/** @typedef {NonNullable<import('../types.js').CType['text']>} Encoded */

// Taken once, as all that runs in calls.
const encoder = new TextEncoder();
const { apply } = Reflect;
const { encodeInto } = TextEncoder.prototype;
const { subarray } = Uint8Array.prototype;

/** UTF-8 of a UTF-16 unit has at most so many bytes. */
const MOST_UTF8 = 3;

/** Of larger buffers only the views are copied: a copy as large as a huge one would take the room of all else. */
const HUGE = 2 ** 26;

/** What is lent twice is at one place in the helper. */
const OVERLAP = 'it overlaps in part with another argument, and is too large to be copied as a whole: pass one of both';

class Passage {
  /** Callbacks that are open for this call. @type {{ close: () => void }[] | undefined} */
  #opened = undefined;
  /** @type {InstanceType<typeof Loan>[] | undefined} */
  #loans = undefined;
  /** Memory of the arena beside the stack. @type {number[] | undefined} */
  #taken = undefined;
  /** Why the last value was refused, where its type does not tell. @type {InstanceType<typeof Refused> | undefined} */
  refusal = undefined;
  /** @type {{ unpin: () => void }[] | undefined} */
  #pinned = undefined;
  /** Whether nothing of it is lent any more. */
  isOver = false;
  /** The one in whose call it was made. @type {Passage | undefined} */
  outer = undefined;

  /** @param {Helper} helper @param {boolean} isStacked whether it ends before those that have begun earlier */
  constructor(helper, isStacked) {
    this.helper = helper;
    this.arena = helper.arena;
    this.isStacked = isStacked;
    /** Whether what C writes is copied back. */
    this.isWatched = true;
    /** Where in the arena's stack that begins which it lends. */
    this.base = helper.arena.top;
  }

  /**
   * Memory until the call has returned.
   * @param {number} size
   * @param {number} align
   * @returns {number} its address
   */
  take(size, align) {
    const { arena } = this;
    const at = this.isStacked ? arena.push(size, align < 8 ? 8 : align) : -1;
    if (at !== -1) return arena.start + at;
    const address = arena.take(Math.max(size + 8, align));
    if (address === 0) throw new Refused('ERR_MALLOC_FAILED', `no memory for a copy of ${size} bytes`);
    arena.lenders.set(address, this);
    (this.#taken ??= []).push(address);
    return address;
  }

  /**
   * Copies a string.
   * @param {string} text
   * @param {Encoded} [encoded] undefined for UTF-8
   * @returns {number} its address; INVALID with a NUL inside, or when there is no memory
   */
  string(text, encoded) {
    if (encoded) return this.#copied(encoded.copy(text));
    if (text.includes('\0')) return INVALID;
    const { arena } = this;
    const most = text.length * MOST_UTF8;
    const at = this.isStacked ? arena.push(most + 1, 8) : -1;
    if (at === -1) return this.#copied(encoder.encode(`${text}\0`));
    const { written } = apply(encodeInto, encoder, [text, apply(subarray, arena.bytes, [at, at + most])]);
    arena.bytes[at + written] = 0;
    arena.top = at + written + 8;
    return arena.start + at;
  }

  /** @param {Uint8Array | undefined} bytes */
  #copied(bytes) {
    if (bytes === undefined) return INVALID;
    const address = this.take(bytes.length, 16);
    copyBytes(bufferAddress(bytes), address, bytes.length);
    return address;
  }

  /**
   * The address in the helper for a pointer.
   * @param {any} value
   * @returns {number | bigint} INVALID for what is none
   */
  pointer(value) {
    if (value === null || value === 0) return 0;
    if (typeof value !== 'object') return INVALID;
    const known = addressIn(value, this.helper);
    if (known !== undefined) return known;
    if (isBuffer(value)) return this.#lend(value, bufferAddress(value));
    const place = views.placeOf(value);
    if (place) {
      if (place.ground.problem()) return INVALID;
      const address = place.ground.address(place.at);
      return (
        this.#inHelper(place.ground, address) ?? this.#lendPlace(place.ground, Number(address), place.at, place.length)
      );
    }
    const callback = this.helper.callbacks.address(value);
    if (callback !== undefined) return callback;
    return this.#text(value);
  }

  /** A CString, as a copy. @param {object} value @returns {number} */
  #text(value) {
    const address = isWrapper(value) ? addressOf(value) : INVALID;
    if (address === INVALID || address === 0) return Number(address);
    const text = readCString('isolate', address);
    return text === null ? 0 : this.string(text);
  }

  /**
   * Memory of an isolate is where it is.
   * @param {any} ground
   * @param {number | bigint} address
   * @returns {number | bigint | undefined} undefined for memory of this process; INVALID for that of another helper
   */
  #inHelper({ owner }, address) {
    const { isolated } = owner;
    if (isolated === undefined) return undefined;
    if (isolated !== this.helper) return INVALID;
    if (!this.isStacked && this.isWatched) {
      // C uses it until the call has returned, also if the program frees it.
      owner.pin();
      (this.#pinned ??= []).push(owner);
    }
    return address;
  }

  /** @param {any} value a buffer or view @param {number} address */
  #lend(value, address) {
    // On memory of the arena.
    if (address === INVALID || address === 0 || this.arena.has(address)) return address;
    const { buffer, offset, length } = /** @type {NonNullable<ReturnType<typeof extent>>} */ (extent(value));
    return this.#lendOf(buffer, address - offset, offset, length);
  }

  /** @param {any} buffer @param {number} start its address @param {number} at @param {number} length */
  #lendOf(buffer, start, at, length) {
    const whole = /** @type {NonNullable<ReturnType<typeof extent>>} */ (extent(buffer)).length;
    return this.#lendFrom(buffer, true, start, whole, at, length);
  }

  /** Memory that is no buffer of JavaScript's, or a view on one. @param {any} ground @param {number} address @param {number} at @param {number} length */
  #lendPlace(ground, address, at, length) {
    if (length === 0) return 0;
    // A block of memory; else there is a view.
    if (ground.start !== undefined) return this.#lendFrom(ground, false, address - at, ground.size, at, length);
    const { buffer, offset } = /** @type {NonNullable<ReturnType<typeof extent>>} */ (extent(ground.view));
    return this.#lendOf(buffer, address - offset - at, offset + at, length);
  }

  /**
   * @param {any} owner a buffer or ground
   * @param {boolean} isBuffer
   * @param {number} base its address
   * @param {number} whole bytes that it has
   * @param {number} at what of it is lent
   * @param {number} length
   */
  #lendFrom(owner, isBuffer, base, whole, at, length) {
    if (isBuffer && keepsSomething(owner)) throw new Refused('ERR_INVALID_ARG_VALUE', LOCAL);
    const start = base + at;
    const end = start + length;
    const loans = (this.#loans ??= []);
    let loan;
    for (let index = 0; index < loans.length && !loan; index++) {
      const other = loans[index];
      if (start >= other.end || end <= other.from) continue;
      if (start < other.from || end > other.end) throw new Refused('ERR_INVALID_ARG_VALUE', OVERLAP);
      loan = other;
    }
    if (!loan) {
      const first = whole > HUGE ? at : 0;
      const size = whole > HUGE ? length : whole;
      loan = new Loan(owner, isBuffer, first, base + first, size, this.take(size, 64));
      if (this.isWatched) loans[loans.length] = loan;
    }
    return loan.add(start, length, this.isWatched && !this.isStacked);
  }

  /** C has returned: its changes go back. */
  giveBack() {
    const loans = this.#loans;
    if (loans === undefined || !this.helper.isAlive) return;
    for (let index = 0; index < loans.length; index++) loans[index].giveBack();
  }

  /** C is about to call the program back, or the program has answered. */
  exchange() {
    // What C has written is gone with the helper.
    if (this.helper.isAlive) this.#loans?.forEach((loan) => loan.exchange());
  }

  /** Whoever took it gives it back. */
  forgetTaken() {
    this.#taken?.forEach((address) => this.arena.lenders.delete(address));
    this.#taken = undefined;
  }

  /** @param {{ close: () => void }} callback closed when the call ends */
  opens(callback) {
    (this.#opened ??= []).push(callback);
  }

  /** The call has ended, or is not made after all. */
  close() {
    this.isOver = true;
    this.#opened?.forEach((callback) => callback.close());
    this.#opened = undefined;
    this.#pinned?.forEach((block) => block.unpin());
    this.#pinned = undefined;
    this.#loans = undefined;
    if (this.isStacked) this.arena.top = this.base;
    const taken = this.#taken;
    this.forgetTaken();
    taken?.forEach((address) => this.arena.give(address, this.helper.isAlive));
  }
}

module.exports = { Passage };
