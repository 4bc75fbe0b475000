// The cost of asynchronous calls: of the way to a thread of the pool and back.
import assert from 'node:assert';
import { measureBatches } from './measure.mjs';
import { fixture } from './places.mjs';

const MANY = 10_000;
const IN_TURN = 1000;

/** What `nothing` gives. */
const RESULT = 42;

/**
 * How each contender starts a call and, where that is another way, many.
 * @type {Record<string, (module: any) => { one: () => Promise<number>, many?: (count: number) => Promise<number[]> }>}
 */
const callers = {
  arkffi({ dlopen }) {
    const { nothing } = dlopen(fixture, { nothing: { returns: 'i32' } }).symbols;
    return { one: () => nothing.async() };
  },

  'hand-written': ({ nothing_async: one }) => ({ one }),

  koffi(koffi) {
    // It cannot start them all: by default it refuses more than 256 at once. With so many under way as it
    // keeps memory for it is three times as quick as with 256 or, where that is allowed, with 4096.
    const most = koffi.config().resident_async_pools;
    const nothing = koffi.load(fixture).func('nothing', 'int32_t', []);
    const one = () =>
      new Promise((resolve, reject) => nothing.async((error, result) => (error ? reject(error) : resolve(result))));
    // Its own form, with functions that are called back, is quicker than promises.
    const many = (count) =>
      new Promise((resolve, reject) => {
        const results = [];
        let started = 0;
        const start = () => {
          started++;
          nothing.async(receive);
        };
        const receive = (error, result) => {
          if (error) return reject(error);
          results.push(result);
          if (started < count) start();
          else if (results.length === count) resolve(results);
        };
        while (started < Math.min(count, most)) start();
      });
    return { one, many };
  },

  'ffi-rs'({ open, load, DataType }) {
    open({ library: 'async', path: fixture });
    const request = {
      library: 'async',
      funcName: 'nothing',
      retType: DataType.I32,
      paramsType: [],
      paramsValue: [],
      runInNewThread: true,
    };
    return { one: () => load(request) };
  },
};

const all = (one) => (count) => Promise.all(Array.from({ length: count }, one));

const inTurn = (one) => async (count) => {
  const results = [];
  for (let i = 0; i < count; i++) results.push(await one());
  return results;
};

const cases = [
  { id: 'async-many', title: `${MANY} async calls, each`, count: MANY, way: ({ one, many = all(one) }) => many },
  { id: 'async-in-turn', title: 'async call, one by one', count: IN_TURN, way: ({ one }) => inTurn(one) },
];

/**
 * @param {{ id: string, module: any }[]} enlisted
 * @param {import('./measure.mjs').Pace} pace
 * @param {number} first number of the first round
 * @returns {AsyncGenerator<import('./spread.mjs').Samples>}
 */
export async function* measureAsync(enlisted, pace, first) {
  const compared = enlisted.filter(({ id }) => id in callers).map(({ id, module }) => [id, callers[id](module)]);
  for (const { id, title, count, way } of cases) {
    const bodies = Object.fromEntries(compared.map(([who, caller]) => [who, verified(who, way(caller))]));
    yield { id, title, times: await measureBatches(bodies, count, pace, first) };
  }
}

/** A body that looks at its results. */
function verified(who, body) {
  return async (count) => {
    const results = await body(count);
    assert.strictEqual(results.length, count, who);
    assert.ok(
      results.every((result) => result === RESULT),
      who,
    );
  };
}
