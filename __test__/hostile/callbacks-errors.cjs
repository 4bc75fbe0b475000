'use strict';
// Hostile programs: errors of callbacks on the JavaScript thread, and other ways into JavaScript.

module.exports = {
  'whatever is thrown comes out as it is, through any number of calls': {
    program: ({ open, symbols }) => {
      const things = [
        null,
        undefined,
        Symbol.iterator,
        0,
        NaN,
        '',
        'text',
        12n,
        false,
        new Proxy({}, {}),
        Object.freeze({}),
        () => 1,
      ];
      things.push(Promise.resolve(1), new (class extends Error {})());
      let right = 0;
      for (const thing of things) {
        const inner = open(() => {
          throw thing;
        });
        const middle = open((n) => symbols.call(inner, n));
        const caught = [];
        const outer = open(() => {
          try {
            symbols.call(middle, 1);
          } catch (error) {
            caught.push(error);
          }
          return symbols.call(middle, 2);
        });
        try {
          symbols.call(outer, 1);
        } catch (error) {
          caught.push(error);
        }
        right += caught.length === 2 && caught.every((error) => Object.is(error, thing));
      }
      return right;
    },
    expected: '14',
  },
  'after a throw no JavaScript runs until C returns, and C gets the default': {
    program: ({ open, symbols }) => {
      let runs = 0;
      const cb = open(
        () => {
          if (++runs === 3) throw new Error('third');
          return 1;
        },
        { onError: 100 },
      );
      const log = [];
      try {
        symbols.call_mixed(cb, 5, cb, 1);
      } catch (error) {
        log.push(error.message);
      }
      return [...log, runs, symbols.call_mixed(cb, 5, cb, 1), runs].join();
    },
    expected: 'third,3,11,14',
  },
  'errors in what results are made of are thrown by the call': {
    program: ({ symbols, code, Point }) => {
      const getter = {
        x: 1,
        get y() {
          throw new Error('getter');
        },
      };
      const proxy = new Proxy(
        {},
        {
          get() {
            throw null;
          },
        },
      );
      const { proxy: revoked, revoke } = Proxy.revocable({ x: 1, y: 2 }, {});
      revoke();
      const results = [
        getter,
        proxy,
        revoked,
        null,
        undefined,
        5.5,
        { x: 1 },
        { x: 1, y: 2, z: 3 },
        { x: 2 ** 31, y: 1 },
        new ArrayBuffer(4),
        { x: 3, y: 4 },
        Point.create({ x: 5, y: 6 }),
      ];
      return results
        .map((result) =>
          code(() => symbols.sum_of_point(() => result)).replace(/.* proxy that has been revoked/, 'revoked'),
        )
        .join();
    },
    expected:
      'getter,null,revoked,ERR_INVALID_ARG_TYPE,ERR_INVALID_ARG_TYPE,ERR_OUT_OF_RANGE,ERR_INVALID_ARG_TYPE,ERR_INVALID_ARG_VALUE,ERR_OUT_OF_RANGE,ERR_OUT_OF_BOUNDS,returned 7,returned 11',
  },
  'a string result is checked and stays for C': {
    program: ({ symbols, code }) => {
      const detached = new Uint8Array(8);
      structuredClone(0, { transfer: [detached.buffer] });
      const results = [
        'four',
        null,
        'a\0b',
        5.5,
        {},
        Symbol('s'),
        '\ud800',
        'x'.repeat(1e6),
        detached,
        Buffer.from('abc\0'),
      ];
      return results.map((result) => code(() => symbols.length_of(() => result))).join();
    },
    expected:
      'returned 4,returned 999,ERR_INVALID_ARG_VALUE,ERR_OUT_OF_RANGE,ERR_INVALID_ARG_TYPE,ERR_INVALID_ARG_TYPE,returned 3,returned 1000000,ERR_INVALID_ARG_VALUE,returned 3',
  },
  'calls that throw while their arguments are read leave no callback open': {
    program: ({ dlopen, file, callback, code, arkffi }) => {
      const { call } = dlopen(file, { call: { args: [callback(['i32'], 'i32'), 'i32'], returns: 'i32' } }).symbols;
      const codes = new Set();
      for (let i = 0; i < 20_000; i++) codes.add(code(() => call((n) => n, 'x')));
      return `${[...codes]} ${arkffi.stats().callbacks.open}`;
    },
    expected: 'ERR_INVALID_ARG_TYPE 0',
  },
  'a script that the engine stops inside a callback stops, and calls go on': {
    program: ({ symbols, open, code }) => {
      const vm = require('node:vm');
      const run = (source, more = {}) =>
        code(() => vm.runInNewContext(source, { symbols, open, ...more }, { timeout: 30 }));
      const endless = open(() => {
        for (;;);
      });
      const log = [run('symbols.call(endless, 1)', { endless }), run('symbols.callPlain(() => { for (;;); }, 1)')];
      log.push(run('for (;;) symbols.call(short, 1)', { short: open((n) => n) }));
      // One that is stopped inside of the callback itself.
      const inner = open((n) => (run('for (;;);') === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? n : run('for (;;);').length));
      log.push(symbols.call(inner, 3));
      const nested = open(() => symbols.call(endless, 1));
      log.push(run('try { symbols.call(nested, 1) } catch {} ; for (;;);', { nested }));
      return `${log.join('; ')}; ${symbols.callPlain((n) => n, 8)}`;
    },
    expected:
      'Script execution timed out after 30ms; Script execution timed out after 30ms; Script execution timed out after 30ms; 37; Script execution timed out after 30ms; 8',
  },
  'functions of other contexts and of other kinds are callbacks': {
    program: ({ symbols, open, code }) => {
      const vm = require('node:vm');
      const foreign = vm.runInNewContext('(n) => n + 1');
      const thrower = vm.runInNewContext('() => { throw new TypeError("theirs") }');
      const kinds = [
        foreign,
        thrower,
        class {},
        async (n) => n,
        function* () {},
        new Proxy((n) => n + 2, {}),
        Math.abs,
        parseInt,
        Function.prototype,
        (() => 1).bind(null),
        vm.runInNewContext('async () => 1'),
      ];
      return kinds.map((fn) => code(() => symbols.callPlain(fn, 4))).join('; ');
    },
    expected:
      "returned 5; theirs; Class constructors cannot be invoked without 'new'; ERR_INVALID_ARG_TYPE; ERR_INVALID_ARG_TYPE; returned 6; returned 4; returned 4; ERR_INVALID_ARG_TYPE; returned 1; ERR_INVALID_ARG_TYPE",
  },
  'calls through another addon and callbacks mix': {
    program: ({ openReentry, symbols, open }) => {
      const { setFunction, reenter } = openReentry();
      let count = 0;
      const cb = open((n) => (count++, { a: [n] }.a[0]));
      setFunction((n) => {
        let sum = 0;
        for (let i = 0; i < 100; i++) sum += symbols.call(cb, n);
        return sum;
      });
      let total = 0;
      for (let i = 0; i < 300; i++) total += symbols.call_mixed(cb, i % 100, reenter, 1);
      return `${total} ${count}`;
    },
    expected: `${Array.from({ length: 300 }, (_, i) => 2 * (i % 100) + 100).reduce((a, b) => a + b)} ${Array.from({ length: 300 }, (_, i) => 2 * (i % 100) + 100).reduce((a, b) => a + b)}`,
  },
  'after a throw another addon gets through, and the error is still thrown': {
    program: ({ openReentry, symbols, open, code }) => {
      const { setFunction, reenter } = openReentry();
      let count = 0;
      const throws = open(() => {
        count++;
        throw new Error('the first');
      });
      const fine = open((n) => n + 1);
      const log = [];
      setFunction((n) => {
        log.push(
          symbols.call(fine, n),
          symbols.callPlain((m) => m, 5),
          code(() => symbols.call(throws, 1)),
        );
        return n;
      });
      for (let i = 0; i < 3; i++) log.push(code(() => symbols.call_mixed(throws, 20, reenter, 1)));
      return `${log.join()} ${count}`;
    },
    expected: `${Array(3).fill('2,5,the first,the first').join()} 6`,
  },
  'an error after a call of another addon is thrown by the call that entered C': {
    program: ({ openReentry, symbols, open, code }) => {
      const { setFunction, reenter } = openReentry();
      let count = 0;
      const cb = open((n) => {
        if (++count === 25) throw new Error('after the addon');
        return n;
      });
      setFunction((n) => symbols.sleep_for(0) + n);
      process.on('uncaughtException', (error) => console.log('uncaught', error.message));
      return code(() => symbols.call_mixed(cb, 20, reenter, 1));
    },
    expected: 'after the addon',
  },
  'built-ins that are changed after loading change no callback': {
    program: ({ symbols, open }) => {
      const cb = open((n) => n + 1);
      // What is compiled once for a signature.
      symbols.callPlain((n) => n, 1);
      const broken = () => {
        throw new Error('changed');
      };
      const changed = [
        [Array.prototype, Symbol.iterator],
        ...['push', 'slice'].map((key) => [Array.prototype, key]),
        ...['call', 'apply', 'bind'].map((key) => [Function.prototype, key]),
        ...[Promise.prototype, Reflect, TextEncoder.prototype].map((owner) => [
          owner,
          Object.getOwnPropertyNames(owner)[1],
        ]),
      ].map(([owner, key]) => ({ owner, key, was: Object.getOwnPropertyDescriptor(owner, key) }));
      const keys = ['fn', 'run', 'give', 'kept', 'next', 'number'];
      for (let i = 0; i < changed.length; i++)
        Object.defineProperty(changed[i].owner, changed[i].key, { value: broken, configurable: true });
      for (let i = 0; i < keys.length; i++)
        Object.defineProperty(Object.prototype, keys[i], { set: broken, get: broken, configurable: true });
      const results = [];
      try {
        results[0] = symbols.call(cb, 1);
        results[1] = symbols.callPlain((n) => n, 7);
      } finally {
        for (let i = 0; i < keys.length; i++) delete Object.prototype[keys[i]];
        for (let i = 0; i < changed.length; i++)
          Object.defineProperty(changed[i].owner, changed[i].key, changed[i].was);
      }
      return results.join(' ');
    },
    expected: '2 7',
  },
};
