// ARKFFI_TRACE prints what is called, allocated, opened: lines on stderr, in the manner of strace.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';
import { require } from './open.mjs';

const file = fixture('basics');
const prelude = `
  const arkffi = require(${JSON.stringify(require.resolve('../index.js'))});
  const { dlopen, attachFinalizer, callback, ffi, opaque, out, releasePtr, CFunction, CString, JSCallback, Struct } = arkffi;
  const file = ${JSON.stringify(file)};
  const Pair = Struct({ quot: 'int', rem: 'int' });
  const quiet = (action) => { try { return action(); } catch { return undefined; } };
  const { symbols } = dlopen(null, {
    abs: { args: ['int'], returns: 'int' }, labs: { args: ['i64'], returns: 'i64' }, strlen: { args: ['cstring'], returns: 'size_t' },
    getenv: { args: ['cstring'], returns: 'cstring' }, malloc: { args: ['size_t'], returns: 'ptr' }, free: { args: ['ptr'] },
    div: { args: ['int', 'int'], returns: Pair.object }, memset: { args: ['ptr', 'int', 'size_t'], returns: 'ptr' },
    qsort: { args: ['ptr', 'size_t', 'size_t', callback(['ptr', 'ptr'], 'int')] }, exit: { args: ['int'] },
  });
`;

/** The lines that a program leaves on stderr, with every address as 0x1. */
function run(program, trace = 'calls', more = []) {
  const { status, signal, stderr } = spawnSync(node, [...flags, ...more, '-e', `${prelude}\n${program}`], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, ARKFFI_TRACE: trace, HOME: '/home/me' },
  });
  if (status !== 0) return `status ${status}, signal ${signal}: ${stderr.slice(-500)}`;
  const lines = stderr.trim().split('\n');
  return lines.map((line) => line.replace(/0x[0-9a-f]+/g, '0x1').replace(/\(\d+\.\d{3} ms\)/, '(1 ms)'));
}

