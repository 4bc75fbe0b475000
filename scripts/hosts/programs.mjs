// Programs that tools make which are no dependencies: single executable applications, and bundles of esbuild.
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { attempt, root } from '../steps.mjs';
import { Missing } from './arm64.mjs';
import { fetchNode, fetchPackage, versionOf } from './packages.mjs';

const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const use = `
const { symbols } = dlopen(null, { abs: { args: ['int'], returns: 'int' } });
let code;
try { symbols.abs(0.5); } catch (error) { code = error.code; }
console.log(symbols.abs(-42), code);
`;
const printed = '42 ERR_OUT_OF_RANGE';

/** A tool, as npm has it. @throws {Missing} */
function tool(spec, name) {
  const folder = fetchPackage(spec, name);
  if (!folder) throw new Missing(`${spec} could not be had`);
  return folder;
}

/** Runs what makes a program and gives the command that starts it, in a folder of its own. */
async function program(test, make) {
  const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-program-'));
  try {
    const [command, ...args] = await make(folder);
    const { ok, output } = attempt(command, args, { cwd: folder });
    const isRight = ok && output.trim().endsWith(printed);
    if (!isRight) console.log(output);
    return { passed: isRight ? 1 : 0, failed: isRight ? [] : [test], skipped: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The package, beside a program. @param {string} folder */
function install(folder) {
  const target = path.join(folder, 'node_modules', 'arkffi');
  mkdirSync(target, { recursive: true });
  for (const name of ['package.json', 'index.js', 'lib'])
    cpSync(path.join(root, name), path.join(target, name), { recursive: true });
  const addon = `arkffi.${process.platform}-${process.arch}-gnu.node`;
  copyFileSync(path.join(root, addon), path.join(target, addon));
}

/** Node with a program in it, and arkffi beside it. @param {string} node @param {string} folder */
async function executable(node, folder) {
  const postject = createRequire(import.meta.url)(path.join(tool('postject', 'postject'), 'dist', 'api.js'));
  install(folder);
  const main = `const { createRequire } = require('node:module');
const { dlopen } = createRequire(process.execPath)('arkffi');${use}`;
  writeFileSync(path.join(folder, 'main.cjs'), main);
  const config = { main: 'main.cjs', output: 'main.blob', disableExperimentalSEAWarning: true };
  writeFileSync(path.join(folder, 'sea.json'), JSON.stringify(config));
  const { ok, output } = attempt(node, ['--experimental-sea-config', 'sea.json'], { cwd: folder });
  if (!ok) throw new Missing(`Node made no application: ${output.trim().split('\n')[0]}`);
  const file = path.join(folder, 'main');
  copyFileSync(node, file);
  const blob = readFileSync(path.join(folder, 'main.blob'));
  await postject.inject(file, 'NODE_SEA_BLOB', blob, { sentinelFuse: FUSE });
  return [file];
}

/** With every version of Node. */
export function singleExecutables() {
  const nodes = [20, 22, 24, 26].map((major) => fetchNode(major));
  if (!nodes.every(Boolean)) throw new Missing('not all versions of Node could be had for this machine');
  const versions = nodes.map((node) => attempt(node, ['--version']).output.trim().slice(1));
  const run = async () => {
    const all = { passed: 0, failed: [], skipped: [] };
    for (const [index, node] of nodes.entries()) {
      const { passed, failed } = await program(`with Node ${versions[index]}`, (folder) => executable(node, folder));
      all.passed += passed;
      all.failed.push(...failed);
    }
    return all;
  };
  return { version: versions.join(', '), run };
}

/** esbuild, with arkffi left out of the bundle. */
export function bundle() {
  const esbuild = tool(`@esbuild/${process.platform}-${process.arch}`, 'esbuild');
  const make = (folder) => {
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(root, path.join(folder, 'node_modules', 'arkffi'), 'dir');
    writeFileSync(path.join(folder, 'main.mjs'), `import { dlopen } from 'arkffi';${use}`);
    const args = ['main.mjs', '--bundle', '--platform=node', '--format=cjs', '--external:arkffi', '--outfile=out.cjs'];
    const { ok, output } = attempt(path.join(esbuild, 'bin', 'esbuild'), args, { cwd: folder });
    if (!ok) console.log(output);
    return [process.execPath, 'out.cjs'];
  };
  return { version: versionOf(esbuild), run: () => program('a bundle of esbuild', make) };
}
