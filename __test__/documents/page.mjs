// Runs the blocks of one document, in a folder of their own, as a reader would in the order in which they stand.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { flags, node } from '../node.mjs';
import { RESULT, withClaims } from './claims.mjs';
import { has } from './needs.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');

/** Words that are no programs: what is printed, or data. */
const NO_CODE = ['', 'text', 'json', 'console'];
const NATIVE = {
  c: (file, library) => ['cc', ['-shared', '-fPIC', '-Wall', '-Werror', '-pthread', '-o', library, file, '-lm']],
  rust: (file, library) => ['rustc', ['--crate-type', 'cdylib', '-o', library, file]],
  go: (file, library) => ['go', ['build', '-buildmode=c-shared', '-o', library, file]],
};
// `npx arkffi` and `npm run` are commands of this repository: the first runs, the second has to be there.
const SHELL = `set -e
npx() { test "$1" = arkffi; shift; "$NODE" "$ROOT/bin/arkffi.cjs" "$@"; }
npm() { "$NODE" -e 'const { scripts } = require(process.env.ROOT + "/package.json");
  const [command, name = command] = process.argv.slice(1);
  if (!["run", "test"].includes(command) || !scripts[name]) throw new Error("no script " + name)' -- "$@"; }
`;

/** Blocks that are one program, joined. @param {import('./blocks.mjs').Block[]} blocks */
export function programsOf(blocks) {
  const joined = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    if (!block.continues) joined.push({ ...block });
    else if (last?.language !== block.language) throw new Error(`line ${block.line}: there is nothing to go on with`);
    else last.text += block.text;
  }
  return joined;
}

function compileNative(block, folder) {
  const file = path.join(folder, block.file ?? `line-${block.line}.c`);
  writeFileSync(file, block.text);
  if (block.file?.endsWith('.h')) return;
  if (!block.file) return void execFileSync('cc', ['-fsyntax-only', file], { cwd: folder, stdio: 'pipe' });
  const name = path.basename(block.file, path.extname(block.file));
  const [command, args] = NATIVE[block.language](file, path.join(folder, `lib${name}.so`));
  execFileSync(command, args, { cwd: folder, stdio: 'pipe' });
}

function runShell(block, folder) {
  const env = { ...process.env, NODE: node, ROOT: root };
  const { status, stderr } = spawnSync('sh', ['-c', SHELL + block.text], { cwd: folder, env, encoding: 'utf8' });
  return status === 0 ? [] : [`status ${status}: ${stderr}`];
}

/** Runs JavaScript programs in one process, and returns what went wrong. */
function runPrograms(programs, folder) {
  const files = programs.map(({ block, text }) => {
    const { program, printed } = withClaims(text);
    const file = path.join(folder, `line-${block.line}.mjs`);
    writeFileSync(file, program);
    return { file, printed, line: block.line };
  });
  const args = [...flags, path.join(here, 'run.mjs'), JSON.stringify(files)];
  const { status, signal, stdout, stderr } = spawnSync(node, args, { cwd: folder, encoding: 'utf8', timeout: 100_000 });
  if (status !== 0) return [`line ${files[0].line}: status ${status}, signal ${signal}: ${stderr}`];
  const result = stdout.split('\n').find((line) => line.startsWith(RESULT));
  if (!result) return [`line ${files[0].line}: ended by itself: ${stderr}`];
  const failures = JSON.parse(result.slice(RESULT.length));
  return failures.map(({ file, message }) => `line ${files.find((each) => each.file === file).line}: ${message}`);
}

/**
 * @param {import('./blocks.mjs').Block[]} blocks
 * @param {string} folder
 * @param {(block: import('./blocks.mjs').Block) => string} compiled the JavaScript of a TypeScript block
 * @returns {string[]} what went wrong
 */
export function runPage(blocks, folder, compiled) {
  mkdirSync(folder, { recursive: true });
  const failures = [];
  let waiting = [];
  const flush = () => {
    if (waiting.length > 0) failures.push(...runPrograms(waiting, folder));
    waiting = [];
  };
  const runs = (block) => block.notRun === undefined && block.needs.every(has);
  for (const block of programsOf(blocks).filter(runs)) {
    if (NO_CODE.includes(block.language)) continue;
    try {
      if (block.language in NATIVE) compileNative(block, folder);
      else if (block.language === 'sh') {
        flush();
        failures.push(...runShell(block, folder).map((failure) => `line ${block.line}: ${failure}`));
      } else if (block.language === 'js' || block.language === 'ts') {
        if (block.alone) flush();
        waiting.push({ block, text: block.language === 'ts' ? compiled(block) : block.text });
        if (block.alone) flush();
      } else failures.push(`line ${block.line}: nothing runs '${block.language}'`);
    } catch (error) {
      failures.push(`line ${block.line}: ${error.stderr ?? error.stack}`);
    }
  }
  flush();
  return failures;
}
