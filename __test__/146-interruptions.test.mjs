// Code that a debugger runs in the middle of what the package does, and that uses the package too.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { world } from './debugger/world.mjs';
import { fixture } from './fixtures/paths.mjs';
import { host } from './hosts-skips.mjs';
import { flags, node } from './node.mjs';
import { arkffi } from './open.mjs';

const folder = import.meta.dirname ?? '';
const file = fixture('interrupted');
const programs = Object.keys(world(arkffi, file).programs);

/** What a script says: of each program, how often something was run inside, and what went wrong. */
function resultsOf(script) {
  const options = { encoding: 'utf8', timeout: 300_000, maxBuffer: 2 ** 26 };
  const { status, signal, stdout, stderr } = spawnSync(node, [...flags, path.join(folder, script), file], options);
  if (status !== 0) throw new Error(`status ${status}, signal ${signal}: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

// Elsewhere no debugger comes in between, or there is none that a program can use.
describe.runIf(host.startsWith('Node'))('with a debugger, on Node, that runs code', () => {
  describe('at the beginning of every function', () => {
    let results;
    beforeAll(() => {
      results = resultsOf('debugger/run.mjs');
    }, 310_000);

    test.each(programs)('goes on as if there were none: %s', (name) => {
      expect(results[name].wrong).toEqual([]);
      expect(results[name].count).toBeGreaterThan(0);
    });
  });

  test('wherever the engine lets it in, in hot loops too, they go on as if there were none', () => {
    const results = Object.entries(resultsOf('debugger/compiled.mjs'));
    expect(results.filter(([, { wrong }]) => wrong.length > 0)).toEqual([]);
    expect(results.filter(([, { count }]) => count === 0)).toEqual([]);
  }, 310_000);
});
