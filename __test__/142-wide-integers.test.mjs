// One 64-bit integer among others, at each place, with as many floating-point numbers as there are registers and more: hosts
// pass such integers in ways of their own. What C gets shows in the result, of each kind.
import { describe, expect, test } from 'vitest';
import { index, run } from './fast/run.mjs';
import { library } from './libraries.mjs';
import { arkffi, require } from './open.mjs';

const { dlopen } = arkffi;
const { passingOneWide } = require('../lib/fast/holding.js');
const { canGenerate } = require('../lib/generate.js');
/** Enough that calls come from compiled code. */
const HOT = 4000;

const PRIME = 1_000_003;
const types = {
  i32: ['int', (sum) => sum % PRIME],
  u32: ['unsigned', (sum) => Math.abs(sum % PRIME)],
  f32: ['float', (sum) => sum % PRIME],
  f64: ['double', (sum) => sum],
  i64: ['long long', (sum) => sum],
  u8: ['unsigned char', undefined],
};
const results = ['i32', 'u32', 'f32', 'f64', 'i64'];
const returned = {
  i32: 'sum % PRIME',
  u32: 'llabs(sum % PRIME)',
  f32: 'sum % PRIME',
  f64: 'sum',
  i64: 'sum',
};

/** Functions with 2 to 5 integers, of which the one at `wide` has 64 bits, and floats among them. */
function* drawn() {
  for (const ints of [2, 3, 4, 5]) {
    for (let wide = 0; wide < ints; wide++) {
      for (const floats of [0, 1, 3, 7, 8]) {
        const params = Array.from({ length: ints }, (_, index) =>
          index === wide ? 'i64' : ['i32', 'u8', 'u32'][index % 3],
        );
        for (let index = 0; index < floats; index++)
          params.splice((index * 2) % (params.length + 1), 0, index % 2 ? 'f32' : 'f64');
        for (const result of results) yield { name: `f_${ints}_${wide}_${floats}_${result}`, params, result };
      }
    }
  }
}
const functions = [...drawn()];

const source = functions.map(({ name, params, result }) => {
  const declared = params.map((type, index) => `${types[type][0]} a${index}`).join(', ');
  const sum = params.map((_, index) => `${index + 1} * (long long)a${index}`).join(' + ');
  return `${types[result][0]} ${name}(${declared}) { long long sum = ${sum}; return ${returned[result]}; }`;
});
const sums =
  'double one(long long a, double b) { return a + b; } double two(long long a, long long b, double c) { return a + b + c; }';
const file = library('libwide.so', `#include <stdlib.h>\n#define PRIME ${PRIME}\n${sums}\n${source.join('\n')}`, [
  '-O2',
  '-fno-stack-protector',
]);

/** Calls a function from code of its own, which the engine compiles for what is called there. */
function siteOf(name, count) {
  if (!canGenerate) return (call, args) => call(...args);
  const args = Array.from({ length: count }, (_, index) => `args[${index}]`);
  return new Function('call', 'args', `return call(${args}); // ${name}`);
}

/** An argument for a round, another for each parameter. */
function argument(type, index, round) {
  if (type === 'i64') return (round % 2 ? -1 : 1) * (2 ** 40 + round * 3);
  if (type === 'u8') return (round + index) & 255;
  const value = (round & 1023) + index;
  return type === 'u32' ? value + 2 ** 31 : type === 'i32' ? -value : value;
}

describe.each([
  ['as they are found', {}],
  ['that are said to call back', { leaf: false }],
])('functions %s', (_, way) => {
  const { symbols } = dlopen(
    file,
    Object.fromEntries(functions.map(({ name, params, result }) => [name, { args: params, returns: result, ...way }])),
  );

  test('get every argument in its place, hot, and give what C returns', () => {
    const wrong = [];
    for (const { name, params, result } of functions) {
      const call = symbols[name];
      const body = siteOf(name, params.length);
      for (let round = 0; round < HOT; round++) {
        const args = params.map((type, index) => argument(type, index, round));
        const sum = args.reduce((all, value, index) => all + (index + 1) * value, 0);
        const [expected, got] = [types[result][1](sum), body(call, args)];
        if (got !== expected) {
          wrong.push({ name, round, args, got, expected });
          break;
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('take such an integer as a BigInt of any size', () => {
    const { name, params } = functions.find(({ result, params }) => result === 'i64' && params.length === 2);
    const args = params.map((type) => (type === 'i64' ? 2n ** 61n : 0));
    const expected = 2n ** 61n * BigInt(args.findIndex((value) => value !== 0) + 1);
    for (let round = 0; round < HOT; round++) if (symbols[name](...args) !== expected) throw new Error(`${round}`);
  });
});

test('what stands for integers that are not there is not what somebody gives all objects', () => {
  const program = `
    Object.prototype['-1'] = '(globalThis.ran = 1)';
    const { one, two } = require(${index}).dlopen(${JSON.stringify(file)}, {
      one: { args: ['i64', 'f64'], returns: 'f64' },
      two: { args: ['i64', 'i64', 'f64'], returns: 'f64' },
    }).symbols;
    let wrong = 0;
    for (let i = 0; i < ${HOT}; i++) if (one(i, 0.5) !== i + 0.5 || two(i, 2, 0.5) !== i + 2.5) wrong++;
    console.log(wrong, globalThis.ran);`;
  expect(run(['-e', program])).toBe('0 undefined\n');
});

describe('an entry for one such integer as a double', () => {
  const isWide = (kind) => kind === 'i64' || kind === 'u64';

  test.each([
    [['u64'], 'i32', true, 'briefWideAt0', ['f64'], [0]],
    [['i32', 'f32', 'i64'], 'void', true, 'briefStoresWideAt1', ['i32', 'f64', 'f32'], [0, 2, 1]],
    [
      ['f64', 'u32', 'i32', 'u64', 'i32'],
      'f64',
      true,
      'briefWideAt2',
      ['u32', 'i32', 'i32', 'f64', 'f64'],
      [1, 2, 4, 3, 0],
    ],
    [['i64', 'i32'], 'address', true, 'briefStoresWideAt0', ['i32', 'f64'], [1, 0]],
    [['i32', 'u64'], 'f64', false, 'floatsWideAt1', ['i32', 'f64'], [0, 1]],
    [['i32', 'u64'], 'u32', false, 'wideAt1', ['i32', 'f64'], [0, 1]],
  ])('for %j and %s, brief: %s, is %s', (values, result, isBrief, entry, kinds, order) => {
    expect(passingOneWide(values, result, false, isBrief, isWide)).toEqual({ entry, kinds, order });
  });

  test.each([
    ['two of them', ['i64', 'u64'], false],
    ['none', ['i32', 'f64'], false],
    ['more integers than it has registers for', ['i32', 'i32', 'i32', 'i32', 'i64'], false],
    ['more floating-point numbers than that', ['i64', ...Array(8).fill('f64')], false],
    ['a string in scratch memory', ['u64', 'i32'], true],
  ])('there is none for %s', (_, values, hasTexts) => {
    expect(passingOneWide(values, 'i32', hasTexts, false, isWide)).toBe(undefined);
  });
});
