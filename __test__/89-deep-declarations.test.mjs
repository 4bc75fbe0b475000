// Types in types in types: they end, soon, and without exhausting the stack.
import { describe, expect, it } from 'vitest';
import { arkffi, thrown } from './open.mjs';
import { fixture } from './fixtures/paths.mjs';

const { cdef } = arkffi;

/** Declarations that are each made of the one before. */
const chain = (first, count, link) =>
  [first, ...Array.from({ length: count }, (_, index) => link(index, index + 1))].join('\n');

const functions = (count) => chain('typedef void (*f0)(int);', count, (a, b) => `typedef void (*f${b})(f${a}, f${a});`);

describe('types that are made of others', () => {
  it('take time by their number when functions take functions twice', () => {
    // 2 ** 60 steps would not end.
    const { types, symbols } = cdef(`${functions(60)} int add(f60 a, double b);`, fixture('declarations'));
    expect(symbols.add(null, 1)).toBe(1);
    expect(types.f60).toBe(types.f60);
  });

  it('are refused when they are too deep', () => {
    const chains = {
      f: functions(3000),
      p: chain('typedef int *p0;', 3000, (a, b) => `typedef p${a} *p${b};`),
      a: chain('typedef int a0;', 3000, (a, b) => `typedef a${a} a${b}[1];`),
      s: chain('typedef struct { int x; } s0;', 3000, (a, b) => `typedef struct { s${a} x; } s${b};`),
    };
    for (const [letter, text] of Object.entries(chains)) {
      const name = `${letter}3000`;
      const { types, symbols } = cdef(`${text} int add(${name} *a, double b);`, fixture('declarations'));
      expect(thrown(() => types[name])).toMatchObject({
        class: 'FFIError',
        code: 'ERR_UNSUPPORTED_ARGS',
        symbol: name,
      });
      expect(types[`${letter}50`]).toBeDefined();
      if (letter !== 's')
        expect(thrown(() => symbols.add(null, 1))).toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS', symbol: 'add' });
    }
  });

  it('are themselves what they are when something else of them is too deep', () => {
    const text = chain('typedef struct { int x; } s0;', 220, (a, b) => `typedef struct { s${a} x; } s${b};`);
    const { types } = cdef(text);
    expect(thrown(() => types.s220).message).toMatch(/nest/);
    expect(types.s30.size).toBe(4);
  });

  it('may have many names', () => {
    const text = chain('typedef int t0;', 5000, (a, b) => `typedef t${a} t${b};`);
    expect(cdef(text).types.t5000).toBe('int');
    const pointers = chain('typedef int (*t0)(int);', 5000, (a, b) => `typedef t${a} t${b};`);
    const { types } = cdef(pointers);
    expect(types.t5000).toBe(types.t0);
  });
});
