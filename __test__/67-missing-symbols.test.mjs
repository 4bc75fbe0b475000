// What is said when a library has no symbol of a name: which names are near.
import { describe, expect, it } from 'vitest';
import { good, onLinux } from './failures.mjs';
import { library } from './libraries.mjs';
import { arkffi, thrown } from './open.mjs';

const { dlopen } = arkffi;

describe('a missing symbol', () => {
  it('comes with the names of the file that are near, and the name of the file', () => {
    const where = library(
      'libnames.so',
      'int get_value(void) { return 1; } int set_value(int x) { return x; } int other_thing;',
    );
    const error = thrown(() => dlopen(where, { get_valeu: {} }));
    expect(error).toMatchObject({ class: 'FFIError', code: 'ERR_DLSYM_FAILED', symbol: 'get_valeu' });
    expect(error.message).toMatch(/^dlsym failed: .*get_valeu.*; did you mean 'get_value' or 'set_value'\?$/);
    expect(error.message).toContain('libnames.so');
    expect(thrown(() => dlopen(where, { nothing_like_it: {} })).message).not.toContain('did you mean');
  });

  it('that is a function of C++ comes with the name that it has there', () => {
    const where = library(
      'libplus.so',
      'int _Z3addii(int a, int b) { return a + b; } int _ZN5space3subEii(void) { return 0; } int _Z7subtly(void) { return 0; }',
    );
    expect(thrown(() => dlopen(where, { add: {} })).message).toContain(
      `; C++ has made it '_Z3addii': declare it extern "C" there, or give that as its symbol`,
    );
    expect(thrown(() => dlopen(where, { sub: {} })).message).toContain(`C++ has made it '_ZN5space3subEii'`);
    expect(dlopen(where, { add: { symbol: '_Z3addii', args: ['i32', 'i32'], returns: 'i32' } }).symbols.add(2, 3)).toBe(
      5,
    );
  });

  onLinux('of the process comes with the near names of the C library', () => {
    expect(thrown(() => dlopen(null, { strlenn: {} })).message).toMatch(/; did you mean 'strlen'/);
  });

  it('of the raw bridge comes with them too', () => {
    const handle = arkffi.ffi.load(good);
    expect(thrown(() => arkffi.ffi.getSymbolPtr(handle, 'valu')).message).toMatch(
      /^dlsym failed: .*did you mean 'value'\?$/,
    );
    arkffi.ffi.close(handle);
  });
});
