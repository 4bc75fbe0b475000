// What was declared and cannot be had says why, whatever is done with it.
import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { cdef, dlopen } = arkffi;
const library = fixture('declarations');

describe('free', () => {
  it('is refused for what gives no text', () => {
    for (const result of ['int', 'void', 'void *', 'char **', 'double']) {
      const text = `${result} add(int a, double b); void free_text(void *);`;
      const found = thrown(() => cdef(text, library, { free: { add: 'free_text' } }));
      expect(found).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', symbol: 'cdef', argument: 2 });
      expect(found.message).toMatch(/free: add returns no char \*/);
    }
  });
});

describe('a variable that was left out', () => {
  const text = 'nonsense lost; nonsense *two, more(int); int bad(nonsense a);';
  const { symbols } = cdef(text, library);

  it('says why when it is read', () => {
    for (const name of ['lost', 'two']) {
      const found = thrown(() => symbols[name]);
      expect(found).toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS', symbol: name });
      expect(found.message).toMatch(/unknown type/);
    }
    expect(typeof symbols.bad).toBe('function');
    expect(thrown(() => symbols.bad(1))).toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS', symbol: 'bad' });
  });

  it('says why when it is written', () => {
    expect(thrown(() => (symbols.lost = 5))).toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS', symbol: 'lost' });
    expect(thrown(() => (symbols.bad = 5))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', symbol: 'symbols' });
    expect(thrown(() => (symbols.misspelt = 5))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', symbol: 'symbols' });
    expect(thrown(() => (symbols[Symbol.iterator] = 5))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(Object.hasOwn(symbols, 'misspelt')).toBe(false);
  });

  it('is undefined when it was never declared', () => {
    expect(symbols.misspelt).toBe(undefined);
    expect(symbols.then).toBe(undefined);
  });
});

describe('without a library', () => {
  const { symbols } = cdef('int add(int a, double b); extern int counter;');

  it('functions say so when they are called, and variables when they are read or written', async () => {
    expect(thrown(() => symbols.add(1, 2))).toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS', symbol: 'add' });
    expect(thrown(() => symbols.add(1, 2)).message).toMatch(/no library was given/);
    await expect(symbols.add.async(1, 2)).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS' });
    expect(thrown(() => symbols.counter).message).toMatch(/no library was given/);
    expect(thrown(() => (symbols.counter = 1)).message).toMatch(/no library was given/);
    expect(symbols.other).toBe(undefined);
  });
});

describe('a prototype', () => {
  it('may end with a comment', () => {
    const opened = dlopen(library, { add: 'int add(int a, double b) // adds' });
    expect(opened.symbols.add(1, 2)).toBe(3);
    expect(opened.func('int add(int a, double b); // adds;')(1, 2)).toBe(3);
    expect(opened.func('int add(int a, double b) /* adds; */ // ;')(1, 2)).toBe(3);
    opened.close();
  });
});
