// Memory of alloc: what is in it, where it ends, and that it is gone when it was freed.
import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, require, thrown } from './open.mjs';

const { alloc, dlopen, free, leaks, Memory, pointer, reinterpret, strdup, Struct, stats } = arkffi;
const { array, bits, enumeration, opaque, out, Union, CString, read, ptr } = arkffi;

const Point = Struct({ x: 'i32', y: 'f64' });
const { symbols: c } = dlopen(null, {
  strlen: { args: ['cstring'], returns: 'size_t' },
  memset: { args: ['ptr', 'i32', 'size_t'], returns: 'ptr' },
  memcpy: { args: ['buffer', 'ptr', 'size_t'], returns: 'ptr' },
  usleep: { args: ['u32'], returns: 'i32' },
});

const gone = { class: 'FFIError', code: 'ERR_INVALID_MEM_ID' };
const outside = { class: 'FFIRangeError', code: 'ERR_OUT_OF_BOUNDS' };

/** What is allocated is freed after each test, so that what is live says what leaked. */
const mine = [];
/** How much memory a test has left that cannot be freed. */
let stuck = 0;
const own = (memory) => (mine.push(memory), memory);
afterEach(() => {
  for (const memory of mine.splice(0)) if (!memory.freed) memory.free();
  expect(leaks().filter(({ kind }) => kind === 'memory').length).toBe(stuck);
});

describe('alloc', () => {
  test('gives zeroed memory of its own, aligned to 16 bytes', () => {
    const memories = Array.from({ length: 100 }, () => own(alloc(100)));
    for (const memory of memories) {
      expect(memory).toBeInstanceOf(Memory);
      expect(memory.ptr % 16).toBe(0);
      expect([...memory.bytes()]).toEqual(new Array(100).fill(0));
      c.memset(memory, 255, 100);
    }
    expect(new Set(memories.map((memory) => memory.ptr)).size).toBe(100);
    expect(memories[0]).toMatchObject({ size: 100, count: 100, type: undefined, freed: false });
  });

  test('multiplies by the count; a type has its elements', () => {
    expect(own(alloc(8, 3)).size).toBe(24);
    const points = own(alloc(Point, 3));
    expect(points).toMatchObject({ size: 48, count: 3, type: Point });
    expect(own(alloc('i32'))).toMatchObject({ size: 4, count: 1, type: 'i32' });
    expect(own(alloc(0)).size).toBe(0);
    expect(own(alloc('f64', 0)).count).toBe(0);
  });

  test.each([1, 16, 32, 64, 4096, 65_536])('aligns to %i bytes when asked', (align) => {
    for (let index = 0; index < 20; index++) {
      const memory = own(alloc(24, { align }));
      expect(memory.ptr % align).toBe(0);
      c.memset(memory, index, 24);
      expect([...memory.bytes()]).toEqual(new Array(24).fill(index));
    }
    expect(own(alloc(Point, 2, { align })).ptr % align).toBe(0);
  });

  test('memory of no bytes has an address and nothing in it', () => {
    const memory = own(alloc(0));
    expect(memory.ptr).toBeGreaterThan(65_536);
    expect(memory.bytes()).toEqual(new Uint8Array(0));
    expect(memory.view()).toEqual(new Uint8Array(0));
    expect(memory.toString()).toBe('');
    expect(thrown(() => memory.read('u8'))).toMatchObject(outside);
  });

  test.each([
    [NaN, 'ERR_OUT_OF_RANGE'],
    [1.5, 'ERR_OUT_OF_RANGE'],
    [-1, 'ERR_OUT_OF_RANGE'],
    [Infinity, 'ERR_OUT_OF_RANGE'],
    [10n, 'ERR_INVALID_ARG_TYPE'],
    [null, 'ERR_INVALID_ARG_TYPE'],
    [undefined, 'ERR_INVALID_ARG_TYPE'],
    [true, 'ERR_INVALID_ARG_TYPE'],
    [{}, 'ERR_INVALID_ARG_TYPE'],
    ['i33', 'ERR_INVALID_ARG_TYPE'],
    ['void', 'ERR_INVALID_ARG_TYPE'],
    [() => 8, 'ERR_INVALID_ARG_TYPE'],
    [out('i32'), 'ERR_INVALID_ARG_TYPE'],
    [bits('u32', 3), 'ERR_INVALID_ARG_TYPE'],
    [array('i32'), 'ERR_INVALID_ARG_TYPE'],
  ])('refuses the size or type %s', (size, code) => {
    const error = thrown(() => alloc(size));
    expect(error).toMatchObject({ code, symbol: 'alloc', argument: 0, isFFIError: true });
    expect(error.message).toMatch(/^alloc: argument 0: /);
  });

  test.each([
    [-1, 'ERR_OUT_OF_RANGE'],
    [0.5, 'ERR_OUT_OF_RANGE'],
    [2n, 'ERR_INVALID_ARG_TYPE'],
    ['2', 'ERR_INVALID_ARG_TYPE'],
  ])('refuses the count %s', (count, code) => {
    expect(thrown(() => alloc('i32', count))).toMatchObject({ code, symbol: 'alloc', argument: 1 });
  });

  test.each([2 ** 47, 2 ** 52, 2 ** 53, 2 ** 64, 1e300, Number.MAX_VALUE])('has no memory for %d bytes', (size) => {
    expect(thrown(() => alloc(size))).toMatchObject({ class: 'FFIError', code: 'ERR_MALLOC_FAILED', symbol: 'alloc' });
    expect(thrown(() => alloc(size, 1e200)).code).toBe('ERR_MALLOC_FAILED');
  });

  test('has no memory for a product that is too large', () => {
    expect(thrown(() => alloc('f64', 2 ** 50)).code).toBe('ERR_MALLOC_FAILED');
    expect(thrown(() => alloc(2 ** 40, 2 ** 40)).code).toBe('ERR_MALLOC_FAILED');
  });

  test('-0 is 0', () => expect(Object.is(own(alloc(-0)).size, 0)).toBe(true));

  test.each([
    [{ align: 3 }, 'ERR_OUT_OF_RANGE'],
    [{ align: 0 }, 'ERR_OUT_OF_RANGE'],
    [{ align: -16 }, 'ERR_OUT_OF_RANGE'],
    [{ align: 2 ** 40 }, 'ERR_OUT_OF_RANGE'],
    [{ align: 16n }, 'ERR_INVALID_ARG_TYPE'],
    [{ alignment: 16 }, 'ERR_INVALID_ARG_TYPE'],
    [{ allocator: {} }, 'ERR_INVALID_ARG_TYPE'],
    [{ allocator: null }, 'ERR_INVALID_ARG_TYPE'],
    [null, 'ERR_INVALID_ARG_TYPE'],
    ['16', 'ERR_INVALID_ARG_TYPE'],
  ])('refuses the options %o', (options, code) => {
    expect(thrown(() => alloc(8, 1, options))).toMatchObject({ code, symbol: 'alloc', argument: 2 });
  });

  test('options are own properties', () => {
    const memory = own(alloc(8, Object.create({ align: 3, nonsense: 1 })));
    expect(memory.size).toBe(8);
  });

  test('Memory cannot be made by hand', () => {
    expect(thrown(() => new Memory())).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE' });
    expect(thrown(() => new Memory({}, {}, 0, 8)).code).toBe('ERR_INVALID_ARG_TYPE');
  });
});

