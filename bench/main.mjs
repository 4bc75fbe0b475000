// Runs the whole benchmark in this process: `npm run bench` sets everything up first.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { measureBinding } from './binding.mjs';
import { measureCalls } from './calls.mjs';
import { drawChart } from './chart.mjs';
import { contenders, enlist } from './contenders.mjs';
import { fullPace, quickPace } from './measure.mjs';
import { built, fixture, folder, results } from './places.mjs';
import { measureStartup } from './startup.mjs';
import { tableHead, tableRow } from './table.mjs';

const quick = process.argv.includes('--quick');
const pace = quick ? quickPace : fullPace;
const require = createRequire(import.meta.url);

const enlisted = contenders.map((contender) => enlist(contender, require, fixture));
const versions = Object.fromEntries(enlisted.filter(({ version }) => version).map(({ id, version }) => [id, version]));
const report = {
  node: process.version,
  cpu: os.cpus()[0].model,
  platform: `${process.platform}-${process.arch}`,
  date: new Date().toISOString().slice(0, 10),
  backend: enlisted[0].module.stats().backend,
  versions,
  quick,
  cases: [],
};

const named = Object.entries(versions).map(([id, version]) => `${id} ${version}`);
console.log(`Node ${report.node} · ${report.cpu} · ${named.join(' · ')}`);
console.log(`Medians of ${pace.rounds} rounds; ratios with their 10th to 90th percentile, below 1 arkffi is faster\n`);
console.log(tableHead(contenders));
for (const measureAll of [measureCalls, measureBinding]) {
  for (const result of measureAll(enlisted, pace)) add(result);
}
for (const result of measureStartup(pace)) add(result);

const unsteady = report.cases.filter(({ ratios: { koffi } }) => koffi.p90 > koffi.p10 * 1.3);
if (unsteady.length > report.cases.length / 2) console.log('\nThe machine was busy: these figures say little');

const major = process.versions.node.split('.')[0];
// A quick run's figures are too rough to keep.
const target = quick ? built : results;
mkdirSync(target, { recursive: true });
save(`${major}.json`, `${JSON.stringify(report, null, 2)}\n`);
save(`chart-${major}.svg`, drawChart(report, contenders));

function add(result) {
  report.cases.push(result);
  console.log(tableRow(result, contenders));
}

function save(name, text) {
  writeFileSync(path.join(target, name), text);
  console.log(
    `${name === `${major}.json` ? '\n' : ''}wrote ${path.relative(path.dirname(folder), path.join(target, name))}`,
  );
}
