// Draws values of types, and writes them as the numbers that C reads (prelude.c says how). A value is, by
// the kind of its type:
//   number { bits }; address { bits }, text { text }, bytes { bytes }, behind { items } for pointers;
//   chars { bytes }; array { items }; record { items, chosen? }, where members without a value are undefined
import { bitsOf, integer, numbers } from '../numbers.mjs';
import { drawText, encodeText } from '../memory.mjs';
import { isNamed } from './shapes.mjs';

const NAN = { f32: 0x7fc0_0000n, f64: bitsOf(NaN) };
const INFINITY = { f32: 0x7f80_0000n, f64: bitsOf(Infinity) };
const MAGNITUDE = { f32: 0x7fff_ffffn, f64: 0x7fff_ffff_ffff_ffffn };

/** How numbers of a type are drawn, given and read. */
export function numberKind(type, width) {
  if (type.kind === 'enum') return numbers[type.storage];
  return width === undefined || type.type === 'bool' ? numbers[type.type] : integer(type.type, width);
}

function drawNumber(type, width, random) {
  if (type.kind === 'enum' && random.chance(0.7))
    return { kind: 'number', bits: BigInt.asUintN(64, random.pick(type.entries)[1]) };
  const bits = numberKind(type, width).draw(random);
  const float = NAN[type.type];
  // Engines write every NaN in an array alike.
  return { kind: 'number', bits: float && (bits & MAGNITUDE[type.type]) > INFINITY[type.type] ? float : bits };
}

const FIRST_ADDRESS = 65_536n;

const drawAddress = (random) => ({ kind: 'address', bits: random.chance(0.2) ? 0n : numbers.address.draw(random) });

/** An address where something may be: smaller numbers are refused as arguments. */
export const placed = ({ kind, bits }) => ({
  kind,
  bits: bits > 0n && bits < FIRST_ADDRESS ? bits + FIRST_ADDRESS : bits,
});

/** At most so many bytes of whole characters. */
function drawChars(count, random) {
  const text = Buffer.from(encodeText(drawText(random))).subarray(0, -1);
  const fitting = random.chance(0.5) ? text.subarray(0, count) : text.subarray(0, random.below(count + 1));
  // A character that was cut is not text.
  const whole = Buffer.from(fitting.toString('utf8').replace(/\ufffd+$/, '')).subarray(0, count);
  return { kind: 'chars', bytes: Uint8Array.from({ length: count }, (_, index) => whole[index] ?? 0) };
}

const isShort = (random) => random.chance(0.6);

function drawPointed(type, random, depth) {
  const { to } = type;
  // What C gets a pointer to must end somewhere.
  if (depth > 2 || random.chance(0.35)) return placed(drawAddress(random));
  const length = to.kind === 'record' && isShort(random) ? 1 : random.between(1, 3);
  return {
    kind: 'behind',
    items: Array.from({ length }, () => drawValue(to, random, { isInput: true, depth: depth + 1 })),
  };
}

function drawScalar(type, random, { isInput }) {
  switch (type.type) {
    case 'cstring':
      return isInput && random.chance(0.7)
        ? { kind: 'text', text: drawText(random).slice(0, 40) }
        : drawAddress(random);
    case 'ptr':
      if (isInput && random.chance(0.3)) {
        return { kind: 'bytes', bytes: Uint8Array.from({ length: random.between(1, 30) }, () => random.below(256)) };
      }
      return drawAddress(random);
    case 'function':
      return drawAddress(random);
    default:
      return drawNumber(type, undefined, random);
  }
}

function drawRecordValue(type, random, options) {
  const { members, isUnion } = type;
  const { like } = options;
  const chosen = isUnion ? (members[like?.chosen] ?? random.pick(members.filter(isNamed))) : undefined;
  const items = members.map((member, index) => {
    if (!isNamed(member) || (chosen && chosen !== member)) return undefined;
    if (member.width !== undefined) return drawNumber(member.type, member.width, random);
    if (member.preset !== undefined && random.chance(0.4)) return { kind: 'number', bits: member.preset };
    return drawValue(member.type, random, { ...options, like: like?.items[index] });
  });
  return { kind: 'record', items, chosen: chosen && members.indexOf(chosen) };
}

/**
 * @param {any} type
 * @param {any} random
 * @param {object} options
 * @param {boolean} options.isInput C gets it, so that pointers may lead somewhere
 * @param {number} [options.depth] how many pointers have been followed
 * @param {any} [options.like] a value whose choices among the members of unions it shares
 */
export function drawValue(type, random, { isInput, depth = 0, like }) {
  const options = { isInput, depth, like };
  switch (type.kind) {
    case 'scalar':
      return drawScalar(type, random, options);
    case 'enum':
      return drawNumber(type, undefined, random);
    case 'opaque':
      return drawAddress(random);
    case 'pointer':
      return isInput ? drawPointed(type, random, depth) : drawAddress(random);
    case 'chars':
      return drawChars(type.count, random);
    case 'array': {
      const drawItem = (_, index) => drawValue(type.element, random, { ...options, like: like?.items[index] });
      return { kind: 'array', items: Array.from({ length: type.count }, drawItem) };
    }
    default:
      return drawRecordValue(type, random, options);
  }
}

/** In prelude.c. */
const modes = { address: 0n, bytes: 1n, text: 1n, behind: 2n };

function* words(bytes) {
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  yield* new BigUint64Array(padded.buffer);
}

function* pointerStream(type, value, path) {
  yield [modes[value.kind], path];
  if (value.kind === 'address') return yield [value.bits, path];
  if (value.kind === 'behind') {
    yield [BigInt(value.items.length), path];
    for (const [index, item] of value.items.entries()) yield* streamOf(type.to, item, `${path}->[${index}]`);
    return;
  }
  const bytes = value.kind === 'text' ? encodeText(value.text) : value.bytes;
  yield [BigInt(bytes.length), path];
  for (const word of words(bytes)) yield [word, path];
}

function* recordStream({ members }, { items, chosen }, path) {
  if (chosen !== undefined) yield [BigInt(chosen), `${path} (which member)`];
  for (const [index, member] of members.entries()) {
    if (!items[index]) continue;
    const inner = member.anonymous ? path : `${path}.${member.name}`;
    yield* streamOf(member.type, items[index], inner);
  }
}

/**
 * The numbers that stand for a value, each with its path, and whether its lowest bit makes it another value.
 * @returns {Generator<[bits: bigint, path: string, counts?: boolean]>}
 */
export function* streamOf(type, value, path) {
  switch (value.kind) {
    case 'number':
      yield [value.bits, path, value.bits !== NAN[type.type]];
      break;
    case 'chars':
      for (const word of words(value.bytes)) yield [word, path];
      break;
    case 'array':
      for (const [index, item] of value.items.entries()) yield* streamOf(type.element, item, `${path}[${index}]`);
      break;
    case 'record':
      yield* recordStream(type, value, path);
      break;
    default:
      yield* pointerStream(type, value, path);
  }
}
