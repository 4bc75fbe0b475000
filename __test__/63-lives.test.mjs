// The life of libraries: closing, and collection of those of which no address has left. In processes of their own,
// because collection needs flags, and because a mistake would crash.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { library, simple } from './libraries.mjs';
import { flags, node } from './node.mjs';
import { require } from './open.mjs';

const onLinux = process.platform === 'linux' ? it : it.skip;
const file = library(
  'liblives.so',
  `${simple}
  __thread int mine = 6;
  #include <stdlib.h>
  #include <unistd.h>
  int add(int a, int b) { return a + b; }
  int wait_for(int ms) { usleep(ms * 1000); return ms; }
  const char *text(void) { return "text"; }
  void *pointer(void) { return &counter; }
  int take(void *p) { return p != 0; }
  int length(const char *s) { int n = 0; while (s[n]) n++; return n; }`,
);

const prelude = `
  const arkffi = require(${JSON.stringify(require.resolve('../index.js'))});
  const { dlopen, stats, CFunction } = arkffi;
  const file = ${JSON.stringify(file)};
  const definitions = {
    value: { returns: 'i32' }, add: { args: ['i32', 'i32'], returns: 'i32' },
    wait_for: { args: ['i32'], returns: 'i32' },
  };
  const isMapped = () => require('node:fs').readFileSync('/proc/self/maps', 'utf8').includes(file);
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  const collect = async () => {
    for (let i = 0; i < 15; i++) { gc(); await turn(); }
  };
  const collectUntilUnmapped = async () => {
    for (let i = 0; i < 500 && isMapped(); i++) { gc(); await turn(); }
  };
  const code = (action) => { try { return action(); } catch (error) { return error.code; } };
  // What make returns is held while memory is collected, then let go.
  const watch = async (make, isKept) => {
    globalThis.held = make();
    await collect();
    const before = isMapped();
    globalThis.held = undefined;
    await (isKept ? collect() : collectUntilUnmapped());
    return [before, isMapped(), stats().libraries].join();
  };
`;

function outcome(program, more = []) {
  const source = `${prelude}\n(async () => { console.log(await (async () => { ${program} })()); })();`;
  const { status, signal, stdout, stderr } = spawnSync(node, [...flags, ...more, '--expose-gc', '-e', source], {
    encoding: 'utf8',
    timeout: 100_000,
  });
  return status === 0 ? stdout.trim() : `status ${status}, signal ${signal}: ${stderr.slice(-1000)}`;
}

describe('a library that nobody has any more is closed', () => {
  onLinux.each([
    ['the Library', 'dlopen(file, definitions)'],
    ['its symbols', 'dlopen(file, definitions).symbols'],
    ['one function', 'dlopen(file, definitions).symbols.add'],
    ['the asynchronous form of one', 'dlopen(file, definitions).symbols.add.async'],
    ['a Library without functions', 'dlopen(file, {})'],
  ])('but not while %s is held', (_, held) => {
    expect(outcome(`return watch(() => ${held});`)).toBe('true,false,0');
  });

  onLinux('and works until then', () => {
    const program = `
      let { add, value } = dlopen(file, definitions).symbols;
      await collect();
      const results = [add(2, 3), value()];
      add = value = undefined;
      await collectUntilUnmapped();
      return [...results, isMapped(), stats().functions].join();`;
    expect(outcome(program)).toBe('5,7,false,0');
  });

  onLinux('only when its asynchronous calls have settled', () => {
    const program = `
      const calls = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => dlopen(file, definitions).symbols.wait_for.async(n * 30));
      for (let i = 0; i < 30; i++) { gc(); await turn(); }
      const results = await Promise.all(calls);
      await collectUntilUnmapped();
      return [...results, isMapped(), stats().libraries].join();`;
    expect(outcome(program)).toBe('30,60,90,120,150,180,210,240,false,0');
  });

  onLinux('when it is closed and the call that was inside has returned', () => {
    const program = `
      const library = dlopen(file, definitions);
      const call = library.symbols.wait_for.async(50);
      library.close();
      const meanwhile = isMapped();
      const result = await call;
      await collectUntilUnmapped();
      return [meanwhile, result, isMapped(), stats().libraries].join();`;
    expect(outcome(program)).toBe('true,50,false,0');
  });

  onLinux('without harm to another one on the same file', () => {
    const program = `
      const kept = dlopen(file, definitions);
      for (let i = 0; i < 100; i++) dlopen(file, definitions).symbols.value();
      for (let i = 0; i < 500 && stats().libraries > 1; i++) { gc(); await turn(); }
      return [stats().libraries, kept.symbols.value(), isMapped()].join();`;
    expect(outcome(program)).toBe('1,7,true');
  });
});

