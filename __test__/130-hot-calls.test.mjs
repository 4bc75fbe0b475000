// The random program of hot calls for a moment; `npm run test:hot` runs it for long, under many flags of the engine.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { flags, node } from './node.mjs';

const program = fileURLToPath(new URL('./hot/run.mjs', import.meta.url));
/** Fewer where the processor is emulated. */
const rounds = process.env.ARKFFI_TEST_ARCH ? '5' : '30';

test.each([
  ['collections', 1, []],
  ['collections that move compiled code', 2, ['--compact-on-every-full-gc']],
])('hot calls are right among deoptimizations, closed libraries, callbacks and %s, seed %i', (_, seed, moving) => {
  const args = ['--no-warnings', '--expose-gc', '--allow-natives-syntax', ...moving, ...flags, program];
  const { stdout, stderr, signal } = spawnSync(node, [...args, '--seed', String(seed), '--rounds', rounds], {
    encoding: 'utf8',
    timeout: 100_000,
  });
  expect(`${stdout.slice(-3000)}${stderr.slice(-2000)}${signal ?? ''}`).toMatch(/\nright: \d+ calls, .*\n$/);
});
