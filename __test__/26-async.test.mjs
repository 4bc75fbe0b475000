import { afterEach, describe, expect, it } from 'vitest';
import { getEventListeners } from 'node:events';
import { rejected, until } from './callbacks.mjs';
import { fixture } from './fixtures/paths.mjs';
import { host } from './hosts-skips.mjs';
import { arkffi, thrown } from './open.mjs';

const { dlopen, AsyncCFunction, CFunction, JSCallback, Struct } = arkffi;
const { callback, enumeration, errno, inout, opaque, out, pointer, stats } = arkffi;
const file = fixture('callbacks');
const definitions = {
  lent: { symbol: 'apply_callback', args: [callback(['int'], 'int'), 'int'], returns: 'int' },
  fail_with: { args: ['int'], returns: 'int' },
  read_errno: { returns: 'int' },
  wait_at_gate: { args: ['int'], returns: 'int' },
  wait_with_bytes: { args: ['buffer', 'cstring', 'int'], returns: 'int' },
  gate_waiters: { returns: 'int' },
  open_gate: {},
};
const { symbols } = dlopen(file, definitions);
const basics = dlopen(fixture('basics'), {
  add: { args: ['i32', 'i32'], returns: 'i32' },
  upper: { args: ['buffer'] },
}).symbols;

afterEach(() => {
  // A test that fails leaves nobody waiting.
  symbols.open_gate();
});

/** Takes all threads of the pool; what is called next is queued until the gate opens. */
const fillPool = async () => {
  const threads = Number(process.env.UV_THREADPOOL_SIZE ?? 4);
  const calls = Array.from({ length: threads }, (_, index) => symbols.wait_at_gate.async(index));
  await until(() => symbols.gate_waiters() === threads);
  return { calls };
};

const Point = Struct({ x: 'int', y: 'int' });
const Color = enumeration({ red: 1, green: 2 });

it('is there of a function that was frozen before anybody asked for it', async () => {
  const { add } = dlopen(fixture('basics'), { add: { args: ['i32', 'i32'], returns: 'i32' } }).symbols;
  Object.freeze(add);
  expect(await add.async(1, 2)).toBe(3);
  expect(add.async).toBe(add.async);
  expect(add.ptr).toBe(add.ptr);
});
const Counter = opaque('Counter');
const HIGH = 2n ** 63n;

