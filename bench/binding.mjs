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
  const again = (wanted) => bind(enlisted, shorter, first, wanted, [functions]);
  yield { id: 'bind-10', title: 'open and bind 10, per function', times: again(names) };
  yield { id: 'bind-1', title: 'open and bind 1 function', times: again(['add_i32']) };
  const times = bind(enlisted, shorter, first, names, newSignatures());
  yield { id: 'bind-new', title: '10 of new signatures, per function', times };
}

/** Types of parameters. */
const KINDS = ['i32', 'u32', 'i64', 'f32', 'f64', 'u8', 'bool', 'cstring', 'buffer', 'ptr'];

/** So many libraries' functions are of signatures that nobody has bound: more than are bound in one run. */
const NEW = 3000;

/** Types for all functions, again and again, no two of the same signature. They are bound, not called. */
function newSignatures() {
  let count = 0;
  const next = () => ({ args: Array.from(String(count++).padStart(6, '0'), (digit) => KINDS[digit]), returns: 'i32' });
  return Array.from({ length: NEW }, () => Object.fromEntries(names.map((name) => [name, next()])));
}

/**
 * @param {string[]} wanted names of functions
 * @param {import('./contenders.mjs').Types[]} types of theirs, one after the other
 * @returns {Record<string, number[]>} nanoseconds per function
 */
function bind(enlisted, pace, first, wanted, types) {
  const open = [];
  const bodies = {};
  for (const { id: who, binder, module } of enlisted) {
    if (!binder) continue;
    const binders = types.map((some) => binder(module, wanted, some));
    let bound = 0;
    bodies[who] = (count) => {
      for (let i = 0; i < count; i++) open.push(binders[bound++ % binders.length](fixture));
    };
  }
  const closeAll = () => {
    for (const library of open.splice(0)) library.close();
    // Collected here, so that nobody pays for another's objects. What is done for each collected
    // function waits for the event loop: no numbers are used again in this run.
    globalThis.gc?.();
  };
  const samples = measure(bodies, pace, first, closeAll);
  closeAll();
  return Object.fromEntries(
    Object.entries(samples).map(([who, times]) => [who, times.map((time) => time / wanted.length)]),
  );
}
