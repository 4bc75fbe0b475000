// The cost of a call.
import { cases, makeBody } from './cases.mjs';
import { functions } from './functions.mjs';
import { measure } from './measure.mjs';
import { summarize } from './spread.mjs';

const TRIED = 2000;

/**
 * @param {ReturnType<typeof import('./contenders.mjs').enlist>[]} enlisted
 * @param {import('./measure.mjs').Pace} pace
 * @returns {Generator<import('./spread.mjs').Result>}
 */
export function* measureCalls(enlisted, pace) {
  for (const which of cases) {
    const bodies = Object.fromEntries(enlisted.map((contender) => [contender.id, verifiedBody(which, contender)]));
    yield summarize(which.id, which.title, measure(bodies, pace));
  }
}

/** A contender's body, after it has given what the same loop around the JavaScript model gives. */
function verifiedBody(which, { id, bound, scope, call }) {
  const model = makeBody(which, 'model', (args) => `f(${args})`, { f: functions[which.target].model });
  const body = makeBody(which, id, call, scope(bound, which.target));
  const expected = model(TRIED);
  const given = body(TRIED);
  if (given !== expected)
    throw new Error(`${id}: ${which.title}: ${TRIED} results add up to ${given}, not ${expected}`);
  return body;
}
