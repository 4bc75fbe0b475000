'use strict';
// Hostile programs: callbacks on the JavaScript thread.

const { isMusl } = require('../../lib/is-musl.js');

/**
 * How deep calls nest on the default stack of the main thread. Engines before that of Node 22 take more stack for a
 * call than is left for 400, and so do functions without code of their own, libffi, arm64, and builds for musl. Workers have
 * four times the stack.
 */
const isLean = process.arch === 'x64' && !isMusl() && parseInt(process.versions.node) >= 22 && !process.versions.deno;
const generates = !process.execArgv.includes('--disallow-code-generation-from-strings');
const LEVELS = process.env.ARKFFI_BACKEND === 'libffi' ? 250 : isLean && generates ? 400 : 320;

const deep = (kit, levels) => {
  const { open, symbols } = kit;
  const { callPlain } = symbols;
  const depths = [];
  const ways = [
    () => {
      const cb = open((n) => (n === 0 ? 0 : cb.call(n - 1) + 1));
      return (n) => cb.call(n);
    },
    () => {
      const cb = open((n) => (n === 0 ? 0 : symbols.call(cb, n - 1) + 1));
      return (n) => symbols.call(cb, n);
    },
    () => {
      const dive = (n) => (n === 0 ? 0 : callPlain(dive, n - 1) + 1);
      return (n) => callPlain(dive, n);
    },
  ];
  for (const make of ways) {
    const way = make();
    depths.push(way(levels) === levels);
    let error;
    try {
      way(1_000_000);
    } catch (caught) {
      error = caught;
    }
    depths.push(error instanceof RangeError ? 'RangeError' : String(error), way(levels) === levels);
  }
  return depths.join();
};
// Said without the number: the test may be run by another Node than the program.
const NESTED = Array(3).fill('true,RangeError,true').join();

/** Calls in compiled code, whose callbacks call in turn, throw, are closed, and now and then collect all that can be. */
function churn({ open, symbols, code }) {
  let calls = 0;
  const collect = globalThis.Bun ? () => globalThis.Bun.gc(true) : gc;
  const step = open((n) => {
    if (++calls % 997 === 0) collect();
    return n + 1;
  });
  // With something to collect.
  const nested = open((n) => symbols.call(step, [n, 'text'.repeat(n & 7)][0]) + 1);
  const thrown = open((n) => {
    throw new Error(`no ${symbols.call(step, n)}`);
  });
  let wrong = 0;
  for (let round = 0; round < 20_000; round++) {
    const n = round & 1023;
    if (symbols.call(step, n) !== n + 1 || symbols.call(nested, n) !== n + 2) wrong++;
    if (symbols.callPlain((value) => symbols.call(step, value) + 2, n) !== n + 3) wrong++;
    if (round % 16 === 0 && code(() => symbols.call(thrown, n)) !== `no ${n + 1}`) wrong++;
    if (round % 64 === 0) {
      const own = open((value) => (own.close(), value + 4));
      if (symbols.call(own, n) !== n + 4 || code(() => symbols.call(own, n)).startsWith('returned')) wrong++;
    }
  }
  return wrong;
}