describe('ARKFFI_TRACE=calls', () => {
  it('prints each call with its arguments and result', () => {
    expect(
      run(`
      symbols.abs(-4); symbols.labs(2n ** 60n); symbols.strlen('say "hé"'); symbols.getenv('HOME'); symbols.getenv('NO_SUCH');
      symbols.div(7, 2); symbols.free(symbols.malloc(10)); symbols.free(null);
      symbols.memset(new Uint8Array(12), 1, 12); symbols.memset(new ArrayBuffer(1), 1, 1); symbols.strlen('x'.repeat(100));`),
    ).toEqual([
      'abs(-4) = 4',
      'labs(1152921504606846976n) = 1152921504606846976n',
      'strlen("say \\"hé\\"") = 9',
      'getenv("HOME") = "/home/me"',
      'getenv("NO_SUCH") = NULL',
      'div(7, 2) = { quot: 3, rem: 1 }',
      'malloc(10) = 0x1',
      'free(0x1) = undefined',
      'free(NULL) = undefined',
      'memset(<12 bytes at 0x1>, 1, 12) = 0x1',
      'memset(<1 byte at 0x1>, 1, 1) = 0x1',
      `strlen("${'x'.repeat(32)}"...) = 100`,
    ]);
  });

  it('prints what is thrown', () => {
    expect(run(`quiet(() => symbols.abs('x')); quiet(() => symbols.abs()); quiet(() => symbols.abs(1.5, 2));`)).toEqual(
      [
        'abs("x") = throws ERR_INVALID_ARG_TYPE',
        'abs() = throws ERR_MISSING_ARGS',
        'abs(1.5, 2) = throws ERR_INVALID_ARG_VALUE',
      ],
    );
  });

  it('prints callbacks, and takes up the call that they cut', () => {
    expect(
      run(`
      symbols.qsort(new Uint8Array(2), 2, 1, function compare() { symbols.abs(1); return 0; });
      quiet(() => symbols.qsort(new Uint8Array(2), 2, 1, () => { throw new RangeError('mine'); }));
      const kept = new JSCallback((text) => text.length, { args: ['cstring'], returns: 'int' });
      CFunction({ ptr: kept.ptr, args: ['cstring'], returns: 'int' })('four');
      kept.close();
      quiet(() => symbols.free(kept));`),
    ).toEqual([
      'qsort(<2 bytes at 0x1>, 2, 1, <function compare>) <unfinished ...>',
      '<- compare(0x1, 0x1) <unfinished ...>',
      'abs(1) = 1',
      '<- <... compare(0x1, 0x1) resumed> = 0',
      '<... qsort(<2 bytes at 0x1>, 2, 1, <function compare>) resumed> = undefined',
      'qsort(<2 bytes at 0x1>, 2, 1, <function without a name>) <unfinished ...>',
      '<- callback(0x1, 0x1) = throws RangeError',
      '<... qsort(<2 bytes at 0x1>, 2, 1, <function without a name>) resumed> = throws RangeError',
      'CFunction("four") <unfinished ...>',
      '<- callback("four") = 4',
      '<... CFunction("four") resumed> = 4',
      'free(<JSCallback, closed>) = throws ERR_CALLBACK_CLOSED',
    ]);
  });

  it('prints asynchronous calls when they begin and when they settle', () => {
    expect(
      run(`
      (async () => {
        await symbols.abs.async(-3);
        await symbols.abs.async('x').catch(() => {});
      })();`),
    ).toEqual([
      'abs.async(-3) <unfinished ...>',
      '<... abs.async(-3) resumed> = 3',
      'abs.async("x") <unfinished ...>',
      '<... abs.async("x") resumed> = throws ERR_INVALID_ARG_TYPE',
    ]);
  });

  it('prints variadic functions, also asynchronous ones', () => {
    expect(
      run(`
      const { snprintf } = dlopen(null, {
        snprintf: { args: ['buffer', 'size_t', 'cstring', '...'], returns: 'int' },
      }).symbols;
      snprintf(new Uint8Array(8), 8, '%d %s', 12, 'x');
      snprintf.async(new Uint8Array(8), 8, '%d', 12);`),
    ).toEqual([
      'snprintf(<8 bytes at 0x1>, 8, "%d %s", 12, "x") = 4',
      'snprintf.async(<8 bytes at 0x1>, 8, "%d", 12) <unfinished ...>',
      '<... snprintf.async(<8 bytes at 0x1>, 8, "%d", 12) resumed> = 2',
    ]);
  });

  it('leaves a rejection that nobody handles unhandled', () => {
    expect(
      run(`process.on('unhandledRejection', ({ code }) => console.error(code)); symbols.abs.async('x');`).at(-1),
    ).toBe('ERR_INVALID_ARG_TYPE');
  });

  it('prints calls of the raw bridge', () => {
    expect(run(`const handle = ffi.load('libm.so.6'); ffi.callMixed(handle, 'cos', 'd', 'd', [0], []);`)).toEqual([
      'cos(0) = 1',
    ]);
  });

  it('has begun the line when C does not return', () => {
    expect(run('symbols.exit(0);')).toEqual(['exit(0)']);
  });

  it('changes nothing of the functions', () => {
    const facts = `
      const { abs } = symbols;
      const facts = (f) => [f.name, f.length, typeof f.ptr, typeof f.async, Object.keys(f).join()];
      console.error(JSON.stringify([facts(abs), facts(abs.async), abs(-0), Object.is(symbols.labs(-0), 0)]));`;
    const traced = run(facts).at(-1);
    expect(traced).toEqual(run(facts, '').at(-1));
    expect(traced).toContain('["abs",1,"number","function"');
  });

  it('runs no code of the values that it prints', () => {
    const lines = run(`
      let count = 0;
      const trap = () => { count++; throw new Error('asked'); };
      const handler = { get: trap, getOwnPropertyDescriptor: trap, ownKeys: trap, getPrototypeOf: trap, has: trap };
      const proxy = new Proxy({}, handler);
      const getters = Object.defineProperties({}, { x: { get: trap, enumerable: true }, [Symbol.toStringTag]: { get: trap } });
      const named = Object.defineProperty(() => {}, 'name', { get: trap });
      class Mine { get code() { trap(); } get name() { trap(); } toString() { trap(); } toJSON() { trap(); } }
      for (const value of [proxy, getters, named, new Mine(), Symbol('s'), [proxy], { deep: { deeper: 1 } }]) {
        quiet(() => symbols.abs(value));
      }
      const throws = (error) => quiet(() => symbols.qsort(new Uint8Array(2), 2, 1, () => { throw error; }));
      throws(proxy); throws(new Mine()); throws(Object.create(proxy)); throws(undefined); throws('text');
      console.error(count);`);
    expect(lines.filter((line) => line.startsWith('abs'))).toEqual([
      'abs(<proxy>) = throws ERR_INVALID_ARG_TYPE',
      'abs({ x: undefined }) = throws ERR_INVALID_ARG_TYPE',
      'abs(<function without a name>) = throws ERR_INVALID_ARG_TYPE',
      'abs(<object>) = throws ERR_INVALID_ARG_TYPE',
      'abs(<symbol>) = throws ERR_INVALID_ARG_TYPE',
      'abs([<proxy>]) = throws ERR_INVALID_ARG_TYPE',
      'abs({ deep: {...} }) = throws ERR_INVALID_ARG_TYPE',
    ]);
    expect(lines.filter((line) => line.startsWith('<-')).map((line) => line.split(' = ')[1])).toEqual([
      'throws <object>',
      'throws <object>',
      'throws <object>',
      'throws undefined',
      'throws "text"',
    ]);
    expect(lines.at(-1)).toBe('0');
  });

  it('prints past what the program has made of stderr, and when that is closed', () => {
    expect(run(`process.stderr.write = () => { throw new Error(); }; symbols.abs(1);`)).toEqual(['abs(1) = 1']);
    expect(run(`require('node:fs').closeSync(2); if (symbols.abs(-1) !== 1) process.exit(9);`)).toEqual(['']);
  });

  it('says in a worker which it is', () => {
    const program = `
      const { Worker } = require('node:worker_threads');
      new Worker(${JSON.stringify(`${prelude} symbols.abs(1);
        symbols.qsort(new Uint8Array(2), 2, 1, function compare() { symbols.abs(2); return 0; });`)}, { eval: true });`;
    expect(run(program)).toEqual([
      '[worker 1] abs(1) = 1',
      '[worker 1] qsort(<2 bytes at 0x1>, 2, 1, <function compare>) <unfinished ...>',
      '[worker 1] <- compare(0x1, 0x1) <unfinished ...>',
      '[worker 1] abs(2) = 2',
      '[worker 1] <- <... compare(0x1, 0x1) resumed> = 0',
      '[worker 1] <... qsort(<2 bytes at 0x1>, 2, 1, <function compare>) resumed> = undefined',
    ]);
  });

  it('leaves errno alone', () => {
    expect(
      run(`
      const { close } = dlopen(null, { close: { args: ['int'], returns: 'int' } }).symbols;
      close(-1);
      console.error(arkffi.errno());`),
    ).toEqual(['close(-1) = -1', '9']);
  });

  it('works at the end of the stack, wherever that is', () => {
    for (let size = 700; size < 1000; size += 15) {
      const program = `
        let depth = 0;
        const dive = () => { depth++; symbols.abs(1); dive(); };
        quiet(dive);
        console.error(depth > 300, symbols.abs(-7));`;
      const lines = run(program, 'calls', [`--stack-size=${size}`]);
      expect(lines.slice(-2), `--stack-size=${size}`).toEqual(['abs(-7) = 7', 'true 7']);
    }
  });
});

