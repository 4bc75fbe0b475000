// The hosts that the suite is run on, and what is known of others.
import { isLeftOut } from '../../__test__/hosts-skips.mjs';
import { attempt } from '../steps.mjs';
import { fastCalls, leftOutOnArm64, Missing, prepareArm64 } from './arm64.mjs';
import { prepareMusl } from './musl.mjs';
import { fetchNode, fetchOther } from './packages.mjs';
import { bundle, singleExecutables } from './programs.mjs';
import { runSuite } from './suite.mjs';

const { platform, arch } = process;
const here = `${arch === 'x64' ? 'x86-64' : arch} ${platform === 'linux' ? 'Linux' : platform}`;

/** What a program prints for --version. */
const versionOf = (binary) => attempt(binary, ['--version']).output.match(/\d+\.\d+\.\d+/)?.[0] ?? 'unknown';

/** vitest runs on this Node, and has its test files run by another. */
const byNode = (env, leftOut = [], host = 'Node') => ({
  command: [process.execPath],
  args: leftOut.flatMap((glob) => ['--exclude', `**/${glob}`]),
  env,
  isLeftOut: (/** @type {string} */ file) => isLeftOut(file, host),
});

function node(major) {
  const binary = fetchNode(major);
  if (!binary) throw new Missing(`no package of Node ${major} for this machine could be had`);
  return { version: versionOf(binary), run: () => runSuite(byNode({ ARKFFI_TEST_NODE: binary })) };
}

function nodeOnArm64(major) {
  const { node: binary, env } = prepareArm64(major);
  const suite = byNode(env, leftOutOnArm64);
  const args = major === 24 ? suite.args : fastCalls;
  return { version: versionOf(binary), run: () => runSuite({ ...suite, args }) };
}

function nodeWithMusl(major) {
  const { node: binary, env } = prepareMusl(major);
  return { version: versionOf(binary), run: () => runSuite(byNode(env, [], 'Node with musl')) };
}

/** vitest itself runs on the host, and so do the processes that it and the tests start. */
function other(host, args) {
  const name = host.toLowerCase();
  const command = fetchOther(name);
  if (!command) throw new Missing(`no package of ${name} for this machine could be had`);
  const suite = {
    command: [command, ...args],
    args: [],
    isLeftOut: (/** @type {string} */ file) => isLeftOut(file, host),
    isApart: true,
  };
  return { version: versionOf(command), run: () => runSuite(suite) };
}

/**
 * `prepare` gives the version, and what runs the suite, or for programs a test; both throw Missing where that cannot be.
 * @type {{ id: string, name: string, system: string, note?: string, prepare(): { version: string, run(): Promise<any> } }[]}
 */
export const hosts = [
  ...[20, 22, 24, 26].map((major) => ({
    id: `node${major}`,
    name: `Node ${major}`,
    system: here,
    prepare: () => node(major),
  })),
  {
    id: 'musl',
    name: 'Node with musl',
    system: here,
    prepare: () => nodeWithMusl(24),
  },
  {
    id: 'arm64',
    name: 'Node 24',
    system: 'arm64 Linux, emulated',
    note: 'what depends on the processor: calls, records, callbacks, asynchronous calls, variadic functions, variables, fast calls',
    prepare: () => nodeOnArm64(24),
  },
  ...[20, 22, 26].map((major) => ({
    id: `arm64-${major}`,
    name: `Node ${major}`,
    system: 'arm64 Linux, emulated',
    note: 'fast calls',
    prepare: () => nodeOnArm64(major),
  })),
  {
    id: 'bun',
    name: 'Bun',
    system: here,
    prepare: () => other('Bun', ['--bun']),
  },
  {
    id: 'deno',
    name: 'Deno',
    system: here,
    prepare: () => other('Deno', ['run', '--allow-all']),
  },
  {
    id: 'executable',
    name: 'Single executable application of Node',
    system: here,
    note: 'one program with each version of Node',
    prepare: singleExecutables,
  },
  { id: 'bundle', name: 'Bundle of esbuild', system: here, note: 'one program', prepare: bundle },
];

/** Hosts that the suite does not run on: `built` has been compiled, `expected` is only what the code is written for.
 * `unless` there are results of a host, with which it needs not be said. */
export const others = [
  {
    name: 'Node 20, 22, 24 and 26',
    system: 'x86-64 Linux',
    unless: 'node20',
    state: 'tested',
    note: 'by `npm run test:all`, also with libffi, without code generation, and in worker threads',
  },
  {
    name: 'Node 24',
    system: 'arm64 Linux, emulated',
    unless: 'arm64',
    state: 'tested',
    note: 'by `npm run test:arm64`: calls, records, callbacks, asynchronous calls, variadic functions, variables, fast calls',
  },
  {
    name: 'Node',
    system: 'Linux with musl on arm64, Linux on 32-bit ARM',
    state: 'built',
    note: 'with zig by `npm run pack:all`; never run',
  },
  {
    name: 'Node 22',
    system: 'x86-64 Windows',
    state: 'built',
    note: 'with mingw; 2,000 generated signatures were right under wine. libffi is not proved there',
  },
  {
    name: 'Node',
    system: 'macOS, x86-64 and arm64',
    state: 'built',
    note: 'with zig by `npm run pack:all`; never run. Narrow arguments on the stack of arm64 go through libffi; a `CFunction` holds a library only if its address was looked up in it',
  },
  {
    name: 'Node',
    system: 'Android, OpenHarmony and Windows, all on arm64',
    state: 'expected',
    note: 'the release workflow builds them with the SDK of each. The sources compile for the first two; Android has no helper processes',
  },
  {
    name: 'Electron',
    system: 'x86-64 Linux',
    state: 'expected',
    note: 'it could not be had to try: its npm package loads the program from github.com',
  },
];
