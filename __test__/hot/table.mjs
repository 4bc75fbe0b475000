// The values that a loop goes through: sets of arguments with what C must note of them, what it returns, and what is
// special about the call.
import { SETS, isConstant } from './loops.mjs';
import { drawExpected, drawRefused, drawValue } from './values.mjs';

const low = (bits) => Number(bits & 0xffff_ffffn);
const high = (bits) => Number(bits >> 32n);

/** @param {import('./values.mjs').Drawn} drawn */
const inHalves = (drawn) => {
  const bits = drawn.bits;
  return { ...drawn, bits, low: low(bits), high: high(bits) };
};

/**
 * @typedef {object} Set
 * @property {any[]} args as drawn, with both halves of their bits
 * @property {any} expected
 * @property {number} low of the result
 * @property {number} high
 * @property {number} errno that C sets
 * @property {number} action what the callback is told, 0 for none
 * @property {{ code: string, argument: number } | undefined} throws
 *
 * @param {import('./functions.mjs').HotFunction} fn
 * @param {{ sources: string[], catches: boolean }} shape
 * @param {{ host: any, texts: string[], actions: number }} world
 * @returns {Set[]}
 */
export function drawSets(fn, { sources, catches }, random, { host, texts, actions }) {
  const constants = fn.params.map((type, index) =>
    isConstant(sources[index]) ? drawValue(type, random, host) : undefined,
  );
  // Engines learn one kind of value first, and are surprised by the next.
  const refusals = catches && random.chance(0.7) ? 0.2 : 0;
  const acting = actions && random.chance(0.5) ? 0.15 : 0;
  return Array.from({ length: SETS }, () => {
    const args = fn.params.map((type, index) => inHalves(constants[index] ?? drawValue(type, random, host)));
    const expected = drawExpected(fn, random, texts);
    const set = {
      args,
      expected: expected.js,
      low: low(expected.bits),
      high: high(expected.bits),
      errno: random.below(130),
      action: random.chance(acting) ? 1 + random.below(actions) : 0,
      throws: undefined,
    };
    if (random.chance(refusals)) spoil(set, fn, sources, random);
    args.forEach(({ js }, index) => (set[`v${index}`] = js));
    return set;
  });
}

/** Makes one argument of a set one that must be refused. */
function spoil(set, { params }, sources, random) {
  const free = params.flatMap((_, index) => (['literal', 'typed'].includes(sources[index]) ? [] : [index]));
  if (free.length === 0) return;
  const argument = random.pick(free);
  const [js, code] = drawRefused(params[argument], random);
  set.args[argument] = { js, bits: 0n, low: 0, high: 0, memory: undefined };
  set.throws = { code, argument };
}
