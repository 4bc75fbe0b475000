// A long random program that calls C in hot loops: node __test__/hot/run.mjs --seconds 60 --seed 7
//
// Signatures and values are drawn; C notes every argument on a board, which JavaScript compares; results are those that
// JavaScript told C to return. In between memory is collected, code optimized and thrown away, libraries are closed,
// functions dropped. Prints its seed and, on a failure, all that is needed to see it again. `--rounds 100` ends by
// number, `--from 17` skips rounds, `--trace` names each round before it begins, which tells where a crash was.
// More of everything with --expose-gc --allow-natives-syntax. `npm run test:hot` runs it under many flags.
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { outputFolder } from '../fixtures/paths.mjs';
import { buildSource } from '../oracle/build.mjs';
import { createRandom } from '../oracle/random.mjs';
import { drawHotFunctions, drawTexts, hotSource } from './functions.mjs';
import { available } from './oddities.mjs';
import { openWorld } from './world.mjs';

const { values } = parseArgs({
  options: {
    ...Object.fromEntries(['seed', 'seconds', 'rounds', 'from'].map((name) => [name, { type: 'string' }])),
    trace: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const seconds = values.seconds ? Number(values.seconds) : Infinity;
const last = values.rounds ? Number(values.rounds) : values.seconds ? Infinity : 200;
const first = Number(values.from ?? 0);

const FUNCTIONS = 60;
const functions = drawHotFunctions(seed, FUNCTIONS);
const texts = drawTexts(seed);
const file = path.join(outputFolder, 'hot', `${seed}.so`);
buildSource(file, hotSource(functions, texts));

const require = createRequire(import.meta.url);
const arkffi = require(process.env.ARKFFI_PACKAGE ?? '../../index.js');
const name = globalThis.Deno
  ? `deno ${Deno.version.deno}`
  : globalThis.Bun
    ? `bun ${Bun.version}`
    : `node ${process.version}`;
const { backend, stubs } = arkffi.stats();
const say = (text) => writeSync(1, `${text}\n`);
say(`seed ${seed}, ${name}, ${JSON.stringify({ backend, stubs })}, with ${available.join(', ') || 'nothing special'}`);

const world = openWorld(arkffi, { functions, texts, file });
const end = Date.now() + seconds * 1000;
let round = 0;
try {
  for (; round < last && Date.now() < end; round++) {
    if (values.trace) say(`round ${round}`);
    if (round >= first) await world.play(createRandom(seed, 0x1000 + round), round);
  }
} catch (error) {
  say(`FAILED with seed ${seed} in round ${round}: ${error.stack ?? error}`);
  process.exit(1);
}
await world.end();
say(
  `right: ${world.counts.calls} calls, ${world.counts.refused} refused, ${world.counts.callbacks} callbacks in ${round} rounds; seed ${seed}`,
);
process.exit(0);
