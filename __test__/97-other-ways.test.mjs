// JavaScript also comes into a call by other ways than callbacks of arkffi: C calls another addon. What it does then to the
// function that the thread is inside of must not matter to that call: cold, and in optimized code.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
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
    const other = dlopen(fixture('callbacks'), { apply_i32: { args: ['function', 'i32'], returns: 'i32' } });
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
  const { symbols } = dlopen(fixture('callbacks'), { apply_i32: { args: ['function', 'i32'] } });
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

const node = process.env.ARKFFI_TEST_NODE ?? process.execPath;
const flags = process.env.ARKFFI_TEST_NO_CODEGEN ? ['--disallow-code-generation-from-strings'] : [];

const program = `
  const { dlopen } = require(${JSON.stringify(require.resolve('../index.js'))});
  const addon = { exports: {} };
  process.dlopen(addon, ${JSON.stringify(file)});
  // V8 13.6 has to be told; see docs/fast-calls.md.
  const fast = process.versions.modules !== '137';
  const { symbols } = dlopen(${JSON.stringify(file)}, { reenter: { args: ['i32'], returns: 'i32', fast } });
  class Shape { sides() { return 1; } }
  const settings = { mode: 1 };
  let changes = false;
  addon.exports((value) => {
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
    for (let i = 0; i < count; i++) sum += symbols.reenter(1) * shape.sides() + settings.mode;
    return sum;
  }
  for (let i = 0; i < 300; i++) run(100);
  const before = run(10);
  changes = true;
  console.log(before, run(10), run(10));
`;

test('code around a call sees what JavaScript changes that comes another way', () => {
  const { stdout, stderr, signal } = spawnSync(node, [...flags, '--no-warnings', '-e', program], {
    encoding: 'utf8',
    timeout: 100_000,
  });
  expect(`${stdout}${stderr.slice(0, 500)}${signal ?? ''}`).toBe('20 40 40\n');
});
