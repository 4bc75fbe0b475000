// JavaScript also comes into a call by other ways than callbacks of arkffi: C calls another addon. What it does then to the
// function that the thread is inside of must not matter to that call: cold, and in optimized code.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { index, run } from './fast/run.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, require, thrown } from './open.mjs';

const { CFunction, JSCallback, dlopen, linkSymbols } = arkffi;
const addon = { exports: {} };
process.dlopen(addon, fixture('reentry'));
const setFunction = addon.exports;
const file = fixture('reentry');
const signature = { args: ['i32'], returns: 'i32' };

/** Functions that can be closed. */
const closable = {
  CFunction: (ptr) => {
    const made = CFunction({ ptr, ...signature });
    return { reenter: made, close: made.close };
  },
  linkSymbols: (ptr) => {
    const { symbols, close } = linkSymbols({ reenter: { ptr, ...signature } });
    return { reenter: symbols.reenter, close };
  },
};

describe.each(Object.entries(closable))('%s', (_, bind) => {
  test.each([
    ['cold', 0],
    ['hot', 30_000],
  ])('may be closed inside of its own call, and its library too, %s', (_, calls) => {
    const library = dlopen(file, { reenter: signature });
    const other = dlopen(fixture('callbacks'), { apply_i32: { args: ['ptr', 'i32'], returns: 'i32' } });
    const { reenter, close } = bind(library.symbols.reenter.ptr);
    setFunction((value) => value + 1);
    let sum = 0;
    for (let index = 0; index < calls; index++) sum += reenter(1);
    setFunction((value) => {
      close();
      library.close();
      expect(thrown(() => library.symbols.reenter(1)).code).toBe('ERR_LIBRARY_CLOSED');
      // Others may have its number by now.
      other.close();
      return value + 2;
    });
    expect([sum, reenter(1)]).toEqual([2 * calls, 3]);
    expect(thrown(() => reenter(1)).code).toBe('ERR_LIBRARY_CLOSED');
  });
});

test('accessors of Array.prototype see nothing of what a callback throws', () => {
  const { symbols } = dlopen(fixture('callbacks'), { apply_i32: { args: ['ptr', 'i32'] } });
  const throwing = new JSCallback(
    (value) => {
      if (value < 0) throw new Error('mine');
      return value;
    },
    { args: ['i32'], returns: 'i32' },
  );
  for (let index = 0; index < 30_000; index++) symbols.apply_i32(throwing, index);
  let seen = 0;
  let error;
  Object.defineProperty(Array.prototype, '0', { get: () => 'stolen', set: () => seen++, configurable: true });
  try {
    symbols.apply_i32(throwing, -1);
  } catch (caught) {
    error = caught;
  } finally {
    delete Array.prototype[0];
  }
  throwing.close();
  expect([error?.message, seen]).toEqual(['mine', 0]);
});

test.each([
  ['cold', 0],
  ['hot', 30_000],
])('a call that a thread waited for in vain tells so after JavaScript that came another way, %s', (_, calls) => {
  const { symbols } = dlopen(fixture('callbacks'), {
    store: { args: ['function'] },
    fire_on_thread: signature,
    twice: signature,
    either: { args: ['ptr', 'ptr', 'i32'], returns: 'i32' },
  });
  const { either, fire_on_thread: onThread, store, twice } = symbols;
  const reenter = dlopen(file, { reenter: signature }).symbols.reenter.ptr;
  const bound = CFunction({ ptr: twice.ptr, ...signature });
  let inside = (value) => value;
  setFunction((value) => inside(value));
  for (let index = 0; index < calls; index++) either(twice.ptr, reenter, 1);
  const waiting = new JSCallback((value) => value, { ...signature, timeout: 20, onError: 1 });
  store(waiting);
  inside = (value) => {
    bound.close();
    return twice(value);
  };
  expect(thrown(() => either(onThread.ptr, reenter, 1))).toMatchObject({
    code: 'ERR_CALLBACK_DEADLOCK',
    symbol: 'either',
  });
  expect(either(twice.ptr, reenter, 4)).toBe(8008);
  store(null);
  waiting.close();
});

/** @param {string} program @param {string[]} [more] options */
const runs = (program, more = []) => run([...more, '-e', program]);

/** Another addon. */
const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-copy-'));
const copy = path.join(folder, 'copy.node');
beforeAll(() => copyFileSync(require('../lib/binding.js').file, copy));
afterAll(() => rmSync(folder, { recursive: true }));

