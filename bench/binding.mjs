// The cost of opening a library and binding functions of it, once the contender itself is warm. The
// library is in the process already: what the loader of the system does is the same for all.
import { functions } from './functions.mjs';
import { measure } from './measure.mjs';
import { fixture } from './places.mjs';
import { summarize } from './spread.mjs';

const names = Object.keys(functions);

/**
 * @param {ReturnType<typeof import('./contenders.mjs').enlist>[]} enlisted
 * @param {import('./measure.mjs').Pace} pace
 * @returns {Generator<import('./spread.mjs').Result>}
 */
export function* measureBinding(enlisted, pace) {
  yield bind(enlisted, pace, 'bind-10', 'open and bind 10, per function', names);
  yield bind(enlisted, pace, 'bind-1', 'open and bind 1 function', ['add_i32']);
}

function bind(enlisted, { rounds, slice, warmUp }, id, title, wanted) {
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
  const samples = measure(bodies, { rounds, slice: slice / 2, warmUp: warmUp / 3 }, closeAll);
  closeAll();
  const perFunction = Object.entries(samples).map(([who, times]) => [who, times.map((time) => time / wanted.length)]);
  return summarize(id, title, Object.fromEntries(perFunction));
}
