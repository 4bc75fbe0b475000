// isolate(): libraries in a helper process, with the API of dlopen.
import { describe, expect, test } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { open } from './isolates.mjs';
import { arkffi, thrown } from './open.mjs';
import { until } from './soak/processes.mjs';

const { IsolatedPointer, JSCallback, Struct, array, callback, dlopen, inout, opaque, out, pointer } = arkffi;

const Point = Struct({ x: 'f64', y: 'f64' });
const libc = open(null, {
  getpid: { returns: 'i32' },
  abs: { args: ['i32'], returns: 'i32' },
  llabs: { args: ['i64'], returns: 'i64' },
  sqrt: { args: ['f64'], returns: 'f64' },
  strlen: { args: ['cstring'], returns: 'usize' },
  getenv: { args: ['cstring'], returns: 'cstring' },
  memset: { args: ['ptr', 'i32', 'usize'], returns: 'ptr' },
  memcpy: { args: ['ptr', 'ptr', 'usize'], returns: 'ptr' },
  memmove: { args: ['ptr', 'ptr', 'usize'], returns: 'ptr' },
  malloc: { args: ['usize'], returns: 'ptr' },
  calloc: { args: ['usize', 'usize'], returns: 'ptr' },
  free: { args: ['ptr'] },
  strtol: { args: ['cstring', out('ptr'), 'i32'], returns: 'i64' },
  strdup: { args: ['cstring'], returns: { type: 'cstring', free: 'free' } },
  raw_strdup: { symbol: 'strdup', args: ['cstring'], returns: 'ptr' },
  qsort: { args: ['ptr', 'usize', 'usize', callback(['ptr', 'ptr'], 'i32')] },
  close: { args: ['i32'], returns: 'i32', errno: true },
  modf: { args: ['f64', out(array('f64', 1))], returns: 'f64' },
  nowhere: { optional: true },
});
const { symbols } = libc;

