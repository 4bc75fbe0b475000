'use strict';
// Hostile programs: asynchronous calls whose surroundings change while they are in flight.

/** Lets all calls that wait go on, when so many do. */
const letGo = async ({ symbols, until }, count = 1) => {
  await until(() => symbols.count_waiting() >= count);
  symbols.set_open(1);
};

module.exports = {
  'a library closed with calls in flight and queued gives all results': {
    program: async (kit) => {
      const { dlopen, definitions, file, outcome, code } = kit;
      const library = dlopen(file, definitions);
      const calls = Array.from({ length: 500 }, (_, i) => library.symbols.wait_open.async(i));
      const results = Promise.all(calls);
      library.close();
      const late = await outcome(library.symbols.wait_open.async(1));
      await letGo(kit);
      const all = await results;
      return `${all.every((value, i) => value === i)} ${late} ${code(() => library.symbols.wait_open(1))}`;
    },
    expected: 'true ERR_LIBRARY_CLOSED ERR_LIBRARY_CLOSED',
  },
  'a function closed and collected with calls in flight gives its result': {
    program: async (kit) => {
      const { symbols, AsyncCFunction, CFunction, unary, turn } = kit;
      let bound = AsyncCFunction({ ptr: symbols.wait_open.ptr, ...unary });
      const calls = [bound(1), bound(2)];
      bound.close();
      bound = undefined;
      for (let i = 0; i < 20; i++) {
        gc();
        await turn();
        // These take the number, if it is free.
        for (let j = 0; j < 50; j++) CFunction({ ptr: symbols.sleep_for.ptr, args: ['f64'], returns: 'f64' });
      }
      await letGo(kit);
      return (await Promise.all(calls)).join();
    },
    expected: '1,2',
    flags: ['--expose-gc'],
  },
  'signals that abort at every moment lose no call': {
    program: async ({ symbols, arkffi, turn }) => {
      let aborted = 0;
      let resolved = 0;
      const calls = [];
      for (let i = 0; i < 3000; i++) {
        const controller = new AbortController();
        if (i % 7 === 0) controller.abort(i);
        calls.push(
          symbols.sleep_for.async(0, { signal: controller.signal }).then(
            (value) => (resolved += value === 0),
            (reason) => (aborted += reason === i),
          ),
        );
        if (i % 7 === 1) controller.abort(i);
        if (i % 7 === 2) queueMicrotask(() => controller.abort(i));
        if (i % 7 === 3) setImmediate(() => controller.abort(i));
        if (i % 7 === 4) setTimeout(() => controller.abort(i), i % 20);
        if (i % 100 === 0) await turn();
      }
      await Promise.all(calls);
      return `${aborted + resolved} ${aborted >= 800} ${arkffi.stats().async}`;
    },
    expected: '3000 true 0',
  },
  'thousands queued and aborted at once': {
    program: async (kit) => {
      const { symbols, arkffi } = kit;
      const controller = new AbortController();
      require('node:events').setMaxListeners(0, controller.signal);
      const calls = Array.from({ length: 5000 }, (_, i) => symbols.wait_open.async(i, { signal: controller.signal }));
      const settled = Promise.allSettled(calls);
      await kit.until(() => symbols.count_waiting() > 0);
      controller.abort();
      symbols.set_open(1);
      const results = await settled;
      const wrong = results.filter(({ value, reason }, i) => value !== i && reason !== controller.signal.reason);
      return `${wrong.length} ${results.filter(({ status }) => status === 'rejected').length > 4000} ${arkffi.stats().async}`;
    },
    expected: '0 true 0',
  },
  'odd signals are errors or work, and lose no call': {
    program: async ({ symbols, outcome, arkffi }) => {
      const odd = () => new AbortController().signal;
      const signals = [
        null,
        5,
        {},
        new EventTarget(),
        AbortSignal.abort('x'),
        Object.create(AbortSignal.prototype),
        Object.defineProperty(odd(), 'aborted', {
          get() {
            throw new Error('aborted getter');
          },
        }),
        Object.assign(odd(), {
          addEventListener() {
            throw new Error('own listener');
          },
        }),
        Object.assign(odd(), {
          removeEventListener() {
            throw new Error('own removal');
          },
        }),
        new Proxy(odd(), {}),
      ];
      const log = [];
      for (const signal of signals) log.push(await outcome(symbols.sleep_for.async(1, { signal })));
      log.push(
        await outcome(
          symbols.sleep_for.async(1, {
            get signal() {
              throw new Error('getter');
            },
          }),
        ),
      );
      log.push(
        await outcome(
          symbols.sleep_for.async(
            1,
            new Proxy(
              {},
              {
                ownKeys() {
                  throw null;
                },
              },
            ),
          ),
        ),
      );
      log.push(await outcome(symbols.sleep_for.async(1, {})), await outcome(symbols.sleep_for.async(1, { signl: 1 })));
      return `${log.join('; ')} ${arkffi.stats().async}`;
    },
    expected: 'errors and values',
    check: (line) =>
      /^(ERR_INVALID_ARG_TYPE; ){4}x; ERR_INVALID_ARG_TYPE; (aborted getter|resolved 1); (own listener|resolved 1); resolved 1; [^;]+; getter; null; resolved 1; ERR_INVALID_ARG_TYPE 0$/.test(
        line,
      ),
  },
  'strings and results of thousands of calls are whole': {
    program: async ({ dlopen, arkffi }) => {
      const { strdup, strlen } = dlopen(null, {
        strdup: { args: ['cstring'], returns: 'cstring' },
        strlen: { args: ['cstring'], returns: 'size_t' },
      }).symbols;
      const texts = Array.from({ length: 5000 }, (_, i) => 'ä'.repeat(i % 300) + i);
      const copies = texts.map((text) => strdup.async(text));
      const lengths = texts.map((text) => strlen.async(text));
      for (let i = 0; i < 5; i++) gc();
      const right = (await Promise.all(copies)).every((copy, i) => copy === texts[i]);
      return `${right} ${(await Promise.all(lengths)).every((length, i) => length === Buffer.byteLength(texts[i]))} ${arkffi.stats().async}`;
    },
    expected: 'true true 0',
    flags: ['--expose-gc'],
  },
  'with one thread in the pool calls of many kinds take turns': {
    program: async ({ open, symbols }) => {
      const fs = require('node:fs').promises;
      const cb = open(async (n) => (await fs.stat(__filename)) && 2 * n + 1);
      // The callback itself needs the pool, whose only thread waits for it: nothing but its time can end that.
      const plain = open((n) => 2 * n + 1);
      const results = await Promise.all([
        symbols.call_on_threads.async(plain, 8, 50),
        fs.stat(__filename),
        symbols.call.async(plain, 1),
        symbols.sleep_for.async(1),
      ]);
      return `${[results[0], results[2], results[3]]} ${cb.ptr > 0}`;
    },
    expected: '0,3,1 true',
    env: { UV_THREADPOOL_SIZE: '1' },
  },
  'errors are rejections, never thrown': {
    program: async ({ symbols, outcome, ffi, AsyncCFunction, code, JSCallback, unary }) => {
      const closed = new JSCallback((n) => n, unary);
      closed.close();
      const log = [];
      for (const args of [[], ['x'], [1.5], [1, 2, 3], [1, null], [2n ** 40n]])
        log.push(await outcome(symbols.sleep_for.async(...args)));
      log.push(
        await outcome(symbols.call.async(closed, 1)),
        await outcome(
          symbols.sum_when_open.async(new Uint8Array(structuredClone(new ArrayBuffer(1), {})).fill(1), 1.5),
        ),
      );
      log.push(
        code(() => AsyncCFunction({})),
        await outcome(Promise.resolve().then(() => ffi.callAsync(0n, 'x', 'i', 'i', [1], []))),
      );
      return log.join();
    },
    expected:
      'ERR_MISSING_ARGS,ERR_INVALID_ARG_TYPE,ERR_OUT_OF_RANGE,ERR_INVALID_ARG_VALUE,ERR_INVALID_ARG_VALUE,ERR_INVALID_ARG_TYPE,ERR_CALLBACK_CLOSED,ERR_OUT_OF_RANGE,ERR_INVALID_ARG_TYPE,ERR_INVALID_HANDLE',
  },
};
