// What is read only once is there until it has been read.
import { expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { flags, node } from './node.mjs';

it('a buffer that is made only to be read is not collected before that', () => {
  const program = fileURLToPath(new URL('hostile/reachable.cjs', import.meta.url));
  const { stdout, stderr } = spawnSync(node, [...flags, program], { encoding: 'utf8' });
  expect([stdout.trim(), stderr]).toEqual([JSON.stringify(Array(8).fill({})), '']);
});
