'use strict';
// What C in the helper may use after whoever gave it has returned.

const { IsolatedCall } = require('./isolated-call.js');
const { Passage } = require('./passage.js');

/** As for callbacks in this process. */
const KEPT = 256;

/** Until it is closed. */
class Lasting extends Passage {
  /** @param {InstanceType<typeof import('./helper.js').Helper>} helper */
  constructor(helper) {
    super(helper, false);
    // Nobody knows when C has written.
    this.isWatched = false;
    /** Types ask a call for its passage. */
    this.passage = this;
    /** For records. */
    this.call = new IsolatedCall(this);
  }
}

/** What callbacks return: strings and buffers, until so many others were returned after them. */
class Kept extends Lasting {
  /** In a ring. @type {number[]} */
  #ring = [];
  #next = 0;

  /** @param {number} size @param {number} align @returns {number} */
  take(size, align) {
    const address = super.take(size, align);
    this.forgetTaken();
    const place = this.#next;
    const last = this.#ring[place];
    this.#ring[place] = address;
    this.#next = (place + 1) % KEPT;
    if (last !== undefined) this.arena.give(last, this.helper.isAlive);
    return address;
  }
}

module.exports = { Kept, Lasting };
