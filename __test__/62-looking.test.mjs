// Looking into open libraries: has, ptr, exports; symbols whose address is 0.
import { describe, expect, it } from 'vitest';
import { execFileSync } from 'node:child_process';
import { isMusl } from './hosts-skips.mjs';
import { changed, library } from './libraries.mjs';
import { arkffi, thrown } from './open.mjs';

const { CFunction, dlopen, ffi, Library, read } = arkffi;
const onLinux = process.platform === 'linux' ? it : it.skip;
const source = `
  int add(int a, int b) { return a + b; }
  static int hidden(void) { return 1; }
  int visible(void) { return hidden(); }
  int counter = 42;
  const double table[10] = {1.5};
  __thread int of_thread = 3;
`;
const file = library('liblook.so', source);
const open = () => dlopen(file, {});

describe('has', () => {
  it('tells whether there is a symbol', () => {
    const library = open();
    expect(['add', 'counter', 'hidden', 'nothing', '', 'a\0b', 'toString'].map((name) => library.has(name))).toEqual([
      true, true, false, false, false, false, false,
    ]); // prettier-ignore
    expect(dlopen(null, {}).has('strlen')).toBe(true);
  });
});

describe('ptr', () => {
  it('is the address of a function or of data', () => {
    const library = open();
    expect(CFunction({ ptr: library.ptr('add'), args: ['i32', 'i32'], returns: 'i32' })(2, 3)).toBe(5);
    expect(read.i32(library.ptr('counter'))).toBe(42);
    expect(library.ptr('add')).toBe(ffi.getSymbolPtr(ffi.load(file), 'add'));
  });

  it('of a symbol that is not there is an error, with the near names', () => {
    const error = thrown(() => open().ptr('ad'));
    expect(error).toMatchObject({ class: 'FFIError', code: 'ERR_DLSYM_FAILED', symbol: 'ad' });
    expect(error.message).toMatch(/^dlsym failed: .*did you mean 'add'\?$/);
  });
});

describe('exports', () => {
  it('lists functions and data of the file, by name, with their sizes', () => {
    const found = open().exports();
    const by = (name) => found.find((symbol) => symbol.name === name);
    expect(by('counter')).toEqual({ name: 'counter', kind: 'data', size: 4 });
    expect(by('table')).toEqual({ name: 'table', kind: 'data', size: 80 });
    expect(by('of_thread')).toMatchObject({ kind: 'data' });
    expect(by('add')).toMatchObject({ kind: 'function' });
    expect(by('add').size).toBeGreaterThan(2);
    expect(by('hidden')).toBe(undefined);
    expect(found.map(({ name }) => name)).toEqual(
      ['add', 'counter', 'of_thread', 'table', 'visible']
        .concat(found.map(({ name }) => name).filter((name) => name.startsWith('_')))
        .sort(),
    );
  });

  onLinux('are those that nm sees, of libc too, without versions', () => {
    for (const where of [file, 'libc.so.6', 'libm.so.6']) {
      const library = dlopen(where, {});
      const names = library.exports().map(({ name }) => name);
      const path = execFileSync(
        'sh',
        [
          '-c',
          `grep -m1 -o '/.*/${isMusl && where !== file ? 'libc.so' : where.split('/').pop()}$' /proc/${process.pid}/maps`,
        ],
        { encoding: 'utf8' },
      ).trim();
      const lines = execFileSync('nm', ['-D', '--defined-only', path], { encoding: 'utf8' }).trim().split('\n');
      const wanted = lines
        .filter((line) => !/ A [A-Z0-9_.]+$| \w+@[^@]+$/.test(line))
        .map((line) => line.split(' ').at(-1).split('@')[0]);
      expect(names).toEqual([...new Set(wanted)].sort());
      for (const name of names.slice(0, 50)) expect(library.has(name), name).toBe(true);
    }
  });

  it('of a library that has lost its section headers are the same', () => {
    const stripped = changed('libheadless.so', file, (bytes) => {
      bytes.fill(0, 40, 48); // where they are
      bytes.fill(0, 60, 64); // how many, and which has their names
    });
    expect(dlopen(stripped, {}).exports()).toEqual(open().exports());
  });

  onLinux('of the running process are those of its program', () => {
    expect(
      dlopen(null, {})
        .exports()
        .some(({ name }) => name === 'napi_create_function'),
    ).toBe(true);
  });
});

describe('a symbol whose address is 0', () => {
  // The loader asks a function for the address of this one, and that says 0.
  const nothing = () =>
    library(
      'libnothing.so',
      'static void *choose(void) { return 0; } int nothing(void) __attribute__((ifunc("choose"))); int real(void) { return 1; }',
    );

  onLinux('is there, at 0, and no function can be bound to it', () => {
    const where = nothing();
    const library = dlopen(where, { real: { returns: 'i32' }, maybe: { symbol: 'nothing', optional: true } });
    expect([library.has('nothing'), library.ptr('nothing'), library.symbols.maybe]).toEqual([true, 0, null]);
    const error = thrown(() => dlopen(where, { nothing: {} }));
    expect(error).toMatchObject({ code: 'ERR_DLSYM_FAILED', symbol: 'nothing' });
    expect(error.message).toBe('dlsym failed: the address of nothing is NULL');
  });
});

describe('has, ptr and exports', () => {
  it('of a closed library, or one that never was, throw', () => {
    const library = open();
    library.close();
    for (const closed of [library, new Library(0n, {}), new Library('x', {})]) {
      for (const look of [() => closed.has('add'), () => closed.ptr('add'), () => closed.exports()]) {
        expect(thrown(look)).toMatchObject({ class: 'FFIError', code: 'ERR_LIBRARY_CLOSED' });
      }
    }
  });

  it.each([[undefined], [null], [5], [{}], [Symbol('x')]])('refuse a name that is no string: %s', (name) => {
    const library = open();
    for (const look of [() => library.has(name), () => library.ptr(name)]) {
      expect(thrown(look)).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', argument: 0 });
    }
  });
});
