// Writes the tables of docs/performance.md and README.md from bench/results/ (npm run generate).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { fullPace } from '../bench/measure.mjs';
import { duration, times } from '../bench/table.mjs';
import { root } from './steps.mjs';

const BEGIN = '<!-- begin of what npm run generate writes from bench/results -->';
const BEGIN_HOSTS = '<!-- begin of what npm run generate writes from bench/results/hosts.json -->';
const END = '<!-- end of it -->';
/** What the README has of the table. */
const chosen = ['no-arguments', 'add-i32', 'six-mixed', 'strlen-11', 'buffer', 'struct-f64', 'member-read', 'callback'];
/** Whose arkffi column shows times. */
const shown = 24;

const reports = [20, 22, 24, 26].flatMap((major) => {
  const file = path.join(root, 'bench', 'results', `${major}.json`);
  return existsSync(file) ? [{ major, ...JSON.parse(readFileSync(file, 'utf8')) }] : [];
});
const main = reports.find(({ major }) => major === shown);
const find = (report, wanted) => report.cases.find(({ id }) => id === wanted);

function ratio(spread) {
  if (!spread) return '–';
  const { median, p10, p90 } = spread;
  return `${times(median)} (${times(p10)}–${times(p90)})`;
}

const laidOut = (rows) => {
  const [head, ...others] = rows;
  return [head, head.map(() => '---'), ...others].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};

function table(cases) {
  const head = ['', ...reports.map(({ major }) => `Node ${major}`), `arkffi on Node ${shown}`];
  const rows = cases.map(({ id, title, nanoseconds }) => [
    title,
    ...reports.map((report) => ratio(find(report, id)?.toKoffi.arkffi)),
    duration(nanoseconds.arkffi),
  ]);
  return laidOut([head, ...rows]);
}

const { versions, platform, cpu } = main;
const days = reports.map(({ node, date }) => `${node} (${date})`).join(', ');
const caption =
  `Time relative to Koffi ${versions.koffi} in the same processes: below 1, arkffi is faster. ` +
  `The median of ${fullPace.processes * fullPace.rounds} rounds in ${fullPace.processes} processes, ` +
  `with the 10th to 90th percentile. ${platform}, ${cpu}; Node ${days}.`;

/** @param {string} page @param {string} begin what is before the part that is written @param {string} part */
async function write(page, begin, part) {
  const file = path.join(root, page);
  const text = readFileSync(file, 'utf8');
  const at = text.indexOf(begin);
  const written = `${text.slice(0, at)}${begin}\n\n${part}\n\n${text.slice(text.indexOf(END, at))}`;
  writeFileSync(file, await format(written, { ...(await resolveConfig(file)), filepath: file }));
}

/** arkffi in each host, and in Node, against the calls that Bun and Deno have themselves. */
function againstHosts() {
  const report = JSON.parse(readFileSync(path.join(root, 'bench', 'results', 'hosts.json'), 'utf8'));
  const { node, bun, deno } = report.versions;
  const compared = [
    ['bun/bun', 'in Bun, to Bun'],
    ['deno/deno', 'in Deno, to Deno'],
    ['node/bun', 'in Node, to Bun'],
    ['node/deno', 'in Node, to Deno'],
  ];
  const told =
    "Time relative to the host's own FFI, and that in Node to theirs: below 1, arkffi is faster. " +
    `${report.platform}, ${report.cpu}; Node ${node}, Bun ${bun}, Deno ${deno} (${report.date}).`;
  const measured = report.results.filter(({ ratios }) => compared.some(([pair]) => ratios[pair]));
  const rows = measured.map(({ title, ratios }) => [title, ...compared.map(([pair]) => ratio(ratios[pair]))]);
  return `${told}\n\n${laidOut([['', ...compared.map(([, head]) => head)], ...rows])}`;
}

const few = main.cases.filter(({ id }) => chosen.includes(id));
await write('docs/performance.md', BEGIN, `${caption}\n\n${table(main.cases)}`);
await write('docs/performance.md', BEGIN_HOSTS, againstHosts());
await write('README.md', BEGIN, `${caption}\n\n${table(few)}`);