describe('an asynchronous call', () => {
  it('is a promise at once, also on functions that may be missing, renamed or at an address', async () => {
    const promise = basics.add.async(2, 3);
    expect(promise).toBeInstanceOf(Promise);
    expect(await promise).toBe(5);
    expect([basics.add.async.name, basics.add.async.length, basics.add.async]).toEqual(['add', 2, basics.add.async]);
    const { ptr: address } = basics.add;
    const definition = { ptr: address, args: ['i32', 'i32'], returns: 'i32' };
    expect(await CFunction(definition).async(4, 5)).toBe(9);
    const add = AsyncCFunction(definition);
    expect([await add(6, 7), add.ptr]).toEqual([13, address]);
    expect(await new AsyncCFunction(definition)(1, 1)).toBe(2);
    add.close();
    const closed = CFunction(definition);
    closed.close();
    expect(await rejected(closed.async(1, 2))).toEqual(thrown(() => closed(1, 2)));
    expect(await rejected(add(1, 2))).toMatchObject({ code: 'ERR_LIBRARY_CLOSED', symbol: 'AsyncCFunction' });
    expect(thrown(() => AsyncCFunction({ ...definition, ptr: 0 })).code).toBe('ERR_INVALID_POINTER');
    expect(thrown(() => AsyncCFunction({ ...definition, pointer: 0 })).code).toBe('ERR_INVALID_ARG_TYPE');
  });

  const identity = (type, values, name = type) =>
    values.map((value) => [fixture('basics'), `id_${name}`, [type], type, [value]]);
  const echo = (text) => [fixture('basics'), 'echo', ['cstring'], 'cstring', [text]];
  const records = fixture('records');
  const points = Array.of({ x: 3, y: 4 }, { x: 5, y: 6 });
  const closed = new JSCallback((value) => value, { args: ['int'], returns: 'int' });
  closed.close();
  const calls = [
    ...identity('bool', [true, false, 0, 1, 2, 'x']),
    ...identity('i8', [-128, 127, 128, 0.5, '1', undefined]),
    ...identity('u8', [0, 255, -1]),
    ...identity('i16', [-32768, 32767, 32768]),
    ...identity('u16', [65535, 65536]),
    ...identity('i32', [-(2 ** 31), 2 ** 31 - 1, 2 ** 31, -0, null]),
    ...identity('u32', [2 ** 32 - 1, 2 ** 32]),
    ...identity('i64', [-HIGH, HIGH - 1n, HIGH, 2n ** 53n, 5n, 2 ** 53]),
    ...identity('u64', [HIGH, 2n * HIGH - 1n, 2n * HIGH, -1]),
    ...identity('bigint64', [5, -HIGH], 'i64'),
    ...identity('biguint64', [5, 2n * HIGH - 1n], 'u64'),
    ...identity('f32', [0.1, -0, NaN, Infinity, 3.5e38, 1n]),
    ...identity('f64', [0.1, -0, NaN, Number.MIN_VALUE, '1']),
    ...identity('ptr', [null, 70_000, 2n ** 60n, -1, 'x', {}]),
    ...identity(Color, ['red', 2, 'blue'], 'u32'),
    ...identity(Counter, [70_000, null, opaque('Other').at(70_000)], 'ptr'),
    ...['Grüße 😀', '', null, 'x'.repeat(100_000), 'a\0b', 5.5].map(echo),
    [fixture('basics'), 'greeting', [], 'cstring', []],
    [fixture('basics'), 'no_string', [], 'cstring', []],
    [fixture('basics'), 'nothing', [], 'void', []],
    [fixture('basics'), 'middle', ['cstring', 'cstring', 'cstring'], 'cstring', ['b', 'a', 'c']],
    [fixture('basics'), 'mixed', ['i32', 'f64', 'i64', 'f32', 'u8', 'f64'], 'f64', [1, 0.5, 2n, 0.25, 255, 1e9]],
    [fixture('basics'), 'add', ['i32', 'i32'], 'i32', [1]],
    [fixture('basics'), 'add', ['i32', 'i32'], 'i32', []],
    [fixture('basics'), 'add', ['i32', 'i32'], 'i32', [1, 2, 3]],
    [fixture('basics'), 'add', ['i32', 'i32'], 'i32', [1, 2, 3, {}]],
    [fixture('basics'), 'sum', ['ptr', 'i32'], 'i32', [Uint8Array.of(1, 2, 3), 3]],
    [records, 'point_sum_at', [pointer(Point)], 'int', [{ x: 3, y: 4 }]],
    [records, 'point_sum_at', [pointer(Point)], 'int', [{ x: 3 }]],
    [records, 'point_sum_at', [pointer(Point)], 'int', [new Uint8Array(3)]],
    [records, 'points_sum', [pointer(Point), 'int'], 'int', [points, 2]],
    [records, 'points_sum', [pointer(Point), 'int'], 'int', [[...points, { x: 5, y: '6' }], 3]],
    [file, 'turn', ['function', 'int', 'int'], Point.object, ['x', 1, 2]],
    [file, 'apply_callback', [callback(['int'], 'int'), 'int'], 'int', [(value) => value * 2, 21]],
    [file, 'apply_callback', [callback(['int'], 'int'), 'int'], 'int', [{}, 21]],
    [file, 'apply_callback', [callback(['int'], 'int'), 'int'], 'int', [closed, 21]],
    [file, 'apply_callback', ['function', 'int'], 'int', [closed, 21]],
    [file, 'apply_callback', ['ptr', 'int'], 'int', [closed, 21]],
  ];

  it('has the values and errors of the synchronous one', async () => {
    for (const [path, symbol, args, returns, values] of calls) {
      const call = dlopen(path, { [symbol]: { args, returns } }).symbols[symbol];
      let expected;
      const error = thrown(() => (expected = call(...values)));
      if (error === 'nothing was thrown') {
        const value = await call.async(...values);
        expect([symbol, value, value?.ptr]).toEqual([symbol, expected, expected?.ptr]);
      } else expect(await rejected(call.async(...values))).toEqual(error);
    }
  });

  it('returns records in both forms, and fills what it is given', async () => {
    const quotient = Struct({ quot: 'int', rem: 'int' });
    const { div, whole } = dlopen(null, {
      div: { args: ['int', 'int'], returns: quotient.object },
      whole: { symbol: 'div', args: ['int', 'int'], returns: quotient },
    }).symbols;
    expect(await div.async(17, 5)).toEqual({ quot: 3, rem: 2 });
    const { retained } = stats();
    const address = await whole.async(17, 5);
    expect([quotient.fromPtr(address), stats().retained]).toEqual([{ quot: 3, rem: 2 }, retained + 1]);
    arkffi.releasePtr(address);
    const { divide, move } = dlopen(fixture('records'), {
      divide: { args: ['int', 'int', out('int'), out('int')], returns: 'int' },
      move: { symbol: 'point_move', args: [inout(Point), 'int', 'int'] },
    }).symbols;
    const [quot, rem, point] = [[0], [0], { x: 1, y: 2 }];
    await Promise.all([divide.async(17, 5, quot, rem), move.async(point, 10, 20)]);
    expect([quot, rem, point]).toEqual([[3], [2], { x: 11, y: 22 }]);
  });

  it('reads its arguments at once: later changes change nothing', async () => {
    const { sum } = dlopen(fixture('records'), {
      sum: { symbol: 'points_sum', args: [pointer(Point), 'int'], returns: 'int' },
    }).symbols;
    const points = [{ x: 3, y: 4 }];
    const call = sum.async(points, 1);
    points[0].x = 1000;
    expect(await call).toBe(sum([{ x: 3, y: 4 }], 1));
  });

  it('never throws: all errors come through the promise', async () => {
    const mine = new Error('mine');
    const getter = {
      get x() {
        throw mine;
      },
      y: 1,
    };
    const { at } = dlopen(fixture('records'), {
      at: { symbol: 'point_sum_at', args: [pointer(Point)], returns: 'int' },
    }).symbols;
    await expect(at.async(getter)).rejects.toBe(mine);
    for (const options of [{ signl: 1 }, { signal: {} }, { signal: null }, { signal: 'x' }]) {
      const error = await rejected(basics.add.async(1, 2, options));
      expect(error).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol: 'add', argument: 2 });
    }
    expect(await basics.add.async(1, 2, {})).toBe(3);
    expect(await basics.add.async(1, 2, { signal: undefined })).toBe(3);
    const library = dlopen(fixture('basics'), { add: { args: ['i32', 'i32'], returns: 'i32' } });
    library.close();
    expect(await rejected(library.symbols.add.async(1, 2))).toEqual(thrown(() => library.symbols.add(1, 2)));
  });

  it('is counted until it settles, and thousands are queued', async () => {
    expect(stats().async).toBe(0);
    const results = Promise.all(Array.from({ length: 5000 }, (_, index) => basics.add.async(index, 1)));
    expect(stats().async).toBe(5000);
    expect(await results).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1));
    await until(() => stats().async === 0);
  });

  it('keeps its library until it has returned, though that is closed meanwhile', async () => {
    const library = dlopen(file, { wait_at_gate: definitions.wait_at_gate });
    const call = library.symbols.wait_at_gate.async(7);
    await until(() => symbols.gate_waiters() === 1);
    library.close();
    expect(thrown(() => library.symbols.wait_at_gate(1)).code).toBe('ERR_LIBRARY_CLOSED');
    symbols.open_gate();
    expect(await call).toBe(7);
  });

  it('has the strings and the bytes that it was given, whatever happens to them meanwhile', async () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const call = symbols.wait_with_bytes.async(bytes, 'text'.repeat(10), 4);
    await until(() => symbols.gate_waiters() === 1);
    for (let i = 0; i < 100; i++) await Promise.all([basics.add.async(i, i), new Uint8Array(10_000)]);
    // Node 22 has no buffers that cannot be transferred, so there C has a copy.
    const isMoved = process.versions.node.startsWith('22.') || host === 'Bun';
    thrown(() => structuredClone(bytes, { transfer: [bytes.buffer] }));
    expect(bytes.length).toBe(isMoved ? 0 : 4);
    symbols.open_gate();
    if (isMoved) expect(await rejected(call)).toMatchObject(lost);
    else expect([await call, ...bytes]).toEqual([40_010, 2, 3, 4, 5]);
  });

  const lost = { class: 'FFITypeError', code: 'ERR_INVALID_ARG_VALUE', symbol: 'wait_with_bytes' };
  it('fails when what C wrote cannot be given back', async () => {
    const buffer = new ArrayBuffer(4, { maxByteLength: 8 });
    const resized = async (length) => {
      const call = symbols.wait_with_bytes.async(new Uint8Array(buffer, 0, 4).fill(1), '', 4);
      await until(() => symbols.gate_waiters() === 1);
      buffer.resize(length);
      symbols.open_gate();
      return call;
    };
    expect([await resized(8), ...new Uint8Array(buffer)]).toEqual([4, 2, 2, 2, 2, 0, 0, 0, 0]);
    expect(await rejected(resized(2))).toMatchObject(lost);
  });

  it('works on views in place or copied, also where the buffer cannot be locked', async () => {
    const resizable = new Uint8Array(new ArrayBuffer(8, { maxByteLength: 64 }), 2, 4);
    const shared = new Uint8Array(new SharedArrayBuffer(8), 2);
    const wasm = new Uint8Array(new WebAssembly.Memory({ initial: 1 }).buffer, 100, 8);
    for (const view of [resizable, shared, wasm, new Uint8Array(8), Buffer.alloc(8)]) {
      view.set([97, 98, 0, 99]);
      await basics.upper.async(view);
      expect([...view.subarray(0, 4)]).toEqual([65, 66, 0, 99]);
    }
    const detached = new Uint8Array(8);
    structuredClone(detached, { transfer: [detached.buffer] });
    expect(await rejected(basics.upper.async(detached))).toEqual(thrown(() => basics.upper(detached)));
  });
});

