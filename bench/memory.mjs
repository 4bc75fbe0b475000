// Resident memory over millions of calls with strings: every copy must be gone after its call.
// `npm run bench -- --memory` sets everything up first.
import { createRequire } from 'node:module';
import v8 from 'node:v8';
import vm from 'node:vm';
import { functions } from './functions.mjs';
import { fixture } from './places.mjs';

const LIMIT = 2; // MB in the second half
const quick = process.argv.includes('--quick');
v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');
const { dlopen } = createRequire(import.meta.url)('..');
const { args, returns } = functions.length;
const { length } = dlopen(fixture, { length: { args, returns } }).symbols;

/** 20 characters, made for each call: two parts that the engine has not yet joined. */
const short = (i) => `thirteen char${1000000 + (i % 9000000)}`;

/** 300 KB: more than the scratch memory of a call, so that the copy comes from the heap. */
const texts = ['a', 'b'].map((letter) => Buffer.alloc(300_000, letter).toString());
const long = (i) => texts[i & 1];

/** @returns {number} MB */
function resident() {
  gc();
  gc();
  return process.memoryUsage.rss() / 1024 / 1024;
}

function call(makeText, expected, count) {
  for (let i = 0; i < count; i++) {
    if (length(makeText(i)) !== expected) throw new Error(`call ${i} gave a wrong length`);
  }
}

/** @returns {boolean} whether memory stayed as it was */
function watch(title, makeText, expected, count) {
  call(makeText, expected, count / 10);
  const warm = resident();
  call(makeText, expected, count / 2);
  const half = resident();
  call(makeText, expected, count / 2);
  const end = resident();
  const shown = [warm, half, end].map((megabytes) => `${megabytes.toFixed(1)} MB`);
  console.log(`${title}, ${count.toLocaleString('en')} calls`);
  console.log(`  after warm-up ${shown[0]}, at half ${shown[1]}, at the end ${shown[2]}`);
  console.log(`  growth in the second half: ${(end - half).toFixed(2)} MB`);
  return end - half <= LIMIT;
}

const kept = [
  watch('strings of 20 characters', short, 20, quick ? 1_000_000 : 10_000_000),
  watch('strings of 300 KB', long, 300_000, quick ? 20_000 : 400_000),
];
if (kept.includes(false)) {
  console.error(`Resident memory grew by more than ${LIMIT} MB in a second half`);
  process.exitCode = 1;
}
