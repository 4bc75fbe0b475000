import { describe, expect, it } from 'vitest';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { collect } from './collect.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { dlopen, stats, Library, ffi } = arkffi;
const file = fixture('basics');
const add = { args: ['i32', 'i32'], returns: 'i32' };

describe('dlopen', () => {
  it('opens a path, a file URL, and the text of one', () => {
    for (const where of [file, pathToFileURL(file), pathToFileURL(file).href]) {
      expect(dlopen(where, { add }).symbols.add(2, 3)).toBe(5);
    }
  });

  it('opens paths with spaces and letters of any language', () => {
    const target = path.join(mkdtempSync(path.join(tmpdir(), 'arkffi ')), 'bibliothèque 图书馆.so');
    copyFileSync(file, target);
    expect(dlopen(target, { add }).symbols.add(2, 3)).toBe(5);
    expect(dlopen(pathToFileURL(target), { add }).symbols.add(2, 3)).toBe(5);
  });

  it('opens a bare name where the system looks for libraries', () => {
    const name = { darwin: 'libSystem.dylib', win32: 'msvcrt.dll' }[process.platform] ?? 'libm.so.6';
    expect(dlopen(name, { cos: { args: ['f64'], returns: 'f64' } }).symbols.cos(0)).toBe(1);
  });

  it('finds the symbols of the running process with null', () => {
    expect(dlopen(null, { strlen: { args: ['cstring'], returns: 'size_t' } }).symbols.strlen('four')).toBe(4);
  });

  it('takes no arguments and gives nothing where a definition says neither', () => {
    const { symbols } = dlopen(file, { nothing: {} });
    expect(symbols.nothing.length).toBe(0);
    expect(symbols.nothing()).toBe(undefined);
  });

  it('renames, and gives null for an optional symbol that is not there', () => {
    const { symbols } = dlopen(file, {
      plus: { ...add, symbol: 'add' },
      missing: { optional: true },
      present: { ...add, symbol: 'add', optional: true },
    });
    expect(symbols.plus(1, 2)).toBe(3);
    expect(symbols.plus.name).toBe('plus');
    expect(symbols.missing).toBe(null);
    expect(symbols.present(1, 2)).toBe(3);
    expect(thrown(() => symbols.plus('x', 1)).symbol).toBe('plus');
  });

  it('tells the address of each function', () => {
    const { symbols } = dlopen(file, { add, again: { ...add, symbol: 'add' } });
    expect(symbols.add.ptr).toBeGreaterThan(65536);
    expect(symbols.again.ptr).toBe(symbols.add.ptr);
    expect(arkffi.CFunction({ ptr: symbols.add.ptr, ...add })(20, 22)).toBe(42);
  });

  it('opens nothing when one symbol is missing', () => {
    const { libraries, functions } = stats();
    const error = thrown(() => dlopen(file, { add, no_such_function: {} }));
    expect(error).toMatchObject({ class: 'FFIError', code: 'ERR_DLSYM_FAILED', symbol: 'no_such_function' });
    expect(error.message).toMatch(/^dlsym failed: .*no_such_function/);
    expect(stats().libraries).toBe(libraries);
    expect(stats().functions).toBe(functions);
  });

  it('opens nothing when a type is unknown', () => {
    const { libraries } = stats();
    expect(thrown(() => dlopen(file, { add: { args: ['i33'] } })).code).toBe('ERR_INVALID_ARG_TYPE');
    expect(stats().libraries).toBe(libraries);
  });

  it("fails with the system's own text", () => {
    const error = thrown(() => dlopen('/no/such/library.so', {}));
    expect(error).toMatchObject({ class: 'FFIError', code: 'ERR_DLOPEN_FAILED' });
    expect(error.message).toMatch(/^Failed to load library '\/no\/such\/library\.so': .*no such file/i);
    expect(thrown(() => dlopen(new URL(import.meta.url), {})).code).toBe('ERR_DLOPEN_FAILED');
  });

  it.each([[undefined], [5], [{}], [Symbol('x')], [true]])('refuses a path that is none: %s', (where) => {
    expect(thrown(() => dlopen(where, {}))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      argument: 0,
    });
  });

  it.each([[''], ['a\0b'], ['file://other-host/x.so'], [new URL('https://example.org/x.so')]])(
    'refuses the path %s',
    (where) => {
      expect(thrown(() => dlopen(where, {}))).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_VALUE',
        argument: 0,
      });
    },
  );

  it.each([[undefined], [null], [5], ['add']])('refuses definitions that are no object: %s', (definitions) => {
    expect(thrown(() => dlopen(null, definitions))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_TYPE',
    });
  });

  it('refuses a definition that is no object, args that are no array, a symbol that is no string', () => {
    for (const definition of [null, 5, { args: 'i32' }, { args: { 0: 'i32' } }, { symbol: 5 }, { optional: 'no' }]) {
      expect(thrown(() => dlopen(file, { add: definition }))).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: 'add',
      });
    }
    expect(thrown(() => dlopen(file, { add: 'i32' }))).toMatchObject({ code: 'ERR_C_SYNTAX', symbol: 'add' });
  });
});

it('refuses keys that no definition has, with the nearest one', () => {
  const error = thrown(() => dlopen(file, { add: { args: ['i32', 'i32'], return: 'i32' } }));
  expect(error).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol: 'add' });
  expect(error.message).toContain("unknown key 'return'; did you mean 'returns'?");
  expect(thrown(() => arkffi.CFunction({ ptr: 65536, arg: [] })).message).toContain("did you mean 'args'?");
});

