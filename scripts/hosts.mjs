// Hosts other than the Node that runs this, from their npm packages.
import path from 'node:path';
import { installPackages, root } from './steps.mjs';

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

/** How a host runs a program. @param {string} host its program @param {string[]} flags of V8, where it is V8's */
export function hostCommand(host, flags = []) {
  if (/\bdeno[^/]*$/.test(host)) {
    const forEngine = flags.length > 0 ? [`--v8-flags=${flags.join()}`] : [];
    return [host, ['run', '--quiet', '--allow-all', ...forEngine]];
  }
  return /\bbun[^/]*$/.test(host) ? [host, []] : [host, ['--no-warnings', ...flags]];
}
