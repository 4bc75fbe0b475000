'use strict';
// The scratch stack: copies of strings that C may read until the call returns.

const native = require('./binding.js');
const { views, offsets, takeAddress } = require('./frame.js');
const { INVALID } = require('./pointer.js');

const { u8, u32 } = views;
const { frameAddress, encode, freeHeapBlocks } = native;
const charCodeAt = Function.prototype.call.bind(String.prototype.charCodeAt);

const TOP = offsets.scratchTop / 4;
const HEAP_BLOCKS = offsets.heapBlocks / 4;
const END = offsets.scratchEnd;

/** Up to this many ASCII characters are copied by JavaScript, which is faster than to ask the host. */
const SHORT = 40;

/**
 * Copies a string, NUL-terminated UTF-8, for the duration of the call being prepared.
 * @param {string} text
 * @returns {number} the copy's address, or INVALID: a NUL inside, or no memory
 */
function copyString(text) {
  const { length } = text;
  const top = u32[TOP];
  if (length <= SHORT && top + SHORT < END) {
    let at = 0;
    while (at < length) {
      const code = charCodeAt(text, at);
      if (code === 0 || code > 127) break;
      u8[top + at] = code;
      at++;
    }
    if (at === length) {
      u8[top + at] = 0;
      // Eight-byte steps keep every copy aligned.
      u32[TOP] = top + ((at + 8) & ~7);
      return frameAddress + top;
    }
  }
  encode(text);
  return takeAddress() || INVALID;
}

/**
 * Gives back everything above `mark`, an earlier top.
 * @param {number} mark
 */
function giveBack(mark) {
  u32[TOP] = mark;
  if (u32[HEAP_BLOCKS] !== 0) freeHeapBlocks();
}

module.exports = { TOP, copyString, giveBack };