describe('names', () => {
  const hostile = { 'a(){};process.exit()//': 42, ['__proto__']: 43, constructor: 44 };

  it('that are hostile source text are only names', () => {
    const definitions = Object.fromEntries(Object.keys(hostile).map((name) => [name, { returns: 'i32' }]));
    const { symbols } = dlopen(file, definitions);
    for (const [name, value] of Object.entries(hostile)) {
      expect(symbols[name](), name).toBe(value);
      expect(symbols[name].name).toBe(name);
      expect(thrown(() => symbols[name](1)).symbol).toBe(name);
    }
    expect({}.constructor).toBe(Object);
    expect(Object.getPrototypeOf(symbols)).toBe(null);
  });

  it('of any text may stand for a function', () => {
    const names = [
      '',
      ' ',
      '0',
      '`${process.exit()}`',
      "'",
      '\\',
      '\u2028',
      '*/',
      '</script>',
      'toString',
      'ptr',
      'hasOwnProperty',
    ];
    const { symbols } = dlopen(file, Object.fromEntries(names.map((name) => [name, { ...add, symbol: 'add' }])));
    expect(Object.keys(symbols).sort()).toEqual([...names].sort());
    for (const name of names) expect(symbols[name](1, 2)).toBe(3);
  });

  it('that no library has, hostile or not, are missing symbols', () => {
    for (const name of ['a(){};process.exit(1)//x', 'toString', 'prototype', 'a\0b', '']) {
      expect(
        thrown(() => dlopen(file, { [name]: {} })),
        name,
      ).toMatchObject({ code: 'ERR_DLSYM_FAILED' });
    }
  });
});

describe('a closed library', () => {
  it('lets no function be called', () => {
    const library = dlopen(file, { add, echo: { args: ['cstring'], returns: 'cstring' } });
    library.symbols.add(1, 2);
    library.close();
    expect(thrown(() => library.symbols.add(1, 2))).toMatchObject({
      class: 'FFIError',
      code: 'ERR_LIBRARY_CLOSED',
      symbol: 'add',
    });
    expect(thrown(() => library.symbols.echo('x'.repeat(500_000)))).toMatchObject({
      code: 'ERR_LIBRARY_CLOSED',
      symbol: 'echo',
    });
  });

  it('may be closed again', () => {
    const library = dlopen(file, { add });
    for (let i = 0; i < 3; i++) library.close();
    expect(dlopen(file, { add }).symbols.add(1, 2)).toBe(3);
  });

  it('is closed by its function alone too', () => {
    const { symbols, close } = dlopen(file, { add });
    close();
    close();
    expect(thrown(() => symbols.add(1, 2))).toMatchObject({ code: 'ERR_LIBRARY_CLOSED' });
  });

  it('is closed by Symbol.dispose too', () => {
    const library = dlopen(null, { strlen: { args: ['cstring'] } });
    library[Symbol.dispose]();
    expect(thrown(() => library.symbols.strlen('x')).code).toBe('ERR_LIBRARY_CLOSED');
  });

  it('does not close another one on the same file, which keeps its own signatures', () => {
    const ints = dlopen(file, { same: { symbol: 'id_i32', args: ['i32'], returns: 'i32' } });
    const bytes = dlopen(file, { same: { symbol: 'id_i32', args: ['u8'], returns: 'u8' } });
    expect([ints.symbols.same(1000), thrown(() => bytes.symbols.same(1000)).code]).toEqual([1000, 'ERR_OUT_OF_RANGE']);
    ints.close();
    expect(bytes.symbols.same(200)).toBe(200);
    expect(thrown(() => ints.symbols.same(1)).code).toBe('ERR_LIBRARY_CLOSED');
  });

  it('gives back its libraries and, after collection, its functions', async () => {
    const before = stats().libraries;
    for (let i = 0; i < 500; i++) dlopen(file, { add, twice: { args: ['i32'], returns: 'i32' } }).close();
    expect(stats().libraries).toBe(before);
    const count = () => stats().functions;
    for (let i = 0; i < 50 && count() > 500; i++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(count()).toBeLessThanOrEqual(500);
  });

  it('is really unloaded: its variables are new when it is opened again', () => {
    // A copy, because this process has the fixture itself open.
    const copy = path.join(mkdtempSync(path.join(tmpdir(), 'arkffi-')), 'library.so');
    copyFileSync(file, copy);
    const count = () => {
      const library = dlopen(copy, { count_calls: { returns: 'i32' } });
      const result = library.symbols.count_calls();
      library.close();
      return result;
    };
    expect([count(), count()]).toEqual([1, 1]);
  });
});

describe('Library', () => {
  it('is the class of what dlopen returns', () => {
    expect(dlopen(null, {})).toBeInstanceOf(Library);
  });

  it('can be made around a handle of the raw bridge', () => {
    const handle = ffi.load(file);
    const library = new Library(handle, { some: 'symbols' });
    expect(library.symbols).toEqual({ some: 'symbols' });
    library.close();
    expect(thrown(() => ffi.getSymbolPtr(handle, 'add')).code).toBe('ERR_INVALID_HANDLE');
  });

  it.each([[undefined], [0n], [-5n], [2n ** 70n], ['x'], [12345n]])('with the handle %s closes nothing', (handle) => {
    const { libraries } = stats();
    expect(() => new Library(handle, {}).close()).not.toThrow();
    expect(stats().libraries).toBe(libraries);
  });
});
