// How tests of fast calls start programs, and wait for the engine to compile them.
import { spawnSync } from 'node:child_process';
import { flags, node } from '../node.mjs';
import { require } from '../open.mjs';

/** The text that names the package in a program. */
export const index = JSON.stringify(require.resolve('../index.js'));

/** The text that names a module of it. @param {string} name */
export const lib = (name) => JSON.stringify(require.resolve(`../lib/${name}.js`));

/**
 * What a program prints, and how it ends when that is not well.
 * @param {string[]} args @param {Record<string, string | undefined>} [env]
 */
export function run(args, env) {
  const options = { encoding: 'utf8', timeout: 100_000, env: { ...process.env, ...env } };
  const { stdout, stderr, signal } = spawnSync(node, ['--no-warnings', '--expose-gc', ...flags, ...args], options);
  return `${stdout}${stderr.slice(0, 2000)}${signal ?? ''}`;
}

/**
 * The text of a function for programs: makes calls by `run(count)` until they come from compiled code, the last 2000 after
 * `start()`. Returns how many of those did not.
 */
export const hotCalls = `
  const { slowCalls } = require(${lib('binding')});
  function hotCalls(run, start = () => undefined) {
    let slow = 1;
    for (let round = 0; round < 500 && slow > 0; round++) {
      run(20000);
      const before = slowCalls();
      start();
      run(2000);
      slow = slowCalls() - before;
    }
    return slow;
  }`;
