import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { host } from './__test__/hosts-skips.mjs';

// Each variant of the suite is a set of environment variables; scripts/test-all.mjs sets them.
const { ARKFFI_TEST_NODE, ARKFFI_TEST_NO_CODEGEN, ARKFFI_TEST_POOL } = process.env;

// Test files run in processes of this Node, when it is not the one that runs vitest.
if (ARKFFI_TEST_NODE) process.execPath = ARKFFI_TEST_NODE;

export default defineConfig({
  test: {
    include: ['__test__/*.test.mjs'],
    setupFiles: host === 'Node' ? [] : ['__test__/host-setup.mjs'],
    globalSetup: ['__test__/fixtures/build.mjs'],
    // Most of the time tests wait for processes of their own: no core is kept free, as vitest does by itself.
    maxWorkers: Math.max(2, availableParallelism()),
    pool: ARKFFI_TEST_POOL ?? 'forks',
    execArgv: ARKFFI_TEST_NO_CODEGEN ? ['--disallow-code-generation-from-strings'] : [],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
