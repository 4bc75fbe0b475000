// 64-bit results and pointers, of every size: Numbers where these are exact, else BigInts. Pointers come back as doubles where
// that is quicker, which are not exact for all of them.
import { describe, expect, test } from 'vitest';
import { library } from './libraries.mjs';
import { arkffi, require } from './open.mjs';

const { JSCallback, dlopen } = arkffi;
const { slowCalls } = require('../lib/binding.js');
const { canGenerate } = require('../lib/generate.js');

const { isSafeInteger } = Number;
const signed = (bits) => BigInt.asIntN(64, bits);
const unsigned = (bits) => BigInt.asUintN(64, bits);
const asNumber = (value) => (isSafeInteger(Number(value)) ? Number(value) : value);

/** How C calls a type, and what JavaScript has for 64 bits of it. */
const types = {
  i64: ['long long', (bits) => asNumber(signed(bits))],
  u64: ['unsigned long long', (bits) => asNumber(unsigned(bits))],
  ptr: ['void *', (bits) => asNumber(unsigned(bits))],
  function: ['void (*', (bits) => asNumber(unsigned(bits))],
  bigint64: ['long long', signed],
  biguint64: ['unsigned long long', unsigned],
};

const MOST = 2n ** 53n - 1n;
const edges = [0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 47n + 5n, MOST, MOST + 1n, MOST + 2n, 2n ** 63n - 1n]
  .flatMap((value) => [value, -value, -value - 1n])
  .map(unsigned);
const small = edges.filter((bits) => bits <= MOST);

/** What C gets besides the two halves, as it writes them, and what it adds of that: 0 if all is where it should be. */
const shapes = {
  plain: { rest: [], given: [], adds: '0' },
  float: { rest: ['f64'], given: [0.5], declared: ', double x', adds: '(x != 0.5)' },
  wide: { rest: ['i64'], given: [2 ** 40], declared: ', long long x', adds: '(x != 1ll << 40)' },
  wider: {
    rest: ['u64', 'i64'],
    given: [5, -(2 ** 50)],
    declared: ', unsigned long long x, long long y',
    adds: '(x != 5 || y != -(1ll << 50))',
  },
  buffer: {
    rest: ['buffer'],
    given: [new Uint8Array([7])],
    declared: ', const unsigned char *x',
    adds: '(x[0] != 7)',
  },
  many: { rest: ['i32', 'i32', 'i32'], given: [1, 2, 3], declared: ', int x, int y, int z', adds: '(x + y + z != 6)' },
  text: { rest: ['cstring'], given: ['a'], declared: ', const char *x', adds: "(x[0] != 'a')" },
};

/** The declaration of a function that returns such a type. */
const declaration = (type, name) => (type === 'function' ? `void (*${name})(void)` : `${types[type][0]} ${name}`);

const functions = Object.keys(types).flatMap((type) =>
  Object.entries(shapes).map(([shape, { rest, given, declared = '', adds }]) => {
    const name = `${type}_${shape}`;
    /** @param {string} prefix of the name @param {string} first statements */
    const defined = (prefix, first) => `
      ${declaration(type, `${prefix}${name}(unsigned high, unsigned low${declared})`)} {
        ${first} return (${type === 'function' ? 'void (*)(void)' : types[type][0]})JOINED(${adds}); }`;
    const text = defined('', '') + defined('calling_', 'nothing(low);');
    return { name, type, args: ['u32', 'u32', ...rest], given, text };
  }),
);

const file = library(
  'liblong.so',
  `#define JOINED(more) (((unsigned long long)high << 32 | low) + (more))
  void nothing(unsigned value) {}
  ${functions.map(({ text }) => text).join('\n')}
  long long signed_after(void (*first)(unsigned), unsigned high, unsigned low) { first(low); return JOINED(0); }
  unsigned long long unsigned_after(void (*first)(unsigned), unsigned high, unsigned low) { first(low); return JOINED(0); }`,
  ['-O2', '-fno-stack-protector', '-fno-inline'],
);

/** Makes calls until they come from compiled code; so many where that cannot be seen. @param {(bits: bigint) => void} check */
function warm(check) {
  for (let chunk = 0; chunk < 50; chunk++) {
    const before = slowCalls();
    for (let round = 0; round < 500; round++) check(small[round % small.length]);
    if (chunk > 8 && slowCalls() === before) break;
  }
}

/** Calls a function from code of its own, which the engine compiles for what is called there. */
function siteOf(name, count) {
  if (!canGenerate) return (call, args) => call(...args);
  const args = Array.from({ length: count }, (_, index) => `args[${index}]`);
  return new Function('call', 'args', `return call(${args}); // ${name}`);
}

const high = (bits) => Number(bits >> 32n);
const low = (bits) => Number(bits & 0xffffffffn);

describe.each([
  ['as they are found', {}],
  ['that may call back', { prefix: 'calling_' }],
  ['that call others, and are said to be leaves', { prefix: 'calling_', leaf: true }],
  ['with errno', { errno: true }],
  ['that may call back, with errno', { prefix: 'calling_', errno: true }],
])('functions %s', (way, { prefix = '', ...options }) => {
  const definitions = functions.map(({ name, type, args }) => {
    return [name, { symbol: prefix + name, args, returns: type, ...options }];
  });
  const { symbols } = dlopen(file, Object.fromEntries(definitions));
  const valueOf = options.errno ? ({ value }) => value : (value) => value;

  test.each(Object.keys(types))('give every %s as it is, before and after code is compiled for small ones', (type) => {
    const wrong = [];
    for (const { name, type: of, args, given } of functions) {
      if (of !== type) continue;
      const body = siteOf(`${name} ${way}`, args.length);
      const check = (bits) => {
        const [expected, got] = [types[type][1](bits), valueOf(body(symbols[name], [high(bits), low(bits), ...given]))];
        if (got !== expected) wrong.push({ name, got, expected });
      };
      warm(check);
      edges.forEach(check);
      warm(check);
      edges.forEach(check);
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });
});

describe.each([
  ['i64', 'signed_after'],
  ['u64', 'unsigned_after'],
])('an %s of a function that calls back', (type, symbol) => {
  const args = ['ptr', 'u32', 'u32'];
  const { symbols } = dlopen(file, {
    call: { symbol, args, returns: type },
    nothing: { args: ['u32'], returns: 'void' },
  });
  const body = siteOf(symbol, args.length);
  const check = (first) => (bits) => {
    const [expected, got] = [types[type][1](bits), body(symbols.call, [first, high(bits), low(bits)])];
    if (got !== expected) expect(got).toBe(expected);
  };

  test('is what C returns, also when JavaScript has run inside or thrown', () => {
    const values = [];
    const callback = new JSCallback((value) => values.push(value), { args: ['u32'], returns: 'void' });
    const thrower = new JSCallback(
      () => {
        throw new RangeError('from inside');
      },
      { args: ['u32'], returns: 'void' },
    );
    warm(check(symbols.nothing.ptr));
    edges.forEach(check(symbols.nothing.ptr));
    edges.forEach(check(callback.ptr));
    expect(values).toEqual(edges.map(low));
    for (const bits of edges) {
      expect(() => check(thrower.ptr)(bits)).toThrow(new RangeError('from inside'));
    }
    warm(check(symbols.nothing.ptr));
    edges.forEach(check(symbols.nothing.ptr));
    edges.forEach(check(callback.ptr));
    callback.close();
    thrower.close();
  });
});
