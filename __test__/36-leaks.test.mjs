// What is live is listed, and with ARKFFI_TRACK=1 what was never freed is printed when the process ends.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';
import { arkffi, require } from './open.mjs';

const { dlopen, leaks, releasePtr, stats, JSCallback, Struct } = arkffi;
const file = fixture('basics');
const of = (kind) => leaks().filter((live) => live.kind === kind);

const prelude = `
  const arkffi = require(${JSON.stringify(require.resolve('../index.js'))});
  const { dlopen, leaks, releasePtr, JSCallback, Struct } = arkffi;
  const file = ${JSON.stringify(file)};
  const open = (returns = 'int') => new JSCallback(function tick() { return 0; }, { args: [], returns });
`;

/** Runs a program that tracks; gives what it prints. */
function run(program, { track = '1' } = {}) {
  const env = { ...process.env, ARKFFI_TRACK: track };
  const { status, stdout, stderr } = spawnSync(node, [...flags, '-e', `${prelude}\n${program}`], {
    encoding: 'utf8',
    env,
    timeout: 60_000,
  });
  return { status, stdout: stdout.trim(), stderr };
}

/** The lines of a report that are no frames. */
const titles = (stderr) =>
  stderr
    .trim()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('    at '));

describe('leaks()', () => {
  it('lists open callbacks with address and name until they are closed', () => {
    const callback = new JSCallback(function onEvent() {}, { args: ['int'] });
    expect(of('callback').filter(({ ptr }) => ptr === callback.ptr)).toEqual([
      { kind: 'callback', ptr: callback.ptr, name: 'onEvent' },
    ]);
    const { ptr } = callback;
    callback.close();
    expect(of('callback').filter((live) => live.ptr === ptr)).toEqual([]);
  });

  it('runs no code of the functions that it names', () => {
    const trap = () => {
      throw new Error('the function was asked');
    };
    const named = Object.defineProperty(() => 0, 'name', { get: trap });
    const proxy = new Proxy(() => 0, { get: trap, getOwnPropertyDescriptor: trap });
    const callbacks = [named, proxy].map((fn) => new JSCallback(fn, { returns: 'int' }));
    const found = of('callback').filter(({ ptr }) => callbacks.some((callback) => callback.ptr === ptr));
    expect(found.map(({ name }) => name)).toEqual([undefined, undefined]);
    for (const callback of callbacks) callback.close();
  });

  it('lists open libraries by path, but not the running process', () => {
    const before = of('library').length;
    const library = dlopen(file, {});
    const itself = dlopen(null, {});
    expect(of('library').slice(before)).toEqual([{ kind: 'library', name: file }]);
    library.close();
    itself.close();
    expect(of('library').length).toBe(before);
  });

  it('lists nothing of a dlopen that failed', () => {
    const before = leaks().length;
    expect(() => dlopen(file, { missing_symbol: {} })).toThrow('dlsym failed');
    expect(() => dlopen('/no/such/library.so', {})).toThrow('Failed to load');
    expect(leaks().length).toBe(before);
  });

  it('lists struct results with address and size until they are released', () => {
    const Pair = Struct({ quot: 'int', rem: 'int' });
    const { div } = dlopen(null, { div: { args: ['int', 'int'], returns: Pair } }).symbols;
    const pointer = div(7, 2);
    expect(of('retained').filter(({ ptr }) => ptr === pointer)).toEqual([{ kind: 'retained', ptr: pointer, size: 8 }]);
    releasePtr(pointer);
    expect(of('retained').filter(({ ptr }) => ptr === pointer)).toEqual([]);
  });

  it('lists asynchronous calls until they settle', async () => {
    const { usleep } = dlopen(null, { usleep: { args: ['uint'], returns: 'int' } }).symbols;
    const call = usleep.async(1000);
    expect(of('async')).toEqual([{ kind: 'async', name: 'usleep' }]);
    await call;
    expect(of('async')).toEqual([]);
  });

  it('agrees with stats()', () => {
    const callbacks = [1, 2, 3].map(() => new JSCallback(() => {}, {}));
    expect(of('callback').length).toBe(stats().callbacks.open);
    expect(of('retained').length).toBe(stats().retained);
    expect(of('memory').length).toBe(stats().memory.blocks);
    for (const callback of callbacks) callback.close();
    expect(of('callback').length).toBe(stats().callbacks.open);
  });
});

