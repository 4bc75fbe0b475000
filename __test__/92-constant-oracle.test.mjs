// Constant expressions at random, against the C compiler. `ARKFFI_SEED=2 ARKFFI_COUNT=4000 npx vitest run 92-` goes on.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { constantProgram } from './oracle/headers/constants.mjs';
import { randomMacros } from './oracle/headers/expressions.mjs';
import { run } from './oracle/headers/list.mjs';
import { createRandom } from './oracle/random.mjs';

const { parseC } = createRequire(import.meta.url)('../lib/binding.js');
const cc = process.env.CC || 'cc';
const isGcc = /Free Software Foundation/.test(spawnSync(cc, ['--version'], { encoding: 'utf8' }).stdout ?? '');
const { ARKFFI_SEED: seed = 1, ARKFFI_COUNT: count = 400 } = process.env;

/** Lines of a text that gcc says something about. */
function doubted(text) {
  const flags = ['-std=gnu11', '-fsyntax-only', '-ftrack-macro-expansion=0', '-fmax-errors=0', '-Wshift-overflow=1'];
  const { stderr } = spawnSync(cc, [...flags, '-x', 'c', '-'], { input: text, encoding: 'utf8', maxBuffer: 1 << 28 });
  return new Set([...stderr.matchAll(/^<stdin>:(\d+):/gm)].map(([, line]) => Number(line)));
}

test.skipIf(!isGcc)('constant expressions have the values and types that the compiler gives them', () => {
  const text = randomMacros(createRandom(Number(seed)), Number(count));
  const unit = JSON.parse(parseC(text, { file: 'random.h' }));
  expect(unit.diagnostics).toEqual([]);
  expect(unit.constants.length).toBeGreaterThan(Number(count) / 2);
  const { source, lines, isSame } = constantProgram(unit, text);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'arkffi-constants-'));
  try {
    const printed = run({}, source, path.join(folder, 'program')).trimEnd().split('\n');
    const wrong = lines.filter(({ kind, line }, index) => !isSame(kind, line, printed[index]));
    expect(wrong).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  // Of numbers that are cast to types that do not hold them, gcc says nothing.
  const refused = unit.macros.filter(({ reason }) => !/: -?[\d.einf]+ is out of range for/.test(reason));
  const uses = refused.map(({ name }, index) => `static __typeof__(${name}) v${index} = ${name};`);
  const told = doubted(`${text}${uses.join('\n')}\n`);
  const first = text.split('\n').length;
  expect(refused.filter((_, index) => !told.has(first + index))).toEqual([]);
});
