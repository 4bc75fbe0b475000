'use strict';
// Strings in another encoding than UTF-8: how they are copied for a call, and kept for longer.

const native = require('./binding.js');
const { describe } = require('./describe.js');
const { encodeText } = require('./encoding.js');
const { views, offsets, takeAddress } = require('./frame.js');
const { INVALID, addressOf } = require('./pointer.js');
const { POINTER } = require('./refuse.js');
const { Refused } = require('./refused.js');
const { END, TOP } = require('./scratch.js');

const { u8, u16, u32 } = views;
const { frameAddress, encodeText: encodeByHost } = native;
const { isSafeInteger } = Number;
const charCodeAt = Function.prototype.call.bind(String.prototype.charCodeAt);
const VALUE = offsets.value / 4;

/** Up to so many characters are copied by JavaScript: to ask the host costs as much as these. */
const SHORT = 20;

/** By the numbers that Rust has for them; see src/encoding.rs. @type {Record<string, number>} */
const NUMBERS = { utf8: 0, utf16le: 1, utf32le: 2, latin1: 3 };

// Each writes a short string to the scratch stack at an offset, with its NUL; false when a character is not just
// a unit, or is NUL.

/** @type {Record<string, (text: string, length: number, top: number) => boolean>} */
const writers = {
  __proto__: /** @type {any} */ (null),
  utf16le(text, length, top) {
    let at = 0;
    for (let word = top >>> 2; at + 2 <= length; at += 2, word++) {
      const a = charCodeAt(text, at);
      const b = charCodeAt(text, at + 1);
      if (a === 0 || b === 0) return false;
      u32[word] = a | (b << 16);
    }
    const unit = top >>> 1;
    if (at < length) {
      const code = charCodeAt(text, at);
      if (code === 0) return false;
      u16[unit + at] = code;
    }
    u16[unit + length] = 0;
    return true;
  },
  utf32le(text, length, top) {
    const start = top >>> 2;
    for (let at = 0; at < length; at++) {
      const code = charCodeAt(text, at);
      if (code === 0 || (code & 0xf800) === 0xd800) return false;
      u32[start + at] = code;
    }
    u32[start + length] = 0;
    return true;
  },
  latin1(text, length, top) {
    for (let at = 0; at < length; at++) {
      const code = charCodeAt(text, at);
      if (code === 0 || code > 255) return false;
      u8[top + at] = code;
    }
    u8[top + length] = 0;
    return true;
  },
};

/** Strings of one encoding. */
class EncodedText {
  /** @param {import('./encoding.js').Encoding} encoding not UTF-8 */
  constructor(encoding) {
    this.encoding = encoding;
    /** By which Rust knows the encoding. */
    this.number = NUMBERS[encoding.name];
    this.expects = `a ${encoding.name} cstring (a string without NUL characters) or ${POINTER}`;
    this.put = this.#putter();
    this.accept = this.#accepter();
  }

  /**
   * The function that copies a string for the call being prepared, and gives its address; INVALID for what
   * `problem` tells. Nothing of the user's may run until C is entered.
   * @returns {(text: string) => number}
   */
  #putter() {
    const { number } = this;
    const { unit } = this.encoding;
    const write = writers[this.encoding.name];
    return (text) => {
      const { length } = text;
      const top = u32[TOP];
      if (length <= SHORT && top + (SHORT + 1) * unit < END && write(text, length, top)) {
        u32[TOP] = top + (((length + 1) * unit + 7) & ~7);
        return frameAddress + top;
      }
      u32[VALUE] = number;
      encodeByHost(text);
      const address = takeAddress();
      return address === 0 ? INVALID : address;
    };
  }

  /** What a parameter takes, as its address. @returns {(value: any) => number | bigint} */
  #accepter() {
    const { put } = this;
    return (value) => {
      if (typeof value === 'string') return put(value);
      return typeof value === 'number' ? (isSafeInteger(value) && value >= 0 ? value : INVALID) : addressOf(value);
    };
  }

  /**
   * A copy that lives as long as it is held.
   * @param {string} text
   * @returns {Uint8Array | undefined} undefined for what `problem` tells
   */
  copy(text) {
    try {
      return encodeText(this.encoding, text);
    } catch (error) {
      if (error instanceof Refused) return undefined;
      throw error;
    }
  }

  /**
   * Why a string cannot be copied.
   * @param {string} text
   * @returns {{ code: string, text: string }}
   */
  problem(text) {
    try {
      encodeText(this.encoding, text);
    } catch (error) {
      if (error instanceof Refused) return { code: error.code, text: error.text };
      throw error;
    }
    return { code: 'ERR_MALLOC_FAILED', text: `no memory for a copy of ${describe(text)}` };
  }
}

/** @type {Map<import('./encoding.js').Encoding, EncodedText>} */
const made = new Map();

/**
 * The strings of an encoding; undefined for UTF-8.
 * @param {import('./encoding.js').Encoding} encoding
 * @returns {EncodedText | undefined}
 */
function encodedText(encoding) {
  if (encoding.name === 'utf8') return undefined;
  let text = made.get(encoding);
  if (!text) made.set(encoding, (text = new EncodedText(encoding)));
  return text;
}

module.exports = { EncodedText, encodedText };
