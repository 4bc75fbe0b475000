// What once made a program with an isolate wait for ever, end, or get another error than it should.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { closeAtEnd } from './isolates.mjs';
import { flags, node } from './node.mjs';
import { arkffi, require, thrown } from './open.mjs';
import { runs, until } from './soak/processes.mjs';

const { callback, isolate, Struct } = arkffi;
const int = callback(['i32'], 'i32');
const functions = {
  abort_with: { symbol: 'call_abort', args: ['ptr'] },
  call_back: { args: [int, 'i32'], returns: 'i32' },
  increment: { args: ['ptr', 'size_t'] },
  sleep_milliseconds: { args: ['i32'] },
  text: { symbol: 'identity', args: ['ptr'], returns: 'cstring' },
};
const open = (options) => closeAtEnd(isolate(fixture('faults'), functions, { maxRestarts: 100, ...options }));
const MEBI = 2 ** 20;

it('a helper that dies while much is lent to it has crashed, and all of its calls reject', async () => {
  const { symbols } = open({ callTimeout: 0 });
  expect(thrown(() => symbols.abort_with(new Uint8Array(64 * MEBI)))).toMatchObject({ code: 'ERR_HELPER_CRASHED' });
  const calls = [symbols.abort_with.async(new Uint8Array(64 * MEBI)), symbols.sleep_milliseconds.async(60_000)];
  const settled = await Promise.allSettled(calls);
  expect(settled.map(({ reason }) => reason?.code)).toEqual(['ERR_HELPER_CRASHED', 'ERR_HELPER_CRASHED']);
});

it('a library of a helper that is gone can be closed', () => {
  const plugin = open();
  const library = plugin.open(fixture('faults'), { call_abort: {} });
  process.kill(plugin.status().pid, 'SIGKILL');
  library.close();
  expect(thrown(() => library.symbols.call_abort())).toMatchObject({ code: 'ERR_LIBRARY_CLOSED' });
});

it('errors name what was called', () => {
  const plugin = open({ maxRestarts: 0 });
  const named = (definitions) => thrown(() => plugin.open(fixture('faults'), definitions)).message;
  expect(named({ add: 7 })).toMatch(/^open: /);
  expect(named({ add: { symbol: 7 } })).toMatch(/^open: /);
  thrown(() => plugin.symbols.abort_with(null));
  const error = thrown(() => plugin.symbols.increment(null, 0));
  expect(error).toMatchObject({ code: 'ERR_HELPER_RESTARTS', symbol: 'increment' });
  expect(error.message).toBe('increment: the helper process has ended, and is not started again');
  expect(thrown(() => plugin.open(fixture('faults'), {}))).toMatchObject({
    code: 'ERR_HELPER_RESTARTS',
    symbol: 'open',
  });
});

