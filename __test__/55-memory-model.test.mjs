// Random operations on memory agree with a model in plain JavaScript, while garbage is collected all the time.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { flags, node } from './node.mjs';

const program = fileURLToPath(new URL('model/run.mjs', import.meta.url));

function run(seed, count, ...more) {
  const args = [...flags, '--expose-gc', program, '--seed', String(seed), '--count', String(count), ...more];
  const { stdout, stderr, status, signal } = spawnSync(node, args, { encoding: 'utf8' });
  expect({ stdout, stderr, status, signal }).toEqual({
    stdout: `seed ${seed}: ${count} operations agree\n`,
    stderr: '',
    status: 0,
    signal: null,
  });
}

test.each([1, 2])('seed %i', (seed) => run(seed, 40_000));

test.runIf(process.platform === 'linux')('in a helper process, which dies now and then', () => {
  run(3, 20_000, '--isolated');
});