describe('ARKFFI_TRACE=libraries', () => {
  it('prints what is opened, looked up and closed, with the time that it took', () => {
    expect(
      run(
        `
      dlopen(file, { add: { args: ['i32', 'i32'], returns: 'i32' }, missing: { optional: true } }).close();
      quiet(() => dlopen('/no/such.so', {}));
      const handle = ffi.load(file); ffi.getSymbolPtr(handle, 'add'); ffi.close(handle); ffi.close(handle);`,
        'libraries',
      ).slice(11),
    ).toEqual([
      expect.stringMatching(/^dlopen\(".*"\.*\) = 2 \(1 ms\)$/),
      expect.stringMatching(/^dlsym\(".*"\.*, "add"\) = 0x1 \(1 ms\)$/),
      expect.stringMatching(/^dlsym\(".*"\.*, "missing"\) = throws ERR_DLSYM_FAILED \(1 ms\)$/),
      expect.stringMatching(/^dlclose\(".*"\.*\)$/),
      'dlopen("/no/such.so") = throws ERR_DLOPEN_FAILED (1 ms)',
      expect.stringMatching(/^dlopen/),
      expect.stringMatching(/^dlsym\(".*"\.*, "add"\) = 0x1 \(1 ms\)$/),
      expect.stringMatching(/^dlclose/),
    ]);
  });
});

describe('ARKFFI_TRACE=memory', () => {
  it('prints what is retained and released', () => {
    expect(
      run(
        `const { div } = dlopen(null, { div: { args: ['int', 'int'], returns: Pair } }).symbols; releasePtr(div(7, 2));`,
        'memory',
      ),
    ).toEqual(['retain(<8 bytes at 0x1>)', 'releasePtr(0x1)']);
  });

  it('prints finalizers that are attached, taken back and run, also at the end', () => {
    expect(
      run(
        `
      globalThis.object = {};
      const [first, second] = [1, 2, 3].map((size) => attachFinalizer(object, symbols.malloc(8), symbols.free, { size }));
      first.run();
      second.detach();`,
        'memory',
      ),
    ).toEqual([
      'attachFinalizer({}, 0x1, <function free>, 1)',
      'attachFinalizer({}, 0x1, <function free>, 2)',
      'attachFinalizer({}, 0x1, <function free>, 3)',
      'Finalizer.run()',
      'finalizer runs: 0x1(0x1)',
      'Finalizer.detach()',
      'finalizer detached: 0x1(0x1)',
      'finalizer runs: 0x1(0x1)',
    ]);
  });
});

describe('ARKFFI_TRACE', () => {
  const program = `symbols.abs(1); const { div } = dlopen(null, { div: { args: ['int', 'int'], returns: Pair } }).symbols; div(1, 1);`;

  it('takes several words', () => {
    const lines = run(program, 'memory,calls');
    expect(lines).toEqual([
      'abs(1) = 1',
      'div(1, 1) <unfinished ...>',
      'retain(<8 bytes at 0x1>)',
      '<... div(1, 1) resumed> = 0x1',
    ]);
  });

  it('prints nothing without a word', () => {
    for (const trace of ['', ',']) expect(run(program, trace)).toEqual(['']);
  });

  it('says once which words it does not know', () => {
    const worker = `const { Worker } = require('node:worker_threads'); new Worker(${JSON.stringify(prelude)}, { eval: true });`;
    expect(run(worker, 'call,Memory')).toEqual([
      `arkffi: ARKFFI_TRACE knows calls, memory, libraries, but not 'call', 'Memory'`,
    ]);
  });
});
