'use strict';
// Text as C has it: bytes of an encoding, with a NUL character at the end.

const { describe } = require('./describe.js');
const { createError } = require('./errors.js');
const { extent } = require('./pointer.js');
const { Refused } = require('./refused.js');

// Taken once: what becomes of the globals later changes nothing.
const { TextEncoder, Uint8Array, Uint32Array } = globalThis;
const { fromCharCode } = String;
const bufferFrom = Buffer.from;
const { apply } = Reflect;
const writeText = Function.prototype.call.bind(Buffer.prototype.write);
const readText = Function.prototype.call.bind(Buffer.prototype.toString);
const utf8 = new TextEncoder();

/**
 * An encoding of text.
 * @typedef {object} Encoding
 * @property {string} name
 * @property {number} unit the size of a unit, and of the NUL at the end, in bytes
 * @property {(text: string) => Uint8Array} write the bytes with the NUL; throws a Refused
 * @property {(bytes: Uint8Array) => string} read of whole units; what no text has becomes U+FFFD
 */

/** @param {number} length @returns {Uint8Array} */
function newBytes(length) {
  try {
    return new Uint8Array(length);
  } catch {
    throw new Refused('ERR_MALLOC_FAILED', 'no memory for a copy of the string');
  }
}

/** @param {Uint8Array} bytes @returns {Buffer} the same memory */
function asBuffer(bytes) {
  const { buffer, offset, length } = /** @type {NonNullable<ReturnType<typeof extent>>} */ (extent(bytes));
  return apply(bufferFrom, Buffer, [buffer, offset, length]);
}

/** An encoding that the host knows. @param {string} name @param {number} unit @returns {Encoding} */
const ofHost = (name, unit) => ({
  name,
  unit,
  write(text) {
    const bytes = newBytes((text.length + 1) * unit);
    writeText(asBuffer(bytes), text, name);
    return bytes;
  },
  read: (bytes) => readText(asBuffer(bytes), name),
});

/** @type {Encoding} */
const latin1 = {
  ...ofHost('latin1', 1),
  write(text) {
    if (!/[^\0-\xff]/.test(text)) return hostLatin1.write(text);
    throw new Refused('ERR_INVALID_ARG_VALUE', 'the string contains a character that latin1 does not have');
  },
};
const hostLatin1 = ofHost('latin1', 1);

/** Half of a pair without the other, and what is beyond the last character, becomes this one. */
const REPLACEMENT = 0xfffd;

/** @type {Encoding} */
const utf32le = {
  name: 'utf32le',
  unit: 4,
  write(text) {
    const bytes = newBytes((text.length + 1) * 4);
    const units = new Uint32Array(bytes.buffer);
    let count = 0;
    for (let at = 0; at < text.length; count++) {
      const point = /** @type {number} */ (text.codePointAt(at));
      units[count] = point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point;
      at += point > 0xffff ? 2 : 1;
    }
    return bytes.subarray(0, (count + 1) * 4);
  },
  read(bytes) {
    const units = new Uint32Array(bytes.slice().buffer);
    let text = '';
    for (let at = 0; at < units.length; at++) {
      const unit = units[at];
      const point = unit > 0x10ffff || (unit >= 0xd800 && unit <= 0xdfff) ? REPLACEMENT : unit;
      text += point > 0xffff ? fromCharCode(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff)) : fromCharCode(point);
    }
    return text;
  },
};

/** @type {Encoding} */
const utf8Encoding = {
  ...ofHost('utf8', 1),
  write(text) {
    try {
      return utf8.encode(`${text}\0`);
    } catch {
      throw new Refused('ERR_MALLOC_FAILED', 'no memory for a copy of the string');
    }
  },
};

/** By every name that programs may use. @type {Map<unknown, Encoding>} */
const byName = new Map(
  [utf8Encoding, ofHost('utf16le', 2), utf32le, latin1].flatMap((encoding) => {
    const spellings = [encoding.name, encoding.name.replace(/^utf/, 'utf-')];
    return spellings.map((name) => /** @type {[string, Encoding]} */ ([name, Object.freeze(encoding)]));
  }),
);

/**
 * The encoding of a name: `utf8`, `utf16le`, `utf32le` or `latin1`.
 * @param {unknown} name undefined is `utf8`
 * @param {string} where what the name is for in the message, as in `strdup: argument 1`
 * @param {string} [symbol]
 * @param {number} [argument]
 * @returns {Encoding}
 */
function resolveEncoding(name, where, symbol, argument) {
  const found = name === undefined ? utf8Encoding : byName.get(name);
  if (found) return found;
  const message = `${where}: expected an encoding (utf8, utf16le, utf32le or latin1), got ${describe(name)}`;
  throw createError(
    typeof name === 'string' ? 'ERR_INVALID_ARG_VALUE' : 'ERR_INVALID_ARG_TYPE',
    message,
    symbol,
    argument,
  );
}

/**
 * Text as bytes with a NUL at the end, in a buffer of their own.
 * @param {Encoding} encoding
 * @param {string} text
 * @returns {Uint8Array}
 * @throws {Refused} with a NUL inside, a character that the encoding does not have, or without memory
 */
function encodeText(encoding, text) {
  if (text.includes('\0')) throw new Refused('ERR_INVALID_ARG_VALUE', 'the string contains a NUL character');
  return encoding.write(text);
}

/**
 * Where the NUL is, or else the last whole unit ends.
 * @param {Encoding} encoding
 * @param {Uint8Array} bytes
 * @returns {number} in bytes
 */
function textLength({ unit }, bytes) {
  const whole = bytes.length - (bytes.length % unit);
  if (unit === 1) {
    const end = bytes.indexOf(0);
    return end === -1 ? whole : end;
  }
  for (let at = 0; at < whole; at += unit) {
    if (bytes[at] === 0 && bytes[at + 1] === 0 && (unit === 2 || (bytes[at + 2] === 0 && bytes[at + 3] === 0)))
      return at;
  }
  return whole;
}

/**
 * The text in bytes, up to a NUL, or else to the end.
 * @param {Encoding} encoding
 * @param {Uint8Array} bytes
 * @param {string} symbol for messages
 * @returns {string}
 */
function decodeText(encoding, bytes, symbol) {
  const length = textLength(encoding, bytes);
  try {
    return encoding.read(bytes.subarray(0, length));
  } catch {
    const message = `${symbol}: a string of ${length} bytes is longer than JavaScript can hold`;
    throw createError('ERR_OUT_OF_RANGE', message, symbol);
  }
}

module.exports = { resolveEncoding, encodeText, decodeText };
