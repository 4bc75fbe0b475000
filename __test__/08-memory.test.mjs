import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, hold, thrown } from './open.mjs';

const { CString, ffi, ptr, read, write, toArrayBuffer, toBuffer } = arkffi;
const { symbols } = arkffi.dlopen(fixture('basics'), {
  greeting: { returns: 'ptr' },
  broken_utf8: { returns: 'ptr' },
  high_address: { returns: 'ptr' },
});

// The same values, read from and written to memory by DataView and by arkffi.
const accessors = {
  u8: ['Uint8', [0, 1, 255]],
  i8: ['Int8', [0, -1, -128, 127]],
  u16: ['Uint16', [0, 65535, 258]],
  i16: ['Int16', [0, -32768, 258]],
  u32: ['Uint32', [0, 4294967295, 16909060]],
  i32: ['Int32', [0, -2147483648, 16909060]],
  u64: ['BigUint64', [0, 5, 2n ** 53n, 2n ** 64n - 1n]],
  i64: ['BigInt64', [0, -5, -(2n ** 63n), 2n ** 63n - 1n, Number.MIN_SAFE_INTEGER]],
  f32: ['Float32', [0, -0, 0.5, NaN, Infinity]],
  f64: ['Float64', [0, -0, 0.1, NaN, -Infinity]],
  bool: ['Uint8', [true, false]],
  ptr: ['BigUint64', [0, 65536, 2n ** 64n - 1n]],
  intptr: ['BigInt64', [0, -1, 2n ** 60n]],
};

describe.each(Object.entries(accessors))('read.%s and write.%s', (type, [method, values]) => {
  it('are at any offset what a DataView is', () => {
    const bytes = new Uint8Array(32);
    const view = new DataView(bytes.buffer);
    const address = ptr(bytes);
    for (const value of values) {
      for (const offset of [0, 1, 3, 8]) {
        bytes.fill(0xa5);
        write[type](address, offset, value);
        const size = view[`set${method}`].name.match(/\d+/)[0] / 8;
        expect([...bytes.subarray(0, offset), ...bytes.subarray(offset + size)].every((byte) => byte === 0xa5)).toBe(
          true,
        );
        const raw = view[`get${method}`](offset, true);
        if (typeof raw === 'bigint') expect(raw).toBe(BigInt(value));
        else expect(Object.is(raw, Number(value))).toBe(true);
        expect(Object.is(read[type](address, offset), value)).toBe(true);
        expect(Object.is(read[type](BigInt(address + offset + 4), -4), value)).toBe(true);
      }
    }
  });

  it('refuse NULL, small numbers and what is no address', () => {
    for (const action of [(at) => read[type](at), (at) => write[type](at, 0, values[0])]) {
      for (const at of [0, null, 1, 65535, 0n])
        expect(
          thrown(() => action(at)),
          String(at),
        ).toMatchObject({ class: 'FFIError', code: 'ERR_INVALID_POINTER' });
      for (const at of [-1, 0.5, NaN, 2 ** 53, 2n ** 64n])
        expect(
          thrown(() => action(at)),
          String(at),
        ).toMatchObject({ class: 'FFIRangeError', code: 'ERR_OUT_OF_RANGE', argument: 0 });
      for (const at of [undefined, '65536', {}, true, new Uint8Array(8), new ArrayBuffer(8)]) {
        expect(thrown(() => action(at))).toMatchObject({
          class: 'FFITypeError',
          code: 'ERR_INVALID_ARG_TYPE',
          argument: 0,
        });
      }
    }
  });

  it('refuse a small number whatever the offset makes of it', () => {
    for (const at of [0, 1, 65535, 5n]) {
      expect(thrown(() => read[type](at, 2 ** 40)).code).toBe('ERR_INVALID_POINTER');
      expect(thrown(() => write[type](at, 2 ** 40, values[0])).code).toBe('ERR_INVALID_POINTER');
    }
  });

  it('refuse offsets that are none, or lead out of the address space', () => {
    const address = ptr(hold(new Uint8Array(16)));
    for (const offset of [0.5, NaN, Infinity, 2 ** 53, -(2 ** 53), Number.MAX_SAFE_INTEGER]) {
      expect(
        thrown(() => read[type](address, offset)),
        String(offset),
      ).toMatchObject({ class: 'FFIRangeError', code: 'ERR_OUT_OF_RANGE', argument: 1 });
    }
    expect(thrown(() => read[type](address, -Number.MAX_SAFE_INTEGER)).code).toBe('ERR_OUT_OF_RANGE');
    for (const offset of ['1', null, 1n, {}])
      expect(thrown(() => read[type](address, offset))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 1 });
  });
});