// Before and after the quick way is open, which needs some uses.
describe.each([0, 30])('after %i uses', (uses) => {
  const used = (memory) => {
    for (let index = 0; index < uses; index++) memory.read('u8', 0);
    return own(memory);
  };

  test.each([
    ['i8', -128, 127],
    ['u8', 0, 255],
    ['i16', -32768, 32767],
    ['u16', 0, 65535],
    ['i32', -2147483648, 2147483647],
    ['u32', 0, 4294967295],
    ['i64', -(2n ** 63n), Number.MAX_SAFE_INTEGER],
    ['u64', 2n ** 64n - 1n, 5],
    ['bigint64', -5n, 7n],
    ['f32', 1.5, -Infinity],
    ['f64', Math.PI, -0],
    ['bool', true, false],
    ['ptr', 12345678, 0],
    ['char', 65, 0],
    ['size_t', 0, 2 ** 40],
  ])('%s is read as it was written, at any offset', (type, ...values) => {
    const memory = used(alloc(32));
    for (const value of values) {
      for (let offset = 0; offset < 16; offset++) {
        memory.write(type, offset, value);
        expect(memory.read(type, offset)).toBe(value);
      }
    }
  });

  test('a value that does not fit its type is refused, and nothing is written', () => {
    const memory = used(alloc(16));
    for (const [type, value, code] of [
      ['u8', 256, 'ERR_OUT_OF_RANGE'],
      ['u8', 0.5, 'ERR_OUT_OF_RANGE'],
      ['i32', NaN, 'ERR_OUT_OF_RANGE'],
      ['i32', '1', 'ERR_INVALID_ARG_TYPE'],
      ['f64', 1n, 'ERR_INVALID_ARG_TYPE'],
      ['bool', 2, 'ERR_OUT_OF_RANGE'],
      ['ptr', -1, 'ERR_OUT_OF_RANGE'],
      ['ptr', 'text', 'ERR_INVALID_ARG_TYPE'],
      [Point, { x: 1, y: 'two' }, 'ERR_INVALID_ARG_TYPE'],
      [Point, { x: 1 }, 'ERR_INVALID_ARG_TYPE'],
    ]) {
      const error = thrown(() => memory.write(type, 0, value));
      expect(error).toMatchObject({ symbol: 'write', argument: 2, isFFIError: true });
      expect([code, 'ERR_INVALID_ARG_TYPE', 'ERR_OUT_OF_RANGE']).toContain(error.code);
      expect([...memory.bytes()]).toEqual(new Array(16).fill(0));
    }
    const numbers = used(alloc('u8', 2));
    expect(thrown(() => numbers.set(1, 256))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', symbol: 'set', argument: 1 });
  });

  test('records, arrays, enumerations and pointers are values too', () => {
    const Color = enumeration({ RED: 0, GREEN: 7 });
    const Handle = opaque('handle');
    const Shape = Struct({ at: Point, color: Color, corners: array('i16', 3), label: array('char', 8) });
    const shapes = used(alloc(Shape, 2));
    shapes.set(1, { at: { x: 1, y: 2.5 }, color: 'GREEN', corners: [1, 2, 3], label: 'tri' });
    expect(shapes.at(1)).toEqual({ at: { x: 1, y: 2.5 }, color: 7, corners: [1, 2, 3], label: 'tri' });
    expect(shapes.at(0)).toMatchObject({ color: 0, label: '' });
    const memory = used(alloc(64));
    memory.write(Color, 3, 'GREEN');
    expect(memory.read(Color, 3)).toBe(7);
    memory.write(array('i32', 3), 4, [7, 8, 9]);
    expect(memory.read(array('i32', 3), 4)).toEqual([7, 8, 9]);
    memory.write(Handle, 16, Handle.at(123456));
    expect(memory.read(Handle, 16)).toMatchObject({ ptr: 123456, name: 'handle' });
    memory.write(Union({ i: 'i32', f: 'f32' }), 24, { f: 1 });
    expect(memory.read('u32', 24)).toBe(0x3f800000);
    memory.write(pointer(Point), 32, shapes);
    expect(memory.read('ptr', 32)).toBe(shapes.ptr);
    memory.write(Point, 40, shapes.slice(0, Point.size));
    expect(memory.read(Point, 40)).toEqual({ x: 1 - 1, y: 0 });
  });

  test('strings and objects that it points to live until it is freed', () => {
    const memory = used(alloc('ptr', 4));
    memory.write('cstring', 8, 'kept');
    memory.write(pointer(Point), 16, { x: 5, y: 6 });
    globalThis.gc?.();
    expect(new CString(memory.at(1)).toString()).toBe('kept');
    expect(Point.fromPtr(memory.at(2))).toEqual({ x: 5, y: 6 });
  });

  test.each([
    [13, 4],
    [16, 1],
    [17, 0],
    [-1, 1],
    [2 ** 53 - 1, 4],
    [-(2 ** 53 - 1), 4],
  ])('offset %d is outside for %i bytes', (offset, length) => {
    const memory = used(alloc(16));
    const type = { 0: array('u8', 0), 1: 'u8', 4: 'i32' }[length];
    const names = [
      ['read', 1, () => memory.read(type, offset)],
      ['write', 1, () => memory.write(type, offset, length ? 1 : [])],
      ['bytes', offset > 16 || offset < 0 ? 0 : 1, () => memory.bytes(offset, length)],
      ['slice', offset > 16 || offset < 0 ? 0 : 1, () => memory.slice(offset, length)],
      ['view', offset > 16 || offset < 0 ? 0 : 1, () => memory.view(offset, length)],
      ['setBytes', 1, () => memory.setBytes(new Uint8Array(length), offset)],
    ];
    for (const [symbol, argument, use] of names) {
      expect(thrown(use)).toMatchObject({ ...outside, symbol, argument });
    }
  });

  test.each([
    [NaN, 'ERR_OUT_OF_RANGE'],
    [0.5, 'ERR_OUT_OF_RANGE'],
    [Infinity, 'ERR_OUT_OF_RANGE'],
    [2 ** 53, 'ERR_OUT_OF_RANGE'],
    [0n, 'ERR_INVALID_ARG_TYPE'],
    ['0', 'ERR_INVALID_ARG_TYPE'],
    [null, 'ERR_INVALID_ARG_TYPE'],
    [{ valueOf: () => 0 }, 'ERR_INVALID_ARG_TYPE'],
    [[0], 'ERR_INVALID_ARG_TYPE'],
  ])('%s is no offset, length or index', (value, code) => {
    const memory = used(alloc('i32', 4));
    for (const [symbol, argument, use] of [
      ['read', 1, () => memory.read('i32', value)],
      ['write', 1, () => memory.write('i32', value, 1)],
      ['bytes', 0, () => memory.bytes(value)],
      ['bytes', 1, () => memory.bytes(0, value)],
      ['slice', 0, () => memory.slice(value)],
      ['slice', 1, () => memory.slice(0, value)],
      ['view', 1, () => memory.view(0, value)],
      ['setBytes', 1, () => memory.setBytes(new Uint8Array(1), value)],
      ['at', 0, () => memory.at(value)],
      ['set', 0, () => memory.set(value, 1)],
      ['add', 0, () => memory.add(value)],
    ]) {
      expect(thrown(use), symbol).toMatchObject({ code, symbol, argument });
    }
  });

  test('-0 is the offset 0', () => {
    const memory = used(alloc('i32', 2));
    memory.write('i32', -0, 5);
    expect(memory.read('i32', -0)).toBe(5);
    expect(memory.at(-0)).toBe(5);
    expect(memory.slice(-0).ptr).toBe(memory.ptr);
  });

  test('elements are inside of the count', () => {
    const memory = used(alloc('u16', 3));
    for (const index of [-1, 3, 2 ** 40]) {
      expect(thrown(() => memory.at(index))).toMatchObject({ ...outside, symbol: 'at', argument: 0 });
      expect(thrown(() => memory.set(index, 0))).toMatchObject({ ...outside, symbol: 'set', argument: 0 });
    }
    const untyped = used(alloc(8));
    for (const use of [() => untyped.at(0), () => untyped.set(0, 1), () => untyped.add(1)]) {
      expect(thrown(use)).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', class: 'FFITypeError' });
    }
  });

  test('every use after free is an error', () => {
    const memory = used(alloc('i32', 4));
    const slice = memory.slice(4);
    const next = memory.add(1);
    const other = memory.reinterpret('u8', 16);
    const view = Point.view(memory);
    memory.free();
    expect(memory.freed && slice.freed && next.freed && other.freed).toBe(true);
    for (const [name, use] of Object.entries({
      ptr: () => memory.ptr,
      read: () => memory.read('i32', 0),
      write: () => memory.write('i32', 0, 1),
      at: () => memory.at(0),
      set: () => memory.set(0, 1),
      add: () => memory.add(0),
      bytes: () => memory.bytes(),
      setBytes: () => memory.setBytes(new Uint8Array(1)),
      view: () => memory.view(),
      slice: () => memory.slice(0),
      reinterpret: () => memory.reinterpret(4),
      toString: () => memory.toString(),
      free: () => memory.free(),
      dispose: () => memory[Symbol.dispose ?? Symbol.for('Symbol.dispose')](),
      'free()': () => free(memory),
      'read of a slice': () => slice.read('u8'),
      'free of a slice': () => slice.free(),
      'at of what add gave': () => next.at(0),
      'read of what reinterpret gave': () => other.read('u8'),
      'view of a record': () => view.x,
      'schema.view': () => Point.view(memory),
      fromPtr: () => Point.fromPtr(memory),
      'schema.write': () => Point.write(memory, { x: 1, y: 1 }),
      'ptr()': () => ptr(memory),
      CString: () => new CString(memory),
      'read.i32': () => read.i32(memory),
      call: () => c.strlen(memory),
      setBytesFrom: () => own(alloc(4)).setBytes(memory),
    })) {
      expect(thrown(use), name).toMatchObject(gone);
    }
  });
});

test('a bad offset of freed memory is told as freed', () => {
  const memory = alloc(4);
  memory.free();
  expect(thrown(() => memory.read('i32', 100))).toMatchObject(gone);
});

describe('parts', () => {
  test('a slice is the same memory, without what is around it', () => {
    const memory = own(alloc(16));
    const slice = memory.slice(4, 8);
    expect(slice).toMatchObject({ size: 8, ptr: memory.ptr + 4 });
    slice.write('i32', 0, 77);
    expect(memory.read('i32', 4)).toBe(77);
    expect(thrown(() => slice.read('i32', 5))).toMatchObject(outside);
    expect(thrown(() => slice.slice(4, 5))).toMatchObject(outside);
    expect(slice.slice(4).slice(4).size).toBe(0);
    for (const release of [() => slice.free(), () => free(slice)]) {
      expect(thrown(release)).toMatchObject({ ...gone, message: expect.stringContaining('part') });
    }
    expect(memory.freed).toBe(false);
  });

  test('add goes by elements, forward to the end and back to the start', () => {
    const numbers = own(alloc('i32', 4));
    for (let index = 0; index < 4; index++) numbers.set(index, index * 10);
    const second = numbers.add(1);
    expect(second).toMatchObject({ count: 3, size: 12, ptr: numbers.ptr + 4, type: 'i32' });
    expect(second.at(1)).toBe(20);
    expect(second.add(-1).at(0)).toBe(0);
    expect(numbers.add(4).count).toBe(0);
    for (const count of [5, -1]) expect(thrown(() => numbers.add(count))).toMatchObject(outside);
    expect(thrown(() => second.add(-2))).toMatchObject(outside);
    expect(thrown(() => second.free())).toMatchObject(gone);
  });
});

describe('bytes', () => {
  test('bytes() is a copy, setBytes takes buffers, views and memory', () => {
    const memory = own(alloc(8));
    const bytes = memory.bytes();
    bytes[0] = 9;
    expect(memory.read('u8')).toBe(0);
    memory.setBytes(Uint8Array.of(1, 2, 3).buffer);
    memory.setBytes(new DataView(Uint8Array.of(0, 4, 5).buffer, 1), 3);
    memory.setBytes(memory.slice(0, 2), 6);
    expect([...memory.bytes(1, 7)]).toEqual([2, 3, 4, 5, 0, 1, 2]);
    // Where they overlap, as memmove.
    memory.setBytes(memory.slice(0, 7), 1);
    expect([...memory.bytes()]).toEqual([1, 1, 2, 3, 4, 5, 0, 1]);
    memory.setBytes(new Uint8Array(0), 8);
  });

  test('setBytes refuses what has no bytes', () => {
    const memory = own(alloc(8));
    const detached = new Uint8Array(4);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    for (const [source, code] of [
      [[1, 2], 'ERR_INVALID_ARG_TYPE'],
      ['text', 'ERR_INVALID_ARG_TYPE'],
      [5, 'ERR_INVALID_ARG_TYPE'],
      [null, 'ERR_INVALID_ARG_TYPE'],
      [detached, 'ERR_INVALID_ARG_VALUE'],
    ]) {
      expect(thrown(() => memory.setBytes(source))).toMatchObject({ code, symbol: 'setBytes', argument: 0 });
    }
  });

  test('view() is the memory itself, detached when that is freed', () => {
    const memory = alloc(8);
    const view = memory.view(2, 4);
    const other = memory.slice(1).view();
    view[0] = 42;
    expect(memory.read('u8', 2)).toBe(42);
    memory.write('u8', 3, 43);
    expect([view[1], other[1], view.length, other.length]).toEqual([43, 42, 4, 7]);
    c.memset(view, 7, 2);
    expect(memory.read('u16', 2)).toBe(0x0707);
    memory.free();
    expect([view.length, view[0], view.buffer.byteLength, other.length]).toEqual([0, undefined, 0, 0]);
    expect(thrown(() => c.memset(view, 0, 1))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', argument: 0 });
  });

  test('memory is not freed whose buffer is where we do not see it', () => {
    const memory = alloc(8);
    const { buffer } = memory.view();
    // Not on Node 20.
    if (!buffer.transfer) return memory.free();
    const moved = buffer.transfer();
    expect(thrown(() => memory.free())).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_VALUE' });
    expect([memory.freed, moved.byteLength, memory.read('u8')]).toEqual([false, 8, 0]);
    stuck = 1;
  });
});

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
    expect(stats().memory.blocks).toBe(stuck);
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

describe('reinterpret', () => {
  test('gives checked memory at an address of C', () => {
    const memory = own(alloc(16));
    memory.write('i32', 4, 5);
    const known = reinterpret(memory.ptr, 'i32', 2);
    expect(known).toMatchObject({ size: 8, count: 2, ptr: memory.ptr });
    expect(known.at(1)).toBe(5);
    expect(thrown(() => known.at(2))).toMatchObject(outside);
    expect(thrown(() => known.free())).toMatchObject({ ...gone, symbol: 'free' });
    expect(thrown(() => free(known)).code).toBe('ERR_INVALID_MEM_ID');
    expect(memory.freed).toBe(false);
  });

  test('as a method it widens what a slice may see, and lives as long', () => {
    const memory = alloc(16);
    const wide = memory.slice(4, 4).reinterpret(12);
    wide.write('i32', 8, 3);
    const view = wide.view();
    expect([memory.read('i32', 12), view[8]]).toEqual([3, 3]);
    memory.free();
    expect(wide.freed).toBe(true);
    expect(view.length).toBe(0);
    expect(thrown(() => wide.read('i32', 8))).toMatchObject(gone);
  });

  test('memory in a library is gone when that is closed', () => {
    const library = dlopen(fixture('basics'), { greeting: { returns: 'ptr' } });
    const text = reinterpret(library.symbols.greeting(), 5);
    const read = text.toString();
    expect(read.length).toBeGreaterThan(0);
    library.close();
    expect(thrown(() => text.toString())).toMatchObject({ code: 'ERR_LIBRARY_CLOSED' });
    expect(text.freed).toBe(true);
  });

  test.each([
    [0, 'ERR_INVALID_POINTER', 0],
    [65_535, 'ERR_INVALID_POINTER', 0],
    [null, 'ERR_INVALID_POINTER', 0],
    [-1, 'ERR_OUT_OF_RANGE', 0],
    ['text', 'ERR_INVALID_ARG_TYPE', 0],
    [new Uint8Array(4), 'ERR_INVALID_ARG_TYPE', 0],
  ])('refuses the address %s', (address, code, argument) => {
    expect(thrown(() => reinterpret(address, 8))).toMatchObject({ code, symbol: 'reinterpret', argument });
  });

  test('refuses sizes that no memory has', () => {
    const memory = own(alloc(8));
    expect(thrown(() => reinterpret(memory.ptr, 2 ** 60))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', argument: 1 });
    expect(thrown(() => memory.reinterpret(2 ** 60))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', argument: 0 });
    expect(thrown(() => reinterpret(memory.ptr, -1))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', argument: 1 });
    expect(thrown(() => reinterpret(memory.ptr, 'i32', 1.5))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', argument: 2 });
  });
});

describe('strdup', () => {
  test.each([
    [undefined, 'hällo €😀', 15],
    ['utf8', '', 1],
    ['utf16le', 'hällo 😀', 18],
    ['utf32le', 'ä😀', 12],
    ['latin1', 'hällo', 6],
  ])('copies text as %s', (encoding, text, size) => {
    const memory = own(strdup(text, encoding));
    expect(memory.size).toBe(size);
    expect(memory.toString()).toBe(text);
    expect(`${memory}`).toBe(text);
    expect(memory.toString(encoding ?? 'utf8')).toBe(text);
  });

  test('toString reads to a NUL, or to the end, in the encoding asked for', () => {
    const memory = own(alloc(6));
    memory.setBytes(Uint8Array.of(0x61, 0xe4, 0x62, 0, 0x63, 0x64));
    expect(memory.toString('latin1')).toBe('aäb');
    expect(memory.slice(4).toString()).toBe('cd');
    expect(memory.slice(1).toString()).toBe('\ufffdb');
    expect(thrown(() => memory.toString('utf7'))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', symbol: 'toString' });
  });

  test.each([
    [[5], 'ERR_INVALID_ARG_TYPE', 0],
    [[null], 'ERR_INVALID_ARG_TYPE', 0],
    [[{ toString: () => 'x' }], 'ERR_INVALID_ARG_TYPE', 0],
    [['a\0b'], 'ERR_INVALID_ARG_VALUE', 0],
    [['€', 'latin1'], 'ERR_INVALID_ARG_VALUE', 0],
    [['a', 'ascii'], 'ERR_INVALID_ARG_VALUE', 1],
    [['a', 5], 'ERR_INVALID_ARG_TYPE', 1],
    [['a', 'utf8', { align: 8 }], 'ERR_INVALID_ARG_TYPE', 2],
  ])('refuses %#', (args, code, argument) => {
    expect(thrown(() => strdup(...args))).toMatchObject({ code, symbol: 'strdup', argument, class: 'FFITypeError' });
  });
});
