// The cost of opening a library and binding functions of it, once the contender itself is warm. The
// library is in the process already: what the loader of the system does is the same for all.
import { functions } from './functions.mjs';
import { measure } from './measure.mjs';
import { fixture } from './places.mjs';

const names = Object.keys(functions);

/**
 * @param {ReturnType<typeof import('./contenders.mjs').enlist>[]} enlisted
 * @param {import('./measure.mjs').Pace} pace
 * @param {number} first number of the first round
 * @returns {Generator<import('./spread.mjs').Samples>}
 */
export function* measureBinding(enlisted, pace, first) {
  const shorter = { ...pace, slice: pace.slice / 2, warmUp: pace.warmUp / 2 };
  yield { id: 'bind-10', title: 'open and bind 10, per function', times: bind(enlisted, shorter, first, names) };
  yield { id: 'bind-1', title: 'open and bind 1 function', times: bind(enlisted, shorter, first, ['add_i32']) };
}

/** @returns {Record<string, number[]>} nanoseconds per function */
function bind(enlisted, pace, first, wanted) {
  const open = [];
  const bodies = {};
  for (const { id: who, binder, module } of enlisted) {
    if (!binder) continue;
    const bind = binder(module, wanted);
    bodies[who] = (count) => {
      for (let i = 0; i < count; i++) open.push(bind(fixture));
    };
  }
  const closeAll = () => {
    for (const library of open.splice(0)) library.close();
    // Collected here, so that nobody pays for another's objects. What is done for each collected
    // function waits for the event loop: no numbers are used again in this run, and generated code is
    // never found in the engine's cache, as in a program that binds everything once.
    globalThis.gc?.();
  };
  const samples = measure(bodies, pace, first, closeAll);
  closeAll();
  return Object.fromEntries(
    Object.entries(samples).map(([who, times]) => [who, times.map((time) => time / wanted.length)]),
  );
}
