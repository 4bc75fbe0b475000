// Calls with buffers, hot: stubs then pass them in the way that the host has for it. What C gets is compared with `ptr`, and
// what is wrong among many right calls gives the error that it always gives.
import { describe, expect, test } from 'vitest';
import { collect } from './collect.mjs';
import { library } from './libraries.mjs';
import { arkffi, require, thrown } from './open.mjs';
import { typedArrays } from './views.mjs';

const { FFIError, JSCallback, dlopen, ptr } = arkffi;
/** Enough that calls come from compiled code. */
const HOT = 20_000;

const file = library(
  'libbuffers.so',
  `
  #include <errno.h>
  const void *same(const void *p) { return p; }
  int first(const unsigned char *p) { return p ? p[0] : -1; }
  void fill(unsigned char *p, unsigned char value) { if (p) p[0] = value; }
  double mixed(const unsigned char *a, int x, double y, const unsigned char *b, const unsigned char *c) {
    return a[0] + 1000.0 * x + 1e7 * y + 0.5 * b[0] + 0.25 * c[0];
  }
  long long wide(const unsigned char *p, long long x) { return p[0] + x; }
  const char *text(const char *p) { return p; }
  void fail(const unsigned char *p) { errno = p[0]; }
  static int (*kept)(int);
  void keep(int (*f)(int)) { kept = f; }
  int during(const unsigned char *p, int x) { int before = p[0]; return kept(x) * 1000000 + before * 1000 + p[0]; }
  `,
);
const { symbols } = dlopen(file, {
  same: { args: ['buffer'], returns: 'ptr' },
  first: { args: ['buffer'], returns: 'i32' },
  fill: { args: ['buffer', 'u8'] },
  mixed: { args: ['buffer', 'i32', 'f64', 'buffer', 'ptr'], returns: 'f64' },
  wide: { args: ['buffer', 'i64'], returns: 'i64' },
  text: { args: ['buffer'], returns: 'cstring' },
  keep: { args: ['function'] },
  during: { args: ['buffer', 'i32'], returns: 'i32' },
});

const memory = new ArrayBuffer(256);
const shared = new SharedArrayBuffer(64);
new Uint8Array(shared).fill(9);
const named = new DataView(memory, 8);
named[0] = 1;
class Special extends Uint8Array {
  get length() {
    return 0;
  }
}
const values = {
  ...Object.fromEntries(
    typedArrays.map((array) => [array.name, new array(4).fill(array.name.startsWith('Big') ? 1n : 1)]),
  ),
  'a part': new Uint8Array(memory, 16, 4),
  'NaN at the beginning': new Float64Array([NaN, 1]),
  'a Buffer': Buffer.from('some bytes'),
  'a class of its own': new Special([5, 6]),
  'an ArrayBuffer': memory,
  'a DataView': new DataView(memory, 24),
  'a DataView with a property 0': named,
  'a SharedArrayBuffer': shared,
  'a part of a SharedArrayBuffer': new Uint8Array(shared, 8),
};

describe.each(Object.entries(values))('%s', (_, value) => {
  test('is at its address in C, every time', () => {
    const { same } = symbols;
    const address = ptr(value);
    let wrong = 0;
    for (let round = 0; round < HOT; round++) if (same(value) !== address) wrong++;
    expect(wrong).toBe(0);
  });
});

test('buffers of many kinds at one place of a program are all at their addresses', () => {
  const given = Object.values(values);
  const addresses = given.map((value) => ptr(value));
  const { same } = symbols;
  let wrong = 0;
  for (let round = 0; round < HOT; round++)
    if (same(given[round % given.length]) !== addresses[round % given.length]) wrong++;
  expect(wrong).toBe(0);
});

test('what C writes is seen in the next statement, and what JavaScript writes is seen by C', () => {
  const bytes = new Uint8Array(8);
  const { fill, first } = symbols;
  let wrong = 0;
  for (let round = 0; round < HOT; round++) {
    fill(bytes, round & 255);
    if (bytes[0] !== (round & 255)) wrong++;
    bytes[0] = (round + 1) & 255;
    if (first(bytes) !== ((round + 1) & 255)) wrong++;
  }
  expect(wrong).toBe(0);
});

