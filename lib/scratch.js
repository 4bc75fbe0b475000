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

/** Up to so many ASCII characters are copied by JavaScript: to ask the host costs as much as these. */
const SHORT = 16;

/** The answer that makes an INVALID address. */
const NOT_COPIED = INVALID - frameAddress;

/** The frame as a Buffer, and its method that writes UTF-8; hosts without Buffer have neither. */
const buffer = typeof Buffer === 'function' ? Buffer.from(views.u8.buffer) : undefined;
const utf8Write = buffer && /** @type {any} */ (Buffer.prototype).utf8Write;
const write = typeof utf8Write === 'function' ? Function.prototype.call.bind(utf8Write, buffer) : undefined;
const includes = Function.prototype.call.bind(String.prototype.includes);

/**
 * Copies a string, NUL-terminated UTF-8, for the duration of the call being prepared.
 * @param {string} text
 * @returns {number} where the copy is, relative to the frame: a small integer on the scratch stack;
 *   NOT_COPIED when there is a NUL inside, or no memory
 */
function copyString(text) {
  const { length } = text;
  const top = u32[TOP];
  return length <= SHORT && top + SHORT < END ? copyShort(text, length, top) : copyLong(text, length, top);
}

/** @param {string} text @param {number} length @param {number} top */
function copyShort(text, length, top) {
  for (let at = 0; at < length; at++) {
    const code = charCodeAt(text, at);
    if (code === 0 || code > 127) return copyLong(text, length, top);
    u8[top + at] = code;
  }
  u8[top + length] = 0;
  // Eight-byte steps keep every copy aligned.
  u32[TOP] = top + ((length + 8) & ~7);
  return top;
}

/** @param {string} text @param {number} length @param {number} top */
function copyLong(text, length, top) {
  // A UTF-16 unit becomes at most three bytes.
  if (write && top + length * 3 + 8 < END) {
    if (includes(text, '\0')) return NOT_COPIED;
    const written = write(text, top);
    u8[top + written] = 0;
    u32[TOP] = top + ((written + 8) & ~7);
    return top;
  }
  encode(text);
  return (takeAddress() || INVALID) - frameAddress;
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
