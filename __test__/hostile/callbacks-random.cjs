'use strict';
// Random operations on callbacks and asynchronous calls: every operation must give a result, an error of arkffi,
// or what the program's own code threw; everything must settle, and nothing may stay open.

const { generator } = require('./generator.cjs');

/** What callbacks throw. */
class Mine extends Error {}

module.exports = async (kit, seed, count) => {
  const {
    arkffi,
    JSCallback,
    callback,
    dlopen,
    CFunction,
    AsyncCFunction,
    definitions,
    file,
    symbols: safe,
    turn,
  } = kit;
  const random = generator(seed);
  const pick = (list) => list[random(list.length)];
  const chance = (percent) => random(100) < percent;

  let library = dlopen(file, definitions);
  const open = [];
  const closed = [];
  const controllers = [];
  const buffers = [];
  const outcomes = { results: 0, refused: 0, own: 0 };
  let started = 0;
  let settled = 0;
  let depth = 0;
  let failure;

  const isExpected = (error) =>
    error instanceof arkffi.FFIError ||
    error instanceof Mine ||
    error?.name === 'AbortError' ||
    /Maximum call stack/.test(error?.message);
  const note = (error) => {
    if (error instanceof Mine) outcomes.own++;
    else if (isExpected(error)) outcomes.refused++;
    else failure ??= error;
  };
  process.on('uncaughtException', (error) => {
    if (error instanceof Mine || isExpected(error)) outcomes.own++;
    else failure ??= error;
  });

  /** What a callback does. */
  function behave(n) {
    if (depth > 4) return n;
    depth++;
    try {
      switch (random(14)) {
        case 0:
          throw new Mine('thrown');
        case 1:
          return Promise.resolve(n);
        case 2:
          return turn().then(() => n);
        case 3:
          return turn().then(() => {
            throw new Mine('rejected');
          });
        case 4:
          return pick(['text', undefined, null, 1.5, 2 ** 40, 5n, {}, Symbol('s'), NaN]);
        case 5:
        case 6:
          operate();
          operate();
          return n;
        case 7:
          gc();
          return n;
        default:
          return n;
      }
    } finally {
      depth--;
    }
  }
  const make = () => {
    const threadsafe = pick([false, true, 'listener']);
    const cb = new JSCallback((n) => behave(n), {
      args: ['i32'],
      returns: 'i32',
      threadsafe,
      onError: random(5),
      timeout: pick([1, 20, 1000]),
    });
    open.push(cb);
    return cb;
  };
  const take = () => (open.length === 0 || chance(10) ? make() : pick(open));
  /** What can be given for a function pointer. */
  const target = () => {
    if (chance(5)) return pick([() => 1, {}, 'x', undefined, -1, 0.5, 2n ** 65n, Symbol('s')]);
    if (chance(10) && closed.length > 0) return pick(closed);
    const cb = take();
    return chance(30) ? cb.ptr || cb : cb;
  };
  const plain = () => (chance(90) ? (n) => behave(n) : target());
  const signal = () => {
    if (chance(80)) return [];
    const controller = new AbortController();
    controllers.push(controller);
    if (chance(10)) controller.abort(new Mine('aborted'));
    return [{ signal: controller.signal }];
  };
  const follow = (promise) => {
    started++;
    promise.then(
      () => (settled++, outcomes.results++),
      (error) => (settled++, note(error)),
    );
  };
  const bytes = () => {
    const size = pick([1, 16, 1000, 65_536]);
    const buffer = chance(20)
      ? new SharedArrayBuffer(size)
      : chance(20)
        ? new ArrayBuffer(size, { maxByteLength: 2 * size })
        : new ArrayBuffer(size);
    buffers.push(buffer);
    if (buffers.length > 20) buffers.shift();
    return new Uint8Array(buffer);
  };

  /** Where errors are not arkffi's. */
  const ours = (action) => {
    try {
      action();
    } catch {}
  };

  const operations = [
    () => safe.call(target(), random(100)),
    () => safe.call(target(), random(100)),
    () => library.symbols.call(target(), random(100)),
    () => safe.callPlain(plain(), random(100)),
    () => safe.call_mixed(target(), random(40), target(), random(10)),
    () => safe.length_of(() => pick(['text', null, 0.5, '', 'x'.repeat(random(1000)), Promise.resolve('x')])),
    () =>
      safe.sum_of_point(() =>
        pick([{ x: 1, y: 2 }, {}, null, 0.5, new ArrayBuffer(8), Promise.resolve({ x: 1, y: 1 })]),
      ),
    () => follow(safe.call.async(target(), random(100), ...signal())),
    () => follow(safe.call.async(target(), random(100), ...signal())),
    () => follow(library.symbols.call.async(target(), random(100), ...signal())),
    () => follow(safe.callPlain.async(plain(), random(100), ...signal())),
    () => follow(safe.call_on_threads.async(take(), random(4), random(6), ...signal())),
    () => follow(safe.sleep_for.async(random(2), ...signal())),
    () => follow(safe.write_and_read.async(bytes(), bytes(), random(255), ...signal())),
    () => follow(safe.length_of.async(() => pick(['text', null, Promise.resolve('later'), -5]))),
    () => chance(10) && safe.call_on_thread(take(), random(9)),
    () => take().call(random(100)),
    () => make(),
    () => {
      if (open.length < 10 && chance(70)) return;
      const [cb] = open.splice(random(open.length), 1);
      cb?.close();
      if (cb) closed.push(cb);
      if (closed.length > 20) closed.shift();
    },
    () => pick(open)?.ref(),
    () => pick(open)?.unref(),
    () => {
      library.close();
      library = dlopen(file, definitions);
    },
    () => chance(50) && controllers.length > 0 && controllers.splice(random(controllers.length), 1)[0].abort(),
    () => ours(() => structuredClone(0, { transfer: [pick(buffers)] })),
    () => ours(() => pick(buffers).resize(random(10))),
    () => chance(20) && gc(),
    () => {
      const cb = take();
      const bound = (chance(50) ? CFunction : AsyncCFunction)({ ptr: cb, args: ['i32'], returns: 'i32' });
      const result = bound(random(10));
      if (result instanceof Promise) follow(result);
      if (chance(50)) bound.close();
    },
    () => callback([pick(['i32', 'f64', 'cstring', 'ptr', 'nothing'])], pick(['i32', 'void', 'ptr', 'no'])),
  ];
  function operate() {
    try {
      pick(operations)();
      outcomes.results++;
    } catch (error) {
      note(error);
      // Sometimes what an inner call threw goes on outwards.
      if (depth > 0 && chance(30)) throw error;
    }
  }

  for (let i = 0; i < count && !failure; i++) {
    operate();
    if (chance(8)) await turn();
    if (started - settled > 200) while (started - settled > 50) await turn();
    if (failure) failure = `operation ${i} of seed ${seed}: ${failure?.stack ?? String(failure)}`;
  }
  while (!failure && settled < started) await turn();
  for (const cb of open) cb.close();
  library.close();
  // Letters of listeners may be on their way.
  for (let i = 0; i < 50; i++) await turn();
  const { callbacks, async: waiting } = arkffi.stats();
  if (failure) return String(failure);
  if (outcomes.results === 0 || outcomes.own === 0) return 'nothing happened';
  return callbacks.open === 0 && waiting === 0 ? 'done' : `${callbacks.open} open, ${waiting} waiting`;
};
