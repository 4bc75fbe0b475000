// Goes on searching: node __test__/oracle/records/run.mjs [layouts|calls] [--seed 1] [--count 10000]
// [--rounds 1] [--calls 6]. Each round takes the next seed. `--only 17` looks at one function, `--trace`
// names each before it is called, `--all` goes on after failures. Exits with 1 when something failed.
import { rmSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { buildRecordPart, recordFolder, recordParts } from './build.mjs';
import { openRecordPart } from './call-check.mjs';
import { prototype } from './call-source.mjs';
import { checkLayouts } from './layout-check.mjs';

const require = createRequire(import.meta.url);
const arkffi = require('../../../index.js');
const rows = require('../../../lib/binding.js').types();

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: text('1'),
    count: text('10000'),
    rounds: text('1'),
    calls: text('6'),
    only: text(''),
    trace: { type: 'boolean' },
    all: { type: 'boolean' },
  },
});
const [firstSeed, count, rounds, calls] = [options.seed, options.count, options.rounds, options.calls].map(Number);
const isWanted = options.only === '' ? () => true : ({ number }) => number === Number(options.only);
let failed = 0;

function report(problem) {
  failed++;
  console.error(problem);
  if (!options.all) process.exit(1);
}

function checkCalls(part, functions) {
  const opened = openRecordPart(arkffi, rows, part, functions);
  for (const fn of functions.filter(isWanted)) {
    if (options.trace) writeSync(1, `${fn.number}: ${prototype(fn)}\n`);
    try {
      opened.callRepeatedly(fn, calls);
    } catch (error) {
      report(error.message);
    }
  }
  opened.close();
}

const checks = {
  layouts: (part, cases) => checkLayouts(arkffi, rows, part, cases).forEach(report),
  calls: checkCalls,
};

console.log(`node ${process.version}, ${JSON.stringify(arkffi.stats())}`);
for (const name of positionals.length > 0 ? positionals : Object.keys(checks)) {
  for (let round = 0; round < rounds; round++) {
    const settings = { seed: firstSeed + round, count };
    for (const part of recordParts(name, settings)) {
      checks[name](part, buildRecordPart(name, part));
      console.log(`${name}, seed ${part.seed}: ${part.end} of ${count} checked, ${failed} wrong`);
    }
    if (failed === 0) rmSync(recordFolder(name, settings), { recursive: true });
  }
}
process.exit(failed > 0 ? 1 : 0);
