import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, require, thrown } from './open.mjs';

const { FFIType, dlopen } = arkffi;
const rows = require('../lib/binding.js').types();
const bind = (type, symbol = 'id_i32') =>
  dlopen(fixture('basics'), { [symbol]: { args: [type], returns: type } }).symbols[symbol];

describe('types', () => {
  it('are bound under every spelling of the table', () => {
    for (const { name, letter, spellings } of rows.filter((row) => row.name !== 'void')) {
      for (const spelling of [name, letter, ...spellings].filter(Boolean)) {
        expect(() => dlopen(fixture('basics'), { nothing: { args: [spelling] } }), spelling).not.toThrow();
      }
    }
  });

  it('may be written with spaces around words and stars', () => {
    const { symbols } = dlopen(fixture('basics'), {
      greeting: { returns: ' const  char * ' },
      id_u32: { args: ['unsigned  int'], returns: 'uint32_t' },
    });
    expect(symbols.greeting()).toBe('Grüß 😀');
    expect(symbols.id_u32(4294967295)).toBe(4294967295);
  });

  it.each([
    ['i8', -129],
    ['u8', 256],
    ['i16', 32768],
    ['u16', -1],
    ['i32', 2147483648],
    ['u32', 4294967296],
  ])('%s stands for its own width and no other', (type, outside) => {
    expect(thrown(() => bind(FFIType[type], `id_${type}`)(outside)).code).toBe('ERR_OUT_OF_RANGE');
  });

  it('of long and char are those of the C compiler', () => {
    const { symbols } = dlopen(fixture('basics'), {
      id_long: { args: ['long'], returns: 'long' },
      id_char: { args: ['i8'], returns: 'char' },
    });
    const isLong64 = process.platform !== 'win32' && !process.arch.match(/^(arm|ia32)$/);
    const beyond = 2 ** 40;
    if (isLong64) expect(symbols.id_long(beyond)).toBe(beyond);
    else expect(thrown(() => symbols.id_long(beyond)).code).toBe('ERR_OUT_OF_RANGE');
    const charIsSigned = process.arch === 'x64' || process.platform === 'darwin';
    expect(symbols.id_char(-1)).toBe(charIsSigned ? -1 : 255);
  });

  it('that are unknown are refused with the nearest known name', () => {
    const error = thrown(() => bind('unit32_t'));
    expect(error).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol: 'id_i32', argument: 0 });
    expect(error.message).toContain('"unit32_t"');
    expect(error.message).toContain("did you mean 'uint32_t'?");
    expect(thrown(() => bind('dubble')).message).toContain("'double'");
    expect(thrown(() => dlopen(null, { strlen: { returns: 'sizet' } })).message).toContain('strlen: returns');
  });

  it.each([[5], [null], [undefined], [{}], [Symbol('x')], ['']])('that are no type names are refused: %s', (type) => {
    expect(thrown(() => dlopen(fixture('basics'), { id_i32: { args: [type] } }))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_TYPE',
    });
  });

  it('cannot be void for a parameter or buffer for a result', () => {
    expect(thrown(() => dlopen(null, { strlen: { args: ['void'] } }))).toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'strlen',
    });
    expect(thrown(() => dlopen(null, { strlen: { returns: 'buffer' } }))).toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'strlen',
    });
  });
});

describe('FFIType', () => {
  const arkffiNames =
    'char int8_t i8 int32 int i32 uint32_t u32 int16_t i16 uint16_t u16 uint8_t u8 void int64 i64 int64_t uint64_t u64 i64_fast u64_fast usize double f64 float f32 bool CString ptr pointer function buffer napi_env napi_value callback';

  it('has all names of ArkFFI, each an accepted type', () => {
    for (const name of arkffiNames.split(' ')) {
      expect(FFIType[name], name).toBeTypeOf('string');
      if (name !== 'void') dlopen(fixture('basics'), { nothing: { args: [FFIType[name]] } }).close();
    }
  });

  it("keeps ArkFFI's letters where they name the type exactly", () => {
    const letters = {
      int32: 'i',
      int64: 'l',
      double: 'd',
      float: 'f',
      bool: 'b',
      i8: 'c',
      CString: 's',
      ptr: 'p',
      callback: 'k',
      napi_env: 'p',
    };
    expect(FFIType).toMatchObject(letters);
    expect(new Set([FFIType.u8, FFIType.i16, FFIType.u32, FFIType.i32, FFIType.u64, FFIType.i64]).size).toBe(6);
  });

  it('cannot be changed', () => {
    expect(() => {
      'use strict';
      FFIType.int = 'd';
    }).toThrow(TypeError);
  });
});
