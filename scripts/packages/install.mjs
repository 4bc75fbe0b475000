// The packages as users get them: packed, and installed in an empty folder from the tarballs alone.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { attemptNpm } from '../steps.mjs';
import { pack } from './pack.mjs';

/**
 * @param {string} addon the file of an addon for this machine
 * @param {string} folder an empty one, which gets all
 * @returns {{ platform: string, tarballs: string[], installed: string }} the name of the platform, as in platforms.json; the
 *   tarball of arkffi, and that of its addon; the folder that has them in its node_modules
 */
export function packAndInstall(addon, folder) {
  const platform = /^arkffi\.(.*)\.node$/.exec(path.basename(addon))[1];
  const tarballs = pack(new Map([[platform, addon]]), path.join(folder, 'tarballs'));
  const installed = path.join(folder, 'installed');
  mkdirSync(installed);
  writeFileSync(path.join(installed, 'package.json'), '{ "private": true }');
  const { ok, output } = attemptNpm(['install', '--offline', '--no-audit', '--no-fund', ...tarballs], {
    cwd: installed,
  });
  if (!ok) throw new Error(`npm install failed: ${output}`);
  return { platform, tarballs, installed };
}