describe('a library of which an address has left stays until it is closed', () => {
  onLinux.each([
    ['the ptr of a function', '(l) => l.symbols.value.ptr'],
    ['a copy of the properties of one', '(l) => ({ ...l.symbols.value })'],
    ['the ptr of a symbol', "(l) => l.ptr('counter')"],
  ])('%s', (_, use) => {
    const program = `
      const use = ${use};
      const opened = () => { const library = dlopen(file, definitions); use(library); return library; };
      return watch(opened, true);`;
    expect(outcome(program)).toBe('true,true,1');
  });

  onLinux.each([
    ['a string as a result', "{ text: { returns: 'cstring' } }"],
    ['a pointer as a result', "{ pointer: { returns: 'ptr' } }"],
    ['memory that it could write one to', "{ take: { args: ['buffer'], returns: 'i32' } }"],
    ['a pointer to something', "{ take: { args: [arkffi.out('i32')], returns: 'i32' } }"],
    ['a string that it could keep, or give to others', "{ length: { args: ['cstring'], returns: 'i32' } }"],
    ['an integer as large as an address', "{ value: { returns: 'u64' } }"],
    ['a signed one', "{ value: { returns: 'i64' } }"],
    ['one as a bigint', "{ value: { returns: 'biguint64' } }"],
    ['a length', "{ value: { returns: 'size_t' } }"],
    ['symbols for all to see', '{}, { global: true }'],
    ['an address as an integer', "{ take: { args: ['u64'], returns: 'i32' } }"],
    ['a callback', "{ take: { args: [arkffi.callback([], 'i32')], returns: 'i32' } }"],
    ['a struct', "{ value: { returns: arkffi.Struct({ p: 'ptr' }) } }"],
  ])('%s', (_, own) => {
    expect(outcome(`return watch(() => dlopen(file, ${own}), true);`)).toBe('true,true,1');
  });

  onLinux('whose address serves a CFunction', () => {
    const program = `
      const value = CFunction({ ptr: dlopen(file, definitions).symbols.value.ptr, returns: 'i32' });
      await collect();
      return [value(), isMapped()].join();`;
    expect(outcome(program)).toBe('7,true');
  });

  onLinux('and is closed as ever', () => {
    const program = `
      const library = dlopen(file, definitions);
      const { ptr } = library.symbols.value;
      library.close();
      return [ptr > 65536, library.symbols.value.ptr === ptr, isMapped(), code(() => library.symbols.value())].join();`;
    expect(outcome(program)).toBe('true,true,false,ERR_LIBRARY_CLOSED');
  });
});

