// Builds with the compiler of a system's own SDK, where zig has no C library of that system: Android, OpenHarmony.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { attempt, targetFolder } from '../steps.mjs';

/** Where the clang of each is, by the variable that says where the SDK is, and what tells it the system. */
export const sdks = {
  android: {
    variables: ['ANDROID_NDK_HOME', 'ANDROID_NDK_LATEST_HOME'],
    bin: (home) => path.join(home, 'toolchains', 'llvm', 'prebuilt', 'linux-x86_64', 'bin'),
    // The oldest Android that Node itself supports.
    flags: () => ['--target=aarch64-linux-android24'],
  },
  openharmony: {
    variables: ['OHOS_NDK_HOME'],
    bin: (home) => path.join(home, 'native', 'llvm', 'bin'),
    flags: (home) => ['--target=aarch64-linux-ohos', `--sysroot=${path.join(home, 'native', 'sysroot')}`, '-D__MUSL__'],
    // The configure script of libffi knows no system of that name; its C library is musl.
    libffi: 'aarch64-unknown-linux-musl',
  },
};

/** Where the sources of libffi are, that the crate would build. */
function libffiSources() {
  const { ok, output } = attempt('cargo', ['metadata', '--format-version', '1', '--quiet']);
  if (!ok) return undefined;
  const { packages } = JSON.parse(output.slice(output.indexOf('{')));
  const { manifest_path } = packages.find(({ name }) => name === 'libffi-sys');
  return path.join(path.dirname(manifest_path), 'libffi');
}

/** Builds libffi for a system that it takes for another one, and says where it is, or why it is not. */
function buildLibffi(system, env) {
  const folder = path.join(targetFolder, 'libffi', system);
  const sources = libffiSources();
  if (!sources) return { reason: 'cargo does not tell where libffi is' };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const options = [`--host=${system}`, `--prefix=${folder}/installed`, '--libdir=${prefix}/lib'];
  const steps = [
    ['sh', [path.join(sources, 'configure'), '--with-pic', '--disable-shared', '--disable-docs', ...options]],
    ['make', ['install']],
  ];
  for (const [command, args] of steps) {
    const { ok, output } = attempt(command, args, { cwd: folder, env });
    if (!ok) return { reason: `libffi: ${output.trim().split('\n').at(-1)}` };
  }
  return { lib: path.join(folder, 'installed', 'lib') };
}

/**
 * @param {{ rust: string, os: string }} platform
 * @param {Record<string, string | undefined>} environment
 * @returns {{ env: Record<string, string | undefined>, options: string[] } | { reason: string }} what cargo is started
 *   with, or what is missing
 */
export function sdkRecipe({ rust, os }, environment = process.env) {
  const { variables, bin, flags, libffi } = sdks[os];
  const home = variables.map((name) => environment[name]).find(Boolean);
  if (!home) return { reason: `its SDK is needed: ${variables.join(' or ')} says where that is` };
  const tool = (name) => path.join(bin(home), name);
  if (!existsSync(tool('clang'))) return { reason: `there is no ${tool('clang')}` };
  const of = rust.replaceAll('-', '_');
  const cflags = flags(home).join(' ');
  const linked = [`-C linker=${tool('clang')}`, ...flags(home).map((flag) => `-C link-arg=${flag}`)];
  const env = { ...environment, [`CC_${of}`]: tool('clang'), [`CFLAGS_${of}`]: cflags, AR: tool('llvm-ar'), RANLIB: tool('llvm-ranlib') }; // prettier-ignore
  const found = { env: { ...env, RUSTFLAGS: linked.join(' ') }, options: [] };
  if (!libffi) return found;
  const { lib, reason } = buildLibffi(libffi, { ...env, CC: tool('clang'), CFLAGS: `${cflags} -O2` });
  if (reason) return { reason };
  // What the crate's own script would say, which is not run then.
  const said = { 'rustc-link-lib': 'static=ffi', 'rustc-link-search': `native=${lib}` };
  const config = Object.entries(said).map(([key, value]) => `target.${rust}.ffi.${key}=${JSON.stringify([value])}`);
  return { ...found, options: config.flatMap((each) => ['--config', each]) };
}
