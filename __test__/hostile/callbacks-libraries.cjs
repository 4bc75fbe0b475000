'use strict';
// Hostile programs: code of libraries that calls while it is loaded or unloaded, or when the process ends.

module.exports = {
  'C that ends the process while threads call': {
    program: async ({ open, symbols, until }) => {
      symbols.start_threads(
        open((n) => n),
        8,
      );
      await until(() => symbols.count_calls() > 1000);
      console.log('exits');
      symbols.exit_with(3);
    },
    expected: 'exits',
    status: 3,
  },
  'C that ends the process inside of a callback of a thread': {
    program: async ({ open, symbols, until }) => {
      symbols.start_once(open(() => symbols.exit_with(3)));
      console.log('exits');
      await until(() => false);
    },
    expected: 'exits',
    status: 3,
  },
  'a destructor that calls at the end of the process gets the default': {
    program: ({ open, symbols }) => {
      symbols.set_at_end(
        open((n) => (console.log('JavaScript ran'), n), { onError: 33 }),
        0,
        1,
      );
    },
    check: (line) => line === 'C got 33' || line === 'C got 0',
    expected: 'C got 33 or 0',
  },
  'a destructor after process.exit in a callback gets the default': {
    program: ({ open, symbols }) => {
      symbols.set_at_end(
        open((n) => (console.log('JavaScript ran'), n), { onError: 33 }),
        0,
        1,
      );
      symbols.call(
        open(() => process.exit()),
        1,
      );
    },
    check: (line) => line === 'C got 33' || line === 'C got 0',
    expected: 'C got 33 or 0',
  },
  'an atexit handler that calls after process.exit gets the default': {
    program: ({ open, symbols }) => {
      symbols.set_at_end(
        open((n) => (console.log('JavaScript ran'), n), { onError: 33 }),
        1,
        1,
      );
      process.exit();
    },
    check: (line) => line === 'C got 33' || line === 'C got 0',
    expected: 'C got 33 or 0',
  },
  'the same where the exit event has no listeners any more': {
    program: ({ open, symbols }) => {
      symbols.set_at_end(
        open((n) => (console.log('JavaScript ran'), n), { onError: 33 }),
        1,
        1,
      );
      process.removeAllListeners('exit');
      process.exit();
    },
    check: (line) => line === 'C got 33' || line === 'C got 0',
    expected: 'C got 33 or 0',
  },
  'the same where a listener of the exit event throws first': {
    program: ({ open, symbols }) => {
      process.prependListener('exit', () => {
        throw new Error('exit handler');
      });
      symbols.set_at_end(
        open((n) => (console.log('JavaScript ran'), n), { onError: 33 }),
        1,
        1,
      );
    },
    check: (line) => line === 'C got 33' || line === 'C got 0',
    expected: 'C got 33 or 0',
    status: 1,
  },
  'the same with process.reallyExit': {
    program: ({ open, symbols }) => {
      symbols.set_at_end(
        open((n) => (console.log('JavaScript ran'), n), { onError: 33 }),
        1,
        1,
      );
      process.reallyExit(0);
    },
    check: (line) => line === 'C got 33' || line === 'C got 0',
    expected: 'C got 33 or 0',
  },
  'the same with destructors and process.reallyExit inside of a callback': {
    program: ({ open, symbols }) => {
      symbols.set_at_end(
        open((n) => (console.log('JavaScript ran'), n), { onError: 33 }),
        0,
        1,
      );
      symbols.call(
        open(() => process.reallyExit(0)),
        1,
      );
    },
    check: (line) => line === 'C got 33' || line === 'C got 0',
    expected: 'C got 33 or 0',
  },
  'C that ends the process itself, with a handler that calls': {
    program: ({ open, symbols }) => {
      symbols.set_at_end(
        open((n) => n, { onError: 33 }),
        1,
        1,
      );
      symbols.exit_with(0);
    },
    check: (line) => ['C got 33', 'C got 7', 'C got 0'].includes(line),
    expected: 'C got 33, 7 or 0',
  },
  'C that ends the process itself, with a destructor that calls': {
    program: ({ open, symbols }) => {
      symbols.set_at_end(
        open((n) => n, { onError: 33 }),
        0,
        1,
      );
      symbols.exit_with(0);
    },
    check: (line) => ['C got 33', 'C got 7', 'C got 0'].includes(line),
    expected: 'C got 33, 7 or 0',
  },
  'a destructor that calls at dlclose runs JavaScript, and what it throws close throws': {
    program: ({ openCopy, open, code, symbols }) => {
      const log = [];
      const first = openCopy();
      first.symbols.set_at_end(
        open((n) => (log.push(n), n)),
        0,
        0,
      );
      first.close();
      const second = openCopy();
      const throws = open(() => {
        throw new Error('of the destructor');
      });
      second.symbols.set_at_end(throws, 0, 0);
      log.push(code(() => second.close()));
      // Unloaded at the end of a call.
      const third = openCopy();
      third.symbols.set_at_end(throws, 0, 0);
      log.push(
        code(() =>
          third.symbols.call(
            open((n) => (third.close(), n)),
            1,
          ),
        ),
        symbols.callPlain((n) => n, 6),
      );
      return log.join('; ');
    },
    expected: '7; of the destructor; of the destructor; 6',
  },
  'a destructor that throws after an asynchronous call changes no other call': {
    program: async ({ openCopy, open, code, symbols, outcome, until, turn }) => {
      process.on('uncaughtException', (error) => console.log('uncaught', error.message));
      const library = openCopy();
      let runs = 0;
      const throws = open(() => {
        runs++;
        throw new Error('of the destructor');
      });
      library.symbols.set_at_end(throws, 0, 0);
      const call = outcome(library.symbols.wait_open.async(4));
      await until(() => library.symbols.count_waiting() === 1);
      library.symbols.set_open(1);
      library.close();
      const result = await call;
      await turn();
      return `${result} ${runs} ${code(() => symbols.sleep_for(0))} ${code(() => symbols.callPlain((n) => n, 6))}`;
    },
    expected: 'resolved 4 1 returned 0 returned 6',
  },
  'an abort signal that unloads a library whose destructor throws changes no other call': {
    program: async ({ openCopy, open, code, symbols, outcome, until, turn }) => {
      process.on('uncaughtException', (error) => console.log('uncaught', error.message));
      const library = openCopy();
      const throws = open(() => {
        throw new Error('of the destructor');
      });
      library.symbols.set_at_end(throws, 0, 0);
      // These have all threads of the pool.
      const others = Array.from({ length: 8 }, () => symbols.wait_open.async(1));
      const controller = new AbortController();
      const call = outcome(library.symbols.sleep_for.async(4, { signal: controller.signal }));
      library.close();
      await until(() => symbols.count_waiting() > 0);
      controller.abort();
      const result = await call;
      symbols.set_open(1);
      await Promise.all(others);
      await turn();
      return `${result}; ${code(() => symbols.sleep_for(0))} ${code(() => symbols.callPlain((n) => n, 6))}`;
    },
    expected: 'This operation was aborted; returned 0 returned 6',
  },
  'a library that calls while it is loaded, opens, closes and throws': {
    program: ({ openCopy, open, code, symbols }) => {
      process.on('uncaughtException', (error) => console.log('uncaught', error.message));
      const load = (fn) => {
        const cb = open(fn);
        process.env.ARKFFI_AT_LOAD = String(cb.ptr);
        try {
          return openCopy();
        } finally {
          delete process.env.ARKFFI_AT_LOAD;
          cb.close();
        }
      };
      const log = [load((n) => n + 1).symbols.result_at_load()];
      const nested = load((n) => {
        delete process.env.ARKFFI_AT_LOAD;
        const inner = openCopy();
        const result = inner.symbols.callPlain((m) => m, n);
        inner.close();
        return result;
      });
      log.push(nested.symbols.result_at_load());
      const thrower = () => {
        throw new Error('while loading');
      };
      // Thrown by whoever opens, or nobody's.
      log.push(
        /^(returned|while loading)/.test(code(() => load(thrower))),
        symbols.callPlain((n) => n, 8),
      );
      return log.join();
    },
    expected: '6,5,true,8',
  },
  'a destructor may close what is closing, and open what is closed': {
    program: ({ openCopy, open, symbols }) => {
      const library = openCopy();
      const log = [];
      const cb = open((n) => {
        library.close();
        const other = openCopy();
        log.push(
          other.symbols.callPlain((m) => m, n),
          symbols.call(cb.ptr && symbols.sleep_for.ptr, 0),
        );
        other.close();
        cb.close();
        return n;
      });
      library.symbols.set_at_end(cb, 0, 0);
      library.close();
      library.close();
      return `${log} ${cb.ptr}`;
    },
    expected: '7,0 0',
  },
};
