// Writes the tables of docs/performance.md and README.md from bench/results/ (npm run generate).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { fullPace } from '../bench/measure.mjs';
import { duration, times } from '../bench/table.mjs';
import { root } from './steps.mjs';

const BEGIN = '<!-- begin of what npm run generate writes from bench/results -->';
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

function ratio(result) {
  if (!result?.toKoffi.arkffi) return '–';
  const { median, p10, p90 } = result.toKoffi.arkffi;
  return `${times(median)} (${times(p10)}–${times(p90)})`;
}

function table(cases) {
  const head = ['', ...reports.map(({ major }) => `Node ${major}`), `arkffi on Node ${shown}`];
  const rows = cases.map(({ id, title, nanoseconds }) => [
    title,
    ...reports.map((report) => ratio(find(report, id))),
    duration(nanoseconds.arkffi),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const { versions, platform, cpu } = main;
const days = reports.map(({ node, date }) => `${node} (${date})`).join(', ');
const caption =
  `Time relative to Koffi ${versions.koffi} in the same processes: below 1, arkffi is faster. ` +
  `The median of ${fullPace.processes * fullPace.rounds} rounds in ${fullPace.processes} processes, ` +
  `with the 10th to 90th percentile. ${platform}, ${cpu}; Node ${days}.`;

async function write(page, cases) {
  const file = path.join(root, page);
  const text = readFileSync(file, 'utf8');
  const [before, after] = [text.slice(0, text.indexOf(BEGIN)), text.slice(text.indexOf(END))];
  const written = `${before}${BEGIN}\n\n${caption}\n\n${table(cases)}\n\n${after}`;
  writeFileSync(file, await format(written, { ...(await resolveConfig(file)), filepath: file }));
}

await write('docs/performance.md', main.cases);
await write(
  'README.md',
  main.cases.filter(({ id }) => chosen.includes(id)),
);
