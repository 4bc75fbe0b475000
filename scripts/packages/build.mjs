// Builds the addon for a platform, from this machine, where its tools can: zig is the linker, with the headers and
// libraries of every system. What cannot be built is told, with the reason.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { addonOnly, attempt, install, targetFolder } from '../steps.mjs';
import { platforms } from './manifests.mjs';
import { sdkRecipe, sdks } from './sdks.mjs';

const TOOLS = ['ziglang==0.17.1', 'cargo-zigbuild==0.24.1'];
const tools = path.join(targetFolder, 'zig');
/** The program that installs packages of Python, once something has been built with zig. */
export const pip = path.join(tools, 'bin', 'pip');

/** How the linker is told of the oldest glibc that the addon shall run on: Node's own needs a newer one. */
const GLIBC = '2.17';

const environments = {
  // The loader of musl is not linked in: an addon is loaded by a program that has it.
  musl: () => ({ RUSTFLAGS: '-C target-feature=-crt-static' }),
  // The stripping of rustc needs a tool of the system; the linker's needs none, and comes before it signs.
  darwin: () => ({ MACOSX_DEPLOYMENT_TARGET: '11.0', CARGO_PROFILE_RELEASE_STRIP: 'none' }),
  win32: () => ({ LIBNODE_PATH: emptyNodeLibrary() }),
};

/** What the linker is told: on macOS, to leave out what debuggers need, and the symbols that only this file uses. */
const linkArguments = { darwin: ['-C', 'link-arg=-Wl,-S,-x'] };

/** napi-build links a library of Node, though the addon looks every function up in the program that loads it. */
function emptyNodeLibrary() {
  const folder = path.join(targetFolder, 'libnode');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'libnode.dll'), '');
  writeFileSync(path.join(folder, 'libnode.a'), '!<arch>\n');
  return folder;
}

/** The environment in which cargo finds zig, or why there is none. */
function zigEnvironment() {
  const bin = path.join(tools, 'bin');
  if (!existsSync(path.join(bin, 'cargo-zigbuild'))) {
    const steps = [
      ['python3', ['-m', 'venv', tools]],
      [pip, ['install', '--quiet', ...TOOLS]],
    ];
    for (const [command, args] of steps) {
      const { ok, output } = attempt(command, args);
      if (!ok) return { reason: `zig could not be installed: ${output.trim().split('\n').at(-1)}` };
    }
  }
  return { env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` } };
}

/** Whether Rust's library for a target is here, or could be had. */
function hasRust(rust) {
  const { ok, output } = attempt('rustc', ['--print', 'target-libdir', '--target', rust]);
  return (ok && existsSync(output.trim())) || attempt('rustup', ['target', 'add', rust]).ok;
}

/** How to build for a platform: systems of their own kind need only their own tools. */
function recipe({ rust, os, libc }, platform) {
  if (os === process.platform && os !== 'linux') return { program: 'cargo', target: rust, env: process.env };
  if (Object.hasOwn(sdks, os)) return { program: 'cargo', target: rust, ...sdkRecipe(platforms[platform]) };
  const { env, reason } = zigEnvironment();
  if (!env) return { reason };
  const usesGlibc = libc === 'glibc' || platform.includes('gnueabi');
  const more = (environments[libc] ?? environments[os])?.();
  return { program: 'cargo-zigbuild', target: usesGlibc ? `${rust}.${GLIBC}` : rust, env: { ...env, ...more } };
}

/**
 * @param {string} platform a name of platforms.json
 * @returns {{ file: string } | { reason: string }} the addon, or why it could not be built
 */
export function buildFor(platform) {
  const { rust, os } = platforms[platform];
  if (!hasRust(rust)) return { reason: `no Rust library for ${rust} could be had` };
  const { program, target, env, options = [], reason } = recipe(platforms[platform], platform);
  if (reason) return { reason };
  const args = ['rustc', ...addonOnly, '--release', '--target', target, ...options, '--', ...(linkArguments[os] ?? [])];
  const built = attempt(program, args, { env });
  if (!built.ok) return { reason: `cargo: ${/^error.*$/m.exec(built.output)?.[0] ?? 'it did not run'}` };
  const name = { darwin: 'libarkffi.dylib', win32: 'arkffi.dll' }[os] ?? 'libarkffi.so';
  const file = path.join(targetFolder, 'packages', `arkffi.${platform}.node`);
  install(path.join(targetFolder, rust, 'release', name), file);
  return { file };
}
