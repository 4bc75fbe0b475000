// Times bodies against each other: many rounds, in each of which every body runs once.

/**
 * @typedef {object} Pace how long things take, in milliseconds
 * @property {number} processes one after the other: how memory lies and what the engine compiled when
 *   stays as it is in a process, and now and then a contender has bad luck with it
 * @property {number} rounds in each process
 * @property {number} slice one body's time in a round
 * @property {number} warmUp
 */

/** @type {Pace} */
export const fullPace = { processes: 4, rounds: 6, slice: 20, warmUp: 200 };
/** @type {Pace} */
export const quickPace = { processes: 2, rounds: 3, slice: 4, warmUp: 60 };

/** @param {(count: number) => unknown} body @param {number} count @returns {number} milliseconds */
function time(body, count) {
  const start = performance.now();
  body(count);
  return performance.now() - start;
}

/**
 * Runs a body until the engine has compiled it for good.
 * @param {(count: number) => unknown} body
 * @param {Pace} pace
 * @returns {number} the count that takes a slice
 */
function warmUp(body, { slice, warmUp: atLeast }) {
  let count = 1;
  for (let spent = 0; spent < atLeast;) {
    const took = time(body, count);
    spent += took;
    // By steps, because the first calls say little about later ones.
    count = Math.max(1, Math.round(Math.min(count * 4, (count * slice) / took)));
  }
  return count;
}

/** Round by round another one begins, and every second round goes backwards. */
function order(names, round) {
  const start = (round >> 1) % names.length;
  const turned = [...names.slice(start), ...names.slice(0, start)];
  return round % 2 === 0 ? turned : turned.reverse();
}

/**
 * @param {Record<string, (count: number) => unknown>} bodies by contender
 * @param {Pace} pace
 * @param {number} first number of the first round
 * @param {() => void} [between] runs before each slice, not timed
 * @returns {Record<string, number[]>} nanoseconds per iteration, by round
 */
export function measure(bodies, pace, first, between = () => {}) {
  const names = Object.keys(bodies);
  const counts = Object.fromEntries(names.map((name) => [name, warmUp(bodies[name], pace)]));
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = first; round < first + pace.rounds; round++) {
    for (const name of order(names, round)) {
      between();
      samples[name].push((time(bodies[name], counts[name]) / counts[name]) * 1e6);
    }
  }
  return samples;
}

/** So many batches run before the first that counts. */
const WARM_UP_BATCHES = 3;

/**
 * The same for bodies that give promises. All make the same number of calls, because how many are under way
 * matters.
 * @param {Record<string, (count: number) => Promise<unknown>>} bodies by contender
 * @param {number} count
 * @param {Pace} pace
 * @param {number} first number of the first round
 * @returns {Promise<Record<string, number[]>>} nanoseconds per call, by round
 */
export async function measureBatches(bodies, count, pace, first) {
  const names = Object.keys(bodies);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = first - WARM_UP_BATCHES; round < first + pace.rounds; round++) {
    for (const name of order(names, Math.max(round, 0))) {
      const start = performance.now();
      await bodies[name](count);
      const took = performance.now() - start;
      if (round >= first) samples[name].push((took / count) * 1e6);
    }
  }
  return samples;
}
