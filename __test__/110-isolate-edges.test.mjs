// What once made a program with an isolate wait for ever, end, or get another error than it should.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';
import { arkffi, thrown } from './open.mjs';

const { callback, isolate } = arkffi;
const int = callback(['i32'], 'i32');
const functions = {
  abort_with: { symbol: 'call_abort', args: ['ptr'] },
  call_back: { args: [int, 'i32'], returns: 'i32' },
  increment: { args: ['ptr', 'size_t'] },
  sleep_milliseconds: { args: ['i32'] },
  text: { symbol: 'identity', args: ['ptr'], returns: 'cstring' },
};
const isolates = [];
const open = (options) => {
  const opened = isolate(fixture('faults'), functions, { maxRestarts: 100, ...options });
  isolates.push(opened);
  return opened;
};
afterAll(() => isolates.forEach((each) => each.close()));
const MEBI = 2 ** 20;

it('a helper that dies while much is lent to it has crashed, and all of its calls reject', async () => {
  const { symbols } = open({ callTimeout: 0 });
  expect(thrown(() => symbols.abort_with(new Uint8Array(64 * MEBI)))).toMatchObject({ code: 'ERR_HELPER_CRASHED' });
  const calls = [symbols.abort_with.async(new Uint8Array(64 * MEBI)), symbols.sleep_milliseconds.async(60_000)];
  const settled = await Promise.allSettled(calls);
  expect(settled.map(({ reason }) => reason?.code)).toEqual(['ERR_HELPER_CRASHED', 'ERR_HELPER_CRASHED']);
});

it('a buffer that was made smaller while a call runs gets what there is room for', async () => {
  const { symbols } = open();
  const buffer = new ArrayBuffer(MEBI, { maxByteLength: MEBI });
  const bytes = new Uint8Array(buffer);
  const pending = symbols.increment.async(bytes, MEBI);
  buffer.resize(4096);
  await pending;
  expect([bytes.length, bytes[0], bytes[4095]]).toEqual([4096, 1, 1]);
});

it('callbacks are answered after a text that was too long to be sent', () => {
  const plugin = open();
  const { symbols } = plugin;
  const memory = plugin.alloc(65 * MEBI);
  memory.setBytes(new Uint8Array(65 * MEBI - 1).fill(97), 0);
  expect(thrown(() => symbols.text(memory))).toMatchObject({ code: 'ERR_CALL_FAILED' });
  expect(symbols.call_back((value) => value + 1, 1)).toBe(2);
});

it('calls of a helper that died can be taken back', async () => {
  const plugin = open({ callTimeout: 0 });
  const { symbols } = plugin;
  const control = new AbortController();
  const calls = Array.from({ length: 8 }, () => symbols.sleep_milliseconds.async(60_000, { signal: control.signal }));
  const settled = Promise.allSettled(calls);
  // After that it has all of them.
  symbols.sleep_milliseconds(0);
  process.kill(plugin.status().pid, 'SIGKILL');
  control.abort();
  for (const { reason } of await settled) expect(['ERR_HELPER_CRASHED', 'ABORT_ERR']).toContain(reason?.code);
});

it('time passes for calls of a program that gets a signal each millisecond', () => {
  const script = `
    const { isolate } = require(process.argv[1]);
    const plugin = isolate(process.argv[2], { never_return: {} }, { callTimeout: 300 });
    try { plugin.symbols.never_return(); } catch ({ code }) { console.log(code); }
    plugin.close();`;
  const profile = join(tmpdir(), `arkffi-profile-${process.pid}`);
  const args = [
    ...flags,
    '--cpu-prof',
    `--cpu-prof-dir=${profile}`,
    '-e',
    script,
    join(import.meta.dirname, '..'),
    fixture('faults'),
  ];
  const { stdout, signal } = spawnSync(node, args, { timeout: 100_000, encoding: 'utf8' });
  rmSync(profile, { recursive: true, force: true });
  expect([stdout.trim(), signal]).toEqual(['ERR_CALL_TIMEOUT', null]);
});

it.runIf(process.platform === 'linux')('workers that are terminated leave no descriptors', () => {
  const script = `
    const { Worker } = require('node:worker_threads');
    const { readdirSync } = require('node:fs');
    const [root, path] = process.argv.slice(1);
    const source = \`
      const { workerData: [root, path], parentPort } = require('node:worker_threads');
      globalThis.plugin = require(root).isolate(path, { nothing: {} });
      parentPort.postMessage('open');
      setInterval(() => {}, 1000);\`;
    const run = async () => {
      const worker = new Worker(source, { eval: true, workerData: [root, path] });
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      await worker.terminate();
    };
    const count = () => readdirSync('/proc/self/fd').length;
    (async () => {
      await run();
      const before = count();
      for (let turn = 0; turn < 3; turn++) await run();
      for (const end = Date.now() + 60_000; count() > before && Date.now() < end;) await new Promise(setImmediate);
      console.log(count() - before);
    })();`;
  const args = [...flags, '-e', script, join(import.meta.dirname, '..'), fixture('faults')];
  const { stdout, stderr } = spawnSync(node, args, { timeout: 100_000, encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
});
