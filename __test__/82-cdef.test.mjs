// cdef itself: its diagnostics, options and cache, closing, and texts that mean ill.
import { describe, expect, it } from 'vitest';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { folder, header, open } from './declarations.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, hold, thrown } from './open.mjs';

const { cdef, dlopen, Library, FFIError } = arkffi;

describe('diagnostics', () => {
  it('have the file, line and column, the line, and a caret', () => {
    const text = 'int good(void);\nint bad(nonsense value);\n';
    const [first] = cdef(text).diagnostics;
    expect(first).toMatchObject({ severity: 'error', line: 2, column: 9, source: 'int bad(nonsense value);' });
    expect(first.text).toMatch(/:2:9: .*\n.*int bad\(nonsense value\);\n.*\^/);
    expect(first.names).toContain('bad');
  });

  it('are errors when strict', () => {
    const found = thrown(() => cdef('int bad(nonsense value);', undefined, { strict: true }));
    expect(found).toMatchObject({ class: 'FFIError', code: 'ERR_C_SYNTAX', isFFIError: true });
    expect(found.message).toMatch(/1:9[^]*\^/);
  });

  it('of a good header are none', () => {
    expect(open().diagnostics).toEqual([]);
  });
});

describe('options', () => {
  it('define macros, and say where headers are', () => {
    writeFileSync(path.join(folder, 'inner.h'), 'typedef int inner_t;');
    const text = '#include "inner.h"\n#if LEVEL > 3\ninner_t f(inner_t);\n#define SEEN LEVEL\n#endif';
    const { constants, types } = cdef(text, undefined, { include: pathToFileURL(folder), define: { LEVEL: 4 } });
    expect(constants.SEEN).toBe(4);
    expect(types.inner_t).toBe('int');
  });

  it('are checked', () => {
    const code = 'ERR_INVALID_ARG_TYPE';
    expect(thrown(() => cdef(5))).toMatchObject({ class: 'FFITypeError', code, symbol: 'cdef', argument: 0 });
    expect(thrown(() => cdef({}))).toMatchObject({ code, symbol: 'cdef', argument: 0 });
    expect(thrown(() => cdef('', undefined, { stric: true })).message).toContain("did you mean 'strict'");
    expect(thrown(() => cdef('', undefined, { strict: 1 }))).toMatchObject({ code, symbol: 'cdef', argument: 2 });
    expect(thrown(() => cdef('', undefined, { include: 5 }))).toMatchObject({ code, argument: 2 });
    expect(thrown(() => cdef('', undefined, { define: [] }))).toMatchObject({ code, argument: 2 });
    expect(thrown(() => cdef('', undefined, { define: { A: {} } }))).toMatchObject({ code, argument: 2 });
    expect(thrown(() => cdef('', undefined, { free: { f: 5 } }))).toMatchObject({ code, argument: 2 });
    expect(thrown(() => cdef({ file: path.join(folder, 'none.h') }))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(thrown(() => cdef({ file: 'a\0b' }))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(thrown(() => cdef('int f(void);', '/nowhere.so'))).toMatchObject({ code: 'ERR_DLOPEN_FAILED' });
  });
});

describe('what means ill', () => {
  it('is refused: names and texts of macros that are more than that, and endless lists', () => {
    const code = 'ERR_INVALID_ARG_VALUE';
    for (const name of ['', 'a b', '1', 'F(', 'X\n#define Y 2', 'F(a)(b)']) {
      const define = { [name]: '3' };
      expect(
        thrown(() => cdef('', undefined, { define })),
        name,
      ).toMatchObject({ code, symbol: 'cdef', argument: 2 });
    }
    expect(thrown(() => cdef('', undefined, { define: { A: '1\n#define B 2' } }))).toMatchObject({ code, argument: 2 });
    const endless = [];
    endless.length = 2 ** 32 - 1;
    const told = new Proxy([], { get: (_, name) => (name === 'length' ? 2 ** 32 - 1 : '.') });
    for (const include of [endless, told]) {
      expect(thrown(() => cdef('', undefined, { include }))).toMatchObject({ code, symbol: 'cdef', argument: 2 });
    }
    const { constants } = cdef('enum { A = F(2), B = $c };', undefined, { define: { 'F(x)': '((x) + 1)', $c: 4n } });
    expect([constants.A, constants.B]).toEqual([3, 4]);
  });

  it('are names that objects have: each is the function that was declared', () => {
    const names = ['__proto__', 'constructor', 'toString', 'valueOf', 'then', 'hasOwnProperty'];
    const text = names.map((name) => `int ${name}(int x) __asm__("abs");`).join('\n');
    const { symbols } = cdef(text, null);
    expect(Object.keys(symbols)).toEqual(names);
    for (const name of names) expect(Reflect.get(symbols, name)(-3)).toBe(3);
    expect(cdef('', null).symbols.toString).toBe(undefined);
  });
});

describe('a cache', () => {
  it('keeps what was parsed, until the text or an included file changes', () => {
    const cache = path.join(folder, 'cache');
    const inner = path.join(folder, 'changing.h');
    const read = (text) => cdef(text, undefined, { include: folder, cache }).types;
    writeFileSync(inner, 'typedef int changing_t;');
    const text = '#include "changing.h"\nstruct s { changing_t a; };';
    expect(read(text).s.size).toBe(4);
    const files = readdirSync(cache);
    expect(files.length).toBe(1);
    expect(read(text).s.size).toBe(4);
    expect(readdirSync(cache)).toEqual(files);
    writeFileSync(inner, 'typedef double changing_t;');
    expect(read(text).s.size).toBe(8);
    expect(read('struct s { char a; };').s.size).toBe(1);
    expect(readdirSync(cache).length).toBe(2);
  });
});

describe('closing', () => {
  it('closes the library that was opened, and not one that was given', () => {
    const opened = cdef('int add(int a, double b);', fixture('declarations'));
    const { add } = opened.symbols;
    opened.close();
    opened.close();
    expect(thrown(() => add(1, 2))).toMatchObject({ code: 'ERR_LIBRARY_CLOSED' });
    const late = cdef('int add(int a, double b); extern int counter;', fixture('declarations'));
    late.close();
    expect(thrown(() => late.symbols.add(1, 2))).toMatchObject({ code: 'ERR_LIBRARY_CLOSED', symbol: 'add' });
    expect(thrown(() => late.symbols.counter)).toMatchObject({ code: 'ERR_LIBRARY_CLOSED', symbol: 'counter' });
    const given = dlopen(fixture('declarations'), {});
    expect(given).toBeInstanceOf(Library);
    const bound = cdef('int add(int a, double b);', given);
    bound.close();
    expect(bound.symbols.add(1, 2)).toBe(3);
    given.close();
    expect(thrown(() => bound.symbols.add(1, 2))).toMatchObject({ code: 'ERR_LIBRARY_CLOSED' });
  });
});

describe('hostile declarations', () => {
  it('have no power over objects', () => {
    const text = `
      struct __proto__ { int constructor; int __proto__; };
      enum toString { hasOwnProperty = 3, __defineGetter__ };
      typedef int constructor;
      int __proto__(int then);
      #define valueOf 5
    `;
    const { types, constants, symbols } = cdef(text, null);
    expect(Object.getOwnPropertyNames(symbols)).toEqual(['__proto__']);
    expect(types.constructor).toBe('int');
    expect(types.__proto__.fieldNames).toEqual(['constructor', '__proto__']);
    expect(constants.valueOf).toBe(5);
    expect(constants.hasOwnProperty).toBe(3);
    expect({}.polluted).toBe(undefined);
  });

  it('are read once from objects with getters', () => {
    let count = 0;
    const source = {
      get file() {
        return count++ === 0 ? header : 5;
      },
    };
    expect(cdef(source).types.point.size).toBe(16);
    const angry = {
      get strict() {
        throw new TypeError('no');
      },
    };
    expect(() => cdef('', undefined, angry)).toThrow('no');
  });

  it('end, however deep or long', () => {
    for (const text of [
      'int f('.repeat(10_000),
      `${'('.repeat(100_000)}`,
      `int ${'*'.repeat(100_000)} f(void);`,
      `int a${'[2]'.repeat(10_000)};`,
      `#define A ${'('.repeat(5000)}1${')'.repeat(5000)}\n`,
      'struct a {'.repeat(5000),
      '\0\0\0',
      '"'.repeat(1000),
      `/*${'x'.repeat(1_000_000)}`,
      `${'typedef int t;'.repeat(20_000)}`,
    ]) {
      try {
        cdef(hold(text), null).close();
      } catch (error) {
        expect(error).toBeInstanceOf(FFIError);
      }
    }
  });
});
