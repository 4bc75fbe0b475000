// Declarations at random, against the C compiler. `ARKFFI_SEED=2 ARKFFI_COUNT=20 npx vitest run 91-` goes on.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkHeader } from './oracle/headers/check.mjs';
import { randomDeclarations } from './oracle/headers/declarations.mjs';
import { createRandom } from './oracle/random.mjs';

const { parseC } = createRequire(import.meta.url)('../lib/binding.js');
const { stdout } = spawnSync(process.env.CC || 'cc', ['--version'], { encoding: 'utf8' });
const isGcc = /Free Software Foundation/.test(stdout ?? '');
const { ARKFFI_SEED: seed = 1, ARKFFI_COUNT: count = 2 } = process.env;
const seeds = Array.from({ length: Number(count) }, (_, index) => Number(seed) + index);

/** What arkffi says of records that it does not lay out. */
const REFUSALS = [
  'it packs bit-fields and aligns other fields',
  'no field of it has a name',
  'a pragma and an attribute pack its bit-fields, with which compilers lay it out differently',
  'a bit-field is packed by itself',
];

test.skipIf(!isGcc).each(seeds)('types and layouts are those of the C compiler, seed %i', (number) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'arkffi-declarations-'));
  try {
    const file = path.join(folder, 'random.h');
    writeFileSync(file, randomDeclarations(createRandom(number), 40));
    const found = checkHeader(parseC, { name: 'random', include: [file] });
    expect(found.skipped).toEqual([]);
    expect(found.types).toBe(80);
    expect(found.records).toBeGreaterThan(15);
    expect(found.wrongTypes).toEqual([]);
    expect(found.wrongConstants).toEqual([]);
    // A record without a layout has no numbers to compare.
    expect(found.wrongLayouts.filter((line) => !/ in C, {2,}/.test(line))).toEqual([]);
    const reasons = found.problems.map((problem) => problem.replace(/^.*: /, ''));
    expect(reasons.filter((reason) => !REFUSALS.includes(reason))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
