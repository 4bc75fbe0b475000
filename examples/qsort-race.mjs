// Who sorts numbers quickest: C with a comparator in C, C with one in JavaScript, or JavaScript: node qsort-race.mjs [count]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { callback, dlopen, JSCallback, ptr, read } from 'arkffi';

const count = Number(process.argv[2] ?? 20_000);
const type = callback(['ptr', 'ptr'], 'int');
const { qsort } = dlopen(null, { qsort: { args: ['buffer', 'size_t', 'size_t', type] } }).symbols;

/** The address of a comparator that a C compiler made; undefined where there is none. */
function compileComparator() {
  const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-race-'));
  const file = path.join(folder, 'libcompare.so');
  const source = fileURLToPath(new URL('qsort-race/compare.c', import.meta.url));
  const { status } = spawnSync(process.env.CC ?? 'cc', ['-shared', '-fPIC', '-O2', '-o', file, source]);
  const address = status === 0 ? dlopen(file, {}).ptr('compare') : undefined;
  rmSync(folder, { recursive: true });
  return address;
}

const compiled = compileComparator();
const byRead = (a, b) => read.i32(a) - read.i32(b);
const kept = new JSCallback(byRead, { args: ['ptr', 'ptr'], returns: 'int' });

/** Each sorts numbers in place. */
const racers = {
  'qsort, comparator in C': compiled && ((numbers) => qsort(numbers, numbers.length, 4, compiled)),
  'qsort, a function that reads at addresses': (numbers) => qsort(numbers, numbers.length, 4, byRead),
  'qsort, a JSCallback that is kept open': (numbers) => qsort(numbers, numbers.length, 4, kept),
  // The addresses are inside of the array, until qsort moves numbers elsewhere.
  'qsort, a function that looks into the array': (numbers) => {
    const start = ptr(numbers);
    const at = (address) => numbers[(address - start) / 4] ?? read.i32(address);
    qsort(numbers, numbers.length, 4, (a, b) => at(a) - at(b));
  },
  'Int32Array.sort()': (numbers) => numbers.sort(),
  'Int32Array.sort(comparator)': (numbers) => numbers.sort((a, b) => a - b),
};

const shuffled = Int32Array.from({ length: count }, (_, index) => (index * 7919 + 13) % 100_003);
const sorted = shuffled.toSorted();
const results = [];
for (const [name, sort] of Object.entries(racers)) {
  if (!sort) continue;
  const times = Array.from({ length: 3 }, () => {
    const numbers = shuffled.slice();
    const start = performance.now();
    sort(numbers);
    const time = performance.now() - start;
    if (numbers.some((number, index) => number !== sorted[index])) throw new Error(`${name} does not sort`);
    return time;
  });
  results.push({ name, time: Math.min(...times) });
}
kept.close();

results.sort((a, b) => a.time - b.time);
console.log(`${count} numbers, the best of three rounds`);
const slowest = results.at(-1).time;
for (const { name, time } of results) {
  const bar = '█'.repeat(Math.max(1, Math.round((time / slowest) * 40)));
  console.log(`${name.padEnd(44)} ${time.toFixed(2).padStart(8)} ms ${bar}`);
}
