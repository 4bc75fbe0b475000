// arm64 Linux, emulated by qemu: the tools, Node, and the build. Installs what it needs with apt where that is allowed.
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { addonFile, addonOnly, announce, attempt, install, run, targetFolder } from '../steps.mjs';
import { fetchNode } from './packages.mjs';

const target = 'aarch64-unknown-linux-gnu';
const qemu = 'qemu-aarch64-static';
const compiler = 'aarch64-linux-gnu-gcc';
const packages = [
  'gcc-aarch64-linux-gnu',
  'libc6-dev-arm64-cross',
  'qemu-user-static',
  'libc6:arm64',
  'libstdc++6:arm64',
  'libatomic1:arm64',
];

/** Why it cannot be done here. */
export class Missing extends Error {}

const has = (command) => attempt('which', [command]).ok;

function installTools() {
  if (has(qemu) && has(compiler) && existsSync('/lib/aarch64-linux-gnu/libatomic.so.1')) return;
  announce('installing qemu and the cross compiler');
  if (!has('apt-get')) throw new Missing('no apt-get here to install qemu and the cross compiler with');
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  const steps = [
    ['dpkg', ['--add-architecture', 'arm64']],
    ['apt-get', ['update']],
    ['apt-get', install],
  ];
  for (const [command, args] of steps) {
    const { ok, output } = attempt(command, args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    if (!ok) throw new Missing(`${command} ${args[0]} failed: ${output.trim().split('\n').at(-1)}`);
  }
}

/** The cargo that can build for the target: the one in use, or Debian's with its own standard library. */
function cargoFor() {
  if (attempt('rustup', ['target', 'add', target]).ok) return { cargo: 'cargo', env: {} };
  const debian = ['rustc-web', 'cargo-web', 'libstd-rust-web-dev:arm64'];
  if (!attempt('apt-get', ['install', '-y', '--no-install-recommends', ...debian]).ok)
    throw new Missing(`no Rust for ${target} could be installed`);
  return { cargo: '/usr/bin/cargo', env: { RUSTC: '/usr/bin/rustc' } };
}

/** A script that is an arm64 Node: qemu around the binary of its npm package. */
function emulatedNode(major) {
  const binary = fetchNode(major, 'linux', 'arm64');
  if (!binary) throw new Missing(`no package of Node ${major} for arm64 could be had`);
  const wrapper = path.join(path.dirname(binary), 'emulated.sh');
  writeFileSync(wrapper, `#!/bin/sh\nexec ${qemu} '${binary}' "$@"\n`);
  chmodSync(wrapper, 0o755);
  return wrapper;
}

/**
 * Builds for it.
 * @param {number} [major] the version of Node
 * @returns what runs there: the environment of the suite, and `test`, which runs the Rust tests
 * @throws {Missing}
 */
export function prepareArm64(major = 24) {
  if (process.platform !== 'linux') throw new Missing('only a Linux machine emulates it');
  installTools();
  const node = emulatedNode(major);
  const { cargo, env } = cargoFor();
  const cross = {
    ...process.env,
    ...env,
    CC_aarch64_unknown_linux_gnu: compiler,
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER: compiler,
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER: qemu,
  };
  announce('building for arm64');
  run(cargo, ['rustc', ...addonOnly, '--release', '--target', target], { env: cross });
  install(path.join(targetFolder, target, 'release', 'libarkffi.so'), addonFile('linux', 'arm64'));
  // What only reads text does the same on every machine, and takes minutes here. Of helper processes, qemu forgets no
  // pages, and does not tell of programs that are not there.
  const leftOut = ['c::tests', 'leaf::oracle', 'isolate::'].flatMap((name) => ['--skip', name]);
  const rustTests = ['test', '--quiet', '--lib', '--target', target, '--', ...leftOut];
  return {
    node,
    env: { ARKFFI_TEST_NODE: node, ARKFFI_TEST_ARCH: 'arm64', CC: compiler },
    test: () => run(cargo, rustTests, { env: cross }),
  };
}

/**
 * What is left out there: to start a process takes seconds, and so does each file, so what needs a process for each case, and
 * what does not depend on the processor: the package, names of types, opening, the bridge, views, declarations, outcomes,
 * debuggers, and files from 33 on, but for variadic functions, variables and fast calls.
 */
export const leftOutOnArm64 = [
  ...[
    '01-*',
    '02-*',
    '06-*',
    '10-*',
    '17-*',
    '18-*',
    '3[3-9]-*',
    '41-*',
    '4[3-9]-*',
    '[5-9][0-9]-*',
    '1[0-2][0-9]-*',
    '146-*',
  ],
  ...['*hostile*', '*documents*'],
];

/** What calls and is called. */
export const calls = ['03-', '04-', '11-', '15-', '20-', '22-', '25-', '28-', '40-'];

/** What is about fast calls, which are otherwise in each version of Node. */
export const fastCalls = ['130-', '131-', '133-', '134-', '135-', '139-', '140-', '141-', '142-'];
