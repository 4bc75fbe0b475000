'use strict';
// Values as they travel through the frame: two words of 32 bits.

const { MemoryView } = require('./memory-view.js');

/** Where values are put to be read as words at once: what is in it may be another's when the next function begins. */
const memory = new MemoryView(new ArrayBuffer(8));
/** How often it has been read. */
let turns = 0;

/**
 * The value that two words are. They are given, because what is in the frame may be another's when a function begins.
 * @param {(view: DataView, at: number) => any} get of the value's type
 * @param {number} low
 * @param {number} high
 */
function fromWords(get, low, high) {
  for (;;) {
    memory.setUint32(0, low, true);
    memory.setUint32(4, high, true);
    const turn = ++turns;
    const value = get(memory, 0);
    // Else a debugger has had another value read before this one was.
    if (turn === turns) return value;
  }
}

module.exports = { fromWords, memory };
