// Hosts other than Node, from their npm packages.
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