describe('errno of an asynchronous call', () => {
  it('is what the one that was awaited left, however many are in flight', async () => {
    const seen = await Promise.all(
      Array.from({ length: 500 }, async (_, index) => [await symbols.fail_with.async(index + 1), errno()]),
    );
    expect(seen).toEqual(seen.map((_, index) => [-index - 1, index + 1]));
    const later = Array.from({ length: 100 }, (_, index) => symbols.fail_with.async(index).then(() => errno()));
    expect(await Promise.all(later)).toEqual(later.map((_, index) => index));
  });

  it('is that of callAsync, callPtrAsync and AsyncCFunction too', async () => {
    const handle = arkffi.ffi.load(file);
    const each = (call) =>
      Promise.all(Array.from({ length: 50 }, async (_, index) => [await call(index + 1), errno()]));
    const expected = Array.from({ length: 50 }, (_, index) => [-index - 1, index + 1]);
    const { ptr: address } = symbols.fail_with;
    expect(await each(AsyncCFunction({ ptr: address, args: ['int'], returns: 'int' }))).toEqual(expected);
    expect(await each((value) => arkffi.callPtrAsync(address, 'i', 'i', [value], []))).toEqual(expected);
    expect(await each((value) => arkffi.callAsync(handle, 'fail_with', 'i', 'i', [value], []))).toEqual(expected);
  });

  it('begins as it was, and is not changed by a refused call', async () => {
    errno(34);
    expect(await symbols.read_errno.async()).toBe(34);
    errno(12);
    await rejected(symbols.fail_with.async('x'));
    expect(errno()).toBe(12);
  });
});

