// What every script of this folder starts from: the repository's root, running commands, and the set-up
// steps, each of which does nothing when its work is done.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(fileURLToPath(import.meta.url), '../..');

// The build of libffi cannot work in a folder with a space in its path.
if (/\s/.test(root) && !process.env.CARGO_TARGET_DIR) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12);
  process.env.CARGO_TARGET_DIR = path.join(tmpdir(), `arkffi-target-${name}`);
}

/** Where cargo builds. */
export const targetFolder = process.env.CARGO_TARGET_DIR ?? path.join(root, 'target');

/** Prints a heading, so that long steps show where they are. */
export function announce(text) {
  console.log(`\n==> ${text}`);
}

/** Runs a command with its output shown, and ends the process when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error?.code === 'ENOENT') {
    console.error(`${command} is not installed, or not on the PATH`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs a command and returns whether it succeeded, with its output kept. */
export function attempt(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}` };
}

/**
 * How npm is started without a shell, and what its own arguments come after. On Windows `npm.cmd` would need a shell; there
 * it is the program that runs this, or the one beside Node.
 */
export function npmCommand({ platform = process.platform, env = process.env, node = process.execPath } = {}) {
  if (platform !== 'win32') return ['npm'];
  const { basename, dirname, join } = path.win32;
  const running = env.npm_execpath && basename(env.npm_execpath) === 'npm-cli.js' ? env.npm_execpath : undefined;
  return [node, running ?? join(dirname(node), 'node_modules', 'npm', 'bin', 'npm-cli.js')];
}

/** As {@link attempt}, of npm. */
export function attemptNpm(args, options) {
  const [program, ...before] = npmCommand();
  return attempt(program, [...before, ...args], options);
}

function isNewer(a, b) {
  return !existsSync(b) || statSync(a).mtimeMs > statSync(b).mtimeMs;
}

/** Installs the development dependencies of a folder with a lock file. */
export function installPackages(folder = root) {
  const marker = path.join(folder, 'node_modules', '.package-lock.json');
  if (!isNewer(path.join(folder, 'package-lock.json'), marker)) return;
  announce(`installing npm packages in ${path.relative(root, folder) || '.'}`);
  const [program, ...before] = npmCommand();
  run(program, [...before, 'ci', '--no-fund', '--no-audit', '--loglevel=error'], { cwd: folder });
}

/** The file name that lib/binding.js looks for. */
export function addonFile(platform = process.platform, arch = process.arch) {
  const suffix = { linux: '-gnu', win32: '-msvc' }[platform] ?? '';
  return path.join(root, `arkffi.${platform}-${arch}${suffix}.node`);
}

/** What cargo is told to build the addon. With Cargo.toml's other kind of library there is no link-time optimization. */
export const addonOnly = ['--lib', '--crate-type', 'cdylib'];

/** Builds the addon; cargo does nothing when the sources have not changed. */
export function buildAddon(profile = 'release') {
  announce(`building the addon (${profile})`);
  run('cargo', ['rustc', ...addonOnly, ...(profile === 'release' ? ['--release'] : [])]);
  const name = { darwin: 'libarkffi.dylib', win32: 'arkffi.dll' }[process.platform] ?? 'libarkffi.so';
  install(path.join(targetFolder, profile === 'release' ? 'release' : 'debug', name), addonFile());
}

/**
 * Runs the suite, or some of its files.
 * @param {{ files?: string[], leftOut?: string[], env?: Record<string, string> }} [options] `files` are parts of their
 *   names, `leftOut` globs of names, `env` is set besides what there is
 */
export function runTests({ files = [], leftOut = [], env = {} } = {}) {
  const excluded = leftOut.flatMap((glob) => ['--exclude', `**/${glob}`]);
  run('npx', ['vitest', 'run', '--reporter=dot', ...files, ...excluded], { env: { ...process.env, ...env } });
}

/** Puts a built library where it is looked for; processes that have the old one open keep it. */
export function install(built, target) {
  mkdirSync(path.dirname(target), { recursive: true });
  const copy = `${target}.${process.pid}.new`;
  copyFileSync(built, copy);
  renameSync(copy, target);
}
