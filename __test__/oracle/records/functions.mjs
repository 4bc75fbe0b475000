// Draws the functions of the record oracle. A function depends only on the seed and its number.
//
// A parameter is { pass, type }: by `value`, as a `pointer`, `out` or `inout` to values of the type, or as
// an `array`, which C makes a pointer.
import { createRandom } from '../random.mjs';
import { paramTypes, resultTypes } from '../types.mjs';
import { createContext, drawMood, drawRecord, scalar } from './shapes.mjs';
import { isUnsure } from './unsure.mjs';

/** Keeps these streams apart from those of the other oracles. */
const STREAM = 0x4ec02d;

const scalars = paramTypes.filter((type) => type !== 'buffer');
const results = resultTypes.filter((type) => type !== 'cstring');

/** Mostly small ones, which travel in registers. */
function drawAny(random, context) {
  const { records } = context;
  if (records.length > 0 && random.chance(0.25)) return random.pick(records);
  const budget = random.chance(0.75) ? random.between(1, 40) : random.between(41, 200);
  const mood = random.chance(0.3) ? random.pick(['f32', 'f64']) : drawMood(random);
  return drawRecord(random, context, { depth: random.below(4), budget, mood });
}

/** A record to be passed by value. */
export function drawPassed(random, context) {
  for (;;) {
    const record = drawAny(random, context);
    if (!isUnsure(record)) return record;
  }
}

export function drawPointed(random, context) {
  return random.chance(0.6) ? drawAny(random, context) : scalar(random.pick(scalars), random);
}

function drawParam(random, context, style) {
  const roll = random.below(100);
  if (roll < (style === 'records' ? 8 : 40)) return { pass: 'value', type: scalar(random.pick(scalars), random) };
  if (roll < 84) return { pass: 'value', type: drawPassed(random, context) };
  if (roll < 96) return { pass: random.pick(['pointer', 'out', 'inout']), type: drawPointed(random, context) };
  const element = drawPointed(random, context);
  return { pass: 'array', type: { kind: 'array', element, count: random.between(1, 4) } };
}

/** Fill one kind of register, or nearly. */
export function drawScalarsBefore(random) {
  const type = random.pick(['i32', 'i64', 'ptr', 'f32', 'f64', 'u8']);
  return Array.from({ length: random.between(4, 10) }, () => ({ pass: 'value', type: scalar(type, random) }));
}

function drawParams(random, context) {
  const style = random.pick(['any', 'any', 'records', 'records', 'spilled']);
  const before = style === 'spilled' ? drawScalarsBefore(random) : [];
  const most = 20 - before.length;
  const count = random.chance(0.6) ? random.below(Math.min(6, most) + 1) : random.below(most + 1);
  return [...before, ...Array.from({ length: count }, () => drawParam(random, context, style))];
}

export function drawFunction(seed, number) {
  const random = createRandom(seed, number ^ STREAM);
  const context = createContext(number, { hasText: true, plainBits: true, hasPresets: true });
  const params = drawParams(random, context);
  const result = random.chance(0.7) ? drawPassed(random, context) : scalar(random.pick(results), random);
  return { number, name: `oracle_${number}`, params, result, enums: context.enums, records: context.records };
}

/** Functions `start` to `end` - 1. */
export function drawFunctions(seed, start, end) {
  return Array.from({ length: end - start }, (_, index) => drawFunction(seed, start + index));
}
