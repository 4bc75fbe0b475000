// The cost of starting: each sample is taken in a process of its own.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { contenders } from './contenders.mjs';
import { folder, packed } from './places.mjs';

const child = path.join(folder, 'startup-child.cjs');
const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };

/**
 * @param {import('./measure.mjs').Pace} pace
 * @returns {Generator<import('./spread.mjs').Samples>}
 */
export function* measureStartup(pace) {
  const rounds = pace.processes * pace.rounds;
  const loading = Object.fromEntries(contenders.map(({ id }) => [id, []]));
  const binding = Object.fromEntries(contenders.filter(({ binder }) => binder).map(({ id }) => [id, []]));
  for (let round = -1; round < rounds; round++) {
    for (const { id, specifier } of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const args = [child, id, id === 'arkffi' ? packed : specifier, String(Math.max(round, 0) / rounds)];
      const sample = JSON.parse(execFileSync(process.execPath, args, options));
      if (round < 0) continue; // reads the files into memory
      loading[id].push(sample.require * 1e6);
      binding[id]?.push(sample.bind * 1e6);
    }
  }
  yield { id: 'require', title: 'require, fresh process', times: loading };
  yield { id: 'first-bind', title: 'first open and bind 10', times: binding };
}
