// npm run pack:all: makes the tarballs that would be published, in dist/: arkffi, and the addon of every platform that
// can be built here. `-- --only linux-x64-gnu,linux-arm64-gnu` builds these, `-- --from <folder>` takes addons that
// others have built, of all platforms that are published. One that is missing then, or that must not be published, ends
// it with 1.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildFor } from './packages/build.mjs';
import { faults } from './packages/inspect.mjs';
import { platforms } from './packages/manifests.mjs';
import { pack } from './packages/pack.mjs';
import { announce, installPackages, root } from './steps.mjs';

const { values } = parseArgs({
  options: { only: { type: 'string' }, from: { type: 'string' }, to: { type: 'string', default: 'dist' } },
});
const chosen = values.only?.split(',') ?? Object.keys(platforms);
const required = values.only ? chosen : values.from ? chosen.filter((name) => platforms[name].published !== false) : [];
const unknown = chosen.filter((platform) => !Object.hasOwn(platforms, platform));
if (unknown.length > 0) {
  console.error(`no such platform: ${unknown.join(', ')}. There are ${Object.keys(platforms).join(', ')}`);
  process.exit(2);
}

function find(platform) {
  const file = path.resolve(values.from, `arkffi.${platform}.node`);
  return existsSync(file) ? { file } : { reason: `it is not in ${values.from}` };
}

const addons = new Map();
const reasons = [];
for (const platform of values.from && !values.only ? required : chosen) {
  announce(`${values.from ? 'taking' : 'building'} ${platform}`);
  const { file, reason } = values.from ? find(platform) : buildFor(platform);
  if (file) addons.set(platform, file);
  else reasons.push(`${platform}: ${reason}`);
}

const missing = required.filter((platform) => !addons.has(platform));
const bad = [...addons].flatMap(([platform, file]) =>
  faults(file, platforms[platform].os).map((fault) => `${platform}: ${fault}`),
);
if (reasons.length > 0) console.log(`\nnot built:\n  ${reasons.join('\n  ')}`);
if (bad.length > 0) console.error(`\nnot to be published:\n  ${bad.join('\n  ')}`);
if (bad.length > 0 || missing.length > 0) process.exit(1);

const target = path.resolve(root, values.to);
installPackages();
announce('packing');
for (const tarball of pack(addons, target)) console.log(path.relative(root, tarball));