test('several buffers, other arguments and results of every kind are in their places', () => {
  const [a, b, c] = [1, 2, 3].map((value) => new Uint8Array([value]));
  const { mixed, wide, text } = symbols;
  const word = Buffer.from('a word\0');
  let wrong = 0;
  for (let round = 0; round < HOT; round++) {
    const address = (round & 1) === 0 ? c : BigInt(ptr(c));
    if (mixed(a, round & 1023, 0.5, b, address) !== 1 + 1000 * (round & 1023) + 5e6 + 1 + 0.75) wrong++;
    if (wide(c, round) !== 3 + round || wide(c, 2n ** 60n) !== 2n ** 60n + 3n) wrong++;
    if (text(word) !== 'a word') wrong++;
  }
  expect(wrong).toBe(0);
});

/** Calls it hot with what is right, then with each of what is not, which it returns the errors of. */
function afterHot(call, right, others) {
  const outcomes = [];
  for (let round = 0; round < HOT; round++) call(...right);
  for (const other of others) {
    outcomes.push(thrown(() => call(...other)));
    call(...right);
  }
  return outcomes;
}

test('what is no buffer gives an error for its argument, hot too', () => {
  const bytes = new Uint8Array(4);
  const bad = [
    null,
    5,
    0,
    1n,
    'text',
    true,
    undefined,
    {},
    { 0: 1 },
    [1],
    new Proxy(bytes, {}),
    Object.create(bytes),
    () => 1,
  ];
  const outcomes = afterHot(
    symbols.first,
    [bytes],
    bad.map((value) => [value]),
  );
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'first',
      argument: 0,
    });
  }
});

test('the first argument that is wrong is told of, whichever it is', () => {
  const bytes = new Uint8Array(4);
  const right = [bytes, 1, 1, bytes, bytes];
  const wrong = [{}, 'no', 'no', 7, 'no'];
  const cases = right.map((_, index) => right.map((value, at) => (at >= index ? wrong[at] : value)));
  const outcomes = afterHot(symbols.mixed, right, [...cases, [bytes, 1]]);
  expect(outcomes.slice(0, 5).map(({ symbol, argument }) => [symbol, argument])).toEqual(
    right.map((_, index) => ['mixed', index]),
  );
  expect(outcomes[5]).toMatchObject({ code: 'ERR_MISSING_ARGS', symbol: 'mixed' });
});

