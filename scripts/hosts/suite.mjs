// Runs the suite on a host, and says of each test what became of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../steps.mjs';

const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
/** Longer than any file takes, and the suite on Node. */
const LIMIT = 1_200_000;

/**
 * @typedef {object} Results
 * @property {number} passed
 * @property {string[]} failed what failed: tests, and files that did not load or end
 * @property {{ file: string, test: string }[]} skipped
 */

/** @param {Results} into @param {any} report what the JSON reporter of vitest wrote */
function count(into, report) {
  for (const { name, assertionResults, status, message } of report.testResults) {
    const file = path.basename(name);
    if (status === 'failed' && assertionResults.every((test) => test.status !== 'failed'))
      into.failed.push(`${file}: ${message.split('\n')[0]}`);
    for (const test of assertionResults) {
      if (test.status === 'passed') into.passed++;
      else if (test.status === 'failed') into.failed.push(`${file}: ${test.fullName}`);
      else into.skipped.push({ file, test: test.fullName });
    }
  }
}

/**
 * Runs a command, and ends it when it takes too long, with all that it started.
 * @returns {Promise<string>} how it ended
 */
async function watched(program, args, options) {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true, ...options });
  const endAll = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nothing is left of it.
    }
  };
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endAll();
  }, LIMIT);
  const [status, signal] = await once(child, 'exit');
  clearTimeout(timer);
  endAll();
  return isLate ? 'took too long' : signal ? `ended by ${signal}` : `ended with status ${status}`;
}

/**
 * @param {object} how
 * @param {string[]} how.command what runs a program of JavaScript on the host that runs vitest
 * @param {string[]} how.args for vitest
 * @param {Record<string, string>} [how.env]
 * @param {(file: string) => boolean} [how.isLeftOut] what nothing is run of
 * @param {boolean} [how.isApart] one file at a time, each with vitest of its own: the end of the host is that of a file
 * @returns {Promise<Results>}
 */
export async function runSuite({
  command: [program, ...before],
  args,
  env = {},
  isLeftOut = () => false,
  isApart = false,
}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-hosts-'));
  /** @type {Results} */
  const results = { passed: 0, failed: [], skipped: [] };
  const files = readdirSync(path.join(root, '__test__')).filter((name) => name.endsWith('.test.mjs'));
  const leftOut = files.filter(isLeftOut);
  results.skipped.push(...leftOut.map((file) => ({ file, test: 'all of it' })));
  const excluded = leftOut.flatMap((file) => ['--exclude', `**/${file}`]);
  for (const file of isApart ? files.filter((file) => !leftOut.includes(file)) : ['']) {
    const output = path.join(folder, `${file}.json`);
    const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${output}`];
    const how = await watched(
      program,
      [...before, vitest, 'run', ...reporters, ...args, ...excluded, ...(file ? [file] : [])],
      {
        cwd: root,
        env: { ...process.env, NO_COLOR: '1', ...env },
      },
    );
    if (existsSync(output)) count(results, JSON.parse(readFileSync(output, 'utf8')));
    else results.failed.push(`${file || 'the suite'}: ${how}`);
  }
  rmSync(folder, { recursive: true, force: true });
  return results;
}
