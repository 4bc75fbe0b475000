// Calls and callbacks in Node, Bun and Deno, against what each host has itself: `npm run bench -- --hosts`, which gives the
// paths of Bun and Deno. arkffi's time is also compared with that of other hosts' own calls, in processes that run one
// after the other.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fullPace, quickPace } from './measure.mjs';
import { folder, results as kept } from './places.mjs';
import { median, ratio } from './spread.mjs';
import { duration, times } from './table.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    bun: { type: 'string' },
    deno: { type: 'string' },
  },
});
const pace = values.quick ? quickPace : fullPace;
const session = path.join(folder, 'host-session.mjs');

/** How each host runs a program. */
const hosts = {
  node: [process.execPath, '--no-warnings', '--expose-gc'],
  bun: [values.bun],
  deno: [values.deno, 'run', '--quiet', '--allow-all'],
};

/** @returns what host-session.mjs gives */
function runSession([command, ...args], number) {
  const settings = JSON.stringify([pace, number * pace.rounds]);
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  return JSON.parse(execFileSync(command, [...args, session, settings], options));
}

const present = Object.entries(hosts).filter(([, [command]]) => command);
/** Sessions by host. Those of the same number ran one after the other, when the machine was the same for all. */
const sessions = Object.fromEntries(present.map(([name]) => [name, []]));
for (let number = 0; number < pace.processes; number++) {
  console.error(`process ${number + 1} of ${pace.processes} in each of ${present.map(([name]) => name).join(', ')}`);
  for (const [name, command] of present) sessions[name].push(runSession(command, number));
}

/** The samples of one contender in a host, round by round; undefined for what was not measured. */
function samplesOf(host, id, who) {
  const taken = sessions[host]?.map(({ samples }) => samples.find((one) => one.id === id)?.times[who]);
  return taken?.every((each) => each) ? taken.flat() : undefined;
}

/** What is compared: arkffi in a host, with a peer in the same or another one. */
const comparisons = [
  ['node', 'node', 'koffi'],
  ['node', 'node', 'node:ffi'],
  ['node', 'bun', 'bun'],
  ['node', 'deno', 'deno'],
  ['bun', 'bun', 'bun'],
  ['deno', 'deno', 'deno'],
].filter(([ours, theirs]) => sessions[ours] && sessions[theirs]);

const [{ samples: order }] = sessions.node;
const results = order.map(({ id, title }) => ({
  id,
  title,
  nanoseconds: Object.fromEntries(
    present.flatMap(([host]) =>
      Object.keys(sessions[host][0].samples.find((one) => one.id === id)?.times ?? {}).map((who) => [
        `${who} in ${host}`,
        median(samplesOf(host, id, who)),
      ]),
    ),
  ),
  ratios: Object.fromEntries(
    comparisons.flatMap(([ours, theirs, who]) => {
      const [own, others] = [samplesOf(ours, id, 'arkffi'), samplesOf(theirs, id, who)];
      return own && others ? [[`${ours}/${who}`, ratio(own, others)]] : [];
    }),
  ),
}));

const named = present.map(([name]) => `${name} ${sessions[name][0].version} (${sessions[name][0].backend})`);
// A quick run's figures are too rough to keep, and those of a part say less.
if (!values.quick && present.length === Object.keys(hosts).length) {
  const machine = { cpu: os.cpus()[0].model, platform: `${process.platform}-${process.arch}` };
  const versions = Object.fromEntries(present.map(([name]) => [name, sessions[name][0].version.replace(/^v/, '')]));
  const report = { date: new Date().toISOString().slice(0, 10), ...machine, versions, results };
  writeFileSync(path.join(kept, 'hosts.json'), `${JSON.stringify(report, null, 2)}\n`);
}
if (values.json) {
  console.log(JSON.stringify({ hosts: named, results }, null, 2));
} else {
  const absolute = [...new Set(results.flatMap(({ nanoseconds }) => Object.keys(nanoseconds)))];
  const relative = comparisons.map(([ours, , who]) => `${ours}/${who}`);
  console.log(`\n${named.join(' · ')}`);
  console.log(`Medians of ${pace.processes * pace.rounds} rounds in ${pace.processes} processes of each host.\n`);
  print(['', ...absolute], ({ title, nanoseconds }) => [
    title,
    ...absolute.map((name) => (name in nanoseconds ? duration(nanoseconds[name]) : '–')),
  ]);
  console.log("\narkffi's time in a host to a peer's, with the 10th to 90th percentile; below 1 arkffi is faster\n");
  print(['', ...relative], ({ title, ratios }) => [
    title,
    ...relative.map((name) => {
      if (!ratios[name]) return '–';
      const { median: middle, p10, p90 } = ratios[name];
      return `${times(middle)} (${times(p10)}–${times(p90)})`;
    }),
  ]);
}

/** @param {string[]} head @param {(result: any) => string[]} row */
function print(head, row) {
  const rows = [head, ...results.map(row)];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  for (const cells of rows) {
    console.log(
      cells.map((cell, column) => (column ? cell.padStart(widths[column] + 2) : cell.padEnd(widths[0]))).join(''),
    );
  }
}