module.exports = {
  'what callbacks of hot calls give is right, also when everything is collected inside of them': {
    program: churn,
    expected: '0',
    flags: ['--expose-gc'],
  },
  'calls nest hundreds of levels deep on the default stack (400 on x86-64 from Node 22 on), and end in a RangeError': {
    program: (kit) => deep(kit, LEVELS),
    expected: NESTED,
  },
  'calls nest 400 levels deep in a worker, and end in a RangeError': {
    program: (kit) =>
      new Promise((resolve, reject) => {
        kit
          .worker(`(kit, data, port) => port.postMessage((${deep})(kit, 400))`)
          .once('message', resolve)
          .once('error', reject);
      }),
    expected: NESTED,
  },
  'a callback closed inside its own call gives its result': {
    program: ({ open, symbols, arkffi, code }) => {
      const cb = open(
        (n) => {
          if (n > 0) return symbols.call(cb, n - 1) + 1;
          cb.close();
          return 5;
        },
        { onError: -7 },
      );
      const address = cb.ptr;
      const results = [
        cb.call(10),
        symbols.call(address, 1),
        cb.ptr,
        code(() => cb.call(1)),
        code(() => symbols.call(cb, 1)),
      ];
      return `${results} ${arkffi.stats().callbacks.afterClose}`;
    },
    expected: '15,-7,0,ERR_CALLBACK_CLOSED,ERR_CALLBACK_CLOSED 1',
  },
  'a callback lives on when its object is collected': {
    program: async ({ open, symbols, turn }) => {
      let collected = 0;
      const registry = new FinalizationRegistry(() => collected++);
      let here = (n) => n + 1;
      const addresses = BigUint64Array.from({ length: 1000 }, () => {
        const cb = open((n) => here(n));
        registry.register(cb);
        return BigInt(cb.ptr);
      });
      for (let i = 0; i < 50 && collected < 900; i++) {
        gc();
        await turn();
      }
      return `${collected >= 900} ${symbols.call_all(addresses, 1000)}`;
    },
    expected: 'true 1000',
    flags: ['--expose-gc'],
  },
  'ten thousand callbacks are open at once, and closed ones answer with their default': {
    program: ({ open, symbols, arkffi }) => {
      const all = Array.from({ length: 10_000 }, (_, i) => open((n) => (n === i ? n + 1 : -1), { onError: -i }));
      const addresses = BigUint64Array.from(all, (cb) => BigInt(cb.ptr));
      const counts = [symbols.call_all(addresses, 10_000), arkffi.stats().callbacks.open];
      for (const [i, cb] of all.entries()) if (i % 2) cb.close();
      counts.push(
        symbols.call_all(addresses, 10_000),
        arkffi.stats().callbacks.open,
        arkffi.stats().callbacks.afterClose,
      );
      counts.push(symbols.call(Number(addresses[777]), 777));
      return counts.join();
    },
    expected: '10000,10000,5000,5000,5000,-777',
  },
  'an address is not used again before 65536 others have been closed': {
    program: ({ open, symbols }) => {
      const fn = (n) => n;
      const first = open(fn, { onError: 41 });
      const address = first.ptr;
      first.close();
      for (let i = 0; i < 65_536; i++) {
        const cb = open(fn);
        if (cb.ptr === address) return `used again after ${i}`;
        cb.close();
      }
      const result = symbols.call(address, 5);
      let again = 0;
      for (let i = 0; i < 60_000; i++) {
        const cb = open(fn);
        if (cb.ptr === address) again++;
        cb.close();
      }
      return `${result} ${again}`;
    },
    expected: '41 1',
  },
  'a callback may close the library that calls it, and use it no more': {
    program: ({ dlopen, file, definitions, open, code, symbols }) => {
      const library = dlopen(file, definitions);
      const cb = open((n) => {
        library.close();
        return n + 1;
      });
      const plain = dlopen(file, definitions);
      const closesPlain = (n) => {
        plain.close();
        return n + (code(() => plain.symbols.call(cb, 1)) === 'ERR_LIBRARY_CLOSED' ? 1 : 0);
      };
      const results = [
        library.symbols.call(cb, 1),
        code(() => library.symbols.call(cb, 1)),
        plain.symbols.callPlain(closesPlain, 3),
      ];
      return `${results} ${code(() => plain.symbols.call(cb, 1))} ${symbols.call(cb, 5)}`;
    },
    expected: '2,ERR_LIBRARY_CLOSED,4 ERR_LIBRARY_CLOSED 6',
  },
  'a callback may detach, shrink and collect what the call uses': {
    program: ({ dlopen, file, callback }) => {
      const { call } = dlopen(file, { call: { args: [callback(['i32'], 'i32'), 'i32'], returns: 'i32' } }).symbols;
      const qsort = dlopen(null, { qsort: { args: ['ptr', 'size_t', 'size_t', callback(['ptr', 'ptr'], 'i32')] } })
        .symbols.qsort;
      const { read } = require('../../index.js');
      let right = 0;
      for (let round = 0; round < 20; round++) {
        let view = Int32Array.from({ length: 100 }, (_, i) => (i * 37) % 101);
        let count = 0;
        qsort(view, 100, 4, (a, b) => {
          if (++count === 50) gc();
          if (count === 100 && round % 2) structuredClone(view.buffer, { transfer: [view.buffer] });
          return read.i32(a) - read.i32(b);
        });
        right += round % 2 ? view.length === 0 : view.every((value, i) => i === 0 || view[i - 1] <= value);
      }
      return `${right} ${call((n) => (gc(), n), 4)}`;
    },
    expected: '20 4',
    flags: ['--expose-gc'],
  },
  'what a plain function is given for a call is gone after it': {
    program: ({ symbols, arkffi, dlopen, file, callback }) => {
      const { keep } = dlopen(file, { keep: { symbol: 'keep_function', args: [callback(['i32'], 'i32')] } }).symbols;
      keep((n) => n + 1);
      const open = arkffi.stats().callbacks.open;
      return `${symbols.call_kept(5)} ${open} ${arkffi.stats().callbacks.afterClose}`;
    },
    expected: '0 0 1',
  },
};
