// Many calls, crashes and helpers, after which nothing is left; `npm run test:soak` is the long form.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';

const program = fileURLToPath(new URL('soak/run.mjs', import.meta.url));

it.runIf(process.platform === 'linux')('nothing is lost, left or wrong', () => {
  const args = [...flags, '--expose-gc', program, fixture('faults'), '--quick'];
  const { stdout, stderr, status, signal } = spawnSync(node, args, { encoding: 'utf8' });
  expect({ stderr, status, signal }).toEqual({ stderr: '', status: 0, signal: null });
  expect(stdout).toMatch(/\nall is well\n$/);
});
