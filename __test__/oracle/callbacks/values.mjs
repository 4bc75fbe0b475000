// The values of one call of a callback: drawn, written to the stream that C reads, made for JavaScript, and
// compared with what came.
import { inspect } from 'node:util';
import { isSame } from '../check.mjs';
import { drawText, encodeText } from '../memory.mjs';
import { numbers } from '../numbers.mjs';
import { bytesOf, compare, hold, toJs } from '../records/javascript.mjs';
import { compareMemory } from '../records/passing.mjs';
import { roughSize } from '../records/shapes.mjs';
import { drawValue, placed, streamOf } from '../records/values.mjs';
import { narrowBits } from '../types.mjs';

/** No text is longer, so that all of one call fit into the stream. */
const LONGEST = 2000;

const isPlainNumber = ({ kind, type }) => kind === 'scalar' && type in numbers;
const isText = ({ kind, type }) => kind === 'scalar' && type === 'cstring';

/** Scalars by themselves keep the bits of their NaNs; those in records do not. */
function drawAny(type, random, options) {
  return isPlainNumber(type)
    ? { kind: 'number', bits: numbers[type.type].draw(random) }
    : drawValue(type, random, options);
}

/** What C passes: addresses that are only compared, but a string is there. */
export function drawArgument({ type, bare }, random) {
  if (isText(type)) {
    if (random.chance(0.1)) return { kind: 'address', bits: 0n };
    return { kind: 'text', text: drawText(random).slice(0, LONGEST) };
  }
  const value = drawAny(type, random, { isInput: false });
  return bare ? { ...value, garbage: random.bits() } : value;
}

/** The numbers that C makes an argument of. */
export function* argumentStream({ type }, value, path) {
  if (value.garbage === undefined) return yield* streamOf(type, value, path);
  const width = narrowBits[type.type];
  yield [(value.garbage << BigInt(width)) | BigInt.asUintN(width, value.bits), path, true];
}

/** Whether what C gets may point to memory. */
export function mayPoint(type) {
  if (type.kind === 'array') return mayPoint(type.element);
  if (type.kind === 'record') return type.members.some((member) => mayPoint(member.type));
  return type.kind === 'pointer' || (type.kind === 'scalar' && ['ptr', 'cstring'].includes(type.type));
}

const textOf = (text) => Buffer.from(encodeText(text)).toString('utf8').slice(0, -1);

function* compareScalar(type, value, got, path) {
  const expected =
    value.kind === 'text'
      ? textOf(value.text)
      : isText(type)
        ? null
        : (numbers[type.type] ?? numbers.address).result(value.bits);
  if (!isSame(got, expected)) yield `${path} is ${inspect(got)} instead of ${inspect(expected)}`;
}

/**
 * What is different in an argument that came, in words.
 * @param {any} param
 * @param {boolean} isObject a record was declared to come as an object
 * @returns {Generator<string>}
 */
export function* compareArgument({ type }, value, got, path, isObject, host) {
  if (type.kind === 'scalar') return yield* compareScalar(type, value, got, path);
  if (type.kind !== 'record' || isObject) return yield* compare(type, value, got, path);
  if (typeof got !== 'number' && typeof got !== 'bigint') return yield `${path} is ${inspect(got)}`;
  const align = Math.min(host.of(type).alignment, 16);
  if (Number(got) % align !== 0) yield `${path} is at ${got}, not aligned to ${align}`;
  yield* compareMemory(type, [value], got, 0, host, path);
}

/** Memory that a pointer leads to. */
function drawBehind({ to }, host, random) {
  const items = Array.from({ length: random.between(1, 3) }, () => drawValue(to, random, { isInput: true }));
  const { object, memory } = hold(bytesOf(to, items, host, random), random);
  host.owners.push(object);
  // Unaligned, as prelude.c has it: more than memory of JavaScript is.
  const stream = function* (path) {
    yield [3n, path];
    yield [BigInt(items.length), path];
    for (const [index, item] of items.entries()) yield* streamOf(to, item, `${path}->[${index}]`);
  };
  return { js: random.chance(0.5) ? object : host.arkffi.ptr(memory), stream };
}

