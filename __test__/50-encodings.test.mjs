// Text as C has it, in each of the encodings.
import { describe, expect, test } from 'vitest';
import { require, thrown } from './open.mjs';

const { decodeText, encodeText, resolveEncoding } = require('../lib/encoding.js');

const of = (name) => resolveEncoding(name, 'test: argument 1', 'test', 1);
const encode = (name, text) => [...encodeText(of(name), text)];
const decode = (name, bytes) => decodeText(of(name), Uint8Array.from(bytes), 'test');

describe('text has a NUL of one unit at its end', () => {
  test.each([
    ['utf8', 'Ü€😀', [0xc3, 0x9c, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0]],
    ['utf16le', 'Ü😀', [0xdc, 0, 0x3d, 0xd8, 0x00, 0xde, 0, 0]],
    ['utf32le', 'Ü😀', [0xdc, 0, 0, 0, 0x00, 0xf6, 0x01, 0, 0, 0, 0, 0]],
    ['latin1', 'Üa', [0xdc, 0x61, 0]],
    ['utf8', '', [0]],
    ['utf16le', '', [0, 0]],
    ['utf32le', '', [0, 0, 0, 0]],
    ['latin1', '', [0]],
  ])('%s of %j', (name, text, bytes) => {
    expect(encode(name, text)).toEqual(bytes);
    expect(decode(name, bytes)).toBe(text);
  });
});

test.each(['utf8', 'utf16le', 'utf32le'])('%s keeps every character', (name) => {
  const points = Array.from({ length: 0x10ffff }, (_, index) => index + 1).filter((n) => n < 0xd800 || n > 0xdfff);
  for (let at = 0; at < points.length; at += 50_000) {
    const text = String.fromCodePoint(...points.slice(at, at + 50_000));
    expect(decode(name, encodeText(of(name), text))).toBe(text);
  }
});

test('text ends at the first whole NUL, and at the last whole unit', () => {
  expect(decode('utf8', [0x61, 0, 0x62])).toBe('a');
  expect(decode('utf16le', [0, 0x61, 0x61, 0, 0, 0, 0x62, 0])).toBe('\u6100a');
  expect(decode('utf16le', [0x61, 0, 0x62])).toBe('a');
  expect(decode('utf32le', [0x61, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])).toBe('a\u{10000}');
  expect(decode('utf32le', [0x61, 0, 0, 0, 0x62, 0, 0])).toBe('a');
});

test('what is no text becomes U+FFFD; halves of a pair are kept in utf16le', () => {
  expect(decode('utf8', encode('utf8', 'a\ud800'))).toBe('a\ufffd');
  expect(decode('utf16le', encode('utf16le', 'a\ud800b'))).toBe('a\ud800b');
  expect(decode('utf32le', encode('utf32le', 'a\ud800b'))).toBe('a\ufffdb');
  expect(decode('utf32le', [0, 0xd8, 0, 0, 0, 0, 0x11, 0])).toBe('\ufffd\ufffd');
  expect(decode('utf8', [0xff, 0x61])).toBe('\ufffda');
});

test('a NUL inside and a character that latin1 does not have are refused', () => {
  const refusal = (name, text) => {
    try {
      return encode(name, text);
    } catch ({ code, text: reason }) {
      return { code, reason };
    }
  };
  const nul = { code: 'ERR_INVALID_ARG_VALUE', reason: 'the string contains a NUL character' };
  for (const name of ['utf8', 'utf16le', 'utf32le', 'latin1']) expect(refusal(name, 'a\0b')).toEqual(nul);
  expect(refusal('latin1', '€')).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
});

test('encodings have names with and without a hyphen; others are refused', () => {
  expect(of('utf-16le')).toBe(of('utf16le'));
  expect(of(undefined)).toBe(of('utf8'));
  expect(thrown(() => of('utf7'))).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_VALUE', argument: 1 });
  for (const value of [null, 8, {}, Symbol('utf8')]) {
    expect(thrown(() => of(value))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'test',
    });
  }
});
