// Compares arkffi with other ways into C. Sets everything up first: Node, Rust and cc are enough.
//   --node <path>  measure in another Node
//   --quick        a rough run in a fraction of the time; its figures are not kept
//   --memory       watch resident memory instead
//   --hosts        compare with what Node, Bun and Deno have themselves, in all three
import { cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { built, fixture, folder, handwritten, packed } from '../bench/places.mjs';
import { fetchOther } from './hosts/packages.mjs';
import { rootManifest } from './packages/manifests.mjs';
import { fillRoot } from './packages/pack.mjs';
import { addonFile, announce, buildAddon, installPackages, root, run } from './steps.mjs';

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    quick: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    hosts: { type: 'boolean', default: false },
  },
});

/** Compiles C sources to a shared library, unless it is newer than they are. */
function compile(target, sources, flags = []) {
  const changed = Math.max(...sources.map((source) => statSync(source).mtimeMs));
  if (existsSync(target) && statSync(target).mtimeMs > changed) return;
  announce(`compiling ${path.relative(root, target)}`);
  mkdirSync(built, { recursive: true });
  run('cc', ['-O2', '-Wall', '-shared', '-fPIC', ...flags, '-o', target, ...sources]);
}

if (process.platform === 'win32') {
  console.error('The benchmark is compiled with cc and does not run on Windows');
  process.exit(1);
}
installPackages();
installPackages(folder);
buildAddon();
const source = path.join(folder, 'fixture.c');
const headers = path.join(folder, 'node_modules', 'node-api-headers', 'include');
compile(fixture, [source]);
compile(
  handwritten,
  [path.join(folder, 'peers', 'handwritten.c'), source],
  [
    `-I${headers}`,
    // On macOS the functions of Node are only there once Node has loaded it.
    ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []),
  ],
);
rmSync(packed, { recursive: true, force: true });
mkdirSync(packed, { recursive: true });
fillRoot(packed, rootManifest([]));
writeFileSync(path.join(packed, 'package.json'), JSON.stringify(rootManifest([])));
cpSync(addonFile(), path.join(packed, path.basename(addonFile())));

announce(values.memory ? 'watching memory' : 'measuring');
const program = path.join(folder, values.memory ? 'memory.mjs' : values.hosts ? 'hosts.mjs' : 'main.mjs');
const present = values.hosts ? ['bun', 'deno'].map((name) => [name, fetchOther(name)]).filter(([, file]) => file) : [];
const hosts = present.flatMap(([name, file]) => [`--${name}`, file]);
run(values.node, [program, ...(values.quick ? ['--quick'] : []), ...hosts]);