/** How C is told to go into JavaScript: by itself, or by a pointer that it is given. */
const ways = {
  'from an addon': ['symbols.reenter(1)', 'setFunction'],
  'by a pointer of an addon': ['symbols.apply_i32(reenter, 1)', 'setFunction'],
  'from another copy of arkffi': ['symbols.apply_i32(other, 1)', 'setOther'],
};

/** @param {string} call @param {string} set */
const program = (call, set) => `
  const addon = { exports: {} };
  process.dlopen(addon, ${JSON.stringify(file)});
  const { dlopen } = require(${index});
  const { symbols } = {
    symbols: {
      ...dlopen(${JSON.stringify(file)}, { reenter: { args: ['i32'], returns: 'i32' } }).symbols,
      ...dlopen(${JSON.stringify(fixture('callbacks'))}, {
        apply_i32: { args: ['ptr', 'i32'], returns: 'i32' },
      }).symbols,
    },
  };
  const reenter = symbols.reenter.ptr;
  let other;
  const set = {
    setFunction: addon.exports,
    setOther(run) {
      for (const key of Object.keys(require.cache)) delete require.cache[key];
      process.env.ARKFFI_NATIVE = ${JSON.stringify(copy)};
      const { JSCallback } = require(${index});
      other = new JSCallback(run, { args: ['i32'], returns: 'i32' }).ptr;
    },
  };
  class Shape { sides() { return 1; } }
  const settings = { mode: 1 };
  let changes = false;
  set.${set}((value) => {
    if (changes) {
      changes = false;
      settings.mode = 2;
      Shape.prototype.sides = () => 2;
    }
    return value;
  });
  const shape = new Shape();
  function run(count) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += ${call} * shape.sides() + settings.mode;
    return sum;
  }
  for (let i = 0; i < 300; i++) run(100);
  const before = run(10);
  changes = true;
  console.log(before, run(10), run(10));
`;

test.each(Object.entries(ways))('code around a call sees what JavaScript changes that comes %s', (_, [call, set]) => {
  expect(runs(program(call, set))).toBe('20 40 40\n');
});

test('that is so too when V8 is told to put longer functions where they are called', () => {
  const more = ['--max-inlined-bytecode-size=100000', '--max-inlined-bytecode-size-cumulative=200000'];
  const text = program(...ways['by a pointer of an addon']);
  expect(runs(text, more)).toBe('20 40 40\n');
  // That is where the system has the options of the process.
  expect(runs(`process.title = 'another'.repeat(50); ${text}`, more)).toBe('20 40 40\n');
});

test('handles that a function of an addon makes end with its call', () => {
  const growth = runs(`
    const addon = { exports: {} };
    process.dlopen(addon, ${JSON.stringify(file)});
    const { reenter } = require(${index}).dlopen(${JSON.stringify(file)}, { reenter: ${JSON.stringify(signature)} }).symbols;
    addon.exports((value) => value);
    for (let i = 0; i < 20000; i++) reenter(i);
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 1000000; i++) reenter(i);
    console.log((process.memoryUsage.rss() - before) / 2 ** 20 | 0);`);
  // Three handles of 8 bytes for each call are 24 MB.
  expect(growth).toMatch(/^-?\d+\n$/);
  expect(Number(growth)).toBeLessThan(10);
});

test.runIf(arkffi.stats().backend === 'fast')(
  'the engine calls functions of addons and of the host only if they are leaves',
  () => {
    // In a process of its own, because calls from code that the engine has compiled are not counted.
    const counts = runs(`
      const { CFunction, dlopen } = require(${index});
      const { slowCalls } = require(${JSON.stringify(require.resolve('../lib/binding.js'))});
      const addon = { exports: {} };
      process.dlopen(addon, ${JSON.stringify(file)});
      addon.exports((value) => value);
      const count = (bound, ...args) => {
        const before = slowCalls();
        bound(...args);
        return slowCalls() - before;
      };
      console.log(...[{}, { leaf: true }].flatMap((more) => {
        const uv_version = { returns: 'u32', ...more };
        const { uv_version: version } = dlopen(null, { uv_version }).symbols;
        const { identity } = dlopen(${JSON.stringify(file)}, { identity: { ...${JSON.stringify(signature)}, ...more } }).symbols;
        return [count(identity, 1), count(version), count(CFunction({ ptr: version.ptr, ...uv_version }))];
      }));`);
    expect(counts).toBe('0 0 0 1 1 1\n');
  },
);
