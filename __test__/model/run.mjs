// Random operations on memory, the same on arkffi and on the model: results and codes of errors must agree.
//   node --expose-gc __test__/model/run.mjs [--seed 1] [--count 1000000] [--isolated]
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { begin, one } from './chance.mjs';
import { allocator, arenas, keep, pairs, raws } from './memories.mjs';
import { Region, Window } from './model.mjs';
import { call, crash, operations } from './operations.mjs';
import { alloc, isolate } from './place.mjs';

const { free, leaks, stats } = createRequire(import.meta.url)('../../index.js');

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1000000' },
    isolated: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const count = Number(values.count);

begin(seed);
keep(alloc(64), new Window(new Region(64, 'own'), 0, 64, undefined, false));
let done = 0;
try {
  for (; done < count; done++) {
    if (isolate && done % 5000 === 2500) crash();
    else if (done % 400 === 399) await call();
    else one(operations)();
    if (done % 5000 === 4999) {
      globalThis.gc?.();
      await new Promise(setImmediate);
    }
  }
  finish();
} catch (error) {
  console.error(`seed ${seed}, operation ${done}: ${error.stack}`);
  process.exitCode = 1;
}

async function settled() {
  while (stats().async > 0) await new Promise(setImmediate);
  for (let turn = 0; turn < 100 && stats().finalizers > 0; turn++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
}

/** Frees what is left: then nothing is live, and everything is given back. */
function finish() {
  for (const { memory, window } of pairs) {
    if (!window.region.alive || window.isPart || window.region.kind === 'arena') continue;
    memory.free();
    window.free();
  }
  for (const { arena } of arenas) arena.end();
  for (const address of raws.keys()) free(address);
}
await settled();
isolate?.close();
const left = leaks().filter(({ kind }) => kind !== 'library');
if (process.exitCode === undefined) {
  const lost = { left: left.length, given: allocator.given.size, finalizers: globalThis.gc ? stats().finalizers : 0 };
  if (Object.values(lost).some((number) => number > 0)) {
    console.error(`seed ${seed}: not given back: ${JSON.stringify({ ...lost, left: left.slice(0, 3) })}`);
    process.exitCode = 1;
  } else console.log(`seed ${seed}: ${done} operations agree`);
}
