// Hosts other than the Node that runs this, from their npm packages.
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { attempt, installPackages, root } from './steps.mjs';

const folder = path.join(root, 'bench', 'hosts');

/**
 * The program of a host.
 * @param {string} name `bun` or `deno`, which are fetched; anything else is a path, and stays what it is
 */
export function hostProgram(name) {
  if (name !== 'bun' && name !== 'deno') return name;
  installPackages(folder);
  return path.join(folder, 'node_modules', '.bin', name);
}

/**
 * Node of some version, fetched when it is first asked for.
 * @param {number} major
 * @returns {string | undefined} undefined when it could not be had
 */
export function nodeProgram(major) {
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  const place = path.join(root, '.hosts', `node-${major}`);
  const program = path.join(place, 'package', 'bin', 'node');
  if (existsSync(program)) return program;
  mkdirSync(place, { recursive: true });
  const packed = attempt('npm', ['pack', '--silent', `node-${process.platform}-${process.arch}@${major}`], {
    cwd: place,
  });
  const file = packed.output.trim().split('\n').at(-1);
  return packed.ok && attempt('tar', ['xzf', file], { cwd: place }).ok ? program : undefined;
}

/** How a host runs a program. @param {string} host its program @param {string[]} flags of V8, where it is V8's */
export function hostCommand(host, flags = []) {
  if (/\bdeno[^/]*$/.test(host)) {
    const forEngine = flags.length > 0 ? [`--v8-flags=${flags.join()}`] : [];
    return [host, ['run', '--quiet', '--allow-all', ...forEngine]];
  }
  return /\bbun[^/]*$/.test(host) ? [host, []] : [host, ['--no-warnings', ...flags]];
}
