// Several workers use arkffi at once.
import { expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';

it('eight workers at once each get what is theirs, and what they leave does no harm', () => {
  const program = fileURLToPath(new URL('hostile/workers.cjs', import.meta.url));
  const { stdout, stderr } = spawnSync(node, [...flags, program, fixture('basics')], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['0 0 0 0 0 0 0 0\n0\n', '']);
});
