'use strict';
// Hostile programs: the event loop run from C, the raw bridge, and random operations.

/** libuv's loop, which Node lets C have: C that runs it gets into JavaScript without any callback of ours. */
const loopOf = ({ dlopen }) => {
  const uv = dlopen(null, {
    uv_default_loop: { returns: 'ptr' },
    uv_run: { args: ['ptr', 'i32'], returns: 'i32' },
  }).symbols;
  const loop = uv.uv_default_loop();
  const [ONCE, NOWAIT] = [1, 2];
  return { once: () => uv.uv_run(loop, ONCE), poll: () => uv.uv_run(loop, NOWAIT), address: uv.uv_run.ptr, loop };
};

module.exports = {
  'C that runs the event loop gets all calls of threads done': {
    program: (kit) => {
      const { symbols, open } = kit;
      const { poll } = loopOf(kit);
      const seen = new Uint8Array(4000);
      let count = 0;
      const cb = open((n) => (count++, seen[n]++, 2 * n + 1));
      const own = open((n) => n);
      symbols.call_on_threads.async(cb, 4, 1000);
      // No promise settles inside: microtasks wait for the end of this script.
      while (count < 4000) {
        poll();
        symbols.call_mixed(own, 20, own, 1);
      }
      return `${count} ${seen.every((n) => n === 1)}`;
    },
    expected: '4000 true',
  },
  'callbacks around and inside of an event loop that C runs': {
    program: (kit) => {
      const { symbols, open } = kit;
      const { poll } = loopOf(kit);
      let count = 0;
      const cb = open((n) => (count++, symbols.callPlain((m) => m, n)));
      const own = open((n) => n);
      let ticks = 0;
      const timer = setInterval(() => (ticks += symbols.call_mixed(own, 30, own, 1) === 61), 0);
      const pumps = open((n) => (poll(), symbols.call_mixed(own, 5, own, n) === 10 + n ? 1 : 0));
      let wrong = 0;
      for (let i = 0; i < 100; i++) symbols.call.async(cb, i);
      while (count < 100 || ticks < 10) wrong += symbols.call_mixed(pumps, 40, pumps, 1) !== 81;
      clearInterval(timer);
      return wrong;
    },
    expected: '0',
  },
  'errors of callbacks while C runs the event loop reach their calls': {
    program: async (kit) => {
      const { symbols, open, outcome } = kit;
      const { poll } = loopOf(kit);
      const throws = open(() => {
        throw new Error('thrown');
      });
      const calls = Array.from({ length: 30 }, () => outcome(symbols.call.async(throws, 1)));
      process.on('uncaughtException', (error) => console.log('uncaught', error.message));
      for (let i = 0; i < 200; i++) {
        poll();
        symbols.sleep_for(1);
      }
      return [...new Set(await Promise.all(calls))].join();
    },
    expected: 'thrown',
  },
  'handles of the raw bridge are checked': {
    program: async ({ ffi, code, outcome }) => {
      const handle = ffi.createCallback((a, b) => a + b, 'ii', 'i');
      const late = ffi.createCallback(async (a) => a + 1, 'i', 'i', true);
      const log = [ffi.invokeCallback(handle, 2, 3), ffi.getCallbackPtr(handle) > 0, ffi.getCallbackThreadsafe(late)];
      log.push(
        await outcome(ffi.callCallbackThreadSafe(late, 4)),
        code(() => ffi.invokeCallback(late, 1)),
      );
      log.push(
        await outcome(ffi.callCallbackThreadSafe(handle, 4)),
        await outcome(ffi.callCallbackThreadSafe(late, 'x')),
      );
      ffi.destroyCallback(handle);
      ffi.destroyCallback(handle);
      const closed = new Set();
      for (const odd of [handle, 0n, -1n, 5, 2n ** 70n, null, undefined, {}, 'x']) {
        closed.add(code(() => ffi.invokeCallback(odd, 1))).add(code(() => ffi.getCallbackPtr(odd)));
        closed.add(await outcome(Promise.resolve().then(() => ffi.callCallbackThreadSafe(odd, 1))));
        ffi.destroyCallback(odd);
      }
      const refused = new Set();
      const fn = () => 1;
      for (const args of [
        [],
        [1],
        [fn],
        [fn, 5, 'i'],
        [fn, 'zz', 'i'],
        [fn, 'i', '?'],
        [fn, 'i', 'i', 'maybe'],
        [fn, 'v', 'v'],
      ]) {
        refused.add(code(() => ffi.createCallback(...args)));
      }
      return `${log} ${[...closed]} ${[...refused]}`;
    },
    expected:
      '5,true,true,resolved 5,ERR_INVALID_ARG_TYPE,ERR_MISSING_ARGS,ERR_INVALID_ARG_TYPE ERR_CALLBACK_CLOSED ERR_INVALID_ARG_TYPE',
  },
  'hostile definitions of callbacks are errors': {
    program: ({ JSCallback, callback, code }) => {
      const fn = (n) => n;
      const TYPE = [
        ...[
          undefined,
          null,
          5,
          'i32',
          { args: 5 },
          { args: 'i32' },
          { args: ['nothing'] },
          { args: ['void'] },
          { args: ['buffer'] },
        ],
        ...[
          { returns: 'buffer' },
          { returns: 'nothing' },
          { threadsafe: 1 },
          { threadsafe: 'no' },
          { timeout: 1n },
          { timeout: '5' },
        ],
        ...[{ returns: 'i32', onError: 'x' }, { args: { length: 2 ** 40 } }, { more: 1 }],
      ];
      const RANGE = [-1, 0.5, NaN, 2 ** 31].map((timeout) => ({ timeout }));
      RANGE.push({ returns: 'i32', onError: 0.5 }, { returns: 'u8', onError: 256 });
      const codesOf = (definitions) => [
        ...new Set(definitions.map((definition) => code(() => new JSCallback(fn, definition)))),
      ];
      const log = [
        codesOf(TYPE),
        codesOf(RANGE),
        codesOf([{ returns: 'cstring', onError: 'a\0b' }, { args: new Array(5000).fill('i32') }]),
      ];
      const getters = [
        {
          get args() {
            throw new Error('getter');
          },
        },
        {
          args: new Proxy([], {
            get() {
              throw new Error('trap');
            },
          }),
        },
      ];
      log.push(
        codesOf(getters),
        new Set([undefined, null, 5, {}, 'x'].map((odd) => code(() => new JSCallback(odd, {})))).size,
      );
      log.push([[5], [['i32'], 'nothing'], [null], ['i32']].map((args) => code(() => callback(...args))).join());
      return log.join(' ');
    },
    expected:
      'ERR_INVALID_ARG_TYPE ERR_OUT_OF_RANGE ERR_INVALID_ARG_VALUE,ERR_UNSUPPORTED_ARGS getter,trap 1 ERR_INVALID_ARG_TYPE,ERR_INVALID_ARG_TYPE,ERR_INVALID_ARG_TYPE,ERR_INVALID_ARG_TYPE',
  },
  'the package loaded again beside itself works, both ways': {
    program: async ({ arkffi, file, definitions, unary, outcome }) => {
      const use = async ({ dlopen, JSCallback }) => {
        const { symbols } = dlopen(file, {
          call: definitions.call,
          call_on_threads: definitions.call_on_threads,
          sleep_for: unary,
        });
        const cb = new JSCallback((n) => 2 * n + 1, unary);
        const calls = [symbols.call_on_threads.async(cb, 4, 50), symbols.call.async(cb, 4), symbols.sleep_for.async(3)];
        return [symbols.call(cb, 3), ...(await Promise.all(calls.map(outcome)))].join();
      };
      const first = use(arkffi);
      for (const key of Object.keys(require.cache)) if (!key.endsWith('.node')) delete require.cache[key];
      const again = require('../../index.js');
      const results = [first, use(again), use(arkffi), use(again)];
      return `${again !== arkffi} ${[...new Set(await Promise.all(results))].join('; ')}`;
    },
    expected: 'true 7,resolved 0,resolved 9,resolved 3',
  },
  'an exit event that does not end the process': {
    program: async ({ symbols, open, outcome, arkffi }) => {
      const cb = open((n) => n + 1);
      const before = outcome(symbols.call.async(cb, 1));
      process.emit('exit', 0);
      const results = [await before, await outcome(symbols.call.async(cb, 2)), symbols.call(cb, 3)];
      return `${results} ${arkffi.stats().async}`;
    },
    // Refused or done; never a promise that stays pending.
    check: (line) => /^(resolved 2|ERR_\w+),(resolved 3|ERR_\w+),4 0$/.test(line),
    expected: 'settled promises',
  },
  'five thousand random operations on callbacks and asynchronous calls': {
    program: (kit) =>
      require('./callbacks-random.cjs')(
        kit,
        Number(process.env.ARKFFI_SEED ?? 1),
        Number(process.env.ARKFFI_COUNT ?? 5_000),
      ),
    expected: 'done',
    flags: ['--expose-gc'],
  },
};
