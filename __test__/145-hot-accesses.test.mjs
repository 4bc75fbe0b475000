// Reads and writes at addresses: the first go by Node-API, later ones by functions of arkffi's own where there are fast calls.
// Both do the same.
import { afterAll, describe, expect, it } from 'vitest';
import { outcome } from './node.mjs';
import { arkffi, require, thrown } from './open.mjs';

const { alloc, errno, ptr, read, sizeof, stats, write } = arkffi;
const { provider } = require('../lib/fast/provider.js');

/** More than there are before a function is made. */
const MANY = 10_100;
/** So often each value is written and read. */
const ROUNDS = 200;

const memory = alloc('u8', 64);
const base = ptr(memory);
afterAll(() => memory.free());

const edges = {
  u8: [0, 255],
  i8: [-128, 127, -0],
  u16: [0, 65535],
  i16: [-32768, 32767],
  u32: [0, 2 ** 32 - 1],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u64: [0, 2 ** 53 - 1, 2n ** 53n, 2n ** 64n - 1n],
  i64: [-(2 ** 53) + 1, 2 ** 53 - 1, -(2n ** 63n), 2n ** 63n - 1n],
  f32: [0, -0, 1.5, NaN, Infinity, -Infinity, 2 ** -149],
  f64: [0, -0, 0.1, NaN, Infinity, -Infinity, 5e-324],
  bool: [true, false],
  ptr: [0, 70_000, 2 ** 53 - 1, 2n ** 63n],
  intptr: [-1, 2 ** 40, -(2n ** 62n)],
};

/** Has a type read and written so often that later accesses are by functions. */
function warm(type, value) {
  for (let count = 0; count < MANY; count++) {
    write[type](base, 0, value);
    read[type](base);
  }
}

describe.each(Object.entries(edges))('of %s', (type, values) => {
  const size = sizeof(type);

  function writeAndRead(value, at) {
    for (let index = 0; index < 24; index++) memory.set(index, 0xaa);
    write[type](base, at, value);
    for (let index = 0; index < 24; index++) {
      const isOutside = index < at || index >= at + size;
      if (isOutside && memory.at(index) !== 0xaa) throw new Error(`${String(value)} was written to ${index - at} too`);
    }
    const wanted = Object.is(value, -0) && !type.startsWith('f') ? 0 : value;
    // Of the same bytes, by a way that never changes.
    const kept = read[type](BigInt(base) + BigInt(at));
    if (!Object.is(kept, wanted)) throw new Error(`${String(value)} became ${String(kept)}`);
    if (!Object.is(read[type](base, at), wanted)) throw new Error(`${String(value)} is read otherwise`);
    if (!Object.is(read[type](base + at), wanted)) throw new Error(`${String(value)} is read otherwise there`);
  }

  it('give what was written, the first and all later ones, at any alignment, and touch nothing else', () => {
    for (const value of values) writeAndRead(value, 8);
    warm(type, values[0]);
    for (let round = 0; round < ROUNDS; round++) for (const value of values) writeAndRead(value, round % 9);
  });

  it('refuse the same when they are many', () => {
    warm(type, values[0]);
    const beyond = 2 ** 53 - 1;
    const [value, kind, range, pointer] = [
      values[0],
      'ERR_INVALID_ARG_TYPE',
      'ERR_OUT_OF_RANGE',
      'ERR_INVALID_POINTER',
    ];
    const refused = [
      [[0], pointer, 0],
      [[null], pointer, 0],
      [[65_535], pointer, 0],
      [[65_535, 65_536], pointer, 0],
      [[-1], range, 0],
      [[base + 0.5], range, 0],
      [[NaN], range, 0],
      [['x'], kind, 0],
      [[base, 0.5], range, 1],
      [[base, '1'], kind, 1],
      [[base, -base], pointer, 0],
      [[base, 1 - base], pointer, 0],
      [[base, -beyond], range, 1],
      [[base, beyond], range, 1],
      [[beyond + 1], range, 0],
    ];
    for (const [args, code, argument] of refused) {
      const [ptr, offset = 0] = args;
      expect(thrown(() => read[type](...args))).toMatchObject({ code, symbol: `read.${type}`, argument });
      expect(thrown(() => write[type](ptr, offset, value))).toMatchObject({ code, symbol: `write.${type}`, argument });
    }
    for (const unfit of ['x', undefined, Symbol('x')]) {
      const error = thrown(() => write[type](base, 0, unfit));
      const reference = thrown(() => write[type](BigInt(base), 0, unfit));
      expect(error).toMatchObject({ code: kind, symbol: `write.${type}`, argument: 2 });
      expect(error.message).toBe(reference.message);
    }
    expect(thrown(() => read[type](base, 0, { cheked: true }))).toMatchObject({
      code: kind,
      argument: 2,
    });
  });
});

it('are no functions that the program has bound, and leave errno', () => {
  const { functions } = stats();
  errno(7);
  warm('u16', 7);
  expect([stats().functions, errno()]).toEqual([functions, 7]);
});

it('take what is no Number as before', () => {
  warm('i16', 7);
  for (let round = 0; round < ROUNDS; round++) {
    write.i16(memory, 2, round);
    expect(read.i16(memory, 2)).toBe(round);
    expect(read.i16(base, 2)).toBe(round);
  }
  expect(thrown(() => read.u8(memory, 64)).code).toBe('ERR_OUT_OF_BOUNDS');
});

it.runIf(!('reason' in provider()))('go by functions of arkffi when they are many', () => {
  warm('i32', 1);
  const { described } = require('../lib/binding.js');
  const names = new Set([...described.values()].map(({ symbol }) => symbol));
  expect([names.has('read.i32'), names.has('write.i32')]).toEqual([true, true]);
});

it('go by Node-API as before where such a function cannot be made', () => {
  const program = `
    const { alloc, ptr, read } = require(${JSON.stringify(require.resolve('../index.js'))});
    const memory = alloc('i32', 1);
    memory.set(0, 7);
    const base = ptr(memory);
    globalThis.Function = class { constructor() { throw new Error('not here'); } };
    let sum = 0;
    for (let i = 0; i < ${2 * MANY}; i++) sum += read.i32(base);
    console.log(sum);`;
  expect(outcome(program)).toBe(String(7 * 2 * MANY));
});
