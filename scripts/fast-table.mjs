// npm run generate:fast-table: what is fast where, as docs/fast-calls.md has it: observed in every host, not written by
// hand. Does nothing, and says so, where not all hosts can be had.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hostCommand } from './hosts/command.mjs';
import { Missing, prepareArm64 } from './hosts/arm64.mjs';
import { fetchNode, fetchOther } from './hosts/packages.mjs';
import { announce, attempt, buildAddon, installPackages, root, run } from './steps.mjs';

const document = path.join(root, 'docs', 'fast-calls.md');
const folder = path.join(root, 'scripts', 'fast-table');
/** What the table stands between. */
const [BEGIN, END] = ['<!-- observed: begin -->', '<!-- observed: end -->'];

function stop(reason) {
  console.log(`the table of fast calls: not made: ${reason}`);
  process.exit(0);
}

/** Compiles what is called. */
function compile(compiler, arch) {
  const library = path.join(root, 'bench', '.build', `fast-table-${arch}.so`);
  mkdirSync(path.dirname(library), { recursive: true });
  run(compiler, ['-O1', '-Wall', '-shared', '-fPIC', '-o', library, path.join(folder, 'functions.c')]);
  return library;
}

/** What a host does, by condition and signature: see fast-table/observe.cjs. */
function observe(host, library) {
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
const majors = [20, 22, 24, 26];
const hosts = Object.fromEntries(majors.map((major) => [`Node ${major}`, fetchNode(major)]));
Object.assign(hosts, { Bun: fetchOther('bun'), Deno: fetchOther('deno') });
const missing = Object.keys(hosts).filter((name) => !hosts[name]);
if (missing.length > 0) stop(`no ${missing.join(', ')} here`);
const library = compile('cc', process.arch);
const observed = Object.values(hosts).map((host) => observe(host, library));

announce('looking at emulated arm64, where it has to be the same');
try {
  majors.forEach((major, at) => {
    const { node, env } = prepareArm64(major);
    const { way, signatures } = observe(node, compile(env.CC, 'arm64'));
    for (const signature of signatures) {
      const [here, there] = [observed[at].way, way].map((either) => cell(either, signature));
      if (here !== there) throw new Error(`Node ${major}, ${signature}: ${here}, on arm64 ${there}`);
    }
  });
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.log(`arm64: not looked at: ${error.message}`);
}
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
