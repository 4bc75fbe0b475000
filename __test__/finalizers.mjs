// The fixture finalizers, and programs that use it in processes of their own.
import { spawnSync } from 'node:child_process';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';
import { arkffi, require } from './open.mjs';

const { dlopen } = arkffi;

export const file = fixture('finalizers');
export const definitions = {
  make: { args: ['int'], returns: 'ptr' },
  destroy: { args: ['ptr'] },
  destroy_loudly: { args: ['ptr'] },
  destroy_and_tell: { args: ['ptr'] },
  destroy_with_two: { args: ['ptr', 'int'], returns: 'int' },
  set_told: { args: ['function'] },
  count_freed: { returns: 'int' },
  last_freed: { returns: 'int' },
  last_answer: { returns: 'int' },
};
export const { symbols } = dlopen(file, definitions);

const prelude = `
  const { attachFinalizer, dlopen, stats, CFunction, JSCallback } = require(${JSON.stringify(require.resolve('../index.js'))});
  const library = dlopen(${JSON.stringify(file)}, ${JSON.stringify(definitions)});
  const { symbols } = library;
  const { usleep } = dlopen(null, { usleep: { args: ['uint'], returns: 'int' } }).symbols;
  /** Collects until something is so. */
  const collected = async (isSo, rounds = 1000) => {
    for (let round = 0; round < rounds && !isSo(); round++) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return isSo();
  };
`;
/** A program that waits. */
export const afterwards = (program) => `(async () => { ${program} })();`;
/** The beginning of a program that can start a worker with this one. */
export const inWorker = (program) => `
  const { Worker } = require('node:worker_threads');
  const start = () => new Worker(${JSON.stringify(prelude + program)}, { eval: true });`;

/** What a program prints, line by line, in a process of its own. */
export function run(program, env = {}) {
  const result = spawnSync(node, [...flags, '--expose-gc', '-e', `${prelude}\n${program}`], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, ...env },
  });
  const { status, signal, stdout, stderr } = result;
  if (status !== 0) return `status ${status}, signal ${signal}: ${stderr.slice(-500)}`;
  return stdout.trim().split('\n').join(' | ');
}
