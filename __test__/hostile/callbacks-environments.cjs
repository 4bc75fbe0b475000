'use strict';
// Hostile programs: workers that end while callbacks and asynchronous calls are about.

/** Starts a function in workers, waits until each has said so, and terminates them; so often. */
const program =
  (source, count = 1, rounds = 5) =>
  async ({ worker, message, exitOf, symbols, until }) => {
    for (let round = 0; round < rounds; round++) {
      const workers = Array.from({ length: count }, () => worker(source));
      const ended = workers.map(exitOf);
      await Promise.all(workers.map(message));
      await Promise.all(workers.map((one) => one.terminate()));
      await Promise.all(ended);
      symbols.stop_threads();
      await until(() => symbols.count_running() === 0);
    }
    return [symbols.callPlain((n) => n, 3), await symbols.sleep_for.async(1)].join();
  };

const withCallbacks = ({ open }, _, port) => {
  for (let i = 0; i < 1000; i++) open((n) => n + i);
  port.on('message', () => {});
  port.postMessage('ready');
};
const endless = ({ open, symbols }, _, port) => {
  symbols.call(
    open(() => {
      port.postMessage('ready');
      for (;;);
    }),
    1,
  );
};
const endlessCaught = ({ open, symbols }, _, port) => {
  const cb = open(() => {
    port.postMessage('ready');
    for (;;);
  });
  for (;;) {
    try {
      symbols.call(cb, 1);
    } catch {}
  }
};
const threads = ({ open, symbols }, _, port) => {
  port.on('message', () => {});
  symbols.start_threads(
    open((n) => n),
    4,
  );
  const { count_calls } = symbols;
  const start = count_calls();
  const wait = () => (count_calls() > start + 200 ? port.postMessage('ready') : setImmediate(wait));
  wait();
};
const listeners = ({ JSCallback, symbols }, _, port) => {
  let calls = 0;
  const cb = new JSCallback(
    () => {
      if (++calls === 100) port.postMessage('ready');
    },
    { args: ['i32'], returns: 'void', threadsafe: 'listener' },
  );
  port.on('message', () => {});
  symbols.start_threads(cb, 2);
};
const inFlight = ({ symbols }, _, port) => {
  port.on('message', () => {});
  for (let i = 0; i < 2000; i++) symbols.sleep_for.async(1);
  port.postMessage('ready');
};
const waiting = ({ open, symbols }, _, port) => {
  port.on('message', () => {});
  let calls = 0;
  const cb = open(() => (++calls === 1 && port.postMessage('ready'), new Promise(() => {})), { timeout: 0 });
  for (let i = 0; i < 3; i++) symbols.call.async(cb, 1);
};
const waitingEndless = ({ open, symbols }, _, port) => {
  const cb = open(
    () => {
      port.postMessage('ready');
      for (;;);
    },
    { timeout: 0 },
  );
  for (let i = 0; i < 3; i++) symbols.call.async(cb, 1);
};
const everything = ({ open, symbols, JSCallback }, _, port) => {
  port.on('message', () => {});
  const cb = open((n) => 2 * n + 1);
  const late = open(async (n) => 2 * n + 1);
  const listener = new JSCallback(() => 0, { args: ['i32'], returns: 'i32', threadsafe: 'listener' });
  let count = 0;
  const work = () => {
    for (let i = 0; i < 20; i++) {
      symbols.call_on_threads.async(i % 2 ? cb : late, 2, 5);
      symbols.call.async(listener, 5);
      symbols.callPlain.async((n) => n, 5);
      symbols.callPlain((n) => symbols.call(cb, n), 5);
      open((n) => n).close();
    }
    if (++count === 3) port.postMessage('ready');
    setImmediate(work);
  };
  work();
};

