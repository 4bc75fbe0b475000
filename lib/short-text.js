'use strict';
// Short strings, copied to the scratch stack by JavaScript: to ask the host takes longer.
//
// The characters are read by `super.charCodeAt`, of an object that nobody else has. Engines compile that to a few
// instructions (Bun takes 24 ns to call a bound method), and no property of the user's is looked up.

const { views } = require('./frame.js');

const { u8, u16, u32 } = views;

/**
 * Copies a string of `length` characters to an offset in the frame, with its NUL.
 * @callback Writer
 * @this {string}
 * @param {number} length
 * @param {number} top
 * @returns {boolean} false when a character is not just a unit, or is NUL
 */

const writers = {
  __proto__: Object.freeze(Object.setPrototypeOf({ charCodeAt: String.prototype.charCodeAt }, null)),

  /** Four characters at a time. @type {Writer} */
  ascii(length, top) {
    let at = 0;
    for (let word = top >>> 2; at + 4 <= length; at += 4, word++) {
      const a = super.charCodeAt(at);
      const b = super.charCodeAt(at + 1);
      const c = super.charCodeAt(at + 2);
      const d = super.charCodeAt(at + 3);
      // A character above 127 sets a higher bit, and 0 - 1 sets all of them.
      if ((a | b | c | d | (a - 1) | (b - 1) | (c - 1) | (d - 1)) >>> 0 > 127) return false;
      u32[word] = a | (b << 8) | (c << 16) | (d << 24);
    }
    for (; at < length; at++) {
      const code = super.charCodeAt(at);
      if ((code | (code - 1)) >>> 0 > 127) return false;
      u8[top + at] = code;
    }
    u8[top + length] = 0;
    return true;
  },

  /** @type {Writer} */
  utf16le(length, top) {
    let at = 0;
    for (let word = top >>> 2; at + 2 <= length; at += 2, word++) {
      const a = super.charCodeAt(at);
      const b = super.charCodeAt(at + 1);
      if (a === 0 || b === 0) return false;
      u32[word] = a | (b << 16);
    }
    const unit = top >>> 1;
    if (at < length) {
      const code = super.charCodeAt(at);
      if (code === 0) return false;
      u16[unit + at] = code;
    }
    u16[unit + length] = 0;
    return true;
  },

  /** @type {Writer} */
  utf32le(length, top) {
    const start = top >>> 2;
    for (let at = 0; at < length; at++) {
      const code = super.charCodeAt(at);
      if (code === 0 || (code & 0xf800) === 0xd800) return false;
      u32[start + at] = code;
    }
    u32[start + length] = 0;
    return true;
  },

  /** @type {Writer} */
  latin1(length, top) {
    for (let at = 0; at < length; at++) {
      const code = super.charCodeAt(at);
      if (code === 0 || code > 255) return false;
      u8[top + at] = code;
    }
    u8[top + length] = 0;
    return true;
  },
};

// Their own, or `call` would be looked up where users can put another.
for (const writer of Object.values(writers)) Object.defineProperty(writer, 'call', { value: Function.prototype.call });

module.exports = { writers };
