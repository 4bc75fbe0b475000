// Runs the whole benchmark: `npm run bench` sets everything up first.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { drawChart } from './chart.mjs';
import { builtins, contenders } from './contenders.mjs';
import { fullPace, quickPace } from './measure.mjs';
import { built, folder, results } from './places.mjs';
import { summarize } from './spread.mjs';
import { measureStartup } from './startup.mjs';
import { tableHead, tableRow } from './table.mjs';

const quick = process.argv.includes('--quick');
const pace = quick ? quickPace : fullPace;
const compared = [...contenders, ...builtins];

/** @returns what session.mjs gives, from a process of its own */
function runSession(number) {
  console.log(`process ${number + 1} of ${pace.processes}`);
  const args = [
    '--no-warnings',
    '--expose-gc',
    path.join(folder, 'session.mjs'),
    JSON.stringify([pace, number * pace.rounds]),
  ];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
}

/** The samples of all sessions together, case by case. */
function pool(sessions) {
  const [{ samples }] = sessions;
  return samples.map(({ id, title, times }, index) => {
    const all = (who) => sessions.flatMap((session) => session.samples[index].times[who]);
    return { id, title, times: Object.fromEntries(Object.keys(times).map((who) => [who, all(who)])) };
  });
}

function save(name, text) {
  // A quick run's figures are too rough to keep.
  const target = path.join(quick ? built : results, name);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
  console.log(`wrote ${path.relative(path.dirname(folder), target)}`);
}

const sessions = Array.from({ length: pace.processes }, (_, number) => runSession(number));
console.log('starting fresh processes');
const cases = [...pool(sessions), ...measureStartup(pace)].map(summarize);
const [{ versions, backend }] = sessions;
const cpu = os.cpus()[0].model;
const platform = `${process.platform}-${process.arch}`;
const date = new Date().toISOString().slice(0, 10);
const report = { node: process.version, cpu, platform, date, backend, versions, quick, cases };

const named = Object.entries(versions).map(([id, version]) => `${id} ${version}`);
console.log(`\nNode ${report.node} · ${cpu} · ${named.join(' · ')}`);
console.log(`Medians of ${pace.processes * pace.rounds} rounds in ${pace.processes} processes;`);
console.log('ratios with their 10th to 90th percentile, below 1 arkffi is faster\n');
console.log(tableHead(compared));
for (const result of cases) console.log(tableRow(result, compared));
const unsteady = cases.filter(({ ratios: { koffi } }) => koffi.p90 > koffi.p10 * 1.3);
if (unsteady.length > cases.length / 2) console.log('\nThe machine was busy: these figures say little');

const [major] = process.versions.node.split('.');
console.log();
save(`${major}.json`, `${JSON.stringify(report, null, 2)}\n`);
save(`chart-${major}.svg`, drawChart(report, compared));
