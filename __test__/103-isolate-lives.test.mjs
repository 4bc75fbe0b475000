// What becomes of isolates, of their memory, pointers and libraries.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';
import { arkffi, thrown } from './open.mjs';
import { runs, until } from './soak/processes.mjs';

const { Struct, isolate, leaks } = arkffi;
const index = fileURLToPath(new URL('../index.js', import.meta.url));

const faults = {
  add: { args: ['i32', 'i32'], returns: 'i32' },
  process_id: { returns: 'i32' },
  call_abort: {},
};

test('what was in a helper that ended is invalid for ever', () => {
  const opened = isolate(
    fixture('faults'),
    { ...faults, strlen: { args: ['cstring'], returns: 'usize', symbol: 'strlen' } },
    { log: 'error' },
  );
  try {
    const memory = opened.strdup('text');
    const { ptr } = memory;
    const view = memory.view();
    expect(opened.symbols.strlen(ptr)).toBe(4);
    expect(thrown(() => opened.symbols.call_abort())).toMatchObject({
      code: 'ERR_HELPER_CRASHED',
      symbol: 'call_abort',
    });
    expect([memory.freed, ptr.freed, view.length]).toEqual([true, true, 0]);
    for (let round = 0; round < 2; round++) {
      for (const use of [
        () => memory.toString(),
        () => memory.free(),
        () => opened.symbols.strlen(memory),
        () => opened.symbols.strlen(ptr),
        () => opened.text(ptr),
      ]) {
        expect(thrown(use).code).toBe('ERR_INVALID_MEM_ID');
      }
      // A new helper changes nothing.
      expect(opened.symbols.add(1, 2)).toBe(3);
    }
    expect(opened.status()).toMatchObject({ restarts: 1, libraries: 1, liveAllocations: 0 });
    expect(leaks().filter(({ kind }) => kind === 'memory')).toEqual([]);
  } finally {
    opened.close();
  }
});

test('several libraries share a helper, and are opened again with it', () => {
  const first = isolate(fixture('faults'), faults, { limits: { libraries: 2 }, log: 'error' });
  try {
    const second = first.open(fixture('globals'), {});
    expect(first.status().libraries).toBe(2);
    expect(thrown(() => first.open(null, {})).code).toBe('ERR_ACCESS_DENIED');
    expect(thrown(() => first.symbols.call_abort()).code).toBe('ERR_HELPER_CRASHED');
    expect(first.symbols.process_id()).toBe(first.status().pid);
    second.close();
    second.close();
    const third = first.open(null, { abs: { args: ['i32'], returns: 'i32' } });
    expect(third.symbols.abs(-3)).toBe(3);
    third.close();
    expect(thrown(() => third.symbols.abs(-3))).toMatchObject({ code: 'ERR_LIBRARY_CLOSED', symbol: 'abs' });
  } finally {
    first.close();
  }
});

test('a library that is closed while the arguments of a call are read is not called', async () => {
  const Pair = Struct({ a: 'i32', b: 'i32' });
  const first = isolate(fixture('faults'), faults);
  const closing = (library) => ({
    get a() {
      library.close();
      return 1;
    },
    b: 2,
  });
  try {
    const open = () => first.open(fixture('faults'), { sum_pair: { args: [Pair], returns: 'i32' } });
    const [one, other] = [open(), open()];
    const refusal = { code: 'ERR_LIBRARY_CLOSED', symbol: 'sum_pair' };
    expect(thrown(() => one.symbols.sum_pair(closing(one)))).toMatchObject(refusal);
    await expect(other.symbols.sum_pair.async(closing(other))).rejects.toMatchObject(refusal);
    expect(first.symbols.add(1, 2)).toBe(3);
  } finally {
    first.close();
  }
});