describe('values', () => {
  test('C runs in another process', () => {
    expect(symbols.getpid()).toBe(libc.status().pid);
    expect(symbols.getpid()).not.toBe(process.pid);
  });

  test('scalars, strings and errno are as in a call of this process', () => {
    expect([symbols.abs(-5), symbols.llabs(-(2n ** 60n)), symbols.sqrt(2)]).toEqual([5, 2n ** 60n, Math.SQRT2]);
    expect([symbols.strlen('größer'), symbols.strlen('x'.repeat(3_000_000))]).toEqual([8, 3_000_000]);
    expect([symbols.getenv('PATH'), symbols.getenv('NOT SET')]).toEqual([process.env.PATH, null]);
    expect(symbols.strdup('a copy that is freed ü')).toBe('a copy that is freed ü');
    expect(symbols.close(-1)).toEqual({ value: -1, errno: 9 });
    expect(arkffi.errno()).toBe(9);
    expect(symbols.nowhere).toBe(null);
  });

  test('what C writes to a buffer comes back, large buffers included', () => {
    const small = new Uint8Array(16);
    symbols.memset(small.subarray(4, 8), 7, 4);
    expect([...small]).toEqual([0, 0, 0, 0, 7, 7, 7, 7, 0, 0, 0, 0, 0, 0, 0, 0]);
    const large = new Uint8Array(10_000_000);
    symbols.memset(large, 9, large.length);
    expect(large.every((byte) => byte === 9)).toBe(true);
    symbols.memset(new Uint8Array(0), 1, 0);
  });

  test('views on one buffer are as far apart as they are here', () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => index);
    symbols.memmove(bytes.subarray(8, 24), bytes.subarray(4, 20), 16);
    expect([...bytes.subarray(6, 12)]).toEqual([6, 7, 4, 5, 6, 7]);
    expect(bytes[23]).toBe(19);
    const other = new Uint8Array(32);
    symbols.memcpy(other, bytes, 32);
    expect(other).toEqual(bytes);
  });

  test('a view of a huge buffer costs no more than itself', () => {
    const whole = new Uint8Array(2 ** 31);
    const part = whole.subarray(2 ** 31 - 16);
    symbols.memset(part.subarray(8), 5, 4);
    symbols.memcpy(part, part.subarray(8), 4);
    expect([...part]).toEqual([5, 5, 5, 5, 0, 0, 0, 0, 5, 5, 5, 5, 0, 0, 0, 0]);
  });

  describe('variadic functions', () => {
    const variadic = (returns, ...args) => ({ args: [...args, '...'], returns });
    const { symbols: c } = open(
      null,
      {
        ...{ snprintf: variadic('i32', 'buffer', 'usize', 'cstring'), sscanf: variadic('i32', 'cstring', 'cstring') },
        open: { ...variadic('i32', 'cstring', 'i32'), errno: true },
      },
      { maxRestarts: 100 },
    );
    const buffer = Buffer.alloc(1000);
    const format = (...args) => buffer.toString('utf8', 0, c.snprintf(buffer, 1000, ...args));

    test('take values as those of dlopen do', async () => {
      expect(format('nothing')).toBe('nothing');
      expect(format('%d %g %lld %s %d', 5, 0.5, 2n ** 40n, 'Grüße', true)).toBe('5 0.5 1099511627776 Grüße 1');
      expect(format('%c %g %s', ['char', 65], ['f32', 0.1], [array('u8', 3), [104, 105, 0]])).toBe('A 0.1 hi');
      for (let turn = 0; turn < 20; turn++)
        expect(format('%d %g', turn, ['f64', turn / 2])).toBe(`${turn} ${turn / 2}`);
      const [number, text] = [new Int32Array(1), Buffer.alloc(8)];
      expect([c.sscanf('12 abc', '%d %7s', number, text), number[0], text.toString('utf8', 0, 3)]).toEqual([
        2,
        12,
        'abc',
      ]);
      const target = Buffer.alloc(64);
      const length = await c.snprintf.async(target, 64, '%s-%d', 'x', 7);
      expect(target.toString('utf8', 0, length)).toBe('x-7');
      expect(c.open('/nowhere/at/all', 0)).toEqual({ value: -1, errno: 2 });
    });

    test('take and refuse pointers as all others do', () => {
      const memory = symbols.calloc(1, 1);
      expect(thrown(() => format('%p', memory))).toMatchObject({ symbol: 'snprintf', argument: 3 });
      symbols.free(memory);
      for (const value of [
        ['ptr', 4096],
        ['ptr', 4096n],
        [out('i32'), 7],
      ]) {
        const refusal = { class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol: 'snprintf', argument: 3 };
        expect(thrown(() => format('%p', value))).toMatchObject(refusal);
      }
      expect(thrown(() => format('%d', undefined))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 3 });
      expect(thrown(() => c.snprintf(buffer))).toMatchObject({ code: 'ERR_MISSING_ARGS', symbol: 'snprintf' });
    });

    test('are the same after a restart, and gone when their library is closed', async () => {
      const own = isolatedVariadic();
      expect(own.symbols.sum_ints(2, 3, 4)).toBe(7);
      process.kill(own.status().pid, 'SIGKILL');
      await until(() => own.status().pid === null, 'what is killed is gone');
      expect([own.symbols.sum_ints(2, 3, 4), own.symbols.sum_ints(1, 9)]).toEqual([7, 9]);
      const other = own.open(fixture('variadic'), { sum_ints: variadic('i32', 'i32') });
      expect(other.symbols.sum_ints(1, 5)).toBe(5);
      other.close();
      expect(thrown(() => other.symbols.sum_ints(1, 5))).toMatchObject({ code: 'ERR_LIBRARY_CLOSED' });
      expect(
        own.symbols.apply_all(
          2,
          [callback(['i32'], 'i32'), (value) => value + 1],
          [callback(['i32'], 'i32'), (value) => value * 5],
        ),
      ).toBe(6);
    });

    const isolatedVariadic = () =>
      open(
        fixture('variadic'),
        { sum_ints: variadic('i32', 'i32'), apply_all: variadic('i32', 'i32') },
        { maxRestarts: 5 },
      );
  });

  test('out-parameters and pointers inside of them', () => {
    const whole = [0];
    expect(symbols.modf(3.25, whole)).toBe(0.25);
    expect(whole).toEqual([3]);
    const end = [null];
    expect(symbols.strtol('123abc', end, 10)).toBe(123);
    expect(end[0]).toBeInstanceOf(IsolatedPointer);
  });

  test('records by value and by reference', () => {
    const records = open(fixture('records'), {
      id_point: { symbol: 'id_point', args: [Point.object ?? Point], returns: Point.object, optional: true },
    });
    expect(records.symbols).toBeDefined();
  });
});

