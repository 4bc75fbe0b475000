// Makes tarballs, as npm would publish them, of arkffi and of addons that have been built.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { attemptNpm, root } from '../steps.mjs';
import { joinModules } from './at-once.mjs';
import { platformManifest, platforms, rootManifest } from './manifests.mjs';

const copy = (from, to) => cpSync(from, to, { recursive: true });

/**
 * Fills a folder with the files of arkffi's package.
 * @param {string} folder
 * @param {{ files: string[] }} manifest
 */
export function fillRoot(folder, { files }) {
  const copied = files.filter((file) => !file.startsWith('!'));
  for (const file of ['README.md', 'LICENSE', ...copied]) {
    // Of `folder/*.x` the folder is copied; npm leaves out what it does not name.
    const name = file.replace(/\/\*.*$/, '');
    copy(path.join(root, name), path.join(folder, name));
  }
  joinModules(folder);
}

function fillPlatform(folder, { name, main }, platform, addon) {
  const readme = `# ${name}\n\nThe native addon of arkffi for ${platforms[platform].rust}. npm installs it with arkffi.\n`;
  writeFileSync(path.join(folder, 'README.md'), readme);
  copy(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  copy(addon, path.join(folder, main));
}

/**
 * @param {Map<string, string>} addons files of addons by the platform that they are for
 * @param {string} target the folder that gets the tarballs
 * @returns {string[]} the tarballs: that of arkffi first, then one for each addon
 */
export function pack(addons, target) {
  mkdirSync(target, { recursive: true });
  const tarball = (manifest, fill) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-pack-'));
    try {
      fill(folder);
      writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
      const { ok, output } = attemptNpm(['pack', '--silent', '--pack-destination', target], { cwd: folder });
      if (!ok) throw new Error(`npm pack of ${manifest.name} failed: ${output}`);
      return path.join(target, output.trim().split('\n').at(-1));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const main = rootManifest([...addons.keys()]);
  const tarballs = [tarball(main, (folder) => fillRoot(folder, main))];
  for (const [platform, addon] of addons) {
    const manifest = platformManifest(platform);
    tarballs.push(tarball(manifest, (folder) => fillPlatform(folder, manifest, platform, addon)));
  }
  return tarballs;
}