it('a library that cannot be opened again is an error of the call that needs it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'arkffi gone '));
  const file = join(folder, 'library.so');
  copyFileSync(fixture('faults'), file);
  const library = closeAtEnd(isolate(file, functions));
  rmSync(folder, { recursive: true });
  thrown(() => library.symbols.abort_with(null));
  const error = thrown(() => library.symbols.increment(null, 0));
  expect(error).toMatchObject({ class: 'FFIError', code: 'ERR_DLOPEN_FAILED', symbol: 'increment' });
  expect(error.message).toMatch(/^increment: the helper process could not be started again: .*library\.so/s);
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

describe('what a helper leaves to its program', () => {
  const libc = { maxRestarts: 100, log: 'error' };
  const program = (source, ...more) => {
    const text = `const { isolate, JSCallback } = require(${JSON.stringify(require.resolve('../index.js'))}); ${source}`;
    const { stdout, stderr, status, signal } = spawnSync(node, [...flags, ...more, '-e', text], { encoding: 'utf8' });
    return status === 0 ? stdout : `${status} ${signal} ${stderr}`;
  };

  it.each(['ends', 'is closed'])('buffers are as they were when it %s in a callback of their call', (how) => {
    const compare = callback(['ptr', 'ptr'], 'i32');
    const library = isolate(null, { qsort: { args: ['buffer', 'size_t', 'size_t', compare] }, abort: {} }, libc);
    closeAtEnd(library);
    const numbers = Int32Array.of(2, 1, 3);
    const inside = how === 'ends' ? () => void thrown(library.symbols.abort) : () => library.close();
    const end = () => {
      inside();
      return 0;
    };
    expect(thrown(() => library.symbols.qsort(numbers, 3, 4, end)).class).toBe('FFIError');
    expect([...numbers]).toEqual([2, 1, 3]);
  });

  it('a callback from a thread with what cannot be read is answered, and is no error of the program', () => {
    const source = `
      const create = { args: ['buffer', 'usize', 'function', 'usize'], returns: 'i32' };
      const library = isolate(null, { pthread_create: create }, { log: 'error' });
      const callback = new JSCallback(() => 0, { args: ['cstring'], returns: 'usize' });
      const pid = library.status().pid;
      console.log(library.symbols.pthread_create(new Uint8Array(8), 0, callback, 0x100000));
      const look = setInterval(() => {
        try { process.kill(pid, 0); if (!require('node:fs').readFileSync('/proc/' + pid + '/stat', 'latin1').includes(') Z ')) return; } catch {}
        clearInterval(look);
        setImmediate(() => { library.close(); callback.close(); console.log('goes on'); });
      }, 10);`;
    expect(program(source)).toBe('0\ngoes on\n');
  });

  it('memory whose buffer was transferred can be read when all else is gone', () => {
    const source = `
      let moved;
      (() => {
        const library = isolate(null, {});
        const { buffer } = library.alloc(4096).view();
        moved = new Uint8Array(structuredClone(buffer, { transfer: [buffer] }));
        library.close();
      })();
      let turns = 0;
      const turn = () => { gc(); if (++turns < 20) setImmediate(turn); else console.log(moved[0], moved.length); };
      turn();`;
    // Node 20 gives no leave to transfer it.
    expect(program(source, '--expose-gc')).toMatch(/^0 4096\n$|DataCloneError|detached/);
  });

  it('that is elsewhere meanwhile, its helper is where it was, with the same library', () => {
    const folder = mkdtempSync(join(tmpdir(), 'arkffi elsewhere '));
    copyFileSync(fixture('faults'), join(folder, 'library.so'));
    const source = `
      const { realpathSync } = require('node:fs');
      const definitions = { call_abort: {}, chdir: { args: ['cstring'], returns: 'i32' }, getcwd: { args: ['ptr', 'usize'], returns: 'cstring' } };
      process.chdir(${JSON.stringify(folder)});
      const all = [isolate('./library.so', definitions), isolate('library.so', definitions, { search: ['.'], cwd: '/' })];
      process.chdir('/');
      all.push(isolate(${JSON.stringify(folder)} + '/library.so', {}).open('./' + require('node:path').relative('/', ${JSON.stringify(folder)}) + '/library.so', definitions));
      for (const { symbols, close } of all) {
        const where = () => symbols.getcwd(new Uint8Array(4096), 4096);
        const before = where();
        try { symbols.call_abort(); } catch (error) { console.log(error.code); }
        console.log(before === where(), before === '/' || before === realpathSync(${JSON.stringify(folder)}));
      }
      process.exit(0);`;
    try {
      expect(program(source)).toBe('ERR_HELPER_CRASHED\ntrue true\n'.repeat(3));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('whose folder is gone is told so where that matters', () => {
    const source = `
      const { mkdtempSync, rmdirSync } = require('node:fs');
      const folder = mkdtempSync(${JSON.stringify(join(tmpdir(), 'arkffi removed '))});
      process.chdir(folder);
      rmdirSync(folder);
      for (const [path, options] of [['./x.so'], ['x.so', { search: ['x'] }], [null, { allow: ['x'] }], [null, { cwd: '.' }]]) {
        try { isolate(path, {}, options); } catch ({ code, message }) { console.log(code, /which is gone|is no directory/.test(message)); }
      }
      console.log(isolate(null, { abs: { args: ['i32'], returns: 'i32' } }).symbols.abs(-1));`;
    expect(program(source)).toBe(`${'ERR_INVALID_ARG_VALUE true\n'.repeat(4)}1\n`);
  });

  it('what it has started ends with it', async () => {
    const file = join(tmpdir(), `arkffi-started-${process.pid}`);
    const library = isolate(null, { system: { args: ['cstring'], returns: 'i32' } }, { ...libc, callTimeout: 2000 });
    closeAtEnd(library);
    const code = thrown(() => library.symbols.system(`echo $$ > '${file}'; exec sleep 1000`)).code;
    expect(code).toBe('ERR_CALL_TIMEOUT');
    const pid = Number(readFileSync(file, 'utf8'));
    rmSync(file);
    await until(() => !runs(pid), 'it has ended');
  });

  it('a fault at what is no address has none', () => {
    const library = isolate(
      null,
      { strlen: { args: ['u64'], returns: 'size_t' }, getenv: { args: ['cstring'], returns: 'cstring' } },
      { ...libc, env: ['constructor'] },
    );
    closeAtEnd(library);
    let error;
    try {
      library.symbols.strlen(0x4141414141414141n);
    } catch (caught) {
      error = caught;
    }
    expect([error.code, error.signal, error.address]).toEqual(['ERR_HELPER_CRASHED', 'SIGSEGV', undefined]);
    // Names are those of the program's own variables.
    expect(library.symbols.getenv('constructor')).toBe(null);
  });

  it('memory keeps its type, and a library that is closed while arguments are read is closed', async () => {
    const library = open();
    const error = thrown(() => library.alloc('ptr').reinterpret('ptr'));
    expect(error).toMatchObject({ class: 'FFIError', code: 'ERR_UNSUPPORTED_ARGS', symbol: 'reinterpret' });
    const Pair = Struct({ a: 'i32', b: 'i32' });
    const other = isolate(fixture('faults'), { sum_pair: { args: [Pair], returns: 'i32' } });
    const closing = { get a() { other.close(); return 1; }, b: 2 }; // prettier-ignore
    await expect(other.symbols.sum_pair.async(closing)).rejects.toMatchObject({ code: 'ERR_LIBRARY_CLOSED' });
  });

  it('a failure that is no object is one that says no more', () => {
    const { failureOf } = require('../lib/isolate/answers.js');
    for (const text of [JSON.stringify('x'.repeat(2_000_000)), '[1]', 'null', '7', '{', ''])
      expect(failureOf(text, 'f')).toMatchObject({ code: 'ERR_CALL_FAILED', symbol: 'f' });
  });
});
