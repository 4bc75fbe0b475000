'use strict';
// Who has which part of some memory: blocks of powers of two, which are split, and joined again when both halves are
// free. What is written to the memory itself cannot confuse it.

/** The smallest block is `2 ** LEAST` bytes. */
const LEAST = 5;

class Buddies {
  /** By the logarithm of their size, where free blocks start. @type {Set<number>[]} */
  #free;
  /** By where they start, the logarithms of the sizes of those that are taken. @type {Map<number, number>} */
  #taken = new Map();
  /** Bytes in blocks that are taken. */
  used = 0;

  /**
   * @param {number} order of all of it
   * @param {number} reserved bytes at its start that are nobody's
   */
  constructor(order, reserved) {
    this.order = order;
    this.#free = Array.from({ length: order + 1 }, () => new Set());
    this.#free[order].add(0);
    if (reserved > 0) this.take(reserved);
  }

  /** How many blocks are taken. */
  get count() {
    return this.#taken.size;
  }

  /**
   * A block of at least so many bytes, aligned to as many.
   * @param {number} size
   * @returns {number} where it starts; -1 when there is none
   */
  take(size) {
    const order = Math.max(LEAST, Math.ceil(Math.log2(size || 1)));
    let found = order;
    let start = -1;
    // Until none has been taken meanwhile: see lib/frame.js.
    do {
      while (found <= this.order && this.#free[found].size === 0) found++;
      if (found > this.order) return -1;
      [start] = this.#free[found];
    } while (!this.#free[found].delete(start));
    while (found > order) {
      found--;
      this.#free[found].add(start + 2 ** found);
    }
    this.#taken.set(start, order);
    this.used += 2 ** order;
    return start;
  }

  /** Where the block that is taken around a place starts; -1 when there is none. @param {number} at */
  around(at) {
    for (let order = LEAST; order <= this.order; order++) {
      const start = at - (at % 2 ** order);
      if (this.#taken.get(start) === order) return start;
    }
    return -1;
  }

  /**
   * @param {number} start of a block that is taken
   * @returns {number} its size
   */
  give(start) {
    let order = /** @type {number} */ (this.#taken.get(start));
    this.#taken.delete(start);
    const size = 2 ** order;
    this.used -= size;
    while (order < this.order) {
      const other = (start / 2 ** order) % 2 === 0 ? start + 2 ** order : start - 2 ** order;
      if (!this.#free[order].delete(other)) break;
      start = Math.min(start, other);
      order++;
    }
    this.#free[order].add(start);
    return size;
  }
}

module.exports = { Buddies };
