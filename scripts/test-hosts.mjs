// npm run test:hosts: the suite on every host that can be had here, and programs that tools make. Writes the results to
// .hosts/results.json; with `-- --write` also to docs/hosts.json, and the tables of docs/hosts.md and README.md from that.
// `-- bun deno` runs on these only, and leaves the results of others as they are.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { announce, buildAddon, installPackages, root, run } from './steps.mjs';
import { Missing } from './hosts/arm64.mjs';
import { hosts } from './hosts/list.mjs';
import { hostsFolder } from './hosts/packages.mjs';

const { values, positionals } = parseArgs({ options: { write: { type: 'boolean' } }, allowPositionals: true });
const unknown = positionals.find((id) => !hosts.some((host) => host.id === id));
if (unknown) {
  console.error(`there is no host '${unknown}': ${hosts.map(({ id }) => id).join(', ')}`);
  process.exit(1);
}

/** @returns {object} what became of the suite on a host */
async function tryHost({ id, name, system, note, prepare }) {
  announce(`${name}, ${system}`);
  try {
    const { version, run: runTests } = prepare();
    return { id, name, system, note, version, ...(await runTests()) };
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`not run: ${error.message}`);
    return { id, name, system, missing: error.message };
  }
}

/** The results of a file, with some of them replaced by new ones. */
function merge(file, fresh) {
  const old = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const of = (list, id) => list.find((result) => result.id === id);
  const merged = hosts.map(({ id }) => of(fresh, id) ?? of(old, id)).filter(Boolean);
  writeFileSync(file, `${JSON.stringify(merged, null, 2)}\n`);
}

installPackages();
buildAddon();
const results = [];
for (const host of hosts)
  if (positionals.length === 0 || positionals.includes(host.id)) results.push(await tryHost(host));

mkdirSync(hostsFolder, { recursive: true });
merge(path.join(hostsFolder, 'results.json'), results);
if (values.write) {
  merge(path.join(root, 'docs', 'hosts.json'), results);
  run(process.execPath, ['scripts/generate-hosts.mjs']);
}

announce('results');
for (const { name, system, version, passed, failed, skipped, missing } of results) {
  const outcome = missing ?? `${passed} tests passed, ${failed.length} failed, ${skipped.length} skipped`;
  console.log(`${name} ${version ?? ''}, ${system}: ${outcome}`);
  for (const test of failed ?? []) console.log(`  failed: ${test}`);
}
if (results.some(({ failed }) => failed?.length > 0)) process.exitCode = 1;
