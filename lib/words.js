'use strict';
// Values as they travel through the frame: two words of 32 bits.

const { MemoryView } = require('./memory-view.js');

const memory = new MemoryView(new ArrayBuffer(8));
/** The words of a value that was put there, to be read at once. */
const words = new Uint32Array(memory.buffer);
/** How often they have been used: a debugger may have that done in the middle of another use; see lib/frame.js. */
let turns = 0;

/**
 * The value that two words are. They are given, because what is in the frame may be another's when a function begins.
 * @param {(view: DataView, at: number) => any} get of the value's type
 * @param {number} low
 * @param {number} high
 */
function fromWords(get, low, high) {
  for (;;) {
    const turn = ++turns;
    words[0] = low;
    words[1] = high;
    const value = get(memory, 0);
    if (turn === turns) return value;
  }
}

/**
 * Leaves a value in `words`.
 * @param {(view: DataView, at: number, value: any) => void} put of the value's type
 * @param {any} value
 */
function toWords(put, value) {
  let turn;
  do {
    turn = ++turns;
    put(memory, 0, value);
  } while (turn !== turns);
}

module.exports = { fromWords, toWords, words };