module.exports = {
  'a worker is terminated with callbacks open': { program: program(withCallbacks), expected: '3,1' },
  'a worker is terminated in a callback that never returns': { program: program(endless), expected: '3,1' },
  'a worker is terminated in a callback whose errors are caught for ever': {
    program: program(endlessCaught),
    expected: '3,1',
  },
  'a worker is terminated while threads call': { program: program(threads, 1, 20), expected: '3,1' },
  'a worker is terminated while threads call a listener': { program: program(listeners, 1, 2), expected: '3,1' },
  'a worker is terminated with thousands of asynchronous calls queued': { program: program(inFlight), expected: '3,1' },
  'a worker is terminated while asynchronous calls wait for promises': { program: program(waiting), expected: '3,1' },
  'a worker is terminated while asynchronous calls wait for an endless callback': {
    program: program(waitingEndless),
    expected: '3,1',
  },
  'eight workers that do everything are terminated': { program: program(everything, 8, 6), expected: '3,1' },
  'eight workers that do everything are terminated at any moment': {
    program: async ({ worker, exitOf, symbols, until }) => {
      const source = ({ open, symbols: own }) => {
        const cb = open((n) => 2 * n + 1);
        for (let i = 0; i < 10; i++) own.call_on_threads.async(cb, 2, 50);
        for (let i = 0; i < 200; i++) own.callPlain((n) => own.call(cb, n), 5);
        own.start_threads(cb, 1);
      };
      let delay = 1;
      for (let round = 0; round < 6; round++) {
        const workers = Array.from({ length: 8 }, () => worker(source));
        const ended = workers.map((one) => {
          setTimeout(() => one.terminate(), (delay = (delay * 37) % 151));
          return exitOf(one);
        });
        await Promise.all(ended);
        // Again and again: Deno says that a worker has ended while it still runs, and it may just start its thread.
        await until(() => {
          symbols.stop_threads();
          return symbols.count_running() === 0;
        });
      }
      return symbols.callPlain((n) => n, 3);
    },
    expected: '3',
  },
  'process.exit inside of a callback ends a worker with that code': {
    program: async ({ worker, exitOf }) => {
      const here = ({ open, symbols }) =>
        symbols.call_mixed(
          open(() => process.exit(5)),
          3,
          open((n) => n),
          1,
        );
      const caught = ({ open, symbols }) => {
        try {
          symbols.call(
            open(() => process.exit(5)),
            1,
          );
        } catch {}
        for (;;);
      };
      const thread = ({ open, symbols }, _, port) => {
        port.on('message', () => {});
        symbols.start_once(open(() => process.exit(6)));
      };
      const asynchronous = ({ open, symbols }) => {
        for (let i = 0; i < 10; i++)
          symbols.call.async(
            open(() => process.exit(7)),
            1,
          );
      };
      const codes = [];
      for (const source of [here, caught, thread, asynchronous]) codes.push(await exitOf(worker(source)));
      return codes.join();
    },
    expected: '5,5,6,7',
  },
  "an error of a callback that a thread called is the worker's": {
    program: async ({ worker }) => {
      const source = ({ open, symbols }, _, port) => {
        port.on('message', () => {});
        symbols.start_once(
          open(() => {
            throw new Error('of a thread');
          }),
        );
      };
      return new Promise((resolve) => worker(source).once('error', (error) => resolve(error.message)));
    },
    expected: 'of a thread',
  },
  'the callbacks of an ended worker answer with zero, also when only workers have loaded the package': {
    program: async ({ worker, message, exitOf, symbols }) => {
      const source = ({ open }, _, port) =>
        port.postMessage(Array.from({ length: 100 }, () => open((n) => n, { onError: 9 }).ptr));
      const one = worker(source);
      const [addresses] = await Promise.all([message(one), exitOf(one)]);
      const results = new Set();
      for (const address of addresses) results.add(symbols.call(address, 5)).add(await symbols.call.async(address, 5));
      return [...results].join();
    },
    expected: '0',
  },
  'a callback of another environment is called as from a thread': {
    program: async ({ worker, message, exitOf, symbols }) => {
      const source = ({ open }, _, port) => {
        port.once('message', () => port.close());
        port.postMessage(open((n) => 3 * n).ptr);
      };
      const one = worker(source);
      const address = await message(one);
      const results = [
        symbols.call(address, 5),
        await symbols.call.async(address, 6),
        symbols.call_on_threads(symbols.sleep_for.ptr, 1, 1),
      ];
      one.postMessage('end');
      await exitOf(one);
      return results.join();
    },
    expected: '15,18,1',
  },
  'a worker that ends by itself while threads call ends': {
    program: async ({ worker, exitOf, symbols, until }) => {
      const source = ({ open, symbols: own }) => {
        let calls = 0;
        const cb = open((n) => {
          // Until then it is kept.
          if (++calls === 200) cb.unref();
          return n;
        }).ref();
        own.start_threads(cb, 4);
        own.start_threads(
          open(() => new Promise(() => {}), { timeout: 0 }),
          2,
        );
      };
      const codes = [];
      for (let round = 0; round < 10; round++) {
        codes.push(await exitOf(worker(source)));
        symbols.stop_threads();
        await until(() => symbols.count_running() === 0);
      }
      return new Set(codes).size + codes[0];
    },
    expected: '1',
  },
  'threads call through the end of their worker, and callbacks of new workers are not theirs': {
    program: async ({ worker, message, exitOf, symbols, outcome }) => {
      const source = ({ open, symbols: own }, mark, port) => {
        const cb = open((n) => n * mark);
        own.keep_function(cb);
        port.postMessage(cb.ptr);
        port.once('message', () => port.close());
      };
      const seen = new Set();
      for (let round = 1; round <= 15; round++) {
        const one = worker(source, round);
        const ended = exitOf(one);
        await message(one);
        const calls = Array.from({ length: 200 }, () => outcome(symbols.call_kept.async(1)));
        one.postMessage('end');
        const right = ['resolved 0', `resolved ${round}`, 'ERR_CALL_FAILED'];
        for (const result of await Promise.all(calls)) seen.add(right.includes(result) || result);
        await ended;
      }
      return [...seen].join();
    },
    expected: 'true',
  },
  'an error of a callback of another environment is told where it was thrown': {
    program: async ({ worker, message, exitOf, symbols, outcome }) => {
      const source = ({ open, symbols: own, outcome: ownOutcome }, _, port) => {
        const errors = [];
        process.on('uncaughtException', (error) => errors.push(error.message));
        const cb = open(() => {
          throw new Error('in the worker');
        });
        // These have the same numbers as the calls of the main thread.
        const mine = Array.from({ length: 4 }, (__, i) => ownOutcome(own.sleep_for.async(i)));
        port.postMessage(cb.ptr);
        port.once('message', async () => {
          port.postMessage(`${errors} ${[...new Set(await Promise.all(mine))]}`);
          port.close();
        });
      };
      const one = worker(source);
      const ended = exitOf(one);
      const address = await message(one);
      const result = await outcome(symbols.call.async(address, 1));
      one.postMessage('end');
      const told = await message(one);
      await ended;
      return `${told} ${result}`;
    },
    // C went on with the default, or the call has failed.
    check: (line) =>
      /^in the worker resolved 0,resolved 1,resolved 2,resolved 3 (ERR_CALL_FAILED|resolved 0)$/.test(line),
    expected: 'in the worker, and only there',
  },
  'many environments come and go': {
    program: async ({ worker, exitOf, symbols }) => {
      const source = ({ open, symbols: own }) => {
        const cb = open((n) => 2 * n + 1);
        own.call_on_threads.async(cb, 2, 10).then((wrong) => process.exit(wrong === 0 ? 42 : 1));
      };
      let right = 0;
      for (let i = 0; i < 8; i++) {
        const codes = await Promise.all(Array.from({ length: 8 }, () => exitOf(worker(source))));
        right += codes.filter((code) => code === 42).length;
      }
      return `${right} ${symbols.callPlain((n) => n, 3)}`;
    },
    expected: '64 3',
  },
};