describe('pointers', () => {
  test('are objects that stand for no number', () => {
    const memory = symbols.calloc(16, 1);
    expect(memory).toBeInstanceOf(IsolatedPointer);
    expect(`${JSON.stringify(memory)} ${Object.keys(memory)}`).toBe('{} ');
    symbols.memset(memory, 65, 4);
    expect(libc.text(memory)).toBe('AAAA');
    expect([...libc.bytes(memory, 0, 4)]).toEqual([65, 65, 65, 65]);
    libc.setBytes(memory, Uint8Array.of(66, 0), 1);
    expect([libc.text(memory), libc.read(memory, 'u8', 1)]).toEqual(['AB', 66]);
    libc.write(memory, 'i32', 4, -7);
    expect(libc.read(memory, 'i32', 4)).toBe(-7);
    libc.write(memory, 'ptr', 8, memory);
    expect(libc.read(memory, 'ptr', 8).equals(memory)).toBe(true);
    symbols.free(memory);
    expect(symbols.malloc(2n ** 62n)).toBe(null);
  });

  test('cannot be mixed up with addresses of this process', () => {
    const here = dlopen(null, { free: { args: ['ptr'] }, strlen: { args: ['cstring'], returns: 'usize' } });
    const there = symbols.raw_strdup('text');
    expect(thrown(() => here.symbols.strlen(there))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'strlen',
      argument: 0,
    });
    expect(thrown(() => symbols.free(4096))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'free',
      argument: 0,
    });
    expect(thrown(() => symbols.free(4096n))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    const other = open(null, { free: { args: ['ptr'] } });
    expect(thrown(() => other.symbols.free(there))).toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'free',
      argument: 0,
    });
    expect(thrown(() => new IsolatedPointer())).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    symbols.free(there);
  });

  test('a refusal is the same as of dlopen', () => {
    const here = dlopen(null, {
      abs: { args: ['i32'], returns: 'i32' },
      strlen: { args: ['cstring'], returns: 'usize' },
    });
    for (const [name, ...args] of [
      ['abs', 1.5],
      ['abs', 2 ** 40],
      ['abs'],
      ['abs', 1, 2],
      ['strlen', 'a\0b'],
      ['strlen', undefined],
    ]) {
      const { message, ...refusal } = thrown(() => symbols[name](...args));
      const { message: _, ...expected } = thrown(() => here.symbols[name](...args));
      expect(refusal).toEqual(expected);
      expect(message).toContain(name);
    }
    expect(thrown(() => open('/nowhere/lib.so', {}))).toMatchObject({ code: 'ERR_DLOPEN_FAILED' });
    expect(thrown(() => open(null, { no_such_function: {} }))).toMatchObject({ code: 'ERR_DLSYM_FAILED' });
  });
});

describe('callbacks', () => {
  test('run in the program while the call waits', () => {
    const numbers = Int32Array.of(5, 3, 9, -1, 7);
    const seen = [];
    symbols.qsort(numbers, 5, 4, (a, b) => {
      const [x, y] = [libc.read(a, 'i32'), libc.read(b, 'i32')];
      seen.push(x);
      return x - y;
    });
    expect([...numbers]).toEqual([-1, 3, 5, 7, 9]);
    expect(seen.length).toBeGreaterThan(4);
  });

  test('what one throws is thrown by the call', () => {
    const numbers = Int32Array.of(2, 1);
    const error = new Error('mine');
    let count = 0;
    expect(() =>
      symbols.qsort(numbers, 2, 4, () => {
        count++;
        throw error;
      }),
    ).toThrow(error);
    expect(count).toBe(1);
    expect(symbols.abs(-1)).toBe(1);
  });
});

describe('asynchronous calls', () => {
  test('settle with what the call would return', async () => {
    const results = Array.from({ length: 200 }, (_, index) => symbols.abs.async(-index));
    expect(await Promise.all(results)).toEqual(Array.from({ length: 200 }, (_, index) => index));
    const bytes = new Uint8Array(8);
    await symbols.memset.async(bytes, 3, 8);
    expect([...bytes]).toEqual(Array(8).fill(3));
    expect(await symbols.strdup.async('später')).toBe('später');
    const whole = [0];
    expect(await symbols.modf.async(2.5, whole)).toBe(0.5);
    expect(whole).toEqual([2]);
    await expect(symbols.abs.async('x')).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'abs',
      argument: 0,
    });
  });
});

describe('memory', () => {
  test('of the isolate is seen by both and obeys the usual checks', () => {
    const memory = libc.alloc('i32', 4);
    expect([memory.size, memory.count, memory.at(0)]).toEqual([16, 4, 0]);
    memory.set(1, -5);
    symbols.memset(memory, 1, 4);
    expect([memory.at(0), memory.at(1)]).toEqual([0x01010101, -5]);
    expect(memory.ptr).toBeInstanceOf(IsolatedPointer);
    expect(thrown(() => memory.at(4))).toMatchObject({ code: 'ERR_OUT_OF_BOUNDS' });
    const text = libc.strdup('größer');
    expect([text.toString(), symbols.strlen(text)]).toEqual(['größer', 8]);
    const before = libc.status().liveAllocations;
    text.free();
    expect(libc.status().liveAllocations).toBe(before - 1);
    for (const use of [() => text.free(), () => text.toString(), () => symbols.strlen(text)]) {
      expect(thrown(use)).toMatchObject({ code: 'ERR_INVALID_MEM_ID' });
    }
    const here = dlopen(null, { strlen: { args: ['cstring'], returns: 'usize' } });
    expect(thrown(() => here.symbols.strlen(memory))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 0 });
    memory.free();
  });

  test('of this process is copied there and back', () => {
    const memory = arkffi.alloc('u8', 4);
    symbols.memset(memory, 2, 3);
    expect([...memory.bytes()]).toEqual([2, 2, 2, 0]);
  });
});
