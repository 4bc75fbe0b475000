// The cost of a call.
import { cases, makeBody } from './cases.mjs';
import { functions } from './functions.mjs';
import { measure } from './measure.mjs';

const TRIED = 2000;

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
  for (const which of all) {
    const able = enlisted.filter(({ id, bound }) => bound.functions[which.target] && which.own?.[id] !== null);
    const bodies = Object.fromEntries(able.map((contender) => [contender.id, verifiedBody(which, contender)]));
    yield { id: which.id, title: which.title, times: measure(bodies, pace, first) };
  }
}

/** A contender's body, after it has given what the same loop around the JavaScript model gives. */
function verifiedBody(which, { id, bound, told, scope, call }) {
  const model = makeBody(which, 'model', (args) => `f(${args})`, { f: functions[which.target].model });
  const body = makeBody(which, id, call, scope(told?.[which.told] ?? bound, which.target));
  const expected = model(TRIED);
  const given = body(TRIED);
  if (given !== expected)
    throw new Error(`${id}: ${which.title}: ${TRIED} results add up to ${given}, not ${expected}`);
  return body;
}
