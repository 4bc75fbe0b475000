'use strict';
// Strings in another encoding than UTF-8: how they are copied for a call, and kept for longer.

const native = require('./binding.js');
const { describe } = require('./describe.js');
const { encodeText } = require('./encoding.js');
const { ADDRESS, TWO_32, views, offsets } = require('./frame.js');
const { INVALID, addressOf } = require('./pointer.js');
const { POINTER } = require('./refuse.js');
const { Refused } = require('./refused.js');
const { CALLS, END, TOP } = require('./scratch.js');
const { writers } = require('./short-text.js');

const { u32 } = views;
const { frameAddress, encodeText: encodeByHost } = native;
const { isSafeInteger } = Number;
const VALUE = offsets.value / 4;

/** Up to so many characters are copied by JavaScript: to ask the host costs as much as these. */
const SHORT = 20;

/** By the numbers that Rust has for them; see src/encoding.rs. @type {Record<string, number>} */
const NUMBERS = { utf8: 0, utf16le: 1, utf32le: 2, latin1: 3 };

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
    const write = /** @type {Record<string, import('./short-text.js').Writer>} */ (/** @type {any} */ (writers))[
      this.encoding.name
    ];
    return function put(text) {
      const { length } = text;
      const top = u32[TOP];
      const calls = u32[CALLS];
      if (length <= SHORT && top + (SHORT + 1) * unit < END && write.call(text, length, top)) {
        if (u32[CALLS] !== calls) return put(text);
        u32[TOP] = top + (((length + 1) * unit + 7) & ~7);
        return frameAddress + top;
      }
      u32[VALUE] = number;
      encodeByHost(text);
      const address = u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
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
