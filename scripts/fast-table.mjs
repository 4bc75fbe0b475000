// npm run generate:fast-table: what is fast where, as docs/fast-calls.md has it: observed in every host, not written by
// hand. Does nothing, and says so, where not all hosts can be had.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hostCommand } from './hosts/command.mjs';
import { fetchNode, fetchOther } from './hosts/packages.mjs';
import { announce, attempt, buildAddon, installPackages, root, run } from './steps.mjs';

const document = path.join(root, 'docs', 'fast-calls.md');
const folder = path.join(root, 'scripts', 'fast-table');
const library = path.join(root, 'bench', '.build', 'fast-table.so');
/** What the table stands between. */
const [BEGIN, END] = ['<!-- observed: begin -->', '<!-- observed: end -->'];

function stop(reason) {
  console.log(`the table of fast calls: not made: ${reason}`);
  process.exit(0);
}

/** What a host does, by condition and signature: see fast-table/observe.cjs. */
function observe(host) {
  const [file, args] = hostCommand(host);
  const ask = (question) => {
    const { ok, output } = attempt(file, [...args, path.join(folder, 'observe.cjs'), library, question]);
    if (!ok) throw new Error(`${host} ${question}: ${output}`);
    return JSON.parse(output.trim().split('\n').at(-1));
  };
  const [ways, compiled] = [ask('ways'), ask('compiled')];
  const way = (condition, signature) =>
    compiled[condition][signature] ? ways[condition][signature] : `${ways[condition][signature]}, not compiled`;
  return { way, signatures: Object.keys(ways.any) };
}

/** What a cell says of the ways in all conditions. */
function cell(way, signature) {
  const [any, leaf] = ['any', 'leaf'].map((condition) => way(condition, signature));
  return any === leaf ? any : `${any}; leaf: ${leaf}`;
}

if (process.platform !== 'linux' || process.arch !== 'x64') stop('it is of x86-64 Linux');
installPackages();
buildAddon();
announce('looking at all hosts');
const hosts = Object.fromEntries([20, 22, 24, 26].map((major) => [`Node ${major}`, fetchNode(major)]));
Object.assign(hosts, { Bun: fetchOther('bun'), Deno: fetchOther('deno') });
const missing = Object.keys(hosts).filter((name) => !hosts[name]);
if (missing.length > 0) stop(`no ${missing.join(', ')} here`);
mkdirSync(path.dirname(library), { recursive: true });
run('cc', ['-O1', '-Wall', '-shared', '-fPIC', '-o', library, path.join(folder, 'functions.c')]);

const observed = Object.values(hosts).map(observe);
const table = [
  ['', ...Object.keys(hosts)],
  Array(observed.length + 1).fill('---'),
  ...observed[0].signatures.map((signature) => [signature, ...observed.map(({ way }) => cell(way, signature))]),
];
const text = table.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const before = readFileSync(document, 'utf8');
const [start, end] = [before.indexOf(BEGIN) + BEGIN.length, before.indexOf(END)];
writeFileSync(document, `${before.slice(0, start)}\n\n${text}\n\n${before.slice(end)}`);
run('npx', ['prettier', '--write', '--log-level', 'warn', document]);
console.log(`wrote ${path.relative(root, document)}`);
