// What could crash a process or hang it, as in 12-hostile: callbacks, threads, asynchronous calls and the ends of
// environments. Each program (hostile/callbacks-*.cjs) runs in a process of its own, which must end by itself.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { flags, node } from './node.mjs';
import { require } from './open.mjs';

const runner = fileURLToPath(new URL('./hostile/callbacks-run.cjs', import.meta.url));

/** The last line that a program prints, if it ends with the status that it should. */
function outcome(group, name, { status: wanted = 0, flags: own = [], env = {} }) {
  const result = spawnSync(node, [...flags, ...own, runner, group, name], {
    encoding: 'utf8',
    timeout: 100_000,
    env: { ...process.env, ...env },
  });
  const { status, signal, stdout, stderr } = result;
  const last = stdout.trim().split('\n').at(-1);
  return status === wanted ? last : `status ${status}, signal ${signal}: ${last} ${stderr.slice(-500)}`;
}

const groups = ['calls', 'errors', 'threads', 'async', 'memory', 'ends', 'libraries', 'environments', 'edges'];
for (const group of groups) {
  describe(`${group}, in processes of their own`, () => {
    it.each(Object.entries(require(`./hostile/callbacks-${group}.cjs`)))('%s', (name, program) => {
      const line = outcome(group, name, program);
      // Where there is more than one right outcome, the program has a check of its own.
      if (program.check?.(line)) return;
      expect(line).toBe(program.expected);
    });
  });
}
