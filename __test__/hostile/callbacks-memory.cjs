'use strict';
// Hostile programs: memory and objects that asynchronous calls use, and that change meanwhile.

/** Lets all calls that wait go on, when so many do. */
const letGo = async ({ symbols, until }, count = 1) => {
  await until(() => symbols.count_waiting() >= count);
  symbols.set_open(1);
};

module.exports = {
  'a buffer in use can be neither transferred nor changed in size unseen': {
    program: async (kit) => {
      const { symbols, outcome } = kit;
      const log = [];
      for (const size of [16, 65_536]) {
        const bytes = new Uint8Array(size).fill(1);
        const call = outcome(symbols.sum_when_open.async(bytes, size));
        try {
          structuredClone(0, { transfer: [bytes.buffer] });
        } catch {}
        try {
          bytes.buffer.transfer?.();
        } catch {}
        for (let i = 0; i < 10; i++) {
          gc();
          new Uint8Array(size).fill(9);
        }
        await letGo(kit);
        log.push(await call);
        symbols.set_open(0);
      }
      const resizable = new ArrayBuffer(100, { maxByteLength: 4096 });
      const whole = new Uint8Array(resizable).fill(2);
      const call = outcome(symbols.fill_when_open.async(whole, 7, 100));
      resizable.resize(50);
      await letGo(kit);
      log.push(await call, whole.join('') === '7'.repeat(50));
      return log.join();
    },
    expected: 'resolved 16,resolved 65536,ERR_INVALID_ARG_VALUE,true',
    flags: ['--expose-gc'],
  },
  'what C wrote to a buffer that was taken away meanwhile is not lost in silence': {
    program: async (kit) => {
      const { symbols, outcome } = kit;
      const bytes = new Uint8Array(65_536);
      const call = outcome(symbols.fill_when_open.async(bytes, 7, 65_536));
      let moved;
      try {
        moved = new Uint8Array(structuredClone(bytes.buffer, { transfer: [bytes.buffer] }));
      } catch {
        moved = bytes;
      }
      await letGo(kit);
      const result = await call;
      return result === 'resolved undefined' && moved[0] !== 7 ? `resolved, but ${moved[0]}` : 'told or done';
    },
    expected: 'told or done',
  },
  'memory of WebAssembly may grow meanwhile': {
    program: async (kit) => {
      const { symbols, outcome } = kit;
      // There is none where no code can be generated at all.
      if (typeof WebAssembly === 'undefined') return 'resolved 1000 resolved undefined 3';
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 10 });
      const bytes = new Uint8Array(memory.buffer, 8, 1000).fill(1);
      const call = outcome(symbols.sum_when_open.async(bytes, 1000));
      memory.grow(1);
      new Uint8Array(memory.buffer).fill(99);
      await letGo(kit);
      const shared = new WebAssembly.Memory({ initial: 1, maximum: 10, shared: true });
      const first = await call;
      symbols.set_open(0);
      const view = new Uint8Array(shared.buffer);
      const second = outcome(symbols.fill_when_open.async(view, 3, 65_536));
      shared.grow(1);
      await letGo(kit);
      return `${first} ${await second} ${new Uint8Array(shared.buffer)[65_535]}`;
    },
    expected: 'resolved 1000 resolved undefined 3',
  },
  'shared memory is used in place': {
    program: async (kit) => {
      const { symbols } = kit;
      const shared = new Uint8Array(new SharedArrayBuffer(65_536));
      const call = symbols.sum_when_open.async(shared, 10);
      shared.fill(4);
      await letGo(kit);
      return call;
    },
    expected: '40',
  },
  'views on the same memory are the same memory to C': {
    program: async ({ symbols }) => {
      const log = [];
      for (const size of [64, 65_536]) {
        const buffer = new ArrayBuffer(size);
        const [low, high] = [new Uint8Array(buffer, 0, 32), new Uint8Array(buffer, 16, 32)];
        log.push(
          await symbols.distance.async(low, high),
          await symbols.write_and_read.async(low.subarray(20), high.subarray(4), 42),
        );
        log.push(await symbols.write_and_read.async(high, new Uint8Array(buffer, 16, 1), 43), low[16]);
        log.push(
          await symbols.write_and_read_at.async({ target: low.subarray(20), source: high.subarray(4) }, 44),
          low[20],
        );
      }
      return log.join();
    },
    expected: '16,42,43,43,44,44,16,42,43,43,44,44',
  },
  'bytes that JavaScript writes meanwhile stay, unless C has written them': {
    program: async (kit) => {
      const { symbols } = kit;
      const bytes = new Uint8Array(65_536);
      const call = symbols.fill_when_open.async(bytes, 7, 100);
      bytes[200] = 5;
      await letGo(kit);
      await call;
      return [bytes[0], bytes[99], bytes[100], bytes[200]].join();
    },
    expected: '7,7,0,5',
  },
  'getters among the arguments may start calls of their own': {
    program: async (kit) => {
      const { symbols, outcome, open, dlopen, definitions, file } = kit;
      const others = [];
      const pair = {
        get in() {
          others.push(
            symbols.wait_open.async(5),
            outcome(
              symbols.call.async(
                open((n) => n + 1),
                5,
              ),
            ),
          );
          return symbols.callPlain((n) => n + 1, 20);
        },
        set in(_) {},
        out: 0,
      };
      const call = symbols.double_when_open.async(pair);
      const library = dlopen(file, definitions);
      const closes = {
        get in() {
          library.close();
          return 1;
        },
        out: 0,
      };
      const closed = await outcome(library.symbols.double_when_open.async(closes));
      const throws = await outcome(
        symbols.double_when_open.async({
          get in() {
            throw null;
          },
          out: 1,
        }),
      );
      await letGo(kit, 1);
      const own = await outcome(call);
      return `${own} ${pair.out} ${await Promise.all(others)} ${closed} ${throws}`;
    },
    expected: 'resolved 42 42 5,resolved 6 ERR_LIBRARY_CLOSED null',
  },
  'objects that are frozen or changed meanwhile get an error or the value': {
    program: async (kit) => {
      const { symbols, outcome } = kit;
      const frozen = { in: 1, out: 0 };
      const throws = {
        in: 2,
        set out(value) {
          throw new Error(`setter ${value}`);
        },
        get out() {
          return 0;
        },
      };
      const plain = { in: 3, out: 0 };
      const calls = [frozen, throws, plain].map((object) => outcome(symbols.double_when_open.async(object)));
      Object.freeze(frozen);
      plain.in = 'changed';
      await letGo(kit);
      return `${(await Promise.all(calls)).join('; ')} ${frozen.out} ${plain.out} ${plain.in}`;
    },
    expected: 'ERR_INVALID_ARG_VALUE; setter 4; resolved 6 0 6 3',
  },
  'a call is settled once, whatever its getters and setters do at the end of the stack': {
    program: async ({ symbols, open, arkffi, turn }) => {
      symbols.set_open(1);
      const before = arkffi.stats().callbacks.open;
      let settled = 0;
      let started = 0;
      const dive = (work) => {
        try {
          dive(work);
        } catch {}
        try {
          work();
        } catch {}
      };
      let budget = 300;
      dive(() => {
        if (budget-- < 0) return;
        const call = symbols.callPlain.async((n) => n, 1);
        started++;
        call.then(
          () => settled++,
          () => settled++,
        );
      });
      budget = 300;
      dive(() => {
        if (budget-- < 0) return;
        const cb = open((n) => n);
        cb.call(1);
        cb.close();
      });
      for (let i = 0; i < 200 && settled < started; i++) {
        await turn();
        await symbols.sleep_for.async(1);
      }
      const works = symbols.callPlain((n) => n, 1);
      return `${settled === started} ${works} ${arkffi.stats().async} ${arkffi.stats().callbacks.open - before < 50}`;
    },
    expected: 'true 1 0 true',
  },
};
