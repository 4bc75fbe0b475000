// The examples that are programs do what they say; npm run demo runs all of them.
import { expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { has } from './documents/needs.mjs';
import { root } from '../scripts/steps.mjs';
import { flags, node } from './node.mjs';

function example(name, args = [], input = '') {
  const file = path.join(root, 'examples', name);
  const { status, stdout, stderr } = spawnSync(node, [...flags, file, ...args], { input, encoding: 'utf8' });
  return status === 0 ? stdout : `status ${status}: ${stderr}`;
}
const sqlite = it.skipIf(!has('library libsqlite3.so.0'));

sqlite('the shell of SQLite runs statements of its arguments', () => {
  const statements = [
    "CREATE TABLE t (n, name); INSERT INTO t VALUES (1, 'Grüße'), (2, NULL);",
    'SELECT * FROM t; -- end',
  ];
  expect(example('sqlite-shell.mjs', [':memory:', ...statements])).toBe(
    ['n │ name ', '──┼──────', '1 │ Grüße', '2 │ NULL ', ''].join('\n'),
  );
  expect(example('sqlite-shell.mjs', [':memory:', 'SELEC'])).toContain('near "SELEC": syntax error');
  expect(example('sqlite-shell.mjs', ['/no/such/folder/x.db'])).toContain('unable to open database file');
});

sqlite('the shell of SQLite reads statements of several lines, and goes on after an error', () => {
  const lines = ['CREATE TABLE t (n);', '.tables', 'SELEC;', 'SELECT 1 AS one,', '2 AS two;', '.quit', 'SELECT 3;'];
  const printed = example('sqlite-shell.mjs', [], lines.join('\n'));
  expect(printed.split('\n').map((line) => line.trim())).toEqual([
    'name │ type',
    '─────┼──────',
    't    │ table',
    'Error: near "SELEC": syntax error',
    'one │ two',
    '────┼────',
    '1   │ 2',
    '',
  ]);
  expect(readFileSync(path.join(root, 'examples/sqlite-shell.mjs'), 'utf8').split('\n').length).toBeLessThanOrEqual(
    101,
  );
});

it.skipIf(!has('library libpng16.so.16'))('a picture is written, and read back as it was', () => {
  const printed = example('png.mjs');
  expect(printed).toMatch(/julia\.png: 480 × 320, \d+ bytes/);
  expect(printed).toContain('read back, it is the same: true');
  expect(printed).toContain('a file that is not there: No such file or directory');
});

it('the spectrum has the tones that were played', () => {
  expect(example('fft.mjs')).toMatch(/the loudest tones are at 262, 330, 392 Hz/);
});

it('every racer sorts', () => {
  const printed = example('qsort-race.mjs', ['500']);
  expect(printed).toMatch(/^500 numbers/);
  expect(printed.match(/ ms █+$/gm)).toHaveLength(6);
});
