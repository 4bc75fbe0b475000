// Goes on searching: node __test__/oracle/callbacks/run.mjs [--seed 1] [--count 3000] [--rounds 1]
// [--calls 4]. Each round takes the next seed. `--only 17` looks at one signature, `--trace` names each
// before it is called, `--all` goes on after failures. Exits with 1 when something failed.
import { rmSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { buildRecordPart, recordFolder, recordParts } from '../records/build.mjs';
import { openCallbackPart } from './check.mjs';
import { prototype } from './source.mjs';

const require = createRequire(import.meta.url);
// Of a changed copy of the package, to see what is noticed.
const folder = process.env.ARKFFI_ORACLE_PACKAGE ?? '../../..';
const arkffi = require(`${folder}/index.js`);
const rows = require(`${folder}/lib/binding.js`).types();

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: options } = parseArgs({
  options: {
    seed: text('1'),
    count: text('3000'),
    rounds: text('1'),
    calls: text('4'),
    only: text(''),
    trace: { type: 'boolean' },
    all: { type: 'boolean' },
  },
});
const [firstSeed, count, rounds, calls] = [options.seed, options.count, options.rounds, options.calls].map(Number);
const isWanted = options.only === '' ? () => true : ({ number }) => number === Number(options.only);
let failed = 0;

/** So many of each part are called often. */
const HOT = 5;

const kinds = (opened) => [opened.callRepeatedly, opened.callElsewhere, opened.callWithTrouble, opened.callThrough];

async function check(opened, fn, kinds, calls) {
  if (options.trace) writeSync(1, `${fn.number}: ${prototype(fn)}\n`);
  for (const call of kinds) {
    try {
      await call(fn, calls);
    } catch (error) {
      failed++;
      console.error(error.message);
      if (!options.all) process.exit(1);
    }
  }
}

const { backend, stubs } = arkffi.stats();
console.log(`node ${process.version}, ${backend}, ${stubs}`);
for (let round = 0; round < rounds; round++) {
  const settings = { seed: firstSeed + round, count };
  for (const part of recordParts('callbacks', settings)) {
    const signatures = buildRecordPart('callbacks', part);
    const opened = openCallbackPart(arkffi, rows, part);
    const wanted = signatures.filter(isWanted);
    for (const fn of wanted) await check(opened, fn, kinds(opened), calls);
    for (const fn of wanted.slice(0, HOT)) await check(opened, fn, [opened.callHot], 3000);
    opened.close();
    console.log(`seed ${part.seed}: ${part.end} of ${count} signatures checked, ${failed} wrong`);
  }
  if (failed === 0) rmSync(recordFolder('callbacks', settings), { recursive: true });
}
process.exit(failed > 0 ? 1 : 0);
