// Random operations on memory agree with a model in plain JavaScript, while garbage is collected all the time.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const node = process.env.ARKFFI_TEST_NODE ?? process.execPath;
const flags = process.env.ARKFFI_TEST_NO_CODEGEN ? ['--disallow-code-generation-from-strings'] : [];
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
