// Random operations on memory agree with a model in plain JavaScript, while garbage is collected all the time.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { flags, node } from './node.mjs';

const program = fileURLToPath(new URL('model/run.mjs', import.meta.url));

test.each([1, 2])('seed %i', (seed) => {
  const args = [...flags, '--expose-gc', program, '--seed', String(seed), '--count', '40000'];
  const { stdout, stderr, status, signal } = spawnSync(node, args, { encoding: 'utf8' });
  expect({ stdout, stderr, status, signal }).toEqual({
    stdout: `seed ${seed}: 40000 operations agree\n`,
    stderr: '',
    status: 0,
    signal: null,
  });
});
