// Draws the functions of an oracle: signatures with some sets of values each. A function depends only
// on the seed and its number, so that one can be looked at alone.
import { createRandom } from './random.mjs';
import { narrowBits, paramTypes, resultTypes, words } from './types.mjs';
import { drawArgument, drawResult } from './values.mjs';

/** Value sets of each function. */
export const SETS = 6;

/** So many integer arguments are in registers under every calling convention. */
const SURE_REGISTERS = 4;

function drawCount(number, random) {
  if (number % 100 === 0) return 256;
  if (number % 100 === 50) return 300;
  return random.chance(0.3) ? random.below(8) : random.below(41);
}

/** Mostly any type; sometimes few types, which use up one kind of register and leave the others. */
function drawTypes(count, random) {
  const pool = random.chance(0.3) ? [random.pick(paramTypes), random.pick(paramTypes)] : paramTypes;
  return Array.from({ length: count }, () => random.pick(pool));
}

/** Keeps the stream that makes functions variadic apart from the one that draws them. */
const VARIADIC = 0x7a21;

/** Before the variable arguments C wants a parameter of a type that is not promoted. */
const isPromoted = (type) => narrowBits[type] < 32 || type === 'f32';

/** How many parameters the prototype names; undefined for a function that is not variadic. */
function drawNamed(types, seed, number) {
  const random = createRandom(seed, number ^ VARIADIC);
  if (types.length === 0 || !random.chance(0.3)) return undefined;
  const named = 1 + random.below(Math.min(types.length, 12));
  return isPromoted(types[named - 1]) ? undefined : named;
}

/**
 * @typedef {object} Declared
 * @property {string} type of the table
 * @property {string} word as C declares it
 * @property {boolean} bare C sees the whole register of a narrow type: it trusts, as clang does, that an
 *   argument is extended to 32 bits, and leaves garbage above a result
 *
 * @typedef {object} OracleFunction
 * @property {number} number
 * @property {string} name
 * @property {Declared[]} params
 * @property {number | undefined} named of a variadic function: how many of them its prototype names
 * @property {Declared} result
 * @property {{ args: any[], result: any }[]} sets
 */

/** @returns {OracleFunction} */
export function drawFunction(seed, number) {
  const random = createRandom(seed, number);
  const bare = random.chance(0.3);
  const declared = (type, mayBeBare) => ({
    type,
    word: type === 'void' ? 'void' : random.pick(words[type]),
    bare: bare && mayBeBare && type in narrowBits,
  });
  const types = drawTypes(drawCount(number, random), random);
  const named = drawNamed(types, seed, number);
  const isExtra = (index) => index >= (named ?? types.length);
  const params = types.map((type, index) =>
    declared(type, index < SURE_REGISTERS && type !== 'f32' && !isExtra(index)),
  );
  // In turn, because there is only one per function.
  const result = declared(resultTypes[number % resultTypes.length], true);
  const sets = Array.from({ length: SETS }, () => ({
    args: types.map((type) => drawArgument(type, random)),
    result: { ...drawResult(result.type, random), garbage: random.bits() },
  }));
  return { number, name: `oracle_${number}`, params, named, result, sets };
}

/** Functions `start` to `end` - 1. */
export function drawFunctions(seed, start, end) {
  return Array.from({ length: end - start }, (_, index) => drawFunction(seed, start + index));
}