// Whoever finds a symbol through the process knows nothing of who opened the library that has it.
describe('what was found through the process stays', () => {
  const through = (use, end) => `
    let opened = dlopen(file, definitions, { global: true });
    const own = { add: definitions.add, counter: { type: 'i32', global: true }, mine: { type: 'i32', global: true } };
    const process_ = ${use.open ?? 'dlopen(null, own)'};
    const use = () => ${use.call};
    const before = use();
    ${end}
    return [before, use(), isMapped()].join();`;
  const uses = [
    ['a function', { call: 'process_.symbols.add(1, 2)' }, 3],
    ['a variable', { call: 'process_.symbols.counter' }, 5],
    ['a variable of a thread', { call: 'process_.symbols.mine', open: 'dlopen(null, { mine: own.mine })' }, 6],
    [
      'an address',
      { open: "CFunction({ ptr: dlopen(null, {}).ptr('text'), returns: 'cstring' })", call: 'process_()' },
      'text',
    ],
  ];
  // An address in a library that is open here belongs to that, and goes with it.
  onLinux.each(uses.slice(0, 3))('when the library of %s is closed', (_, use, value) => {
    expect(outcome(through(use, 'opened.close();'))).toBe(`${value},${value},true`);
  });

  onLinux.each(uses)('when nobody has the Library of %s any more', (_, use, value) => {
    expect(outcome(through(use, 'opened = undefined; await collect();'))).toBe(`${value},${value},true`);
  });

  onLinux('when a worker closes it', () => {
    const program = `
      const { Worker } = require('node:worker_threads');
      const worker = new Worker(\`
        const { dlopen } = require(${JSON.stringify(require.resolve('../index.js'))});
        const { parentPort } = require('node:worker_threads');
        const opened = dlopen(${JSON.stringify(file)}, {}, { global: true });
        parentPort.once('message', () => { opened.close(); parentPort.close(); });
        parentPort.postMessage('opened');\`, { eval: true });
      await new Promise((resolve) => worker.once('message', resolve));
      const { value } = dlopen(null, { value: definitions.value }).symbols;
      worker.postMessage('close');
      await new Promise((resolve) => worker.once('exit', resolve));
      return [value(), isMapped()].join();`;
    expect(outcome(program)).toBe('7,true');
  });

  onLinux('and is closed where nobody found anything', () => {
    const program = `
      const opened = dlopen(file, definitions, { global: true });
      dlopen(null, { strlen: { args: ['cstring'], returns: 'usize' } }).symbols.strlen('text');
      opened.close();
      return isMapped();`;
    expect(outcome(program)).toBe('false');
  });
});

describe('the ptr of a function', () => {
  onLinux('is an enumerable property of its own that cannot be changed, read or not', () => {
    const program = `
      const { value, add } = dlopen(file, definitions).symbols;
      add.ptr;
      const attempts = [value, add].map((fn) => {
        'use strict';
        const keys = Object.keys(fn).sort().join();
        let refused = false;
        try { (function () { 'use strict'; fn.ptr = 5; })(); } catch { refused = true; }
        return [keys, refused, fn.ptr > 65536].join();
      });
      return attempts.join(' ');`;
    expect(outcome(program)).toBe('async,ptr,true,true async,ptr,true,true');
  });
});

// Each round opens the library, calls, and closes. The engine keeps generated code for some collections; that it does
// so is not what is looked at here.
onLinux('resident memory is flat over twenty thousand rounds of opening and closing', () => {
  const program = `
    const used = async () => { await collect(); const { rss, heapUsed } = process.memoryUsage(); return [rss / 2 ** 20, heapUsed / 2 ** 20]; };
    const rounds = async (count) => {
      for (let i = 0; i < count; i++) {
        const library = dlopen(file, { value: { returns: 'i32' }, [i % 2 ? 'add' : 'take']: { args: [], returns: 'i32' } });
        if (library.symbols.value() !== 7) throw new Error('wrong');
        library.close();
        if (i % 100 === 0) await turn();
      }
    };
    await rounds(5000);
    const seen = [];
    // 1 KB of each round would be 20 MB each time; an engine keeps some 10 MB of pages for itself, now and then.
    for (let time = 0; time < 3; time++) {
      const before = await used();
      await rounds(20_000);
      const growth = (await used()).map((size, index) => size - before[index]);
      seen.push(growth + ' MB');
      if (growth[0] < 12 && growth[1] < 2 && stats().libraries === 0) return 'flat';
    }
    return seen.join();`;
  expect(outcome(program, ['--no-compilation-cache', '--max-semi-space-size=2'])).toBe('flat');
});