test('a closed isolate throws, and its helper is gone', async () => {
  const opened = isolate(fixture('faults'), { ...faults, sleep_milliseconds: { args: ['i32'] } });
  const { pid } = opened.status();
  const pending = opened.symbols.sleep_milliseconds.async(10_000);
  opened.close();
  opened.close();
  await expect(pending).rejects.toMatchObject({ code: 'ERR_LIBRARY_CLOSED', symbol: 'sleep_milliseconds' });
  expect(thrown(() => opened.symbols.add(1, 2))).toMatchObject({ code: 'ERR_LIBRARY_CLOSED', symbol: 'add' });
  await expect(opened.symbols.add.async(1, 2)).rejects.toMatchObject({ code: 'ERR_LIBRARY_CLOSED' });
  expect(thrown(() => opened.alloc(8)).code).toBe('ERR_LIBRARY_CLOSED');
  expect(opened.status()).toMatchObject({ pid: null, libraries: 0 });
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

describe('a program', () => {
  const run = (source) =>
    spawnSync(node, [...flags, '-e', `const { callback, isolate } = require(${JSON.stringify(index)}); ${source}`], {
      encoding: 'utf8',
      timeout: 60_000,
    });

  test('ends though an isolate is open', () => {
    const { stdout, status } = run(`
      const sorting = isolate(null, { qsort: { args: ['ptr', 'usize', 'usize', callback(['ptr', 'ptr'], 'i32')] } });
      sorting.symbols.qsort(Uint8Array.of(2, 1), 2, 1, () => 0);
      const { symbols } = isolate(null, { getpid: { returns: 'i32' } });
      symbols.getpid.async().then((pid) => console.log(pid === symbols.getpid()));`);
    expect({ stdout, status }).toEqual({ stdout: 'true\n', status: 0 });
  });

  test('may not open in a helper what it may not open itself', () => {
    const { stdout } = run(`
      const opened = isolate(${JSON.stringify(fixture('globals'))}, {});
      require(${JSON.stringify(index)}).allowLibraries([${JSON.stringify(fixture('globals').replace('globals', 'glob*'))}]);
      for (const path of [null, ${JSON.stringify(fixture('faults'))}, ${JSON.stringify(fixture('globals'))}]) {
        for (const open of [isolate, opened.open.bind(opened)]) {
          try {
            open(path, {}).close();
            console.log('opened');
          } catch ({ code }) {
            console.log(code);
          }
        }
      }`);
    expect(stdout.split('\n')).toEqual([...Array(4).fill('ERR_ACCESS_DENIED'), 'opened', 'opened', '']);
  });

  test('that has lost an isolate has lost its helper too', () => {
    const { stdout, status } = spawnSync(
      node,
      [
        ...flags,
        '--expose-gc',
        '-e',
        `
        const { JSCallback, isolate } = require(${JSON.stringify(index)});
        const functions = { getpid: { returns: 'i32' }, abs: { args: ['i32'], returns: 'i32' }, bsearch: { args: ['ptr', 'ptr', 'usize', 'usize', 'function'], returns: 'ptr' } };
        const open = async (isClosed) => {
          const compare = new JSCallback(() => 0, { args: ['ptr', 'ptr'], returns: 'i32' });
          const { symbols } = isolate(null, functions);
          await Promise.all([symbols.abs.async(1), symbols.abs.async(-1)]);
          symbols.bsearch(new Uint8Array(1), new Uint8Array(1), 1, 1, compare);
          if (isClosed) compare.close();
          return symbols.getpid();
        };
        const kept = isolate(null, { getpid: { returns: 'i32' } });
        const view = kept.alloc(8).view();
        (async () => {
          const [pid, held] = [await open(true), await open(false)];
          for (const end = Date.now() + 60_000; Date.now() < end;) {
            globalThis.gc();
            await new Promise((resolve) => setTimeout(resolve, 5));
            try {
              process.kill(pid, 0);
            } catch ({ code }) {
              return console.log(code, kept.symbols.getpid() === kept.status().pid, view.length, process.kill(held, 0));
            }
          }
        })();`,
      ],
      { encoding: 'utf8', timeout: 100_000 },
    );
    expect({ stdout, status }).toEqual({ stdout: 'ESRCH true 8 true\n', status: 0 });
  });

  test('goes on after restarts that the engine stops in the middle', () => {
    const { stdout, stderr, status } = run(`
      const vm = require('node:vm');
      const opened = isolate(
        ${JSON.stringify(fixture('faults'))},
        { add: { args: ['i32', 'i32'], returns: 'i32' }, process_id: { returns: 'i32' } },
        { maxRestarts: 100, callTimeout: 0 },
      );
      globalThis.add = opened.symbols.add;
      let wrong = 0;
      for (let round = 0; round < 12; round++) {
        process.kill(opened.status().pid, 'SIGKILL');
        while (opened.status().pid !== null);
        try {
          vm.runInThisContext('add(1, 2)', { timeout: 1 + 12 * round });
        } catch {}
        if (add(3, 4) !== 7 || opened.symbols.process_id() !== opened.status().pid) wrong++;
      }
      opened.close();
      console.log(wrong);`);
    expect({ stdout, stderr, status }).toEqual({ stdout: '0\n', stderr: '', status: 0 });
  });

  test('has many helpers at once', () => {
    const { stdout, stderr, status } = run(`
      const all = Array.from({ length: 10 }, () => isolate(null, { getpid: { returns: 'i32' } }, { callTimeout: 0 }));
      console.log(new Set(all.map(({ symbols }) => symbols.getpid())).size);
      all.forEach((each) => each.close());`);
    expect({ stdout, stderr, status }).toEqual({ stdout: '10\n', stderr: '', status: 0 });
  });
});

test('a worker has helpers of its own, which end with it', async () => {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const { symbols } = require(${JSON.stringify(index)}).isolate(null, { getpid: { returns: 'i32' } });
     parentPort.on('message', () => process.exit());
     parentPort.postMessage(symbols.getpid());`,
    { eval: true },
  );
  const pid = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  expect(() => process.kill(pid, 0)).not.toThrow();
  worker.postMessage('end');
  await new Promise((resolve) => worker.once('exit', resolve));
  await until(() => !runs(pid), 'the helper of a worker that has ended is gone');
});
