// Goes on searching: node __test__/oracle/run.mjs [--seed 1] [--count 10000] [--rounds 1] [--hot 30000]
// Each round takes the next seed. `--only 17` looks at one function; `--trace` names each function
// before it is called, which tells where a crash was. Exits with 1 on the first failure.
import { rmSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { buildPart, oracleFolder, oracleParts } from './build.mjs';
import { openPart } from './check.mjs';
import { callHot, pickHot } from './hot.mjs';
import { drawFunctions } from './signatures.mjs';
import { prototype } from './source.mjs';

const require = createRequire(import.meta.url);
const arkffi = require('../../index.js');
const rows = require('../../lib/binding.js').types();

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: options } = parseArgs({
  options: {
    seed: text('1'),
    count: text('10000'),
    rounds: text('1'),
    hot: text('30000'),
    only: text(''),
    trace: { type: 'boolean' },
  },
});
const [firstSeed, count, rounds, hotCalls] = [options.seed, options.count, options.rounds, options.hot].map(Number);

const trace = options.trace ? (fn) => writeSync(1, `${prototype(fn)}\n`) : () => {};
const isWanted = options.only === '' ? () => true : ({ number }) => number === Number(options.only);

function checkPart(part) {
  buildPart(part);
  const functions = drawFunctions(part.seed, part.start, part.end);
  const opened = openPart(arkffi, rows, part, functions);
  const wanted = functions.filter(isWanted);
  for (const fn of wanted) {
    trace(fn);
    opened.callRepeatedly(fn);
  }
  for (const fn of pickHot(wanted)) {
    trace(fn);
    callHot(opened, fn, hotCalls);
  }
  opened.close();
}

console.log(`node ${process.version}, ${JSON.stringify(arkffi.stats())}`);
for (let round = 0; round < rounds; round++) {
  const settings = { seed: firstSeed + round, count };
  for (const part of oracleParts(settings)) {
    try {
      checkPart(part);
    } catch (error) {
      console.error(`${error.message}\n${part.file.replace(/so$/, 'c')}`);
      process.exit(1);
    }
    console.log(`seed ${part.seed}: ${part.end} of ${count} functions right`);
  }
  rmSync(oracleFolder(settings), { recursive: true });
}
