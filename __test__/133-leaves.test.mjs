// `leaf` and `fast` of definitions: which way calls go into C, and what a leaf that calls back all the same gets.
import { describe, expect, test } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { CFunction, JSCallback, callback, dlopen, linkSymbols } = arkffi;
const file = fixture('callbacks');
const apply = { args: ['function', 'i32'], returns: 'i32' };

/** Enough that code around the calls is optimized. */
const HOT = 30_000;

const leafError = {
  class: 'FFIError',
  code: 'ERR_LEAF_CALLED_BACK',
  symbol: 'apply_i32',
  argument: undefined,
  message: 'apply_i32: the function is a leaf, but a callback was called inside of it',
  isFFIError: true,
};

/** The ways to declare a function a leaf. */
const leaves = {
  dlopen: () => dlopen(file, { apply_i32: { ...apply, leaf: true } }).symbols.apply_i32,
  linkSymbols: () => {
    const { ptr } = dlopen(file, { apply_i32: apply }).symbols.apply_i32;
    return linkSymbols({ apply_i32: { ptr, ...apply, leaf: true } }).symbols.apply_i32;
  },
  'dlopen, not fast': () => dlopen(file, { apply_i32: { ...apply, leaf: true, fast: false } }).symbols.apply_i32,
};

describe.each(Object.entries(leaves))('a leaf of %s that calls back', (_, open) => {
  test('does not run the callback, and throws, cold and hot', () => {
    const leaf = open();
    let runs = 0;
    const counting = new JSCallback(() => ++runs, { args: ['i32'], returns: 'i32' });
    expect(thrown(() => leaf(counting, 1))).toEqual(leafError);
    let errors = 0;
    for (let index = 0; index < HOT; index++) {
      try {
        leaf(counting, index);
      } catch ({ code }) {
        if (code === 'ERR_LEAF_CALLED_BACK') errors++;
      }
    }
    expect([runs, errors]).toEqual([0, HOT]);
    expect(thrown(() => leaf(counting, 1))).toEqual(leafError);
    counting.close();
  });

  test('leaves the calls after it alone', () => {
    const leaf = open();
    const other = dlopen(file, { apply_i32: apply }).symbols.apply_i32;
    const twice = new JSCallback((number) => 2 * number, { args: ['i32'], returns: 'i32' });
    expect(() => leaf(twice, 1)).toThrow();
    expect(other(twice, 4)).toBe(8);
    twice.close();
  });
});

test('C gets what onError says from a callback that a leaf calls', () => {
  const { symbols } = dlopen(file, { answers: { args: ['function', 'i32', 'buffer'], returns: 'i32', leaf: true } });
  const seven = new JSCallback((number) => number, { args: ['i32'], returns: 'i32', onError: 7 });
  const results = new Int32Array(3);
  expect(() => symbols.answers(seven, 3, results)).toThrow(expect.objectContaining({ code: 'ERR_LEAF_CALLED_BACK' }));
  expect([...results]).toEqual([7, 7, 7]);
  seven.close();
});

test('a plain function given to a leaf is not run either', () => {
  const { symbols } = dlopen(file, {
    apply_i32: { args: [callback(['i32'], 'i32'), 'i32'], returns: 'i32', leaf: true },
  });
  let runs = 0;
  expect(thrown(() => symbols.apply_i32(() => ++runs, 1))).toEqual(leafError);
  expect(runs).toBe(0);
});

test('a leaf inside of a callback throws there, and the call around it goes on', () => {
  const { symbols } = dlopen(file, { apply_i32: apply });
  const leaf = leaves.dlopen();
  const inner = new JSCallback((number) => number, { args: ['i32'], returns: 'i32' });
  const codes = [];
  const outer = new JSCallback(
    (number) => {
      codes.push(thrown(() => leaf(inner, number)).code);
      return number + 1;
    },
    { args: ['i32'], returns: 'i32' },
  );
  expect([symbols.apply_i32(outer, 1), symbols.apply_i32(outer, 5), ...codes]).toEqual([
    ...[2, 6],
    ...['ERR_LEAF_CALLED_BACK', 'ERR_LEAF_CALLED_BACK'],
  ]);
  for (const each of [inner, outer]) each.close();
});

test.each(['leaf', 'fast'])('%s must be a boolean', (key) => {
  const wrong = [1, 'yes', null, {}];
  for (const value of wrong) {
    expect(thrown(() => dlopen(file, { apply_i32: { ...apply, [key]: value } }))).toMatchObject({
      ...{ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol: 'apply_i32' },
      message: `dlopen: ${key} of apply_i32 must be a boolean`,
    });
    expect(thrown(() => CFunction({ ptr: 1, ...apply, [key]: value }))).toMatchObject({
      ...{ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol: 'CFunction' },
    });
  }
});

test.each([[{ leaf: true }], [{ fast: false }], [{ fast: true, leaf: false }], [{ leaf: undefined, fast: undefined }]])(
  '%o changes no result and no error',
  (way) => {
    const { symbols } = dlopen(fixture('basics'), {
      add: { args: ['i32', 'i32'], returns: 'i32', ...way },
      length: { args: ['cstring'], returns: 'size_t', ...way },
    });
    let sum = 0;
    for (let index = 0; index < HOT; index++) sum += symbols.add(index, -1) + symbols.length('four');
    expect(sum).toBe((HOT * (HOT - 1)) / 2 + 3 * HOT);
    expect(thrown(() => symbols.add(1, 2 ** 31))).toMatchObject({
      code: 'ERR_OUT_OF_RANGE',
      symbol: 'add',
      argument: 1,
    });
    expect(thrown(() => symbols.add(1))).toMatchObject({ code: 'ERR_MISSING_ARGS', symbol: 'add' });
    expect(thrown(() => symbols.length('a\0b'))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', argument: 0 });
  },
);
