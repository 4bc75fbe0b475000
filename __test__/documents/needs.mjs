// What blocks of documents need that a machine may not have.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isMusl } from '../hosts-skips.mjs';
import { arkffi } from '../open.mjs';

const works = (command, ...args) => spawnSync(command, args).status === 0;
const opens = (name) => {
  try {
    arkffi.dlopen(name, {}).close();
    return true;
  } catch {
    return false;
  }
};
const major = () => {
  if (!process.env.ARKFFI_TEST_NODE) return Number(process.versions.node.split('.')[0]);
  return Number(spawnSync(process.env.ARKFFI_TEST_NODE, ['-p', 'process.versions.node.split(".")[0]']).stdout);
};

/** By the words of a marker; those that begin with these words. */
const kinds = {
  linux: () => process.platform === 'linux',
  glibc: () => process.platform === 'linux' && !isMusl && opens('libc.so.6'),
  go: () => works('go', 'version'),
  // That makes libraries for this process, if it is asked for no target.
  rust: () => spawnSync('rustc', ['-vV'], { encoding: 'utf8' }).stdout?.includes('-musl\n') === isMusl,
  library: opens,
  file: existsSync,
  node: (version) => major() >= Number(version),
};
const known = new Map();

/** Whether this machine has something: 'rust', 'library libz.so.1', 'file /usr/include/zlib.h'. */
export function has(need) {
  if (!known.has(need)) {
    const [kind, value] = need.split(' ');
    if (!Object.hasOwn(kinds, kind)) throw new Error(`nothing is known of the need '${need}'`);
    known.set(need, kinds[kind](value));
  }
  return known.get(need);
}
