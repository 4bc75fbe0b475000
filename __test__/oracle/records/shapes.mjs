// Draws types: records of every make, and what they are made of. A case depends only on the seed and its
// number. Types are plain objects:
//   scalar { type, word }, enum { tag, entries, given? }, opaque { tag }, pointer { to }, chars { count },
//   array { element, count, isFlexible? },
//   record { tag, isUnion, pack, align, members: { name, type, width?, align?, anonymous?, unnamed?, preset? }[] }
import { numbers } from '../numbers.mjs';
import { createRandom } from '../random.mjs';
import { words } from '../types.mjs';
import { drawEnum } from './enums.mjs';

const integers = ['bool', 'i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'bigint64', 'biguint64'];
const addresses = ['ptr', 'cstring', 'function'];
const scalars = [...integers, 'f32', 'f64', ...addresses];
const sizes = { bool: 1, i8: 1, u8: 1, i16: 2, u16: 2, i32: 4, u32: 4, f32: 4 };

const sizeOfScalar = (type) => sizes[type] ?? 8;

/** At least so many bytes: no padding is counted. */
export function roughSize(type) {
  switch (type.kind) {
    case 'scalar':
      return sizeOfScalar(type.type);
    case 'enum':
      return sizeOfScalar(type.storage);
    case 'chars':
      return type.count;
    case 'array':
      return (type.isFlexible ? 0 : type.count) * roughSize(type.element);
    case 'record': {
      const parts = type.members.map((member) =>
        member.width === undefined ? roughSize(member.type) : member.width / 8,
      );
      return Math.ceil(type.isUnion ? Math.max(...parts) : parts.reduce((sum, part) => sum + part, 0));
    }
    default:
      return 8;
  }
}

export const scalar = (type, random) => ({
  kind: 'scalar',
  type,
  word: type === 'void' ? 'void' : random.pick(words[type]),
});

/** The types of one case: tags, names, and what was declared so far, in order. */
export function createContext(prefix, options = {}) {
  let count = 0;
  return {
    records: [],
    enums: [],
    tag: (kind) => `${kind}${prefix}_${count++}`,
    name: () => `m${count++}`,
    ...options,
  };
}

/** What the members of a record are mostly. */
export function drawMood(random) {
  const mood = random.pick(['any', 'any', 'any', 'bits', 'bits', 'scalars', 'few', 'f32', 'f64']);
  return mood === 'few' ? random.pick(scalars) : mood;
}

function drawScalar(random, mood) {
  return scalar(scalars.includes(mood) ? mood : random.pick(scalars), random);
}

function drawPointer(random, context) {
  if (random.chance(0.3))
    return { kind: 'opaque', tag: random.pick(context.opaques ?? ['oracle_opaque', 'oracle_hidden']) };
  const { records } = context;
  const to = records.length > 0 && random.chance(0.6) ? random.pick(records) : scalar(random.pick(scalars), random);
  return { kind: 'pointer', to };
}

function drawArray(random, context, depth, budget, mood) {
  if (context.hasText && mood === 'any' && random.chance(0.15)) {
    return { kind: 'chars', count: random.between(1, Math.max(1, Math.min(budget, 24))) };
  }
  const element = drawType(random, context, depth, budget, mood);
  const most = Math.floor(budget / Math.max(1, roughSize(element)));
  const count = random.chance(0.06) ? 0 : random.between(1, Math.max(1, Math.min(most, random.chance(0.2) ? 12 : 4)));
  return { kind: 'array', element, count };
}

function drawType(random, context, depth, budget, mood) {
  const isPure = mood !== 'any' && mood !== 'bits';
  const roll = random.below(100);
  if (depth > 0 && roll < (mood === 'scalars' ? 0 : 22)) {
    const { records } = context;
    const old = records.filter((record) => roughSize(record) <= budget);
    if (!isPure && old.length > 0 && random.chance(0.3)) return random.pick(old);
    return drawRecord(random, context, { depth: depth - 1, budget, mood: isPure ? mood : drawMood(random) });
  }
  if (roll < (mood === 'scalars' ? 0 : 40)) return drawArray(random, context, depth, budget, mood);
  if (!isPure && roll < 46) return drawEnum(random, context);
  if (!isPure && roll < 52) return drawPointer(random, context);
  return drawScalar(random, mood);
}

/** A width: any, the whole type, or what just fits beside others. */
function drawWidth(random, type) {
  const whole = type === 'bool' ? 1 : 8 * sizeOfScalar(type);
  if (random.chance(0.2)) return whole;
  return random.between(1, random.chance(0.5) ? whole : Math.min(whole, 9));
}

function drawBits(random, context, budget) {
  const types = context.plainBits ? integers.filter((type) => !type.startsWith('big')) : integers;
  const fitting = types.filter((type) => sizeOfScalar(type) <= Math.max(budget, 1));
  const type = scalar(random.pick(fitting), random);
  if (random.chance(0.08)) return { name: context.name(), type, width: 0 };
  return { name: context.name(), type, width: drawWidth(random, type.type), unnamed: random.chance(0.12) };
}

/** A default: of floats always 1.5. */
const drawPreset = ({ type }, random) =>
  ({ f32: 0x3fc0_0000n, f64: 0x3ff8n << 48n })[type] ?? numbers[type].draw(random);

function drawMember(random, context, depth, budget, mood) {
  if (random.chance({ bits: 0.7, any: 0.1 }[mood] ?? 0)) return drawBits(random, context, budget);
  if (depth > 0 && (mood === 'any' || mood === 'bits') && random.chance(0.1)) {
    const type = drawRecord(random, context, { depth: depth - 1, budget, mood: drawMood(random), anonymous: true });
    return { name: context.name(), type, anonymous: true, align: random.chance(0.05) ? 64 : 0 };
  }
  const type = drawType(random, context, depth, budget, mood);
  const align = random.chance(0.06) ? random.pick([1, 2, 4, 8, 16, 32, 64]) : 0;
  const hasPreset =
    context.hasPresets && type.kind === 'scalar' && !addresses.includes(type.type) && random.chance(0.05);
  return { name: context.name(), type, align, preset: hasPreset ? drawPreset(type, random) : undefined };
}

/** Whether it has a value. */
export const isNamed = ({ width, unnamed }) => width !== 0 && !unnamed;

/**
 * @param {object} wish
 * @param {number} wish.depth how many records there may be inside
 * @param {number} wish.budget about how many bytes
 * @param {string} wish.mood
 * @param {boolean} [wish.anonymous]
 * @param {boolean} [wish.mayBeFlexible]
 */
export function drawRecord(random, context, { depth, budget, mood, anonymous = false, mayBeFlexible = false }) {
  const isUnion = random.chance(0.18);
  const pack = random.chance(0.25) ? random.pick([1, 1, 2, 4, 8, 16]) : 0;
  const align = random.chance(0.12) ? random.pick([1, 2, 4, 8, 16, 32, 64]) : 0;
  const members = [];
  let left = budget;
  const most = isUnion ? 4 : 12;
  do {
    const member = drawMember(random, context, depth, Math.max(1, isUnion ? budget : left), mood);
    members.push(member);
    if (!isUnion) left -= member.width === undefined ? roughSize(member.type) : member.width / 8;
  } while (left > 0 && members.length < most && random.chance(isUnion ? 0.7 : 0.85));
  // What is missing there is another member.
  if (isUnion || anonymous) members.forEach((member) => (member.preset = undefined));
  if (!members.some(isNamed)) members.push({ name: context.name(), type: drawScalar(random, mood), align: 0 });
  if (mayBeFlexible && !isUnion && random.chance(0.1)) {
    const element = drawType(random, context, Math.min(depth, 1), 16, mood);
    members.push({ name: context.name(), type: { kind: 'array', element, isFlexible: true }, align: 0 });
  }
  const record = { kind: 'record', tag: anonymous ? '' : context.tag('r'), isUnion, pack, align, members };
  if (anonymous) return record;
  // A pointer to itself, which a list has.
  if (random.chance(0.05)) members.unshift({ name: context.name(), type: { kind: 'pointer', to: record }, align: 0 });
  if (!mayBeFlexible) context.records.push(record);
  else context.top = record;
  return record;
}

/** The members that can be told apart from outside, those of anonymous records included. */
export function fieldsOf(record) {
  return record.members.filter(isNamed).flatMap((member) => (member.anonymous ? fieldsOf(member.type) : [member]));
}

/** A case of the layout oracle: the records of one nest, the outermost last. */
export function drawLayoutCase(seed, number) {
  const random = createRandom(seed, number);
  const context = createContext(number);
  const budget = random.chance(0.5) ? random.between(1, 40) : random.between(41, 400);
  drawRecord(random, context, { depth: random.below(5), budget, mood: drawMood(random), mayBeFlexible: true });
  return { number, enums: context.enums, records: [...context.records, context.top] };
}

/** Cases `start` to `end` - 1. */
export function drawLayoutCases(seed, start, end) {
  return Array.from({ length: end - start }, (_, index) => drawLayoutCase(seed, start + index));
}
