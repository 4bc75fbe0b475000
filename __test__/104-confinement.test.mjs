// What a helper process takes from itself. It cannot be taken back: each in a process of its own.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { flags, node } from './node.mjs';
import { arkffi, require, thrown } from './open.mjs';

const onLinux = describe.runIf(process.platform === 'linux');
const MEBIBYTE = 2 ** 20;

/** Runs a program that begins with a confinement, and gives what it printed and how it ended. */
function confined(options, program, env = {}) {
  const source = `
    const { dlopen } = require(${JSON.stringify(require.resolve('../index.js'))});
    const { confineHelper } = require(${JSON.stringify(require.resolve('../lib/isolate/confine.js'))});
    const libc = dlopen(null, {
      malloc: { args: ['size_t'], returns: 'ptr' },
      free: { args: ['ptr'] },
      socket: { args: ['int', 'int', 'int'], returns: 'int', errno: true },
    }).symbols;
    confineHelper({ limits: {}, noNewPrivileges: false, noNetwork: false, ...${JSON.stringify(options)} });
    ${program}`;
  const { stdout, stderr, signal, status } = spawnSync(node, [...flags, '-e', source], {
    encoding: 'utf8',
    env: { ...process.env, MALLOC_ARENA_MAX: '1', ...env },
  });
  return { stdout, stderr, signal, status };
}

onLinux('a limit of memory', () => {
  it('is counted from what the process has, and leaves what was asked for', () => {
    const program = `
      let [bytes, blocks] = [0, []];
      for (let block; (block = libc.malloc(${MEBIBYTE})); bytes += ${MEBIBYTE}) blocks.push(block);
      blocks.forEach((block) => libc.free(block));
      console.log(bytes / ${MEBIBYTE});`;
    const { stdout, stderr } = confined({ limits: { memory: 128 * MEBIBYTE } }, program);
    expect(stderr).toBe('');
    // The runtime takes some for itself.
    expect(Number(stdout)).toBeGreaterThan(40);
    expect(Number(stdout)).toBeLessThanOrEqual(128);
  });
});

onLinux('a limit of processor time', () => {
  it('ends a loop without end', () => {
    expect(confined({ limits: { cpuTime: 1 } }, 'for (;;);').signal).toBe('SIGXCPU');
  });
});

onLinux('no new privileges', () => {
  const program = `
    const { readdirSync, readFileSync } = require('node:fs');
    const lines = readdirSync('/proc/self/task').map((task) => readFileSync('/proc/self/task/' + task + '/status', 'utf8'));
    console.log(lines.length > 1, lines.every((text) => text.includes('NoNewPrivs:\\t1')));`;

  it('holds for threads that were there before', () => {
    expect(confined({ noNewPrivileges: true }, program)).toMatchObject({ stdout: 'true true\n', stderr: '' });
  });
});

onLinux('no network', () => {
  const families = { unix: 1, inet: 2, inet6: 10, netlink: 16, packet: 17 };
  const attempt = `
    const attempt = (family) => { const { value, errno } = libc.socket(family, 2, 0); return value >= 0 ? 'opened' : errno; };
    console.log(JSON.stringify(Object.entries(${JSON.stringify(families)}).map(([name, family]) => [name, attempt(family)])));`;
  const EACCES = 13;

  it('refuses sockets of all families but the local one', () => {
    const { stdout, stderr } = confined({ noNetwork: true }, attempt);
    expect(stderr).toBe('');
    expect(Object.fromEntries(JSON.parse(stdout))).toEqual({
      unix: 'opened',
      inet: EACCES,
      inet6: EACCES,
      netlink: EACCES,
      packet: EACCES,
    });
  });

  it('holds in threads that were there before, and in programs that are started', () => {
    const program = `
      const connect = "require('node:net').connect(9, '127.0.0.1').on('error', ({ code }) => console.log(code))";
      libc.socket.async(2, 2, 0).then(({ value, errno }) => {
        console.log(value, errno);
        console.log(require('node:child_process').spawnSync(process.execPath, ['-e', connect], { encoding: 'utf8' }).stdout);
      });`;
    const before = `require('node:fs').stat('/', () => {}); ${program}`;
    expect(confined({ noNetwork: true }, before)).toMatchObject({ stdout: `-1 ${EACCES}\nEACCES\n\n`, stderr: '' });
  });
});

describe('elsewhere than on Linux', () => {
  it.skipIf(process.platform === 'linux')('each is an error', () => {
    const { confineHelper } = require('../lib/isolate/confine.js');
    const none = { limits: {}, noNewPrivileges: false, noNetwork: false };
    for (const one of [
      { limits: { memory: MEBIBYTE } },
      { limits: { cpuTime: 1 } },
      { noNewPrivileges: true },
      { noNetwork: true },
    ]) {
      expect(thrown(() => confineHelper({ ...none, ...one }))).toMatchObject({ code: 'ERR_CALL_FAILED' });
    }
  });
});

it('allows libraries as asked', () => {
  const program = `
    for (const path of [null, 'libm.so.6']) {
      try { dlopen(path, {}); console.log('opened'); } catch ({ code }) { console.log(code); }
    }`;
  const { stdout } = confined({ allow: { patterns: [], process: true } }, program);
  expect(stdout).toBe('opened\nERR_ACCESS_DENIED\n');
});

it('nothing of it is reachable from the package', () => {
  expect(Object.keys(arkffi).filter((name) => /confine/i.test(name))).toEqual([]);
});
