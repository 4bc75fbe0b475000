'use strict';
// What a call lends to C, where that is in the arena.

const { Call } = require('../call.js');
const { Refused } = require('../refused.js');

/** @typedef {InstanceType<typeof import('./passage.js').Passage>} Passage */

/** Memory of this process with pointers inside. */
const LOCAL = 'its pointers are of this process: pass an object with the members instead of a buffer';

class IsolatedCall extends Call {
  /** @param {Passage} passage */
  constructor(passage) {
    super();
    this.passage = passage;
  }

  /** @param {number} size @param {number} align @returns {number} where it is in `view` */
  take(size, align) {
    const { arena } = this.passage;
    const address = this.passage.take(size, align);
    this.address = address;
    const at = address - arena.start;
    if (at < arena.view.byteLength) {
      this.view = arena.view;
      return at;
    }
    this.view = arena.viewOn(address, size + 8);
    return 0;
  }

  /** @param {string} text @param {import('../types.js').CType['text']} [encoded] @returns {number} */
  string(text, encoded) {
    return this.passage.string(text, encoded);
  }

  /** @param {unknown} value @returns {number | bigint} */
  pointer(value) {
    return this.passage.pointer(value);
  }

  /** @param {unknown} value */
  hold(value) {
    if (value !== undefined) throw new Refused('ERR_INVALID_ARG_VALUE', LOCAL);
  }
}

module.exports = { IsolatedCall, LOCAL };
