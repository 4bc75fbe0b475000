// Memory of alloc in other hands: pointers, schemas, getters, and calls that go on after it was freed.
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, require, thrown } from './open.mjs';
import { c, gone, outside, own, Point } from './owned.mjs';

const { alloc, dlopen, pointer, strdup, Struct, stats, array, read, ptr } = arkffi;

describe('what takes memory', () => {
  const Pair = Struct({ a: 'i32', b: 'i32' });

  test('pointers, strings, schemas and records by value', () => {
    const text = own(strdup('hello'));
    expect(c.strlen(text)).toBe(5);
    expect(c.strlen(text.slice(1))).toBe(4);
    const target = new Uint8Array(6);
    c.memcpy(target, text, 6);
    expect(Buffer.from(target).toString('latin1')).toBe('hello\0');
    const points = own(alloc(Point, 2));
    Point.write(points, { x: 3, y: 4 }, Point.size);
    expect(points.at(1)).toEqual({ x: 3, y: 4 });
    expect(Point.fromPtr(points, Point.size)).toEqual({ x: 3, y: 4 });
    expect(Point.get(points.add(1), 'x')).toBe(3);
    const view = Point.view(points, Point.size);
    view.x = 9;
    expect(points.at(1).x).toBe(9);
    expect(array('i32', 2).fromPtr(points.slice(16))).toEqual([9, 0]);
    expect(ptr(points, 4)).toBe(points.ptr + 4);
    expect(read.i32(points, 16)).toBe(9);
  });

  test('schemas do not go beyond it', () => {
    const memory = own(alloc(20));
    for (const use of [
      () => Point.fromPtr(memory, 8),
      () => Point.view(memory, 8),
      () => Point.write(memory, { x: 1, y: 2 }, 8),
      () => Point.get(memory.slice(8), 'x'),
      () => Point.set(memory.slice(8), 'y', 1),
      () => array('u8', 21).fromPtr(memory),
    ]) {
      expect(thrown(use)).toMatchObject(outside);
    }
  });

  test('a typed pointer takes no memory that is too small', () => {
    const { symbols } = dlopen(null, { memset: { args: [pointer(Point), 'i32', 'size_t'], returns: 'ptr' } });
    const memory = own(alloc(16));
    expect(symbols.memset(memory, 1, 16)).toBe(memory.ptr);
    expect(thrown(() => symbols.memset(memory.slice(1), 0, 1))).toMatchObject({ ...outside, symbol: 'memset' });
  });

  test('a record by value is taken from memory of its size', () => {
    const { symbols } = dlopen(fixture('records'), { point_sum: { args: [Pair], returns: 'i32' } });
    const memory = own(alloc(Pair, 2));
    memory.set(1, { a: 4, b: 2 });
    expect(symbols.point_sum(memory.slice(8))).toBe(42);
    expect(symbols.point_sum(memory.add(1))).toBe(42);
    expect(thrown(() => symbols.point_sum(memory))).toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
      argument: 0,
    });
  });

  test('a parameter that wants a buffer does not take it', () => {
    const memory = own(alloc(8));
    expect(thrown(() => c.memcpy(memory, memory, 1))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 0 });
  });

  test('it is shown as what it is', () => {
    const memory = alloc(8);
    const { inspect } = require('node:util');
    expect(inspect(memory)).toBe(`Memory { 8 bytes, 0x${memory.ptr.toString(16)} }`);
    memory.free();
    expect(inspect(memory)).toBe('Memory { 8 bytes, freed }');
    expect(JSON.stringify({ memory })).toBe('{"memory":{}}');
  });
});

describe('code of the user', () => {
  test('a getter that frees the memory that is written stops the write', () => {
    for (const uses of [0, 30]) {
      const memory = alloc(Point);
      for (let index = 0; index < uses; index++) memory.at(0);
      const sly = {
        x: 1,
        get y() {
          memory.free();
          return 2;
        },
      };
      expect(thrown(() => memory.set(0, sly))).toMatchObject({ ...gone, symbol: 'set' });
      const second = alloc(16);
      const slyer = {
        get x() {
          second.free();
          return 1;
        },
        y: 1,
      };
      expect(thrown(() => Point.write(second, slyer))).toMatchObject(gone);
    }
  });

  test('a getter that frees an argument stops the call', () => {
    const { symbols } = dlopen(null, { memcpy: { args: ['ptr', pointer(Point), 'size_t'], returns: 'ptr' } });
    const memory = alloc(16);
    const sly = {
      x: 1,
      get y() {
        memory.free();
        return 2;
      },
    };
    expect(thrown(() => symbols.memcpy(memory, sly, 16))).toMatchObject({ ...gone, argument: 0 });
  });

  test('built-ins that are replaced later change nothing', () => {
    const file = require.resolve('../index.js');
    const program = `
      const { alloc } = require(${JSON.stringify(file)});
      const memory = alloc(8); const view = memory.view();
      const evil = () => { throw new Error('replaced'); };
      if (ArrayBuffer.prototype.transfer) ArrayBuffer.prototype.transfer = evil;
      Object.defineProperty(ArrayBuffer.prototype, 'byteLength', { get: () => 0 });
      DataView.prototype.getInt32 = DataView.prototype.setInt32 = evil;
      for (let i = 0; i < 30; i++) memory.write('i32', 0, i);
      if (memory.read('i32') !== 29) throw new Error('wrong');
      memory.free();
      console.log(view.length);`;
    expect(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }).trim()).toBe('0');
  });
});

describe('asynchronous calls', () => {
  test('memory that is freed meanwhile stays until they have returned', async () => {
    const memory = alloc(1 << 20);
    const view = memory.view();
    const calls = Array.from({ length: 20 }, (_, index) => c.memset.async(memory, index, 1 << 20));
    const viewed = c.memset.async(view, 1, 1 << 20);
    memory.free();
    expect([memory.freed, view.length]).toEqual([true, 0]);
    expect(thrown(() => memory.read('u8'))).toMatchObject(gone);
    const results = await Promise.all([...calls, viewed]);
    expect(new Set(results).size).toBe(1);
    expect(stats().memory.blocks).toBe(0);
    await expect(c.memset.async(memory, 0, 1)).rejects.toMatchObject({ code: 'ERR_INVALID_MEM_ID', argument: 0 });
  });

  test('views that were used in one are detached as others', async () => {
    const memory = alloc(64);
    const view = memory.view();
    await c.memset.async(view, 5, 64);
    expect(view[63]).toBe(5);
    memory.free();
    expect(view.length).toBe(0);
  });

  test('a call that is refused does not keep memory', async () => {
    const memory = alloc(8);
    await expect(c.memset.async(memory, 'x', 8)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    memory.free();
    const controller = new AbortController();
    const second = alloc(8);
    const blockers = Array.from({ length: 8 }, () => c.usleep.async(20_000));
    const late = c.memset.async(second, 1, 8, { signal: controller.signal });
    controller.abort();
    await late.catch(() => {});
    second.free();
    await Promise.all(blockers);
  });
});
