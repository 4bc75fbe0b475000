// Memory of alloc: what is read and written in it, where it ends, and that it is gone when it was freed.
import { describe, expect, test } from 'vitest';
import { arkffi, thrown } from './open.mjs';
import { c, gone, outside, own, Point, leaveStuck } from './owned.mjs';

const { alloc, free, pointer, Struct, array, enumeration, opaque, Union, CString, read, ptr } = arkffi;

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
    leaveStuck();
  });
});
