'use strict';
// The memory that a helper and its program have at the same address. What a call lends to C is put there; so is what
// programs allocate.

const native = require('../binding.js');
const { createError } = require('../errors.js');
const { putOperands } = require('../frame.js');
const { MemoryView } = require('../memory-view.js');
const { Buddies } = require('./buddies.js');

const { Uint8Array } = globalThis;

/** The logarithms of its size, the first that there is room for. Pages that nobody has written take no memory. */
const ORDERS = [32, 30, 28, 26];

/** Bytes for what calls lend to C, as the scratch stack is for calls in this process. */
const STACK = 2 ** 20;

/** Blocks of so many bytes are given back to the system at once. */
const LARGE = 2 ** 26;

/** What must live as long as a buffer does. @type {WeakMap<object, unknown>} */
const keeps = new WeakMap();

/** Of arenas with buffers that a program may have transferred: who has one then, nobody tells. @type {Set<unknown>} */
const staying = new Set();

/**
 * What lends memory to C until it is over.
 * @typedef {{ isOver: boolean, arena: Arena, base: number, outer: Lender | undefined }} Lender
 */

/** Of memory that was lent. @type {any} */
const NOBODY = Object.freeze({ isOver: true });

class Arena {
  /** The first bytes. While it, or a buffer that is kept with it, lives, the memory is mapped. */
  #base;
  #buddies;
  #channel;
  #helper;
  /** Where the stack's free part starts: behind what fatal signals leave, and messages. */
  top = native.isolateReserved();

  /**
   * @param {{ channel: number }} helper
   * @param {number} start the address
   * @param {number} order the logarithm of its size
   */
  constructor(helper, start, order) {
    const { channel } = helper;
    this.#helper = helper;
    this.#buddies = new Buddies(order, STACK);
    this.#channel = channel;
    this.order = order;
    this.start = start;
    this.end = start + 2 ** order;
    this.#base = native.isolateArena(channel, STACK);
    if (!this.#base) {
      throw createError('ERR_CALL_FAILED', 'isolate: this host has no buffers on memory of C', 'isolate');
    }
    this.view = new MemoryView(this.#base);
    this.bytes = new Uint8Array(this.#base);
  }

  /**
   * Takes memory of the stack.
   * @param {number} size
   * @param {number} align
   * @returns {number} where it is; -1 when there is not so much
   */
  push(size, align) {
    const at = Math.ceil(this.top / align) * align;
    // Words are copied, so behind it there is room for one more.
    const end = at + size + 8;
    if (end > STACK) return -1;
    this.top = end;
    return at;
  }

  /**
   * Memory that is there until it is given back.
   * @param {number} size
   * @returns {number} its address, aligned to its size or a page at least; 0 when there is none
   */
  take(size) {
    if (!(size <= 2 ** this.order)) return 0;
    const at = this.#buddies.take(size);
    return at === -1 ? 0 : this.start + at;
  }

  /** @param {number} address @param {boolean} isAlive whether the helper still is */
  give(address, isAlive) {
    const at = address - this.start;
    const size = this.#buddies.give(at);
    // With the helper, all of it was given back.
    if (isAlive && size >= LARGE) native.isolateForget(this.#channel, at, size);
  }

  /** Who lends memory beside the stack, by its address. @type {Map<number, Lender>} */
  lenders = new Map();

  /**
   * Who lends what is at an address of the arena.
   * @param {number} address
   * @param {Lender | undefined} innermost call that is under way
   * @returns {Lender | undefined} undefined for memory that the program has allocated
   */
  lenderOf(address, innermost) {
    const at = address - this.start;
    if (at >= STACK) return this.lenders.get(this.start + this.#buddies.around(at));
    let lender = innermost;
    while (lender && (lender.arena !== this || at < lender.base)) lender = lender.outer;
    return lender ?? NOBODY;
  }

  /** Bytes that are taken, the stack aside. */
  get used() {
    return this.#buddies.used - STACK;
  }

  /** Whether an address is in it. @param {number | bigint} address */
  has(address) {
    return address >= this.start && address < this.end;
  }

  /**
   * A view on memory that was taken.
   * @param {number} address
   * @param {number} size
   * @returns {DataView}
   */
  viewOn(address, size) {
    putOperands(address, size);
    const buffer = native.viewMemory();
    return new MemoryView(this.#keptBy(buffer));
  }

  /** A buffer that programs get. @template {object} T @param {T} buffer @returns {T} */
  given(buffer) {
    staying.add(this.#base);
    return this.#keptBy(buffer);
  }

  /** Every buffer that was given has been detached. */
  leave() {
    staying.delete(this.#base);
  }

  /** The memory stays what it is as long as a buffer lives, and the helper is not ended. @template {object} T @param {T} buffer @returns {T} */
  #keptBy(buffer) {
    keeps.set(buffer, [this.#base, this.#helper]);
    return buffer;
  }
}

module.exports = { Arena, ORDERS };