test('an empty one is NULL; one that has lost its memory gives an error', () => {
  const { first } = symbols;
  const [bytes, empty] = [new Uint8Array([3]), new Uint8Array(0)];
  for (let round = 0; round < HOT; round++) first(bytes);
  expect(first(empty)).toBe(-1);
  for (const value of [bytes, new Uint8Array(4)]) {
    first(value);
    structuredClone(value.buffer, { transfer: [value.buffer] });
    expect(thrown(() => first(value))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', symbol: 'first', argument: 0 });
  }
  const view = new DataView(new ArrayBuffer(8));
  view[0] = 1;
  first(view);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  expect(thrown(() => first(view))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', symbol: 'first', argument: 0 });
});

test('one that is outside of its buffer gives an error, until it is inside', () => {
  const { first } = symbols;
  const buffer = new ArrayBuffer(16, { maxByteLength: 64 });
  const [fixed, tracking] = [new Uint8Array(buffer, 8, 4), new Uint8Array(buffer, 8)];
  fixed[0] = 7;
  for (let round = 0; round < HOT; round++)
    if (first(fixed) !== 7 || first(tracking) !== 7) throw new Error(`${round}`);
  buffer.resize(4);
  for (const view of [fixed, tracking]) {
    expect(thrown(() => first(view))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', symbol: 'first', argument: 0 });
  }
  buffer.resize(64);
  fixed[0] = 8;
  expect([first(fixed), first(tracking)]).toEqual([8, 8]);
});

test.runIf(globalThis.Bun && 'toResizableBuffer' in WebAssembly.Memory.prototype)(
  'the memory of a resizable buffer of a WebAssembly.Memory is found where it has moved to',
  () => {
    const { first } = symbols;
    const through = dlopen(file, { first: { args: ['ptr'], returns: 'i32' } }).symbols.first;
    const all = [];
    // Bun moves that of the ninth, or so, when it grows.
    for (let number = 0; number < 24; number++) {
      const memory = new WebAssembly.Memory({ initial: 1 });
      const buffer = memory.toResizableBuffer();
      const bytes = new Uint8Array(buffer);
      const views = [bytes, buffer, new DataView(buffer)];
      for (const view of views) first(view);
      memory.grow(50);
      bytes[0] = 77;
      all.push(memory, ...views.flatMap((view) => [first(view), through(view)]));
    }
    expect(all.filter((value) => typeof value === 'number')).toEqual(Array(24 * 6).fill(77));
  },
);

test('a buffer that only the call knows stays until C returns, also when callbacks have all garbage collected', () => {
  const { keep, during } = symbols;
  let calls = 0;
  const callback = new JSCallback(
    (x) => {
      if (++calls % 1000 === 0) collect();
      if (calls % 100 === 0) for (let round = 0; round < 20; round++) new Uint8Array(64).fill(255);
      return x;
    },
    { args: ['i32'], returns: 'i32' },
  );
  keep(callback);
  let wrong = 0;
  for (let round = 0; round < HOT; round++) {
    const value = round & 127;
    const bytes = new Uint8Array(64).fill(value);
    if ((round & 1) === 0) symbols.first(bytes);
    if (during(bytes, value) !== value * 1_001_001) wrong++;
  }
  callback.close();
  expect(wrong).toBe(0);
});

test('what a callback throws inside of such a call is thrown by the call', () => {
  const { keep, during } = symbols;
  const bytes = new Uint8Array(8);
  let isBad = false;
  const callback = new JSCallback(
    (x) => {
      if (isBad) throw new RangeError('from inside');
      return x;
    },
    { args: ['i32'], returns: 'i32' },
  );
  keep(callback);
  for (let round = 0; round < HOT; round++) during(bytes, 1);
  isBad = true;
  expect(() => during(bytes, 1)).toThrow(new RangeError('from inside'));
  isBad = false;
  expect(during(bytes, 1)).toBe(1_000_000);
  callback.close();
});

test('such calls of a library that was closed give an error, hot too', () => {
  const { symbols: own, close } = dlopen(file, { first: { args: ['buffer'], returns: 'i32' } });
  const bytes = new Uint8Array([4]);
  for (let round = 0; round < HOT; round++) own.first(bytes);
  close();
  expect(() => own.first(bytes)).toThrow(FFIError);
  expect(thrown(() => own.first(bytes))).toMatchObject({ code: 'ERR_LIBRARY_CLOSED', symbol: 'first' });
});

test('results that are made of others, and errno, are as in other calls', () => {
  const { symbols: own } = dlopen(file, {
    first: { args: ['buffer'], returns: 'bool' },
    fill: { args: ['buffer', 'u8'], errno: true },
    fail: { args: ['buffer'], errno: true },
  });
  const bytes = new Uint8Array([1]);
  let wrong = 0;
  for (let round = 0; round < HOT; round++) if (own.first(bytes) !== true) wrong++;
  for (let round = 0; round < HOT; round++) {
    if (own.fail(bytes).errno !== 1 || own.fill(bytes, 1).errno !== 0) wrong++;
  }
  expect(wrong).toBe(0);
});

test.runIf(arkffi.stats().backend === 'bun:ffi')(
  'Bun itself is given them, unless another argument prevents it',
  () => {
    const found = require('../lib/fast/provider.js').provider();
    const { caller } = found;
    const asked = [];
    let given;
    found.caller = (values, result, more) => {
      asked.push(values.includes('buffer'));
      const made = caller(values, result, more);
      return made && { ...made, caller: (callee, first, ...others) => made.caller(callee, (given = first), ...others) };
    };
    try {
      // Shapes that nothing else has.
      for (const args of [
        ['buffer', 'u32', 'f32', 'i32', 'f32'],
        ['buffer', 'u32', 'f32', 'i64', 'f32'],
      ]) {
        const { first } = dlopen(file, { first: { args, returns: 'i32' } }).symbols;
        const bytes = new Uint8Array([5]);
        for (const isPassed of [false, args[3] === 'i32']) {
          expect([first(bytes, 1, 1, 1, 1), given === bytes]).toEqual([5, isPassed]);
        }
      }
      expect(asked).toEqual([true, false, true, false]);
      expect(caller(['buffer', 'i64'], 'i32', {})).toBe(null);
    } finally {
      found.caller = caller;
    }
  },
);
