// Runs in each host: `observe.cjs library ways` prints which way calls of some signatures take into C, `observe.cjs library
// compiled` whether the engine has compiled them once they are hot. In JSON, each for functions that are no leaves, and for
// leaves, while a callback is open.
'use strict';

const path = require('node:path');

const package_ = path.resolve(__dirname, '../..');
const native = require(`${package_}/lib/binding.js`);

const [, , file, question] = process.argv;
const { views, offsets } = require(`${package_}/lib/frame.js`);
const { provider } = require(`${package_}/lib/fast/provider.js`);

/** Calls that were made with values, and through the frame. */
const made = { values: 0, frame: 0 };

/** A caller that counts the calls that it makes. */
const counting = (way, caller) => {
  if (caller === null) return null;
  return (...given) => {
    const result = caller(...given);
    if (views.u32[offsets.status / 4] !== 1) made[way]++;
    return result;
  };
};

const found = provider();
if (question === 'ways' && !('reason' in found)) {
  const { caller, frameCaller } = found;
  found.caller = (...shape) => {
    const made = caller(...shape);
    return made && { ...made, caller: counting('values', made.caller) };
  };
  if (frameCaller) found.frameCaller = (...shape) => counting('frame', frameCaller(...shape));
}

const { dlopen, JSCallback, Struct, pointer } = require(package_);

const point = Struct({ x: 'f64', y: 'f64' });
const bytes = new Uint8Array(16);
const one = { x: 1, y: 2 };

/** What is called, and with what. */
const rows = {
  'no arguments': ['nothing', [], 'i32', () => []],
  'integers of up to 32 bits, bool': ['small', ['i32', 'u8', 'bool'], 'i32', (i) => [i, i & 7, true]],
  'f32, f64': ['floats', ['f32', 'f64'], 'f64', (i) => [i, i + 0.5]],
  'six of these, mixed': [
    'mixed',
    ['i32', 'f64', 'u32', 'f32', 'i16', 'bool'],
    'f64',
    (i) => [i, 0.5, i, 1.5, 3, false],
  ],
  '64-bit integer, a Number': ['takes_wide', ['i64'], 'i32', (i) => [i]],
  '64-bit integer, a BigInt': ['takes_wide', ['i64'], 'i32', (i) => [BigInt(i)]],
  '64-bit result': ['gives_wide', ['i32'], 'i64', (i) => [i]],
  'pointer, a Number': ['pointer', ['ptr'], 'ptr', (i) => [4096 + i]],
  buffer: ['buffer', ['buffer'], 'i32', () => [bytes]],
  string: ['string', ['cstring'], 'i32', (i) => [i & 1 ? 'one' : 'three']],
  'string result': ['gives_string', [], 'cstring', () => []],
  'seven integers': ['seven', Array(7).fill('i32'), 'i32', (i) => [i, 1, 2, 3, 4, 5, 6]],
  'struct by value': ['sum_point', [point], 'f64', () => [one]],
  'struct result': ['turn', [point.object], point.object, () => [one]],
  'object where a pointer goes': ['sum_at', [pointer(point)], 'f64', () => [one]],
  'a JSCallback': ['takes_function', ['function'], 'i32', () => [callback]],
  variadic: ['more', ['i32', '...'], 'i32', () => [2, ['i32', 1], ['i32', 2]]],
};

const CALLS = 2000;
/** The engine compiles in another thread, which may take its time. */
const WARM = { calls: 100_000, times: 40 };

/** Calls a function as a program does that calls it often. */
function makeLoop(bound, args) {
  const lists = Array.from({ length: 64 }, (_, index) => args(index));
  const names = lists[0].map((_, index) => `list[${index}]`).join(', ');
  const text = `for (let i = 0; i < count; i++) { const list = lists[i & 63]; f(${names}); } // ${bound.name}`;
  const loop = new Function('f', 'lists', 'count', text);
  return (count) => loop(bound, lists, count);
}

/** @returns {'values' | 'frame' | 'Node-API'} the way that hot calls take */
function wayOf(loop) {
  for (let time = 0; time < 4; time++) loop(WARM.calls);
  Object.assign(made, { values: 0, frame: 0 });
  loop(CALLS);
  return made.values > CALLS / 2 ? 'values' : made.frame > CALLS / 2 ? 'frame' : 'Node-API';
}

/** @returns {boolean} whether hot calls come from compiled code */
function isCompiled(loop) {
  for (let time = 0; time < WARM.times; time++) {
    loop(WARM.calls);
    const before = native.slowCalls();
    loop(CALLS);
    if (native.slowCalls() - before < CALLS / 2) return true;
  }
  return false;
}

/** @param {string} file @param {object} more of definitions */
function observe(file, more) {
  const ways = {};
  for (const [title, [name, args, returns, make]] of Object.entries(rows)) {
    const { symbols } = dlopen(file, { [name]: { args, returns, ...more } });
    ways[title] = (question === 'ways' ? wayOf : isCompiled)(makeLoop(symbols[name], make));
  }
  return ways;
}

const callback = new JSCallback(() => 0, { args: [], returns: 'i32' });
const any = observe(file, { leaf: false });
const leaf = observe(file, { leaf: true });
callback.close();
console.log(JSON.stringify({ any, leaf }));
