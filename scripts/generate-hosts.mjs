// Writes the tables of docs/hosts.md and README.md from docs/hosts.json, the results of npm run test:hosts -- --write
// (npm run generate).
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ownReasonToSkip, reasonToSkip } from '../__test__/hosts-skips.mjs';
import { others } from './hosts/list.mjs';
import { root } from './steps.mjs';

const BEGIN = '<!-- begin of what npm run generate writes from docs/hosts.json -->';
const END = '<!-- end of it -->';
const results = JSON.parse(readFileSync(path.join(root, 'docs', 'hosts.json'), 'utf8'));
const ran = results.filter(({ missing }) => !missing);

const state = ({ failed, partial }) =>
  failed.length > 0 ? `${failed.length} tests fail` : partial ? 'partly run' : 'tested';
const title = ({ name, version, system }) => `${name} (${version}), ${system}`;

/** Why a test is skipped. @throws {Error} when nothing tells */
function reasonFor({ name, file, test }) {
  const listed = reasonToSkip(file, test, name) ?? ownReasonToSkip(file, test);
  if (listed) return listed;
  if (/^(Node|Bun|Deno) with/.test(test)) return 'about flags of another host';
  const said = /\((?:(?:not run|skipped): |)([^()]*not installed|[^()]*there is no [^()]*)\)/.exec(test);
  if (!said) throw new Error(`${file}: '${test}' is skipped on ${name}, and __test__/hosts-skips.mjs does not say why`);
  return said[1];
}

/** What is skipped on a host: each reason, with how many tests. */
function skippedOn({ name, skipped }) {
  const counts = new Map();
  for (const { file, test } of skipped) {
    const reason = reasonFor({ name, file, test });
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `- ${count > 1 ? `${count} tests: ` : ''}${reason}`).join('\n');
}

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => `${cell}`.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

const known = [
  ...ran.map((result) => [title(result), state(result), result.passed, result.skipped.length, result.note ?? '']),
  ...results
    .filter(({ missing }) => missing)
    .map(({ name, system, missing }) => [`${name}, ${system}`, 'not run', '', '', missing]),
  ...others
    .filter(({ unless }) => !ran.some(({ id }) => id === unless))
    .map(({ name, system, state, note }) => [`${name}, ${system}`, state, '', '', note]),
];
const skips = ran
  .filter(({ skipped }) => skipped.length > 0)
  .map((result) => `${title(result)}:\n\n${skippedOn(result)}`);
const page = [
  table(['host', 'state', 'tests passed', 'skipped', 'what'], known),
  '`tested`: every test of the suite that is not skipped passed. `partly run`: not in one run, or not all files. `built`: compiled, and hardly or never run. `expected`: written for, never run.',
  '**Skipped tests, and why**',
  ...skips,
].join('\n\n');
const short = table(
  ['host', 'state', 'what'],
  known.map(([name, state, passed, skipped, note]) => [
    name,
    state,
    [passed && `${passed} tests passed, ${skipped} skipped`, note].filter(Boolean).join('; '),
  ]),
);

async function write(file, content) {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END, text.indexOf(BEGIN))];
  const written = `${text.slice(0, begin)}${BEGIN}\n\n${content}\n\n${text.slice(end)}`;
  writeFileSync(file, await format(written, { ...(await resolveConfig(file)), filepath: file }));
}
await write(path.join(root, 'docs', 'hosts.md'), page);
await write(
  path.join(root, 'README.md'),
  `${short}\n\nWhich tests are skipped, and why: [docs/hosts.md](docs/hosts.md).`,
);
