'use strict';
// The scratch stack: copies of strings that C may read until the call returns. It starts at a floor, below
// which is what belongs to calls that are inside C. Nothing of the user's may run between taking scratch
// memory and entering C: a call made there would take the same. Where a debugger does that all the same, the frame's count of
// calls is another afterwards, and all is done once more; the same for the argument slots (frame.js).

const native = require('./binding.js');
const { ADDRESS, TWO_32, views, offsets } = require('./frame.js');
const { INVALID } = require('./pointer.js');
const { ascii } = require('./short-text.js').writers;

const { u32 } = views;
const { frameAddress, encode, freeHeapBlocks } = native;

// The slots of the frame that say how much of it is taken; see src/frame.rs.
const TOP = offsets.scratchTop / 4;
const HEAP_BLOCKS = offsets.heapBlocks / 4;
const FLOOR = offsets.scratchFloor / 4;
const HEAP_FLOOR = offsets.heapFloor / 4;
const END = offsets.scratchEnd;
const VALUE = offsets.value / 4;
/** Counts what has used scratch memory or argument slots. */
const CALLS = offsets.calls / 4;

/** Up to so many ASCII characters are copied by JavaScript: to ask the host costs as much as these. */
const SHORT = 'Bun' in globalThis ? 64 : 24;

/** The answer that makes an INVALID address. */
const NOT_COPIED = INVALID - frameAddress;

/**
 * Copies a string, NUL-terminated UTF-8, for the duration of the call being prepared.
 * @param {string} text
 * @returns {number} where the copy is, relative to the frame: a small integer on the scratch stack;
 *   NOT_COPIED when there is a NUL inside, or no memory
 */
function copyString(text) {
  if (quick !== undefined) {
    quick(text);
    const at = u32[VALUE];
    if (at > 1) return at;
    // 1 when its slow form has copied it, or could not.
    if (at === 0) encode(text);
    const address = u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
    return address === 0 ? NOT_COPIED : address - frameAddress;
  }
  const { length } = text;
  const top = u32[TOP];
  const calls = u32[CALLS];
  if (length <= SHORT && top + SHORT < END && ascii.call(text, length, top)) {
    // Eight-byte steps keep every copy aligned.
    if (u32[CALLS] !== calls) return copyString(text);
    u32[TOP] = top + ((length + 8) & ~7);
    return top;
  }
  encode(text);
  const address = u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
  return address === 0 ? NOT_COPIED : address - frameAddress;
}

/**
 * The engine's own way to copy strings; see src/fast/texts.rs.
 * @type {((text: string) => void) | undefined}
 */
let quick;

/** @param {typeof quick} copier */
function copyBy(copier) {
  quick = copier;
}

/**
 * Gives back what was taken for a call that is not made after all. When a call is made, Rust does that;
 * and what an engine leaves behind that stops a script in between, the next call gives back.
 */
function giveBack() {
  u32[CALLS]++;
  u32[TOP] = u32[FLOOR];
  if (u32[HEAP_BLOCKS] !== u32[HEAP_FLOOR]) {
    u32[HEAP_BLOCKS] = u32[HEAP_FLOOR];
    freeHeapBlocks();
  }
}

module.exports = { copyBy, CALLS, TOP, HEAP_BLOCKS, FLOOR, HEAP_FLOOR, END, copyString, giveBack };