describe('an AbortSignal', () => {
  /** A signal, and how many listen to it. */
  const watched = () => {
    const controller = new AbortController();
    const { signal } = controller;
    return { controller, signal, listeners: () => getEventListeners(signal, 'abort').length };
  };

  it('that is aborted already rejects with its reason, and calls nothing', async () => {
    const reason = { mine: true };
    await expect(basics.add.async(1, 2, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(basics.add.async(1, 2, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(stats().async).toBe(0);
  });

  it('that is aborted while the arguments are read rejects with its reason', async () => {
    const { at } = dlopen(fixture('records'), {
      at: { symbol: 'point_sum_at', args: [pointer(Point)], returns: 'int' },
    }).symbols;
    const controller = new AbortController();
    const point = {
      get x() {
        controller.abort('why');
        return 1;
      },
      y: 2,
    };
    await expect(at.async(point, { signal: controller.signal })).rejects.toBe('why');
    expect(stats().async).toBe(0);
  });

  it('withdraws calls that have not started, and what was opened for them', async () => {
    const before = stats();
    const { calls } = await fillPool();
    const { controller, signal, listeners } = watched();
    let ran = false;
    const queued = [symbols.lent.async(() => ((ran = true), 1), 1, { signal }), basics.add.async(1, 2, { signal })];
    const other = basics.add.async(3, 4);
    expect([listeners(), stats().callbacks.open]).toEqual([2, before.callbacks.open + 1]);
    controller.abort('enough');
    for (const call of queued) await expect(call).rejects.toBe('enough');
    expect([listeners(), stats().callbacks.open]).toEqual([0, before.callbacks.open]);
    symbols.open_gate();
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => index));
    expect([await other, ran]).toEqual([7, false]);
    await until(() => stats().async === 0);
  });

  it('does nothing to a call that has started, or has settled', async () => {
    const { controller, signal, listeners } = watched();
    const call = symbols.wait_at_gate.async(5, { signal });
    await until(() => symbols.gate_waiters() === 1);
    expect(await basics.add.async(1, 2, { signal })).toBe(3);
    await rejected(basics.add.async('x', 2, { signal }));
    expect(listeners()).toBe(1);
    controller.abort();
    symbols.open_gate();
    expect(await call).toBe(5);
    expect(listeners()).toBe(0);
  });
});
