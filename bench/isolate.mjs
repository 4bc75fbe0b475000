// What calls cost that cross to another process, compared with the least that this can cost over pipes.
//   node bench/isolate.mjs [--quick] [--json <file>]
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fullPace, measure, quickPace } from './measure.mjs';
import { built, folder } from './places.mjs';
import { ratio, spread } from './spread.mjs';
import { duration, times } from './table.mjs';

const { dlopen, isolate } = createRequire(import.meta.url)('../index.js');

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } } });
const pace = values.quick ? { ...quickPace, rounds: 5 } : { ...fullPace, rounds: 25 };

const library = path.join(built, 'pipes.so');
mkdirSync(built, { recursive: true });
execFileSync('cc', ['-O2', '-Wall', '-shared', '-fPIC', '-o', library, path.join(folder, 'pipes.c')]);

/** As large as the message of a call without arguments. */
const MESSAGE = 32;
const MEGABYTES = 10;

const functions = { nothing: {}, identity: { args: ['ptr'], returns: 'bool' } };
const here = dlopen(library, {
  start_echo: { args: ['buffer', 'i32'], returns: 'i32' },
  ping_pong: { args: ['i32', 'i32', 'i32', 'i32'], returns: 'i32' },
  stop_echo: { args: ['i32', 'i32', 'i32'] },
  ...functions,
}).symbols;
const there = isolate(library, functions, { callTimeout: 0 });

const ends = new Int32Array(2);
const child = here.start_echo(ends, MESSAGE);
const large = new Uint8Array(MEGABYTES * 1e6);

/** @param {() => unknown} once */
const repeated = (once) => (count) => {
  for (let index = 0; index < count; index++) once();
};
const { nothing, identity } = there.symbols;
const bodies = {
  call: repeated(() => nothing()),
  'call, with a deadline': undefined,
  pipe(count) {
    if (!here.ping_pong(...ends, count, MESSAGE)) throw new Error('the other process is gone');
  },
};
const timed = isolate(library, functions);
bodies['call, with a deadline'] = repeated(() => timed.symbols.nothing());
const trips = measure(bodies, pace, 0);
const copies = measure(
  {
    isolate: repeated(() => identity(large)),
    // What moving as many bytes as often costs in one process.
    copy: repeated(() => {
      const scratch = new Uint8Array(large);
      large.set(scratch);
    }),
  },
  pace,
  0,
);
here.stop_echo(child, ...ends);
there.close();
timed.close();

/** @param {{ median: number, p10: number, p90: number }} spread @param {(value: number) => string} show */
const shown = ({ median, p10, p90 }, show) => `${show(median)} (${show(p10)}–${show(p90)})`;
/** Bytes per nanosecond, there and back counted. */
const speed = (nanoseconds) => nanoseconds.map((time) => (2 * large.length) / time);
const gigabytes = (value) => `${value.toFixed(2)} GB/s`;

const result = {
  node: process.version,
  roundTrip: Object.fromEntries(Object.entries(trips).map(([who, samples]) => [who, spread(samples)])),
  ratio: ratio(trips.call, trips.pipe),
  ratioWithDeadline: ratio(trips['call, with a deadline'], trips.pipe),
  speed: spread(speed(copies.isolate)),
  copy: spread(speed(copies.copy)),
};
console.log(`round trip of a call without arguments: medians, and what four of five samples lie between`);
for (const [who, samples] of Object.entries(result.roundTrip))
  console.log(`  ${who.padEnd(24)}${shown(samples, duration)}`);
console.log(`  ${'call / pipe'.padEnd(24)}${shown(result.ratio, times)}`);
console.log(`  ${'with a deadline / pipe'.padEnd(24)}${shown(result.ratioWithDeadline, times)}`);
console.log(`${MEGABYTES} MB there and back`);
console.log(`  ${'isolate'.padEnd(24)}${shown(result.speed, gigabytes)}`);
console.log(`  ${'copies in one process'.padEnd(24)}${shown(result.copy, gigabytes)}`);
if (values.json) writeFileSync(values.json, `${JSON.stringify(result, undefined, 2)}\n`);
