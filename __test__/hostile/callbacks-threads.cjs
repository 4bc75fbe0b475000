'use strict';
// Hostile programs: callbacks that native threads call.

module.exports = {
  'eight threads lose and duplicate nothing, in and outside of calls': {
    program: async ({ open, symbols }) => {
      const seen = new Uint8Array(8 * 4000);
      const cb = open((n) => (seen[n]++, 2 * n + 1), { threadsafe: true });
      const wrong = await symbols.call_on_threads.async(cb, 8, 4000);
      return `${wrong} ${seen.every((count) => count === 1)}`;
    },
    expected: '0 true',
  },
  'texts for a listener arrive whole, though C frees them at once': {
    program: async ({ JSCallback, symbols, until }) => {
      const seen = new Set();
      let wrong = 0;
      const cb = new JSCallback(
        (text, n) => {
          seen.add(n);
          wrong += text !== `text ${n % 5000} of thread ${Math.floor(n / 5000)}`;
        },
        { args: ['cstring', 'i32'], returns: 'void', threadsafe: 'listener' },
      );
      // The JavaScript thread itself waits for the threads, which do not wait for it.
      symbols.give_texts_on_threads(cb, 8, 5000);
      const before = seen.size;
      await until(() => seen.size === 40_000);
      await symbols.give_texts_on_threads.async(cb, 8, 5000);
      return `${before} ${seen.size} ${wrong}`;
    },
    expected: '0 40000 0',
  },
  'a thread that the JavaScript thread waits for gets the default, and everything works after': {
    program: async ({ open, symbols, code, arkffi }) => {
      const cb = open((n) => 2 * n + 1, { timeout: 50, onError: -9 });
      const codes = [code(() => symbols.call_on_thread(cb, 1)), code(() => symbols.call_on_thread(cb, 1))];
      const good = [symbols.call(cb, 1), cb.call(2), await symbols.call_on_thread.async(cb, 3), symbols.sleep_for(1)];
      return `${codes} ${good} ${arkffi.stats().callbacks.open}`;
    },
    expected: 'ERR_CALLBACK_DEADLOCK,ERR_CALLBACK_DEADLOCK 3,5,7,1 1',
  },
  'a wait without end works where the JavaScript thread comes': {
    program: async ({ open, symbols }) => {
      const cb = open(twiceLate, { timeout: 0 });
      function twiceLate(n) {
        return new Promise((resolve) => setImmediate(resolve, 2 * n + 1));
      }
      return symbols.call_on_threads.async(cb, 8, 100);
    },
    expected: '0',
  },
  'a deadlock of an outer call is told, also when an inner one had its own': {
    program: ({ open, symbols, code, callPlain }) => {
      const cb = open((n) => n, { timeout: 40 });
      let inner;
      const then = open((n) => {
        inner = code(() => symbols.call_on_thread(cb, 1));
        return n;
      });
      return `${code(() => symbols.call_on_thread_then(cb, 1, then))} ${inner} ${callPlain}`;
    },
    expected: 'ERR_CALLBACK_DEADLOCK ERR_CALLBACK_DEADLOCK undefined',
  },
  'an asynchronous call whose callback nobody could run in time fails': {
    program: async ({ open, symbols, code, outcome, until }) => {
      const cb = open((n) => 2 * n + 1, { timeout: 50 });
      // It is in C, and waits, when this thread goes into C for long.
      symbols.prepare_meeting();
      const call = outcome(symbols.meet_and_call.async(cb, 4));
      const other = open((n) => symbols.sleep_for(400) && n);
      const blocked = code(() => symbols.meet_and_call(other, 1));
      await until(() => true);
      return `${blocked}; ${await call}`;
    },
    expected: 'ERR_CALLBACK_DEADLOCK; ERR_CALLBACK_DEADLOCK',
  },
  "errors of callbacks that threads call are nobody else's": {
    program: async ({ open, symbols, until }) => {
      const things = [null, undefined, Symbol('s'), new Error('e'), 0, 'text'];
      const seen = [];
      process.on('uncaughtException', (error) => seen.push(error));
      for (const thing of things) {
        const cb = open(
          () => {
            throw thing;
          },
          { onError: 55 },
        );
        symbols.start_once(cb);
        await until(() => symbols.result_of_once() !== -1);
        if (symbols.result_of_once() !== 55) return 'not the default';
        await until(() => seen.length > 0);
        if (seen.length !== 1 || !Object.is(seen.pop(), thing)) return `not ${String(thing)}`;
      }
      return symbols.sleep_for(0);
    },
    expected: '0',
  },
  'an error that nobody handles ends the process with status 1': {
    program: async ({ open, symbols, until }) => {
      const cb = open(() => {
        throw new Error('of a thread');
      });
      console.log('before');
      symbols.start_once(cb);
      await until(() => false);
    },
    expected: 'before',
    status: 1,
  },
  'an asynchronous call rejects with what its callback threw, whatever that is': {
    program: async ({ open, symbols }) => {
      const things = [null, undefined, Symbol('s'), new Error('e'), 0, NaN, 'text', {}];
      let right = 0;
      process.on('uncaughtException', (error) => console.log('uncaught', error));
      for (const thing of things) {
        const throws = open(() => {
          throw thing;
        });
        const rejects = open(() => Promise.reject(thing));
        for (const cb of [throws, rejects]) {
          await symbols.call.async(cb, 1).then(
            () => console.log('resolved'),
            (error) => (right += Object.is(error, thing)),
          );
        }
      }
      return right;
    },
    expected: '16',
  },
  'promises of any kind are waited for, or are errors': {
    program: async ({ open, symbols, outcome }) => {
      process.on('uncaughtException', (error) => console.log('uncaught', error));
      class Odd extends Promise {
        static get [Symbol.species]() {
          throw new Error('species');
        }
      }
      class Own extends Promise {
        then() {
          throw new Error('own then');
        }
      }
      const kinds = [
        () => Promise.resolve(5),
        () => require('node:vm').runInNewContext('Promise.resolve(6)'),
        () => Own.resolve(7),
        () => Odd.resolve(8),
        () => Object.assign(Promise.resolve(9), { constructor: 5 }),
        () =>
          Object.defineProperty(Promise.resolve(10), 'constructor', {
            get: () => {
              throw new Error('getter');
            },
          }),
        () => ({ then: (resolve) => resolve(11) }),
        () => new Proxy(Promise.resolve(12), {}),
        () => Promise.resolve(2 ** 40),
        () => Promise.resolve(Promise.resolve(13)),
      ];
      const results = [];
      for (const kind of kinds) results.push(await outcome(symbols.call.async(open(kind), 1)));
      return results.join('; ');
    },
    // What the odd ones give is either their error or their value.
    check: (line) =>
      /^resolved 5; resolved 6; (own then|resolved 7); (species|resolved 8); (?!resolved undefined)[^;]+; (getter|resolved 10); ERR_INVALID_ARG_TYPE; ERR_INVALID_ARG_TYPE; ERR_OUT_OF_RANGE; resolved 13$/.test(
        line,
      ),
    expected: 'values and errors',
  },
  'an error of another callback about its promise stays an error': {
    program: async ({ open, symbols, outcome }) => {
      const inner = open(async () => 77);
      const outer = open((n) => inner.call(n));
      return outcome(symbols.call.async(outer, 1));
    },
    expected: 'ERR_INVALID_ARG_TYPE',
  },
  'a callback closed while threads wait for it answers all of them': {
    program: async ({ open, symbols, until }) => {
      for (let round = 0; round < 200; round++) {
        let calls = 0;
        const cb = open(() => {
          if (++calls === 5) cb.close();
          return 1;
        });
        symbols.start_threads(cb, 4);
        await until(() => cb.ptr === 0);
        symbols.stop_threads();
        await until(() => symbols.count_running() === 0);
      }
      return 'all answered';
    },
    expected: 'all answered',
  },
  'a callback closed while a promise of it is pending still answers with it': {
    program: async ({ open, symbols, arkffi, turn }) => {
      const cb = open(async (n) => {
        cb.close();
        await turn();
        gc();
        return n + 1;
      });
      return `${await symbols.call.async(cb, 1)} ${await symbols.call.async(cb.ptr || symbols.sleep_for.ptr, 1)} ${arkffi.stats().callbacks.open}`;
    },
    expected: '2 1 0',
    flags: ['--expose-gc'],
  },
  'a closed callback answers threads with its default': {
    program: async ({ open, symbols, arkffi }) => {
      const cb = open((n) => n, { onError: 12 });
      const address = cb.ptr;
      cb.close();
      const results = [symbols.call_on_thread(address, 1), await symbols.call.async(address, 1)];
      return `${results} ${arkffi.stats().callbacks.afterClose}`;
    },
    expected: '12,12 2',
  },
  'callbacks that threads call are opened and closed all the time': {
    program: async ({ open, symbols, turn }) => {
      const started = [];
      for (let round = 0; round < 300; round++) {
        const all = Array.from({ length: 20 }, (_, i) =>
          open((n) => 2 * n + 1, { threadsafe: i % 2 ? true : 'listener' }),
        );
        started.push(...all.map((cb) => symbols.call.async(cb, 3)));
        await turn();
        for (const cb of all) cb.close();
        if (round % 50 === 0) gc();
      }
      const results = new Set(await Promise.all(started));
      return [...results].sort().join();
    },
    expected: '0,7',
    flags: ['--expose-gc'],
  },
  "two workers inside calls of each other's callbacks get out, both ways": {
    program: async ({ symbols, worker, message, exitOf }) => {
      symbols.prepare_meeting();
      const source = ({ open, symbols: own, code }, _, port) => {
        const cb = open((n) => n + 1, { timeout: 100, onError: -3 });
        port.postMessage(cb.ptr);
        port.once('message', (address) => {
          const results = [code(() => own.meet_and_call(address, 1))];
          port.postMessage([...results, own.call(cb, 6)].join());
        });
      };
      const workers = [worker(source), worker(source)];
      const [first, second] = await Promise.all(workers.map(message));
      const results = workers.map(message);
      workers[0].postMessage(second);
      workers[1].postMessage(first);
      const ended = workers.map(exitOf);
      const outcomes = (await Promise.all(results)).join(' ');
      await Promise.all(ended);
      return outcomes;
    },
    // Whoever gives up first returns, and can then answer the other.
    expected: 'one of them',
    check: (line) => line.split(' ').some((part) => part === 'ERR_CALLBACK_DEADLOCK,7'),
  },
  'letters do not starve timers and other events': {
    program: async ({ open, symbols, until }) => {
      const cb = open((n) => 2 * n + 1);
      symbols.start_threads(cb, 4);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await require('node:fs').promises.stat(__filename);
      symbols.stop_threads();
      await until(() => symbols.count_running() === 0);
      return symbols.count_calls() > 0;
    },
    expected: 'true',
  },
};
