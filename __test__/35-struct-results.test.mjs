// Results that are records: memory that is kept until it is released.
import { describe, expect, it } from 'vitest';
import { Worker } from 'node:worker_threads';
import { collect } from './collect.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, require, thrown } from './open.mjs';

const { dlopen, ffi, Struct, array, offsetof, releasePtr, stats } = arkffi;

const Point = Struct({ x: 'int', y: 'int' });
const Large = Struct({ values: array('i64', 6), label: 'cstring' });
const Packed = Struct({ tag: 'i8', value: 'double', tail: 'i16' }, { pack: 1 });
const Huge = Struct({ bytes: array('u8', 16000) });
const { symbols } = dlopen(fixture('records'), {
  point_add: { args: [Point, Point], returns: Point },
  large_reverse: { args: [Large], returns: Large },
  packed_twice: { args: [Packed], returns: Packed },
  huge_inverse: { args: [Huge], returns: Huge },
});

describe('a result that is a record', () => {
  it('is kept until it is released, once; other pointers are ignored', () => {
    const before = stats().retained;
    const pointers = Array.from({ length: 10_000 }, (_, x) => symbols.point_add({ x, y: 1 }, { x: 0, y: 1 }));
    expect(stats().retained).toBe(before + 10_000);
    expect(new Set(pointers).size).toBe(10_000);
    expect(pointers.every((pointer, x) => Point.fromPtr(pointer).x === x)).toBe(true);
    for (const [index, pointer] of pointers.entries()) releasePtr(index % 2 ? pointer : BigInt(pointer));
    expect(stats().retained).toBe(before);
    for (const pointer of [...pointers.slice(0, 100), 0, null, 70000, 2n ** 63n]) releasePtr(pointer);
    expect(stats().retained).toBe(before);
    for (const wrong of [undefined, 'x', {}, -1, 1.5]) expect(thrown(() => releasePtr(wrong)).isFFIError).toBe(true);
  });

  it('lies apart from all others, whatever their sizes, and what is inside of it is found', () => {
    const kinds = [
      { type: Point, make: () => symbols.point_add({ x: 1, y: 2 }, { x: 3, y: 4 }), member: 'y' },
      { type: Large, make: () => symbols.large_reverse({ values: [1, 2, 3, 4, 5, 6], label: null }), member: 'values' },
      { type: Packed, make: () => symbols.packed_twice({ tag: 1, value: 2, tail: 3 }), member: 'tail' },
      { type: Huge, make: () => symbols.huge_inverse({ bytes: Array(16000).fill(2) }), member: 'bytes' },
    ];
    const all = Array.from({ length: 200 }, (_, index) => {
      const { type, make, member } = kinds[((index * index) % 7) % kinds.length];
      return { type, member, pointer: make() };
    });
    const bytesOf = ({ type, pointer }) => [...array('u8', type.size).fromPtr(pointer)];
    const before = all.map(bytesOf);
    for (const [index, kept] of all.entries()) {
      const bytes = array('u8', kept.type.size).view(kept.pointer);
      for (let at = 0; at < bytes.length; at++) bytes[at] = 0xee;
      expect(all.slice(index + 1, index + 6).map(bytesOf)).toEqual(before.slice(index + 1, index + 6));
      expect(kept.pointer % 16).toBe(0);
    }
    expect(all.every((kept) => bytesOf(kept).every((byte) => byte === 0xee))).toBe(true);
    for (const { type, member, pointer } of all) {
      const offset = offsetof(type, member);
      const inside = array('u8', type.size - offset).view(pointer + offset);
      expect([inside[0], inside.length]).toEqual([0xee, type.size - offset]);
      expect(thrown(() => type.view(pointer, 1)).code).toBe('ERR_OUT_OF_BOUNDS');
      releasePtr(pointer);
      expect(thrown(() => inside[0]).code).toBe('ERR_INVALID_POINTER');
    }
  });

  it('keeps what is written to it until it is released', async () => {
    const [first, second] = [1, 2].map(() => symbols.large_reverse({ values: Array(6).fill(0), label: null }));
    const texts = [first, second].map((pointer) => {
      const bytes = Buffer.alloc(100, 'text\0');
      Large.view(pointer).label = bytes;
      return new WeakRef(bytes);
    });
    releasePtr(first);
    // References of a job are kept until it ends.
    for (let round = 0; round < 50 && texts[0].deref() !== undefined; round++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      collect();
    }
    expect(texts.map((text) => text.deref() === undefined)).toEqual([true, false]);
    releasePtr(second);
  });

  it('belongs to its thread', async () => {
    const kept = symbols.point_add({ x: 1, y: 2 }, { x: 3, y: 4 });
    const before = stats().retained;
    const worker = new Worker(
      `const { dlopen, Struct, stats, releasePtr } = require(${JSON.stringify(require.resolve('../index.js'))});
       const Point = Struct({ x: 'int', y: 'int' });
       const { point_add } = dlopen(${JSON.stringify(fixture('records'))}, { point_add: { args: [Point, Point], returns: Point } }).symbols;
       const start = stats().retained;
       for (let i = 0; i < 5; i++) point_add({ x: 1, y: 1 }, { x: 1, y: 1 });
       releasePtr(${kept});
       require('node:worker_threads').parentPort.postMessage([start, stats().retained]);`,
      { eval: true },
    );
    expect(await new Promise((resolve) => worker.once('message', resolve))).toEqual([0, 5]);
    await worker.terminate();
    expect(stats().retained).toBe(before);
    expect(Point.fromPtr(kept)).toEqual({ x: 4, y: 6 });
    releasePtr(kept);
  });

  it('of two doubles is an ArrayBuffer to the raw bridge', () => {
    const handle = ffi.load(fixture('records'));
    ffi.defineFunction(handle, 'complex_of', 'dd', '2');
    const pairs = [
      ffi.callBySigAsArrayBuffer(handle, 'complex_of', [1.5, -2], []),
      ffi.callBySig(handle, 'complex_of', [1.5, -2], []),
      ffi.callMixed(handle, 'complex_of', 'dd', '2', [1.5, -2], []),
      ffi.callPtr(ffi.getSymbolPtr(handle, 'complex_of'), 'dd', '2', [1.5, -2], []),
    ];
    for (const pair of pairs) expect([pair.byteLength, ...new Float64Array(pair)]).toEqual([16, 1.5, -2]);
    ffi.close(handle);
  });
});