describe('write', () => {
  it('refuses values as an argument of that type, and writes nothing then', () => {
    const bytes = new Uint8Array(8).fill(7);
    const address = ptr(bytes);
    for (const [type, value] of [
      ['u8', 256],
      ['i8', 0.5],
      ['u32', -1],
      ['i64', 2n ** 63n],
      ['f32', 1e39],
      ['bool', 2],
      ['ptr', -1],
    ]) {
      expect(thrown(() => write[type](address, 0, value))).toMatchObject({
        class: 'FFIRangeError',
        code: 'ERR_OUT_OF_RANGE',
        symbol: `write.${type}`,
        argument: 2,
      });
    }
    for (const type of Object.keys(accessors)) {
      expect(thrown(() => write[type](address, 0, 'x'))).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: `write.${type}`,
        argument: 2,
      });
      expect(thrown(() => write[type](address, 0))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 2 });
    }
    expect([...bytes]).toEqual(Array(8).fill(7));
  });
});

describe('ptr', () => {
  it('is the address of a buffer or view, plus an offset inside it', () => {
    const bytes = new Uint8Array(16);
    expect(ptr(bytes)).toBe(ptr(bytes.buffer));
    expect(ptr(bytes, 5)).toBe(ptr(bytes) + 5);
    expect(ptr(bytes.subarray(3), 2)).toBe(ptr(bytes) + 5);
    expect(ptr(bytes, 16)).toBe(ptr(bytes) + 16);
    expect(ptr(new Uint8Array(0))).toBe(0);
    expect(ptr(new SharedArrayBuffer(8))).toBeGreaterThan(65536);
  });

  it('refuses what has no memory, and offsets outside', () => {
    for (const value of [null, undefined, 65536, 'text', {}, []]) {
      expect(thrown(() => ptr(value))).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: 'ptr',
        argument: 0,
      });
    }
    expect(thrown(() => ptr(new Uint8Array(8), 9))).toMatchObject({
      class: 'FFIRangeError',
      code: 'ERR_OUT_OF_BOUNDS',
      argument: 1,
    });
    for (const offset of [-1, 0.5, NaN])
      expect(thrown(() => ptr(new Uint8Array(8), offset)).code).toBe('ERR_OUT_OF_RANGE');
    expect(thrown(() => ptr(new Uint8Array(8), '1')).code).toBe('ERR_INVALID_ARG_TYPE');
    const detached = new ArrayBuffer(8);
    structuredClone(detached, { transfer: [detached] });
    expect(thrown(() => ptr(detached)).code).toBe('ERR_INVALID_ARG_VALUE');
  });
});

describe('toArrayBuffer and toBuffer', () => {
  it('show memory, and what is written on either side', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const address = ptr(bytes);
    const buffer = toArrayBuffer(address, 2, 4);
    expect(buffer).toBeInstanceOf(ArrayBuffer);
    expect([...new Uint8Array(buffer)]).toEqual([3, 4, 5, 6]);
    bytes[2] = 30;
    expect(new Uint8Array(buffer)[0]).toBe(30);
    const node = toBuffer(address, 0, 8);
    expect(Buffer.isBuffer(node)).toBe(true);
    node[7] = 80;
    expect(bytes[7]).toBe(80);
    expect(toArrayBuffer(address, 0, 8)).not.toBe(toArrayBuffer(address, 0, 8));
  });

  it.each([
    ['toArrayBuffer', toArrayBuffer],
    ['toBuffer', toBuffer],
  ])('%s needs a length', (symbol, make) => {
    const address = ptr(hold(new Uint8Array(8)));
    expect(thrown(() => make(address))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      symbol,
      argument: 2,
    });
    expect(thrown(() => make(address, 0, '8'))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 2 });
    for (const length of [-1, 0.5, NaN, Infinity, 2 ** 53])
      expect(
        thrown(() => make(address, 0, length)),
        String(length),
      ).toMatchObject({ code: 'ERR_OUT_OF_RANGE', argument: 2 });
  });

  it('give an empty buffer for a length of 0, and refuse bad addresses', () => {
    const address = ptr(hold(new Uint8Array(8)));
    expect(toArrayBuffer(address, 0, 0).byteLength).toBe(0);
    expect(thrown(() => toArrayBuffer(0, 0, 8)).code).toBe('ERR_INVALID_POINTER');
    expect(thrown(() => toArrayBuffer(64, 0, 8)).code).toBe('ERR_INVALID_POINTER');
    expect(thrown(() => toArrayBuffer(undefined, 0, 8)).code).toBe('ERR_INVALID_ARG_TYPE');
    expect(thrown(() => toArrayBuffer(address, 0.5, 8)).code).toBe('ERR_OUT_OF_RANGE');
  });
});

