// What the recipes of docs/sanitizers.md share.
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { attempt, root, targetFolder } from '../steps.mjs';

export const machine = 'x86_64-unknown-linux-gnu';
export const supp = (name) => path.join(root, 'scripts', 'sanitizers', name);
export const exercise = path.join(root, '__test__', 'sanitizers', 'exercise.cjs');
export const faults = path.join(root, '__test__', 'sanitizers', 'faults.cjs');

/** Ends a recipe that cannot be run here, with the reason; that is no failure. */
export function stop(recipe, reason) {
  console.log(`${recipe}: not run: ${reason}`);
  process.exit(0);
}

/** Ends a recipe that has found something. */
export function fail(recipe, reason, output = '') {
  console.error(`${recipe}: ${reason}\n${output}`);
  process.exit(1);
}

/** Installs packages of Debian's where that is allowed. */
export function aptInstall(...packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => attempt('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env }).ok;
  return install() || (attempt('apt-get', ['update'], { env }).ok && install());
}

/** The fixtures that the programs call, compiled without a sanitizer. */
export async function buildFixtures() {
  const { default: build } = await import(pathToFileURL(path.join(root, '__test__', 'fixtures', 'build.mjs')).href);
  build();
}

/** Compiles the mistakes of C; returns the library. */
export function buildFaults(folder, ...flags) {
  const source = path.join(root, '__test__', 'sanitizers', 'faults.c');
  const output = path.join(targetFolder, folder, 'faults.so');
  mkdirSync(path.dirname(output), { recursive: true });
  const { ok, output: text } = attempt('cc', ['-shared', '-fPIC', '-g', '-O1', ...flags, '-o', output, source]);
  if (!ok || !existsSync(output)) throw new Error(text);
  return output;
}
