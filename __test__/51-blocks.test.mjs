// Memory of alloc, reinterpret and strdup: how it comes to be, and what its parts are.
import { describe, expect, test } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';
import { c, gone, outside, own, Point } from './owned.mjs';

const { alloc, dlopen, free, Memory, reinterpret, strdup, array, bits, out } = arkffi;

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