describe('CString', () => {
  it('reads the string at a pointer, when asked', () => {
    const bytes = new TextEncoder().encode('first\0');
    const string = new CString(ptr(bytes));
    expect(string.toString()).toBe('first');
    bytes[0] = 70;
    expect([string.toString(), `${string}`, string + '!', JSON.stringify({ string })]).toEqual([
      'First',
      'First',
      'First!',
      '{"string":"First"}',
    ]);
    expect(new CString(symbols.greeting()).toString()).toBe('Grüß 😀');
    expect(new CString(symbols.broken_utf8()).toString()).toBe('a\ufffd\ufffdz');
  });

  it('counts UTF-16 units', () => {
    expect(new CString(symbols.greeting()).length).toBe('Grüß 😀'.length);
  });

  it('honours its offset and length, and ends at a NUL before that', () => {
    const address = ptr(hold(new TextEncoder().encode('hello\0world\0')));
    expect(new CString(address, 1).toString()).toBe('ello');
    expect(new CString(address, 0, 4).toString()).toBe('hell');
    expect(new CString(address, 2, 2).toString()).toBe('ll');
    expect(new CString(address, 6, 50).toString()).toBe('world');
    expect(new CString(address, 0, 0).toString()).toBe('');
    expect(new CString(new CString(address, 1), 1).toString()).toBe('llo');
  });

  it('of NULL is empty', () => {
    for (const nothing of [0, null, 0n]) {
      expect([
        new CString(nothing).toString(),
        new CString(nothing).length,
        new CString(nothing, 8, 8).toString(),
      ]).toEqual(['', 0, '']);
      expect(new CString(nothing).ptr).toBe(0);
    }
  });

  it('refuses what is no pointer, offset or length', () => {
    for (const value of [undefined, 'text', {}, new Uint8Array(8)]) {
      expect(thrown(() => new CString(value))).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: 'CString',
        argument: 0,
      });
    }
    expect(thrown(() => new CString(-1)).code).toBe('ERR_OUT_OF_RANGE');
    expect(thrown(() => new CString(65536, 0.5))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', argument: 1 });
    expect(thrown(() => new CString(65536, 0, -1))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', argument: 2 });
    expect(thrown(() => new CString(65536, 0, '5'))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 2 });
    expect(thrown(() => new CString(5).toString())).toMatchObject({ code: 'ERR_INVALID_POINTER', symbol: 'CString' });
    for (const offset of [NaN, 1.5]) expect(thrown(() => new CString(0, offset)).code).toBe('ERR_OUT_OF_RANGE');
    expect(thrown(() => CString(65536))).toMatchObject({ class: 'TypeError' });
  });
});

describe('ffi.readMemory', () => {
  it('copies', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const copy = new Uint8Array(ffi.readMemory(ptr(bytes), 4));
    bytes.fill(9);
    expect([...copy]).toEqual([1, 2, 3, 4]);
    expect(ffi.readMemory(ptr(bytes), 0).byteLength).toBe(0);
  });

  it('refuses lengths that no buffer can have', () => {
    const address = ptr(hold(new Uint8Array(8)));
    for (const length of [-1, 0.5, NaN])
      expect(thrown(() => ffi.readMemory(address, length)).code).toBe('ERR_OUT_OF_RANGE');
    expect(thrown(() => ffi.readMemory(address, Number.MAX_SAFE_INTEGER)).code).toBe('ERR_MALLOC_FAILED');
    expect(thrown(() => ffi.readMemory(address, '8')).code).toBe('ERR_INVALID_ARG_TYPE');
    expect(thrown(() => ffi.readMemory(0, 8)).code).toBe('ERR_INVALID_POINTER');
  });
});
