// What programs do with the package, each with a result that tells whether anything in it went wrong, and what a debugger has
// done meanwhile.

import { declare } from './declare.mjs';

/** What a program gives, as text. */
export const text = (value) =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? 'undefined';

/**
 * @param {typeof import('../../index.js')} arkffi
 * @param {string} file the library
 */
export function world(arkffi, file) {
  const { CFunction, CString, JSCallback, Struct, StructSchema, alloc, array, dlopen, free, malloc } = arkffi;
  const { Arena, ffi } = arkffi;
  const { ptr, read, realloc, releasePtr, retain, strdup, toArrayBuffer, toBuffer, write } = arkffi;
  const { types, definitions } = declare(arkffi);
  const { Point, Pair, Large, six } = types;
  const { symbols: lib } = dlopen(file, definitions);
  const { symbols: slow } = dlopen(file, { six: { ...six, fast: false }, nine: { ...definitions.nine, fast: false } });
  const { symbols: checked } = dlopen(file, {
    same_text: { ...definitions.same_text, checked: true },
    scale: { ...definitions.scale, checked: true },
  });
  const named = ['nine', 'wide', 'two_texts', 'three_texts', 'failing_wide', 'point_turned', 'scale'];
  const { symbols: mayCall } = dlopen(
    file,
    Object.fromEntries(named.map((name) => [name, { ...definitions[name], leaf: false }])),
  );
  const open = dlopen(file, { six });
  const other = dlopen(file, { six });
  const double = new JSCallback((a) => 2 * a, { args: ['i32'], returns: 'i32' });
  const bytes = Uint8Array.from([1, 2, 3, 4, 250]);
  const memory = alloc('u8', 64);
  const base = ptr(memory);
  const target = new Uint8Array(64);
  const others = alloc('u8', 64);
  const text = strdup('a text in memory');
  const pointOf = (given) => JSON.stringify(given);
  const long = 'x'.repeat(3000);
  let number = 0;
  const Huge = Struct({ name: array('char', 300_000), number: 'i32' });
  const arena = new Arena();
  const pair = Pair.create({ x: 1, y: 2 });
  const record = { x: 3, y: 4 };
  const mutable = () => ({ ...record });

  const programs = {
    six: () => lib.six(1, 2, 3, 4, 5, 6),
    'six, slowly': () => slow.six(1, 2, 3, 4, 5, 6),
    wide: () => [lib.wide(-5, 7), lib.wide(2 ** 40, 1), lib.wide(2n ** 62n, 2n ** 63n), lib.wide(1n, 2n)],
    'wide, unsigned': () => [lib.wide_unsigned(5), lib.wide_unsigned(2 ** 40), lib.wide_unsigned(2n ** 63n)],
    mixed: () => lib.mixed(-1, 0.5, 4_000_000_000, 1.5, -7),
    nine: () => [lib.nine(1, 2, 3, 4, 5, 6, 7, 8, 9), slow.nine(1, 2n, 3, 4, 5, 6, 7, 8n, 9)],
    'no arguments': () => lib.no_arguments(),
    pointers: () => [lib.same(null), lib.same(base) === base, lib.same(memory) === base, lib.same(2n ** 60n)],
    errno: () => [lib.failing(5), arkffi.errno()],
    'functions that may call back': () => {
      const point = mutable();
      mayCall.scale(point, 10);
      const { x, y } = Point.fromPtr(mayCall.point_turned({ x: 1, y: 2 }));
      const sums = [mayCall.nine(1, 2, 3, 4, 5, 6, 7, 8, 9), mayCall.wide(1n, 2n), mayCall.two_texts('abc', 'de', 5)];
      return [...sums, mayCall.failing_wide(5n, 7n), mayCall.three_texts('a', 'bcd', 'ef'), x, y, point];
    },
    'closed function': () => {
      const fn = CFunction({ ptr: lib.same(open.symbols.six.ptr), ...six });
      const result = fn(6, 5, 4, 3, 2, 1);
      fn.close();
      return result;
    },
    texts: () => [lib.two_texts('abc', 'défg', 5), lib.two_texts(long, 'b', 1), lib.three_texts('a', 'bcd', 'ef')],
    'texts of UTF-16': () => lib.wide_text('wide'),
    'texts of pointers': () => lib.two_texts(text, 'z', 9),
    'returned texts': () => [lib.same_text('the same'), lib.same_text(null), lib.same_text(`${long}é`).length],
    'freed texts': () => lib.new_text('one ', 'two'),
    buffers: () => [lib.sum_of_bytes(bytes, 5), lib.sum_of_bytes(new Uint8Array([9, 8]), 2)],
    'small records': () => Point.fromPtr(lib.point_turned({ x: 1, y: 2 })),
    'records of two kinds': () => Pair.fromPtr(lib.pair_turned({ x: 4, y: 5 })),
    'large records': () => Large.fromPtr(lib.large_turned({ values: [1, 2, 3, 4, 5, 6] })),
    'records among others': () => lib.large_sum(1, { values: [1, 2, 3, 4, 5, 6] }, { x: 7, y: 8 }, 9),
    out: () => {
      const [whole, rest] = [[0], [0]];
      lib.split(7.25, whole, rest);
      return [whole, rest];
    },
    inout: () => {
      const point = mutable();
      lib.scale(point, 10);
      return point;
    },
    'inout with texts': () => {
      const [named, counts] = [{ name: 'name', number: 3 }, [1, 2, 3, 4]];
      return [lib.scale_named(named, counts, 5), named, counts];
    },
    'arrays of texts': () => lib.names(['one', 'three', 'four'], 3),
    'callback with integers': () =>
      lib.call_ints((...args) => {
        number = String(args);
        return 2n ** 40n;
      }, 1) + number,
    'callback with floats': () => lib.call_floats((a, b, c, d) => a + b * 10 + c * 100 + d * 1000, 1.5),
    'callback with texts': () => lib.call_texts((a, b, c) => a.length * 10000 + b * 100 + c.length),
    'callback for a text': () => lib.call_for_text((a) => `text ${a}`, 8),
    'callback with records': () =>
      lib.call_records((a, b, c) => {
        const [point, pair, large] = [Point.fromPtr(a), Pair.fromPtr(b), Large.fromPtr(c)];
        return { x: point.x + pair.x * 2 + pair.y, y: large.values[5] + point.y };
      }, 3),
    'callback that stays': () => lib.call_twice(double, 21),
    'callback that is opened': () => {
      const opened = new JSCallback((a) => 3 * a, { args: ['i32'], returns: 'i32' });
      const result = lib.call_twice(opened, 11);
      opened.close();
      return result;
    },
    'callback that calls': () => lib.call_floats((a, b, c, d) => a + lib.six(1, 1, 1, 1, 1, 1) + b + c + d, 1.5),
    'callback that throws': () =>
      lib.call_floats(() => {
        throw new TypeError('thrown inside');
      }, 1.5),
    variadic: () => [lib.format(target, 64, '%d %s', ['int', 5], ['cstring', 'text']), new CString(target).toString()],
    'refused arguments': () => lib.six(1, 2, 3, 4, 5, '6'),
    'refused texts': () => lib.two_texts('a', 'b\0', 1),
    'refused records': () => lib.large_sum(1, { values: [1, 2] }, record, 9),
    'reads and writes': () => {
      write.i32(memory, 0, -5);
      write.u8(base, 4, 7);
      write.f64(base, 8, 0.5);
      write.i64(BigInt(base), 16, 2n ** 62n);
      write.ptr(memory, 24, base);
      write.i32(base, 32, -7);
      write.i64(base, 40, -(2 ** 50));
      return [
        read.i32(base, 32),
        read.i64(base, 40),
        read.i32(memory),
        read.u8(base, 4),
        read.f64(base, 8),
        read.i64(memory, 16),
        read.ptr(base, 24) === base,
      ];
    },
    'checked reads': () => [read.i32(memory, 0, { checked: true }), read.i32(base + 2 ** 45, 0, { checked: true })],
    views: () => [...new Uint8Array(toArrayBuffer(memory, 0, 2))].length + toBuffer(text, 2, 4).toString(),
    'C strings': () => [new CString(text).toString(), new CString(text, 2).length, new CString(text, 0, 3).toString()],
    'C strings, checked': () => new CString(text, 2, undefined, { checked: true }).toString(),
    addresses: () => [
      ptr(new Uint8Array([5])) > 0,
      read.u8(new Uint8Array([5, 6]), 1),
      read.u8(new Float64Array([0.5]), 7),
    ],
    memory: () => {
      const fresh = alloc('i32', 4);
      for (let index = 0; index < 4; index++) fresh.set(index, index * 7);
      const copy = [...Array(4).keys()].map((index) => fresh.at(index));
      fresh.free();
      return copy;
    },
    'memory of C': () => {
      const address = malloc(16);
      write.u32(address, 12, 99);
      const moved = realloc(address, 1 << 18);
      const result = read.u32(moved, 12);
      free(moved);
      return result;
    },
    schemas: () => {
      const schema = new StructSchema([
        ['x', 'i32'],
        ['y', 'f64'],
      ]);
      const buffer = schema.create({ x: 5, y: 0.5 });
      const back = schema.fromPtr(ptr(buffer));
      return pointOf({ x: back.x, y: back.y });
    },
    'records at addresses': () => {
      const at = Point.create({ x: 5, y: 6 });
      const view = Point.view(ptr(at));
      view.x += 10;
      return [view.x, view.y, at.x];
    },
    'checked records': () => {
      const point = mutable();
      checked.scale(point, 3);
      return [point, checked.same_text('checked')];
    },
    globals: () => dlopen(file, { global_number: { type: 'i32' } }).symbols.global_number.value,
    libraries: () => {
      const fresh = dlopen(file, { no_arguments: definitions.no_arguments });
      const result = fresh.symbols.no_arguments();
      fresh.close();
      return [result, dlopen(file, {}).has?.('six')];
    },
    'huge records': () => {
      const made = Huge.create({ name: 'more than fits', number: 7 });
      return Huge.fromPtr(ptr(made));
    },
    'errno of wide integers': () => lib.failing_wide(5n, 7n),
    'one text of UTF-16 after another': () => [lib.wide_text('a'), lib.wide_text('some more')],
    'callbacks of several kinds': () => {
      const one = new JSCallback((a) => a + 1, { args: ['i32'], returns: 'i32' });
      const halves = { args: ['f64'], returns: 'f64' };
      const others = [new JSCallback((a) => a / 2, halves), new JSCallback((a) => a / 4, halves)];
      const results = [one.call(1), others[0].call(5), others[1].call(5)];
      for (const callback of [one, ...others]) callback.close();
      return results;
    },
    'callbacks by letters': () => {
      const handle = ffi.createCallback((a) => 5 * a, 'i', 'i');
      const result = ffi.invokeCallback(handle, [2]);
      ffi.destroyCallback(handle);
      return result;
    },
    arena: () => {
      const [one, two] = [arena.alloc('u8', 8), arena.alloc('u8', 8)];
      one.set(0, 1);
      two.set(0, 2);
      return [one.at(0), two.at(0)];
    },
    retained: () => {
      const kept = retain(new Uint8Array([7, 8]));
      const result = read.u8(kept, 1);
      releasePtr(kept);
      return result;
    },
    'asynchronous call': () => lib.six.async(1, 2, 3, 4, 5, 6),
    'asynchronous calls at once': () =>
      Promise.all([lib.nine.async(1, 2, 3, 4, 5, 6, 7, 8, 2n ** 60n), lib.wide.async(2n ** 61n, 5)]),
    'asynchronous call with records': async () =>
      Large.fromPtr(await lib.large_turned.async({ values: [1, 2, 3, 4, 5, 6] })),
    'asynchronous call with small records': async () => Pair.fromPtr(await lib.pair_turned.async({ x: 4, y: 5 })),
    'asynchronous call with texts': () =>
      Promise.all([lib.two_texts.async('abc', long, 5), lib.same_text.async('the same')]),
    'asynchronous call that frees a text': () => lib.new_text.async('one ', 'two'),
    'asynchronous out': async () => {
      const [whole, rest] = [[0], [0]];
      await lib.split.async(7.25, whole, rest);
      return [whole, rest];
    },
    'asynchronous errno': async () => [await lib.failing.async(7)],
    'callback of another thread': () => lib.call_in_thread.async((value, name) => value * 10 + name.length, 8),
    'callback of another thread that waits': () =>
      lib.call_in_thread.async(async (value, name) => value * 10 + name.length, 9),
  };

  /** What a debugger does: with other values, and everything that the programs above may have half done. */
  const interruptions = {
    calls: () => {
      other.symbols.six(101, 102, 103, 104, 105, 106);
      slow.six(901, 902, 903, 904, 905, 906);
      slow.nine(91, 92n, 93, 94, 95, 96, 97, 98n, 99);
      lib.wide(2n ** 61n, 99);
      lib.mixed(-9, 9.5, 99, 9.25, 999);
    },
    texts: () => {
      lib.two_texts('interrupting', 'all', 99);
      lib.two_texts(`${long}!`, 'all', 99);
      lib.same_text('something else');
      lib.wide_text('another');
    },
    records: () => {
      lib.point_turned({ x: 901, y: 902 });
      lib.pair_turned({ x: 94, y: 95 });
      lib.large_turned({ values: [91, 92, 93, 94, 95, 96] });
      lib.scale({ x: 93, y: 94 }, 95);
      lib.split(99.5, [0], [0]);
      lib.scale_named({ name: 'another', number: 93 }, [91, 92, 93, 94], 5);
    },
    callbacks: () => {
      lib.call_ints(() => 99n, 91);
      lib.call_texts((a, b, c) => 99);
      lib.call_records(() => ({ x: 91, y: 92 }), 93);
      lib.call_twice(double, 99);
      lib.call_for_text(() => 'interrupting', 99);
    },
    errors: () => {
      for (const wrong of [
        () => lib.six('a', 2, 3, 4, 5, 6),
        () => lib.two_texts('a', 'b\0', 3),
        () =>
          lib.call_floats(() => {
            throw new RangeError('inside');
          }, 9),
        () => lib.large_sum(1, { values: [1] }, record, 9),
      ])
        try {
          wrong();
        } catch {}
    },
    memory: () => {
      write.i32(others, 4, 99);
      write.u8(BigInt(ptr(others)), 5, 98);
      read.f64(others, 8);
      read.u16(ptr(others), 2);
      new CString(text, 5).toString();
      const fresh = alloc('i64', 9);
      fresh.set(3, 9);
      fresh.free();
      const buffer = new Uint8Array(33);
      lib.sum_of_bytes(buffer, 33);
      free(realloc(malloc(99), 500));
    },
    arena: () => {
      arena.alloc('u8', 8).set(0, 9);
    },
    views: () => {
      Pair.fromPtr(pair);
      Pair.view(pair).y += 1;
    },
    openings: () => {
      dlopen(file, { six }).close();
      new JSCallback((a) => 9 * a, { args: ['i32'], returns: 'i32' }).close();
      CFunction({ ptr: open.symbols.six.ptr, ...six }).close();
    },
  };
  // Later accesses are made another way.
  for (let count = 0; count < 10_100; count++) {
    for (const type of ['i32', 'u8', 'f64', 'i64', 'ptr']) {
      write[type](base, 32, 1);
      read[type](base, 32);
    }
  }
  return { programs, interruptions };
}
