// { type: 'cstring', encoding, free } as a type: what may be said in it, and where it may stand.
import { describe, expect, it } from 'vitest';
import { arkffi, thrown } from './open.mjs';
import { file } from './texts.mjs';

const { dlopen, array, callback, pointer, JSCallback, Struct } = arkffi;

describe('a string type', () => {
  const bind = (type, where = 'args') =>
    thrown(() => dlopen(file, { length8: where === 'args' ? { args: [type] } : { returns: type } }));

  it('takes every spelling of cstring, and is the plain one where nothing more is said', () => {
    for (const type of ['cstring', 's', 'CString', 'string', 'str', 'char*', 'const char *']) {
      const { same } = dlopen(file, { same: { args: [{ type, encoding: 'utf-16le' }], returns: { type } } }).symbols;
      expect(same('ab')).toBe('a');
    }
  });

  it('refuses unknown keys and values, and tells the nearest', () => {
    const cases = [
      [{ type: 'cstring', encodin: 'utf8' }, 'ERR_INVALID_ARG_TYPE', "unknown key 'encodin'; did you mean 'encoding'?"],
      [{ type: 'cstring', encoding: 'ebcdic' }, 'ERR_INVALID_ARG_VALUE', 'expected an encoding'],
      [{ type: 'cstring', encoding: 16 }, 'ERR_INVALID_ARG_TYPE', 'expected an encoding'],
      [{ type: 'int', encoding: 'utf8' }, 'ERR_INVALID_ARG_TYPE', 'only a cstring has an encoding'],
      [{ type: {}, encoding: 'utf8' }, 'ERR_INVALID_ARG_TYPE', 'only a cstring has an encoding'],
      [{ type: 'cstrin' }, 'ERR_INVALID_ARG_TYPE', 'unknown type "cstrin"; did you mean'],
      [{ encoding: 'utf8' }, 'ERR_INVALID_ARG_TYPE', 'a type must be a name'],
      [{ type: 'cstring', free: 'free_text' }, 'ERR_INVALID_ARG_TYPE', 'only the result of a function can be freed'],
    ];
    for (const [type, code, text] of cases) {
      const error = bind(type);
      expect(error).toMatchObject({ code, symbol: 'length8', argument: 0 });
      expect(error.message).toContain(`length8: args[0]: `);
      expect(error.message).toContain(text);
    }
  });

  it('is freed by nothing else', () => {
    const cases = [
      [{ free: 5.5 }, 'ERR_INVALID_ARG_TYPE'],
      [{ free: {} }, 'ERR_INVALID_ARG_TYPE'],
      [{ free: null }, 'ERR_INVALID_POINTER'],
      [{ free: 0 }, 'ERR_INVALID_POINTER'],
      [{ free: 4096 }, 'ERR_INVALID_POINTER'],
      [{ free: () => {} }, 'ERR_INVALID_ARG_TYPE'],
      [{ free: 'no_such_function' }, 'ERR_DLSYM_FAILED'],
      [{ free: 'a\0b' }, 'ERR_DLSYM_FAILED'],
    ];
    for (const [more, code] of cases) {
      const error = bind({ type: 'cstring', ...more }, 'returns');
      expect(error).toMatchObject({ code, isFFIError: true });
    }
  });

  it('binds nothing when the function that frees is missing, also where the symbol may be', () => {
    const before = arkffi.stats();
    const returns = { type: 'cstring', free: 'no_such_function' };
    const both = { same: { args: ['cstring'] }, copy8: { args: ['cstring'], returns, optional: true } };
    expect(thrown(() => dlopen(file, both))).toMatchObject({ code: 'ERR_DLSYM_FAILED', symbol: 'no_such_function' });
    expect(arkffi.stats()).toEqual(before);
    expect(dlopen(file, { nothing: { returns, optional: true } }).symbols.nothing).toBe(null);
  });

  it('that is freed is no member, element, target, nor of a callback', () => {
    const type = { type: 'cstring', free: 'free_text' };
    const uses = [
      () => Struct({ a: type }),
      () => Struct({ a: { ...type, default: '' } }),
      () => array(type, 2),
      () => pointer(type),
      () => callback([type], 'void'),
      () => callback([], type),
      () => new JSCallback(() => '', { returns: type }),
    ];
    for (const use of uses) expect(thrown(use)).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', class: 'FFITypeError' });
  });

  it('is what its own properties say', () => {
    Object.prototype.encoding = 'utf16le';
    Object.prototype.free = 'no_such_function';
    try {
      const { same } = dlopen(file, { same: { args: [{ type: 'cstring' }], returns: { type: 'cstring' } } }).symbols;
      expect(same('abc')).toBe('abc');
    } finally {
      delete Object.prototype.encoding;
      delete Object.prototype.free;
    }
  });
});