/** A record: an object, a buffer of some kind, or an address. */
function recordValue(type, value, host, random) {
  if (random.chance(0.5)) return toJs(type, value, host, random);
  const { object, memory } = hold(bytesOf(type, [value], host, random), random);
  host.owners.push(object);
  const address = () => random.pick([Number, BigInt])(host.arkffi.ptr(memory));
  return random.chance(0.5) ? object : address();
}

/** A value in one of the ways to write it for JavaScript. */
function valueOf(type, value, host, random) {
  if (value.kind === 'number' && isPlainNumber(type)) return numbers[type.type].argument(value.bits, random);
  return type.kind === 'record' ? recordValue(type, value, host, random) : toJs(type, value, host, random);
}

/** What JavaScript returns: its `js`, and the numbers that C compares with it. */
export function drawResult({ type }, host, random) {
  if (type.type === 'void') return { js: undefined, *stream() {} };
  if (type.kind === 'pointer' && random.chance(0.5) && roughSize(type.to) > 0) return drawBehind(type, host, random);
  // No object can be lent for as long as C may use a pointer.
  const value = drawAny(type, random, { isInput: type.kind !== 'pointer' });
  return { js: valueOf(type, value, host, random), stream: (path) => streamOf(type, value, path) };
}

/** What JavaScript passes or returns where no C looks at it: its `js`, and the `value` that must come out. */
export function drawExchanged({ type }, host, random) {
  if (type.type === 'void') return { js: undefined };
  const drawn = drawArgument({ type, bare: false }, random);
  const value = type.kind === 'pointer' ? placed(drawn) : drawn;
  return { js: valueOf(type, value, host, random), value };
}

/** The record that came as an argument. */
export const echoOf = ({ type }, value, index) => ({ echo: index, stream: (path) => streamOf(type, value, path) });

/** A value of zeros. */
function zeroOf(type) {
  switch (type.kind) {
    case 'scalar':
      return isPlainNumber(type) ? { kind: 'number', bits: 0n } : { kind: 'address', bits: 0n };
    case 'enum':
      return { kind: 'number', bits: 0n };
    case 'chars':
      return { kind: 'chars', bytes: new Uint8Array(type.count) };
    case 'array':
      return { kind: 'array', items: Array.from({ length: type.count }, () => zeroOf(type.element)) };
    case 'record': {
      const named = type.members.map(({ width, unnamed }) => width !== 0 && !unnamed);
      const chosen = type.isUnion ? named.indexOf(true) : undefined;
      const items = type.members.map((member, index) =>
        named[index] && (chosen === undefined || chosen === index) ? zeroOf(member.type) : undefined,
      );
      return { kind: 'record', items, chosen };
    }
    default:
      return { kind: 'address', bits: 0n };
  }
}

/** What C gets where nothing else was declared. */
export function zeroResult({ type }) {
  if (type.type === 'void') return { js: undefined, *stream() {} };
  return { js: undefined, stream: (path) => streamOf(type, zeroOf(type), path) };
}

const ranged = { i8: 128, u8: 256, i16: 32768, u16: 65536, i32: 2 ** 31, u32: 2 ** 32, i64: 2n ** 63n, u64: -1 };

/** A value that no result of the type may be. */
export function drawBadResult({ type }, random) {
  const choices = [Symbol('bad')];
  if (type.kind === 'scalar' && type.type in ranged) choices.push(ranged[type.type], 0.5, NaN, '1', undefined);
  if (type.kind === 'record') choices.push(null, undefined, 'text', -1);
  if (type.type === 'f64' || type.type === 'f32') choices.push('1', 1n, undefined);
  return random.pick(choices);
}
