'use strict';
// Hostile programs: the process ends, or a library is unloaded, while callbacks are about.

module.exports = {
  'process.exit inside of a callback ends the process': {
    program: ({ open, symbols }) => {
      const cb = open((n) => (n === 0 ? process.exit(3) : symbols.call(cb, n - 1)));
      console.log('exits');
      symbols.call_mixed(cb, 3, cb, 1);
      console.log('came back');
    },
    expected: 'exits',
    status: 3,
  },
  'process.exit inside of a callback that a thread called ends the process': {
    program: async ({ open, symbols, until }) => {
      symbols.start_once(open(() => process.exit(3)));
      console.log('exits');
      await until(() => false);
    },
    expected: 'exits',
    status: 3,
  },
  'process.exit inside of a callback of an asynchronous call ends the process': {
    program: ({ open, symbols }) => {
      for (let i = 0; i < 10; i++)
        symbols.call.async(
          open(() => process.exit(3)),
          i,
        );
      console.log('exits');
    },
    expected: 'exits',
    status: 3,
  },
  'process.exit while threads call': {
    program: async ({ open, symbols, until }) => {
      symbols.start_threads(
        open((n) => n),
        8,
      );
      await until(() => symbols.count_calls() > 1000);
      console.log('exits');
      process.exit(3);
    },
    expected: 'exits',
    status: 3,
  },
  'process.exit while an asynchronous call has threads that call': {
    program: async ({ open, symbols, until }) => {
      let calls = 0;
      const cb = open((n) => (calls++, 2 * n + 1));
      symbols.call_on_threads.async(cb, 4, 1_000_000);
      await until(() => calls > 100);
      console.log('exits');
      process.exit(3);
    },
    expected: 'exits',
    status: 3,
  },
  'process.exit while asynchronous calls wait for callbacks, however long they would': {
    program: async ({ open, symbols, until }) => {
      let calls = 0;
      for (const timeout of [0, 1000, 2 ** 31 - 1]) {
        symbols.call.async(
          open(() => (calls++, new Promise(() => {})), { timeout }),
          1,
        );
      }
      await until(() => calls === 3);
      console.log('exits');
      process.exit(3);
    },
    expected: 'exits',
    status: 3,
    env: { UV_THREADPOOL_SIZE: '4' },
  },
  'the end of all work while threads call': {
    program: async ({ open, symbols, until }) => {
      symbols.start_threads(
        open((n) => n),
        8,
      );
      await until(() => symbols.count_calls() > 1000);
      return 'ends';
    },
    expected: 'ends',
  },
  'the end of all work while threads wait for promises that never settle': {
    program: async ({ open, symbols, until }) => {
      let waiting = 0;
      const cb = open(() => (waiting++, new Promise(() => {})), { timeout: 0 });
      symbols.start_threads(cb, 8);
      await until(() => waiting === 8);
      return 'ends';
    },
    expected: 'ends',
  },
  'listeners that threads call without pause let the process end': {
    program: async ({ JSCallback, symbols, until }) => {
      let calls = 0;
      const cb = new JSCallback(() => void calls++, { args: ['i32'], returns: 'void', threadsafe: 'listener' });
      symbols.start_threads(cb, 2);
      await until(() => calls > 1000);
      symbols.stop_threads();
      return 'ends';
    },
    expected: 'ends',
  },
  'exit handlers may call back, threads no more': {
    program: async ({ open, symbols, until, code }) => {
      const cb = open((n) => n + 1, { onError: -4, timeout: 50 });
      symbols.start_threads(cb, 4);
      await until(() => symbols.count_calls() > 100);
      process.on('exit', () => {
        console.log(
          symbols.call(cb, 1),
          cb.call(2),
          code(() => symbols.call_on_thread(cb, 1)),
        );
      });
    },
    // The thread is told at once, or has waited for this one in vain.
    check: (line) => line === '2 3 returned -4' || line === '2 3 ERR_CALLBACK_DEADLOCK',
    expected: '2 3 and an error',
  },
  'asynchronous calls in exit handlers are refused, those before are dropped': {
    program: ({ symbols, outcome }) => {
      for (let i = 0; i < 100; i++) symbols.sleep_for.async(1).then(() => {});
      process.on('exit', () => {
        outcome(symbols.sleep_for.async(1)).then((text) => console.log('told', text));
        console.log('exit');
      });
      process.exit();
    },
    expected: 'exit',
  },
  'ref keeps the process, unref and close let it end': {
    program: ({ open, symbols }) => {
      const all = [open((n) => n), open((n) => n), open((n) => n)];
      const last = open((n) => {
        for (const cb of all) cb.close();
        last.unref();
        console.log('told', n);
        return n;
      });
      for (const cb of all) cb.ref().ref();
      all[0].unref();
      last.ref();
      symbols.start_once(last);
    },
    expected: 'told 20',
  },
};
