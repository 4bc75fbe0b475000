// The cost of a call.
import { cases, makeBody } from './cases.mjs';
import { functions } from './functions.mjs';
import { measure } from './measure.mjs';

const TRIED = 2000;

/**
 * So many calls stand in the loops of the first process and of those that follow: how long the shortest calls take depends on
 * the code around them, which loops of one call tell little about, and programs that make one often make several.
 */
const CALLS = [1, 2, 3, 4];

/**
 * The same calls of functions that are told to be leaves, or to be none, to who can be told. Without that arkffi finds all to
 * be leaves but those with strings, which call strlen.
 */
const toldCases = cases
  .filter(({ id }) => !['strlen-1000', 'string-result'].includes(id))
  .map((which) => ({ ...which, told: which.id === 'strlen-11' ? 'leaf' : 'none' }))
  .map((which) => ({
    ...which,
    id: `${which.id}-${which.told}`,
    title: `${which.title}; leaf: ${which.told === 'leaf'}`,
  }));

/**
 * @param {ReturnType<typeof import('./contenders.mjs').enlist>[]} enlisted
 * @param {import('./measure.mjs').Pace} pace
 * @param {number} first number of the first round
 * @returns {Generator<import('./spread.mjs').Samples>}
 */
export function* measureCalls(enlisted, pace, first) {
  const all = enlisted.some(({ told }) => told) ? [...cases, ...toldCases] : cases;
  const each = CALLS[(first / pace.rounds) % CALLS.length];
  for (const which of all) {
    const able = enlisted.filter(({ id, bound }) => bound.functions[which.target] && which.own?.[id] !== null);
    const bodies = Object.fromEntries(able.map((contender) => [contender.id, verifiedBody(which, contender, each)]));
    const times = Object.entries(measure(bodies, pace, first)).map(([who, taken]) => [
      who,
      taken.map((time) => time / each),
    ]);
    yield { id: which.id, title: which.title, times: Object.fromEntries(times) };
  }
}

/** A contender's body, after it has given what the same loop around the JavaScript model gives. */
function verifiedBody(which, { id, bound, told, scope, call }, each) {
  const model = makeBody(which, 'model', (args) => `f(${args})`, { f: functions[which.target].model }, each);
  const body = makeBody(which, id, call, scope(told?.[which.told] ?? bound, which.target), each);
  const expected = model(TRIED);
  const given = body(TRIED);
  if (given !== expected)
    throw new Error(`${id}: ${which.title}: ${TRIED} results add up to ${given}, not ${expected}`);
  return body;
}
