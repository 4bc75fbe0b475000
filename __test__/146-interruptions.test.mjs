// Code that a debugger runs in the middle of what the package does, and that uses the package too.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { host } from './hosts-skips.mjs';
import { flags, node } from './node.mjs';

const folder = import.meta.dirname ?? '';
const file = fixture('interrupted');
/** The programs, by what they call. */
const worlds = { 'a library': 'world', 'an isolated library': 'isolated' };

/** @param {Record<string, { count: number, wrong: string[] }>} results of programs */
function expectNoneWrong(results) {
  const entries = Object.entries(results);
  expect(entries.filter(([, { wrong }]) => wrong.length > 0)).toEqual([]);
  expect(entries.filter(([, { count }]) => count === 0)).toEqual([]);
  expect(entries.length).toBeGreaterThan(0);
}

/** What a script says: of each program, how often something was run inside, and what went wrong. */
function resultsOf(script, ...more) {
  const options = { encoding: 'utf8', timeout: 300_000, maxBuffer: 2 ** 26 };
  const { status, signal, stdout, stderr } = spawnSync(
    node,
    [...flags, path.join(folder, script), file, ...more],
    options,
  );
  if (status !== 0) throw new Error(`status ${status}, signal ${signal}: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

// Elsewhere no debugger comes in between, or there is none that a program can use.
describe.runIf(host.startsWith('Node'))('with a debugger, on Node, that runs code', () => {
  test.each(Object.entries(worlds))(
    'at the beginning of every function, calls of %s go on as if there were none',
    (_, name) => {
      expectNoneWrong(resultsOf('debugger/run.mjs', name));
    },
    310_000,
  );

  test('wherever the engine lets it in, in hot loops too, they go on as if there were none', () => {
    expectNoneWrong(resultsOf('debugger/compiled.mjs'));
  }, 310_000);
});
