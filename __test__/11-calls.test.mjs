import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { dlopen } = arkffi;
const basics = {
  add: { args: ['i32', 'i32'], returns: 'i32' },
  addd: { args: ['f64', 'f64'], returns: 'f64' },
  mixed: { args: ['i32', 'f64', 'i64', 'f32', 'u8', 'f64'], returns: 'f64' },
  apply: { args: ['function', 'i32'], returns: 'i32' },
  apply_around: { args: ['cstring', 'function', 'i32'], returns: 'cstring' },
  echo: { args: ['cstring'], returns: 'cstring' },
};
const library = dlopen(fixture('basics'), basics);
const { symbols } = library;

// C code that calls back into JavaScript, by Node-API of its own.
const addon = { exports: {} };
process.dlopen(addon, fixture('reentry'));
const setFunction = addon.exports;
const reenter = dlopen(fixture('reentry'), { reenter: { args: ['i32'], returns: 'i32' } }).symbols.reenter.ptr;

describe('a call', () => {
  it('may have 256 parameters, integers and floats', () => {
    const wide = dlopen(fixture('wide'), {
      weigh_ints: { args: Array(256).fill('i64'), returns: 'i64' },
      weigh_doubles: { args: Array(256).fill('f64'), returns: 'f64' },
    }).symbols;
    const values = Array.from({ length: 256 }, (_, index) => (index * 7919) % 1000);
    const expected = values.reduce((total, value, index) => total + value * (index + 1), 0);
    expect(wide.weigh_ints(...values)).toBe(expected);
    expect(wide.weigh_doubles(...values)).toBe(expected);
    expect(wide.weigh_ints.length).toBe(256);
    expect(thrown(() => wide.weigh_ints(...values.slice(1)))).toMatchObject({
      code: 'ERR_MISSING_ARGS',
      argument: 255,
    });
    expect(thrown(() => wide.weigh_ints(...values.with(255, 0.5)))).toMatchObject({
      code: 'ERR_OUT_OF_RANGE',
      argument: 255,
    });
  });

  it('with more parameters than the frame holds is refused when binding', () => {
    for (const count of [5000, 200_000]) {
      const args = Array(count).fill('i64');
      expect(thrown(() => dlopen(fixture('basics'), { add: { args } }))).toMatchObject({
        class: 'FFIError',
        code: 'ERR_UNSUPPORTED_ARGS',
        symbol: 'add',
      });
    }
  });

  it('is one of its own function, however many have the same signature and are hot', () => {
    const types = { args: ['i64', 'i64'], returns: 'i64' };
    const open = () =>
      dlopen(fixture('basics'), { addl: { ...types, symbol: 'add64' }, subl: { ...types, symbol: 'sub64' } });
    const [first, second] = [open(), open()];
    const { addl, subl } = first.symbols;
    for (let i = 0; i < 50_000; i++) {
      if (addl(i, 3) !== i + 3 || subl(i, 3) !== i - 3) throw new Error(`after ${i}`);
      if (i % 1000 === 0 && second.symbols.addl(1n << 62n, BigInt(i)) !== (1n << 62n) + BigInt(i))
        throw new Error(`at ${i}`);
    }
    expect(thrown(() => addl(0.5, 1))).toMatchObject({ symbol: 'addl', argument: 0 });
    expect(thrown(() => subl(1, 0.5))).toMatchObject({ symbol: 'subl', argument: 1 });
    expect(thrown(() => subl(1))).toMatchObject({ symbol: 'subl', code: 'ERR_MISSING_ARGS' });
    first.close();
    expect(thrown(() => addl(1, 2))).toMatchObject({ symbol: 'addl', code: 'ERR_LIBRARY_CLOSED' });
    expect(second.symbols.subl(5, 3)).toBe(2);
    second.close();
  });

  it('gives the same before and after the engine optimizes it, at sites of changing types', () => {
    const site = (f, a, b) => f(a, b);
    for (let i = 0; i < 200_000; i++) {
      if (site(symbols.add, i, -1) !== i - 1) throw new Error(`add(${i}, -1)`);
      if (site(symbols.addd, i, 0.5) !== i + 0.5) throw new Error(`addd(${i}, 0.5)`);
      if (i % 10_000 === 0) {
        expect(thrown(() => site(symbols.add, 0.5, i)).argument).toBe(0);
        expect(thrown(() => site(symbols.add, i, '1')).argument).toBe(1);
        expect(thrown(() => site(symbols.addd, 1n, i)).argument).toBe(0);
      }
    }
  });

  it('may be made with any receiver, spread, apply and new', () => {
    expect([symbols.add.call(null, 1, 2), symbols.add.apply({}, [3, 4]), symbols.add(...[5, 6])]).toEqual([3, 7, 11]);
    expect(thrown(() => [1].map(symbols.add))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', argument: 2 });
  });
});

describe('a call inside a call', () => {
  it('does not disturb the arguments and the result of the outer one', () => {
    setFunction((value) => {
      symbols.mixed(9, 9, 9, 9, 9, 9);
      symbols.echo('another text');
      return value * 2;
    });
    expect(symbols.apply(reenter, 21)).toBe(42 + 7);
    expect(symbols.apply_around('outer text', reenter, 1)).toBe('outer text');
    for (const text of ['x'.repeat(500_000), 'y'.repeat(100)])
      expect(symbols.apply_around(text, reenter, 1)).toBe(text);
  });

  it('may itself contain calls, to any depth, each with its own strings', () => {
    const sizes = [3, 50, 3000, 300_000];
    const go = (depth) =>
      symbols.apply_around(`${depth}:${'x'.repeat(sizes[depth % sizes.length])}`, reenter, depth - 1);
    const seen = [];
    setFunction((depth) => {
      if (depth > 0) seen.push(go(depth));
      return depth;
    });
    expect(go(60).slice(0, 3)).toBe('60:');
    expect(seen.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 59 }, (_, index) => index + 1));
  });

  it('may be refused without harm to the outer one', () => {
    const errors = [];
    setFunction((value) => {
      errors.push(thrown(() => symbols.echo('a\0')).code, thrown(() => symbols.add(1)).code);
      return value;
    });
    expect(symbols.apply_around('outer text', reenter, 1)).toBe('outer text');
    expect(errors).toEqual(['ERR_INVALID_ARG_VALUE', 'ERR_MISSING_ARGS']);
  });

  it('does not give its name to an error of the outer one', () => {
    const { bad } = dlopen(fixture('basics'), {
      bad: { ...basics.apply, symbol: 'apply', returns: 'cstring' },
    }).symbols;
    setFunction((value) => symbols.add(value, 0));
    expect(thrown(() => bad(reenter, 1))).toMatchObject({ code: 'ERR_INVALID_POINTER', symbol: 'bad' });
  });

  it('may bind and drop functions, so that the tables grow meanwhile', () => {
    setFunction((value) => {
      for (let i = 0; i < 300; i++) dlopen(fixture('basics'), { add: basics.add }).close();
      return value;
    });
    expect(symbols.apply(reenter, 1)).toBe(8);
  });

  it('may close the library that the outer one is in, which stays loaded until it has returned', () => {
    const other = dlopen(fixture('basics'), basics);
    let inside;
    setFunction((value) => {
      library.close();
      other.close();
      inside = thrown(() => other.symbols.add(1, 2)).code;
      return value;
    });
    expect(other.symbols.apply(reenter, 35)).toBe(42);
    expect(inside).toBe('ERR_LIBRARY_CLOSED');
    expect(thrown(() => other.symbols.apply(reenter, 35)).code).toBe('ERR_LIBRARY_CLOSED');
    const again = dlopen(fixture('basics'), basics).symbols;
    expect(again.add(1, 2)).toBe(3);
  });
});
