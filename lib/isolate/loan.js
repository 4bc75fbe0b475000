'use strict';
// Memory of the program that is lent to C in the helper, and the copy of it there: as large, so that views on it stay as
// far apart as they are.

const native = require('../binding.js');
const { INVALID, bufferAddress, extent } = require('../pointer.js');
const { copyBytes } = require('../record/cold.js');

/**
 * What has been copied.
 * @typedef {object} Part
 * @property {number} at
 * @property {number} size
 * @property {Uint8Array | undefined} same what both sides had when they were the same; undefined when nobody asks
 */

/** @param {number} address @param {number} size */
function bytesAt(address, size) {
  const bytes = new Uint8Array(size);
  copyBytes(address, bufferAddress(bytes), size, false);
  return bytes;
}

class Loan {
  /** @type {Part[]} */
  #parts = [];
  #owner;
  #isBuffer;
  #at;

  /**
   * @param {any} owner a buffer, or the ground of a memory
   * @param {boolean} isBuffer
   * @param {number} at where in it
   * @param {number} from the address of that
   * @param {number} size
   * @param {number} to the address of the copy
   */
  constructor(owner, isBuffer, at, from, size, to) {
    this.#owner = owner;
    this.#isBuffer = isBuffer;
    this.#at = at;
    this.from = from;
    this.end = from + size;
    this.to = to;
  }

  /**
   * Copies a part.
   * @param {number} start its address
   * @param {number} size
   * @param {boolean} isCompared whether only what C changes is to come back
   * @returns {number} the address of the copy
   */
  add(start, size, isCompared) {
    const at = start - this.from;
    copyBytes(start, this.to + at, size);
    this.#parts[this.#parts.length] = { at, size, same: isCompared ? bytesAt(start, size) : undefined };
    return this.to + at;
  }

  /** Bytes that are still there; memory that the program has given away, or that is smaller now, keeps what it has. */
  #room() {
    const owner = this.#owner;
    if (!this.#isBuffer) {
      return !owner.problem() && owner.address(this.#at) === this.from ? Infinity : 0;
    }
    const address = bufferAddress(owner);
    if (address === INVALID || address + this.#at !== this.from) return 0;
    return (extent(owner)?.length ?? 0) - this.#at;
  }

  /** What C has changed goes back. */
  giveBack() {
    const parts = this.#parts;
    const room = this.#room();
    for (let index = 0; index < parts.length; index++) {
      const { at, size, same } = parts[index];
      const length = Math.min(size, room - at, same === undefined ? size : same.length);
      if (length <= 0) continue;
      if (same === undefined) copyBytes(this.to + at, this.from + at, length);
      else native.isolateReconcile(this.from + at, this.to + at, bufferAddress(same), length);
    }
  }

  /** Each side gets what the other has written since they were the same. */
  exchange() {
    this.giveBack();
    const room = this.#room();
    for (const part of this.#parts) {
      part.same ??= bytesAt(this.from + part.at, Math.max(0, Math.min(part.size, room - part.at)));
    }
  }
}

module.exports = { Loan };
