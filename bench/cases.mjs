// What is called, and with what. Arguments are source text: `i` counts the calls, `data` is below. `own` has the
// texts of contenders that want other values, BigInts say; null stands for what one has no equal of.
import { createRequire, isBuiltin } from 'node:module';

/** Strings as they come from a parser: flat, and not always the same one. */
const texts = (length) => Array.from({ length: 4 }, (_, index) => Buffer.alloc(length, 'abcd'[index]).toString());

/** Addresses, which nobody follows. */
const places = Array.from({ length: 8 }, (_, index) => 0x7f00_0000_1000 + index);

const data = {
  short: texts(11),
  long: texts(1000),
  bytes: Uint8Array.from({ length: 64 }, (_, index) => index + 1),
  places,
  bigPlaces: places.map(BigInt),
  pointers: places.map((place) => globalThis.Deno?.UnsafePointer.create(BigInt(place))),
  encoder: new TextEncoder(),
  nodeFfi: isBuiltin('node:ffi') ? createRequire(import.meta.url)('node:ffi') : undefined,
  cString: globalThis.Deno?.UnsafePointerView.getCString,
};

const asNumber = (call) => `Number(${call})`;
const bigPlaces = { args: ['data.bigPlaces[i & 7]'], result: asNumber };
/** For hosts that take no strings. */
const encoded = (name) => ({ args: [`data.encoder.encode(data.${name}[i & 3] + '\\0')`] });

export const cases = [
  { id: 'no-arguments', title: 'no arguments', target: 'nothing', args: [] },
  { id: 'add-i32', title: 'add(i32, i32)', target: 'add_i32', args: ['i & 1023', '7'] },
  { id: 'add-f64', title: 'add(f64, f64)', target: 'add_f64', args: ['i + 0.5', '1.25'] },
  {
    id: 'add-i64',
    title: 'add(i64, i64)',
    target: 'add_i64',
    args: ['i', '5000000000'],
    own: {
      'node:ffi': { args: ['BigInt(i)', '5000000000n'], result: asNumber },
      deno: { args: ['BigInt(i)', '5000000000n'], result: asNumber },
    },
  },
  {
    id: 'six-mixed',
    title: 'six mixed scalars',
    target: 'mixed',
    args: ['i & 1023', 'i + 0.5', '5000000000', '1.5', 'i & 255', '(i & 1) === 1'],
    own: {
      'node:ffi': { args: ['i & 1023', 'i + 0.5', '5000000000n', '1.5', 'i & 255', 'i & 1'] },
      deno: { args: ['i & 1023', 'i + 0.5', '5000000000n', '1.5', 'i & 255', '(i & 1) === 1'] },
    },
  },
  {
    id: 'pointer',
    title: 'pointer in and out',
    target: 'next',
    args: ['data.places[i & 7]'],
    own: {
      'node:ffi': bigPlaces,
      koffi: bigPlaces,
      'ffi-rs': null,
      // Pointers are objects there, which need not be looked into.
      deno: {
        args: ['data.pointers[i & 7]'],
        result: (call) => `(${call} === null ? 0 : data.places[i & 7] + 1)`,
      },
    },
  },
  {
    id: 'strlen-11',
    title: 'string of 11 characters',
    target: 'length',
    args: ['data.short[i & 3]'],
    own: { deno: encoded('short'), bun: encoded('short') },
  },
  {
    id: 'strlen-1000',
    title: 'string of 1000 characters',
    target: 'length',
    args: ['data.long[i & 3]'],
    own: { deno: encoded('long'), bun: encoded('long') },
  },
  {
    id: 'string-result',
    title: 'string result',
    target: 'greeting',
    args: [],
    property: 'length',
    own: {
      'node:ffi': { args: [], result: (call) => `data.nodeFfi.toString(${call}).length` },
      deno: { args: [], result: (call) => `data.cString(${call}).length` },
    },
  },
  { id: 'buffer', title: 'buffer argument', target: 'sum4', args: ['data.bytes'] },
];

/**
 * The loop that is timed. Every body has a source text of its own: the engine lets functions of the
 * same text share what it learns about types, and one contender's calls would slow another's down.
 * @param {object} which one of the cases
 * @param {string} who whose body it is
 * @param {(args: string) => string} call the text of a call
 * @param {Record<string, unknown>} scope what that text refers to
 * @param {number} [each] how many calls stand in the loop, one behind the other
 * @returns {(count: number) => number} goes through the loop `count` times and adds up the results
 */
export function makeBody({ id, args: common, property, own = {} }, who, call, scope, each = 1) {
  const { args = common, result: taken = (text) => (property ? `${text}.${property}` : text) } = own[who] ?? {};
  const result = taken(call(args.join(', ')));
  const text = `return function (count) { // ${who}: ${id}
    let sum = 0;
    for (let i = 0; i < count; i++) { ${`sum += ${result}; `.repeat(each)} }
    return sum;
  };`;
  return new Function('data', ...Object.keys(scope), text)(data, ...Object.values(scope));
}
