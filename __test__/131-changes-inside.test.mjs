// JavaScript that runs inside of a call may change what optimized code around the call was compiled for: that code must
// not go on as if nothing had happened, and the engine must not end the process. Each program runs in a process of its own.
// Callbacks are passed as addresses, so that the calls are fast.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';
import { require } from './open.mjs';

/** @param {string} returns the type of what C returns, a small integer @param {string} text of the call */
const program = (returns, text) => `
  const { dlopen, JSCallback } = require(${JSON.stringify(require.resolve('../index.js'))});
  const { symbols } = dlopen(${JSON.stringify(fixture('callbacks'))}, {
    apply_i32: { args: ['ptr', 'i32'], returns: '${returns}' },
    apply_f64: { args: ['ptr', 'f64'], returns: 'f64' },
  });
  class Shape { sides() { return 1; } }
  const settings = { mode: 1 };
  let changes = false;
  const change = (value) => {
    if (changes) {
      changes = false;
      settings.mode = 2;
      Shape.prototype.sides = () => 2;
    }
    return value;
  };
  const one = new JSCallback(change, { args: ['i32'], returns: 'i32' });
  const oneDouble = new JSCallback(change, { args: ['f64'], returns: 'f64' });
  const shape = new Shape();
  function run(count) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += ${text} * shape.sides() + settings.mode;
    return sum;
  }
  for (let i = 0; i < 300; i++) run(100);
  const before = run(10);
  changes = true;
  console.log(before, run(10), run(10));
`;

test.each([
  ['an integer', 'i32', 'symbols.apply_i32(one, 1)'],
  ['a 64-bit integer', 'i64', '(symbols.apply_i32(one, 1) | 0)'],
  ['nothing', 'void', '(symbols.apply_i32(one, 1) === undefined ? 1 : 0)'],
  ['a double', 'i32', 'symbols.apply_f64(oneDouble, 1)'],
])('code around a call that returns %s sees what a callback has changed', (_, returns, text) => {
  const args = [...flags, '--no-warnings', '-e', program(returns, text)];
  const { stdout, stderr, signal } = spawnSync(node, args, { encoding: 'utf8', timeout: 100_000 });
  expect(`${stdout}${stderr.slice(0, 500)}${signal ?? ''}`).toBe('20 40 40\n');
});

test('code around a call goes on where it is, when a collection inside of the call has moved it', () => {
  const source = `
    const { dlopen, JSCallback } = require(${JSON.stringify(require.resolve('../index.js'))});
    const { symbols } = dlopen(${JSON.stringify(fixture('callbacks'))}, {
      apply_i32: { args: ['ptr', 'i32'], returns: 'i32' },
    });
    let collects = false;
    const callback = new JSCallback(
      (value) => {
        if (collects && value % 20 === 0) gc();
        return value;
      },
      { args: ['i32'], returns: 'i32' },
    );
    for (let round = 0; round < 10; round++) {
      const run = new Function(
        'symbols', 'callback', 'count',
        'let sum = ' + round + '; for (let i = 0; i < count; i++) sum += symbols.apply_i32(callback, i); return sum;',
      );
      collects = false;
      for (let turn = 0; turn < 20; turn++) run(symbols, callback, 500);
      collects = true;
      const sum = run(symbols, callback, 200) - round;
      if (sum !== 19900) throw new Error('the sum is ' + sum);
    }
    console.log('right');
  `;
  // In other hosts there are no such flags, nor this hazard.
  const moving = process.versions.bun || process.versions.deno ? [] : ['--compact-on-every-full-gc'];
  const args = [
    ...flags.filter((flag) => !flag.includes('code-generation')),
    ...moving,
    '--expose-gc',
    '--no-warnings',
  ];
  const { stdout, stderr, signal } = spawnSync(node, [...args, '-e', source], { encoding: 'utf8', timeout: 100_000 });
  expect(`${stdout}${stderr.slice(0, 500)}${signal ?? ''}`).toBe('right\n');
});

test('V8 options of the process that a worker is not told of count in the worker too', () => {
  const options = ['--max-inlined-bytecode-size=100000', '--max-inlined-bytecode-size-cumulative=200000'];
  const source = program('i32', 'symbols.apply_i32(one, 1)');
  const text = `new (require('node:worker_threads').Worker)(${JSON.stringify(source)}, { eval: true, execArgv: [] });`;
  const { stdout, stderr } = spawnSync(node, [...flags, ...options, '--no-warnings', '-e', text], { encoding: 'utf8' });
  expect(`${stdout}${stderr.slice(0, 500)}`).toBe('20 40 40\n');
});
