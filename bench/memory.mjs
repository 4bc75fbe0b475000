// Resident memory over millions of calls with strings: every copy must be gone after its call.
// `npm run bench -- --memory` sets everything up first.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';
import { functions } from './functions.mjs';
import { fixture } from './places.mjs';

const LIMIT = 2; // MB in the second half
// The engine's space for young objects otherwise grows by 16 or 32 MB at some time during any loop that
// makes strings, with or without calls of ours.
const flags = ['--expose-gc', '--max-semi-space-size=2'];
const quick = process.argv.includes('--quick');

if (flags.every((flag) => process.execArgv.includes(flag))) {
  process.exitCode = watchAll();
} else {
  const again = [...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, again, { stdio: 'inherit' }).status ?? 1;
}

function watchAll() {
  const { dlopen } = createRequire(import.meta.url)('..');
  const { args, returns } = functions.length;
  const { length } = dlopen(fixture, { length: { args, returns } }).symbols;

  // 20 characters, made for each call: two parts that the engine has not yet joined.
  const short = (i) => `thirteen char${1000000 + (i % 9000000)}`;
  // More than the scratch memory of a call, so that the copy comes from the heap.
  const texts = ['a', 'b'].map((letter) => Buffer.alloc(300_000, letter).toString());
  const long = (i) => texts[i & 1];

  const kept = [
    watch('strings of 20 characters', length, short, 20, quick ? 2_000_000 : 10_000_000),
    watch('strings of 300 KB', length, long, 300_000, quick ? 20_000 : 200_000),
  ];
  if (!kept.includes(false)) return 0;
  console.error(`Resident memory grew by more than ${LIMIT} MB in a second half`);
  return 1;
}

/** @returns {boolean} whether memory stayed as it was */
function watch(title, length, makeText, expected, count) {
  console.log(`${title}, ${count.toLocaleString('en')} calls on Node ${process.version}`);
  callMany(length, makeText, expected, count / 4);
  show('after warm-up', resident());
  callMany(length, makeText, expected, count / 2);
  const half = show('at half', resident());
  callMany(length, makeText, expected, count / 2);
  const growth = show('at the end', resident()) - half;
  console.log(`  growth in the second half: ${growth.toFixed(2)} MB`);
  return growth <= LIMIT;
}

function callMany(length, makeText, expected, count) {
  for (let i = 0; i < count; i++) {
    if (length(makeText(i)) !== expected) throw new Error(`call ${i} gave a wrong length`);
  }
}

function megabytes(bytes) {
  return bytes / 1024 / 1024;
}

/** @returns {number} MB */
function resident() {
  globalThis.gc();
  globalThis.gc();
  return megabytes(process.memoryUsage.rss());
}

function show(when, size) {
  const heap = megabytes(v8.getHeapStatistics().total_physical_size);
  console.log(
    `  ${when.padEnd(13)} ${size.toFixed(1).padStart(6)} MB, of them ${heap.toFixed(1)} MB the engine's heap`,
  );
  return size;
}
