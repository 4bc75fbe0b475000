// The same as in world.mjs, of a library in another process.

import { declare } from './declare.mjs';

/**
 * @param {typeof import('../../index.js')} arkffi
 * @param {string} file the library
 */
export function isolated(arkffi, file) {
  const { JSCallback, Struct, array, callback, dlopen, isolate } = arkffi;
  const { types, definitions: local } = declare(arkffi);
  const { Point, Pair, Large, six } = types;
  const definitions = {
    ...local,
    point_turned: { args: [Point], returns: Point.object },
    large_turned: { args: [Large], returns: Large.object },
    call_records: { args: [callback([Point.object, Pair.object, Large.object], Point), 'i32'], returns: 'i64' },
  };
  const library = isolate(file, definitions, { callTimeout: 0, callbackTimeout: 0 });
  const { symbols: lib } = library;
  const { symbols: here } = dlopen(file, { six, call_ints: definitions.call_ints, same_text: definitions.same_text });
  const double = new JSCallback((a) => 2 * a, { args: ['i32'], returns: 'i32' });
  const triple = new JSCallback((a) => 3 * a, { args: ['i32'], returns: 'i32' });
  const memory = library.alloc('i32', 4);
  const others = library.alloc('i32', 4);
  const target = new Uint8Array(64);
  const long = 'x'.repeat(3000);
  const longest = 'y'.repeat(2 ** 20);
  let opened = 0;
  let fresh = Point;
  /** Has the helper be told of a type. */
  const use = (type) => {
    const callback = new JSCallback(() => 0, { args: [type.object], returns: 'i32' });
    const address = lib.same(callback);
    callback.close();
    return String(address);
  };

  const programs = {
    six: () => lib.six(1, 2, 3, 4, 5, 6),
    wide: () => [lib.wide(-5, 7), lib.wide(2n ** 62n, 2n ** 63n)],
    mixed: () => lib.mixed(-1, 0.5, 4_000_000_000, 1.5, -7),
    nine: () => lib.nine(1, 2n, 3, 4, 5, 6, 7, 8n, 9),
    'no arguments': () => lib.no_arguments(),
    pointers: () => [lib.same(null), lib.same(memory).equals(memory.ptr)],
    errno: () => [lib.failing(5), arkffi.errno()],
    texts: () => [lib.two_texts('abc', 'défg', 5), lib.two_texts(long, longest, 1), lib.wide_text('wide')],
    'returned texts': () => [lib.same_text('the same'), lib.same_text(null), lib.same_text(`${long}é`).length],
    'freed texts': () => lib.new_text('one ', 'two'),
    buffers: () => lib.sum_of_bytes(Uint8Array.from([1, 2, 3, 4, 250]), 5),
    'small records': () => lib.point_turned({ x: 1, y: 2 }),
    'records in buffers': () => Pair.fromPtr(lib.pair_turned({ x: 4, y: 5 })),
    'large records': () => lib.large_turned({ values: [1, 2, 3, 4, 5, 6] }),
    'records among others': () => lib.large_sum(1, { values: [1, 2, 3, 4, 5, 6] }, { x: 7, y: 8 }, 9),
    out: () => {
      const [whole, rest] = [[0], [0]];
      lib.split(7.25, whole, rest);
      return [whole, rest];
    },
    inout: () => {
      const [point, named, counts] = [{ x: 3, y: 4 }, { name: 'name', number: 3 }, [1, 2, 3, 4]];
      lib.scale(point, 10);
      return [lib.scale_named(named, counts, 5), point, counts, named.number];
    },
    'arrays of texts': () => lib.names(['one', 'three', 'four'], 3),
    'callback with integers': () => {
      let given;
      const result = lib.call_ints((...args) => {
        given = args;
        return 2n ** 40n;
      }, 1);
      return [result, given];
    },
    'callback with texts': () => lib.call_texts((a, b, c) => a.length * 10000 + b * 100 + c.length),
    'callback for a text': () => lib.call_for_text((a) => `text ${a}`, 8),
    'callback with records': () =>
      lib.call_records(
        (point, pair, large) => ({ x: point.x + pair.x * 2 + Number(pair.y), y: Number(large.values[5]) + point.y }),
        3,
      ),
    'callback that stays': () => lib.call_twice(double, 21),
    'callback that is new': () => {
      const fresh = new JSCallback((a) => 5 * a, { args: ['i32'], returns: 'i32' });
      const result = lib.call_twice(fresh, 11);
      fresh.close();
      return result;
    },
    'callback that calls': () => lib.call_ints((...args) => BigInt(args[0]) + BigInt(lib.six(1, 1, 1, 1, 1, 1)), 1),
    'callback that throws': () =>
      lib.call_ints(() => {
        throw new TypeError('thrown inside');
      }, 1),
    variadic: () => [lib.format(target, 64, '%d %s', ['int', 5], ['cstring', 'text']), String.fromCharCode(...target)],
    'refused arguments': () => lib.six(1, 2, 3, 4, 5, '6'),
    'refused texts': () => lib.two_texts('a', 'b\0', 1),
    'refused records': () => lib.large_sum(1, { values: [1, 2] }, { x: 3, y: 4 }, 9),
    memory: () => {
      const fresh = library.alloc('i32', 4);
      for (let index = 0; index < 4; index++) fresh.set(index, index * 7);
      const copy = [0, 1, 2, 3].map((index) => fresh.at(index));
      const text = library.strdup('a text').toString();
      fresh.free();
      return [copy, text];
    },
    'asynchronous call': () => lib.six.async(1, 2, 3, 4, 5, 6),
    'asynchronous calls at once': () =>
      Promise.all([lib.nine.async(1, 2, 3, 4, 5, 6, 7, 8, 2n ** 60n), lib.wide.async(2n ** 61n, 5)]),
    'asynchronous call with records': () => lib.large_turned.async({ values: [1, 2, 3, 4, 5, 6] }),
    'asynchronous call with texts': () =>
      Promise.all([lib.two_texts.async('abc', long, 5), lib.same_text.async('the same')]),
    'asynchronous errno': async () => [await lib.failing.async(7)],
    'callback of another thread': () => lib.call_in_thread.async((value, name) => value * 10 + name.length, 8),
    'callback of another thread that waits': () =>
      lib.call_in_thread.async(async (value, name) => value * 10 + name.length, 9),
    'callback of this process': () =>
      here.call_ints((...args) => args.reduce((sum, value) => sum + BigInt(value), 0n), 1),
    'types that are new': () => {
      opened++;
      fresh = Struct({ x: 'i32', y: 'i32', z: array(Struct({ x: 'i8', y: 'f64' }), opened) });
      return use(fresh);
    },
  };

  const interruptions = {
    calls: () => {
      lib.six(101, 102, 103, 104, 105, 106);
      lib.nine(91, 92n, 93, 94, 95, 96, 97, 98n, 99);
      lib.mixed(-9, 9.5, 99, 9.25, 999);
      here.six(901, 902, 903, 904, 905, 906);
    },
    texts: () => {
      lib.two_texts('interrupting', `${long}!`, 99);
      lib.same_text('something else');
      lib.wide_text('another');
      here.same_text('something of this process');
    },
    records: () => {
      lib.point_turned({ x: 901, y: 902 });
      lib.pair_turned({ x: 94, y: 95 });
      lib.large_turned({ values: [91, 92, 93, 94, 95, 96] });
      lib.scale({ x: 93, y: 94 }, 95);
      lib.split(99.5, [0], [0]);
    },
    callbacks: () => {
      lib.call_ints(() => 99n, 91);
      lib.call_texts(() => 99);
      lib.call_records(() => ({ x: 91, y: 92 }), 93);
      lib.call_twice(triple, 99);
      lib.call_for_text(() => 'interrupting', 99);
      here.call_ints(() => 98n, 92);
    },
    errors: () => {
      for (const wrong of [() => lib.six('a', 2, 3, 4, 5, 6), () => lib.two_texts('a', 'b\0', 3)]) {
        try {
          wrong();
        } catch {}
      }
    },
    types: () => {
      use(fresh);
    },
    'asynchronous calls': () => {
      lib.six.async(91, 92, 93, 94, 95, 96);
    },
    memory: () => {
      others.set(1, 99);
      library.alloc('i64', 9).free();
      lib.sum_of_bytes(new Uint8Array(33), 33);
    },
  };
  return { programs, interruptions };
}
