// Draws the signatures of the callback oracle. One depends only on the seed and its number.
//
// A parameter is { type, bare }: where it is `bare`, C leaves garbage above a narrow value. A bare result is
// looked at with its extension to 32 bits, in which some compilers trust.
import { createRandom } from '../random.mjs';
import { drawEnum } from '../records/enums.mjs';
import { drawPassed, drawPointed, drawScalarsBefore } from '../records/functions.mjs';
import { createContext, scalar } from '../records/shapes.mjs';
import { narrowBits, paramTypes, resultTypes } from '../types.mjs';

/** Keeps these streams apart from those of the other oracles. */
const STREAM = 0xca11b;

/** In prelude.c. */
const OPAQUES = ['oracle_opaque', 'oracle_hidden'];

/** C passes no buffers: they have no length. */
const scalars = paramTypes.filter((type) => type !== 'buffer');

const drawOpaque = (random) => ({ kind: 'opaque', tag: random.pick(OPAQUES) });

/** What is neither a scalar of the table nor a record. */
function drawOther(random, context) {
  const draw = random.pick([drawEnum, drawOpaque, drawPointer]);
  return draw(random, context);
}

function drawPointer(random, context) {
  return { kind: 'pointer', to: drawPointed(random, context) };
}

/** Parameters of mostly any scalar; sometimes of few, which use up one kind of register. */
function drawScalars(random) {
  const pool = random.chance(0.3) ? [random.pick(scalars), random.pick(scalars)] : scalars;
  const count = random.chance(0.3) ? random.below(8) : random.below(41);
  return Array.from({ length: count }, () => scalar(random.pick(pool), random));
}

function drawTypes(random, context) {
  const style = random.pick(['scalars', 'any', 'any', 'records', 'records', 'spilled']);
  if (style === 'scalars') return drawScalars(random);
  const before = style === 'spilled' ? drawScalarsBefore(random).map(({ type }) => type) : [];
  const most = 40 - before.length;
  const count = random.chance(0.7) ? random.below(7) : random.below(most + 1);
  const share = style === 'records' ? 15 : 50;
  const drawOne = () => {
    const roll = random.below(100);
    if (roll < share) return scalar(random.pick(scalars), random);
    return roll < 92 ? drawPassed(random, context) : drawOther(random, context);
  };
  return [...before, ...Array.from({ length: count }, drawOne)];
}

function drawResult(number, random, context) {
  // Scalars in turn, because there is only one result per function.
  if (number % 2 === 0) return scalar(resultTypes[(number / 2) % resultTypes.length], random);
  return random.chance(0.9) ? drawPassed(random, context) : drawOther(random, context);
}

function drawCallback(seed, number) {
  const random = createRandom(seed, number ^ STREAM);
  const context = createContext(number, { hasText: true, plainBits: true, hasPresets: true, opaques: OPAQUES });
  const isBare = random.chance(0.3);
  const declared = (type) => ({ type, bare: isBare && type.kind === 'scalar' && type.type in narrowBits });
  const params = drawTypes(random, context).map(declared);
  const result = declared(drawResult(number, random, context));
  return { number, name: `oracle_${number}`, params, result, enums: context.enums, records: context.records };
}

/** Signatures `start` to `end` - 1. */
export function drawCallbacks(seed, start, end) {
  return Array.from({ length: end - start }, (_, index) => drawCallback(seed, start + index));
}