describe('ARKFFI_TRACK=1', () => {
  it('gives each thing the stack of the program, without frames of arkffi', () => {
    const { stdout } = run(`
      function makeOne() { return open(); }
      makeOne();
      dlopen(file, {});
      const [library, callback] = leaks();
      console.log(JSON.stringify([library.stack, callback.stack]));`);
    const [library, callback] = JSON.parse(stdout);
    expect(callback).toMatch(/^    at open \(\[eval\]:\d+:\d+\)\n    at makeOne \(\[eval\]/);
    expect(library).toMatch(/^    at \[eval\]:\d+:\d+/);
    expect(library + callback).not.toContain('lib/');
  });

  it('gives asynchronous calls their stack', () => {
    const { stdout } = run(`
      const { usleep } = dlopen(null, { usleep: { args: ['uint'], returns: 'int' } }).symbols;
      function callLater() { return usleep.async(1); }
      callLater().then(() => console.log(stack));
      const [{ stack }] = leaks();`);
    expect(stdout).toMatch(/^at callLater/);
  });

  it('runs nothing of what the program has made of Error', () => {
    const { stdout, status } = run(`
      let count = 0;
      Error.prepareStackTrace = () => { count++; return 42; };
      Object.defineProperty(Error, 'stackTraceLimit', { get: () => count++, set: () => count++, configurable: true });
      const callback = open();
      console.log(count, typeof leaks()[0].stack, typeof Error.prepareStackTrace,
        typeof Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit').set);
      callback.close();`);
    expect(stdout).toBe('0 string function function');
    expect(status).toBe(0);
  });

  it('prints what was never freed, one block for a place, with count and bytes', () => {
    const { stderr, status } = run(`
      const Pair = Struct({ quot: 'int', rem: 'int' });
      const { div } = dlopen(null, { div: { args: ['int', 'int'], returns: Pair } }).symbols;
      function leak() { div(1, 1); }
      for (let i = 0; i < 3; i++) leak();
      open();`);
    expect(titles(stderr)).toEqual([
      'arkffi: 3 retained buffers (24 bytes) never released',
      'arkffi: 1 callback never closed: tick',
    ]);
    expect(stderr).toMatch(/never released\n    at leak \(\[eval\]/);
    expect(status).toBe(0);
  });

  it('prints memory with its type', () => {
    const { stderr } = run(`
      const { alloc, malloc, Arena } = arkffi;
      for (let i = 0; i < 3; i++) alloc('int', 4);
      const arena = new Arena();
      arena.alloc(10);
      malloc(5);
      alloc(100).free();`);
    expect(titles(stderr)).toEqual([
      'arkffi: 1 block of memory (4096 bytes) never freed: Arena',
      'arkffi: 3 blocks of memory (48 bytes) never freed: int',
      'arkffi: 1 block of memory (5 bytes) never freed',
    ]);
  });

  it('prints nothing when nothing leaked', () => {
    expect(run(`const callback = open(); dlopen(file, {}); dlopen(null, {}); callback.close();`).stderr).toBe('');
  });

  it('prints nothing when the variable is not 1', () => {
    for (const track of ['', '0']) expect(run('open();', { track }).stderr).toBe('');
  });

  it('prints libraries that one place opens again and again', () => {
    const { stderr } = run(`dlopen(file, {}); for (let i = 0; i < 4; i++) dlopen(file, {});`);
    expect(titles(stderr)).toEqual([`arkffi: 4 libraries opened again and again and never closed: ${file}`]);
  });

  it('prints asynchronous calls that process.exit cuts off', () => {
    const { stderr } = run(`
      const { usleep } = dlopen(null, { usleep: { args: ['uint'], returns: 'int' } }).symbols;
      usleep.async(1000);
      process.exit(0);`);
    expect(titles(stderr)).toEqual(['arkffi: 1 asynchronous call not settled: usleep']);
  });

  it('leaves out what handlers of the exit free, whenever they were added', () => {
    const { stderr } = run(
      `const [sooner, later] = [open(), open()];
       process.on('exit', () => sooner.close());
       setTimeout(() => process.on('exit', () => later.close()), 1);`,
    );
    expect(stderr).toBe('');
  });

  it('prints after an uncaught exception, too', () => {
    const { stderr, status } = run(`open(); throw new Error('the end');`);
    expect(stderr).toContain('the end');
    expect(stderr).toContain('arkffi: 1 callback never closed: tick');
    expect(status).toBe(1);
  });

  it('prints when a worker ends, and when it exits', () => {
    const worker = (end) => `
      const { Worker } = require('node:worker_threads');
      new Worker(${JSON.stringify(`${prelude} open(); ${end}`)}, { eval: true }).on('exit', () => console.log('over'));`;
    for (const end of ['', 'process.exit(0);']) {
      const { stdout, stderr } = run(worker(end));
      expect(stdout).toBe('over');
      expect(titles(stderr)).toEqual(['arkffi: 1 callback never closed: tick']);
    }
  });

  it('prints past what the program has made of stderr', () => {
    const { stderr } = run(`process.stderr.write = () => { throw new Error(); }; console.error = 0; open();`);
    expect(titles(stderr)).toEqual(['arkffi: 1 callback never closed: tick']);
  });
});
