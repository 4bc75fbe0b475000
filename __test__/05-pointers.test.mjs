import { describe, expect, it } from 'vitest';
import { collect } from './collect.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';
import { typedArrays } from './views.mjs';

const { dlopen } = arkffi;
const { symbols } = dlopen(fixture('basics'), {
  id_ptr: { args: ['ptr'], returns: 'ptr' },
  address_of: { args: ['ptr'], returns: 'u64' },
  bufferAddress: { symbol: 'address_of', args: ['buffer'], returns: 'u64' },
  functionAddress: { symbol: 'address_of', args: ['function'], returns: 'u64' },
  fill: { args: ['buffer', 'u8', 'size_t'] },
  sum: { args: ['ptr', 'i32'], returns: 'i32' },
  sum_after: { args: ['ptr', 'i32', 'function'], returns: 'i32' },
  high_address: { returns: 'ptr' },
  apply: { args: ['function', 'i32'], returns: 'i32' },
  twice: { args: ['i32'], returns: 'i32' },
});

const viewTypes = [...typedArrays, DataView];

describe('a pointer argument', () => {
  it('may be any Number or BigInt that is an address', () => {
    for (const address of [0, 1, 8, 65536, 2 ** 32, 2 ** 47, Number.MAX_SAFE_INTEGER]) {
      expect(symbols.id_ptr(address)).toBe(address);
      expect(symbols.id_ptr(BigInt(address))).toBe(address);
    }
    for (const address of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) expect(symbols.id_ptr(address)).toBe(address);
    expect(symbols.id_ptr(-0)).toBe(0);
  });

  it('may be null', () => {
    expect(symbols.id_ptr(null)).toBe(0);
  });

  it('may be an ArrayBuffer, a SharedArrayBuffer or any view, at its offset', () => {
    for (const buffer of [new ArrayBuffer(64), new SharedArrayBuffer(64)]) {
      const base = symbols.id_ptr(buffer);
      expect(base).toBeGreaterThan(65536);
      for (const View of viewTypes) {
        expect(symbols.id_ptr(new View(buffer)), View.name).toBe(base);
        expect(symbols.id_ptr(new View(buffer, 16)), View.name).toBe(base + 16);
        expect(symbols.bufferAddress(new View(buffer, 8, 1)), View.name).toBe(base + 8);
      }
    }
  });

  it('names the memory that JavaScript sees, for small and large views', () => {
    for (const size of [1, 3, 8, 64, 65, 1000, 100_000]) {
      const bytes = new Uint8Array(size);
      symbols.fill(bytes, 7, size);
      expect(bytes.every((byte) => byte === 7)).toBe(true);
      bytes[size - 1] = 9;
      expect(symbols.sum(bytes, size)).toBe(7 * (size - 1) + 9);
    }
    const pooled = Buffer.from('pooled');
    expect(symbols.sum(pooled, 6)).toBe([...pooled].reduce((a, b) => a + b));
  });

  it('is NULL for an empty buffer or view', () => {
    for (const empty of [
      new ArrayBuffer(0),
      new Uint8Array(0),
      new Uint8Array(new ArrayBuffer(8), 8),
      new DataView(new ArrayBuffer(8), 8),
      Buffer.alloc(0),
    ]) {
      expect(symbols.id_ptr(empty)).toBe(0);
    }
  });

  it('is refused when its buffer was transferred away, also after it was used', () => {
    for (const makeView of [
      (buffer) => buffer,
      (buffer) => new Uint8Array(buffer),
      (buffer) => new Float64Array(buffer, 8),
      (buffer) => new DataView(buffer, 4),
    ]) {
      for (const used of [false, true]) {
        const buffer = new ArrayBuffer(64);
        const view = makeView(buffer);
        if (used) symbols.id_ptr(view);
        structuredClone(buffer, { transfer: [buffer] });
        for (const call of [symbols.id_ptr, symbols.bufferAddress]) {
          expect(thrown(() => call(view))).toMatchObject({
            class: 'FFITypeError',
            code: 'ERR_INVALID_ARG_VALUE',
            argument: 0,
          });
        }
      }
    }
  });

  it('may be a resizable buffer, and follows its size', () => {
    const buffer = new ArrayBuffer(8, { maxByteLength: 4096 });
    const view = new Uint8Array(buffer);
    const base = symbols.id_ptr(view);
    buffer.resize?.(4096);
    view.fill(1);
    expect(symbols.id_ptr(view)).toBe(base);
    expect(symbols.sum(view, view.length)).toBe(view.length);
  });

  it('is refused when its view lies outside of a buffer that was made smaller', () => {
    const buffer = new ArrayBuffer(64, { maxByteLength: 64 });
    if (!buffer.resizable) return;
    for (const view of [new Uint8Array(buffer, 32, 16), new DataView(buffer, 32, 16), new Float64Array(buffer, 32)]) {
      buffer.resize(64);
      expect(symbols.id_ptr(view)).toBeGreaterThan(65536);
      buffer.resize(16);
      expect(thrown(() => symbols.id_ptr(view))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', argument: 0 });
    }
  });

  it('may be memory of WebAssembly, and is refused when that memory has moved', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 10 });
    const view = new Uint8Array(memory.buffer);
    symbols.fill(view, 3, 65536);
    expect(view[65535]).toBe(3);
    memory.grow(1);
    expect(thrown(() => symbols.fill(view, 3, 65536))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', argument: 0 });
    expect(symbols.sum(new Uint8Array(memory.buffer), 10)).toBe(30);
  });

  it('believes the engine, not the properties that somebody put on a view', () => {
    class Liar extends Uint8Array {
      get byteOffset() {
        return 1e9;
      }
      get buffer() {
        return new ArrayBuffer(1);
      }
    }
    const liar = new Liar(16);
    Object.defineProperty(liar, 'byteLength', { get: () => 1e12 });
    symbols.fill(liar, 5, 16);
    expect([...liar]).toEqual(Array(16).fill(5));
    const impostor = { buffer: new ArrayBuffer(8), byteOffset: 0, byteLength: 8, [Symbol.toStringTag]: 'Uint8Array' };
    Object.setPrototypeOf(impostor, Uint8Array.prototype);
    expect(thrown(() => symbols.id_ptr(impostor)).code).toBe('ERR_INVALID_ARG_TYPE');
  });

  it('leaves a view as it was', () => {
    const view = Object.freeze(new DataView(Object.freeze(new ArrayBuffer(8))));
    expect(symbols.id_ptr(view)).toBe(symbols.id_ptr(view.buffer));
    const bytes = new Uint8Array(8);
    symbols.id_ptr(bytes);
    expect(Reflect.ownKeys(bytes.buffer)).toEqual([]);
    expect(Reflect.ownKeys(bytes)).toEqual(Reflect.ownKeys(new Uint8Array(8)));
  });

  it('may be a CString', () => {
    const bytes = new TextEncoder().encode('text\0');
    expect(symbols.id_ptr(new arkffi.CString(arkffi.ptr(bytes), 1))).toBe(arkffi.ptr(bytes) + 1);
  });

  it('is refused when it is no address', () => {
    for (const value of [-1, -1n, 0.5, NaN, Infinity, 2 ** 53, 2n ** 64n, -(2n ** 70n)]) {
      expect(
        thrown(() => symbols.id_ptr(value)),
        String(value),
      ).toMatchObject({ class: 'FFIRangeError', code: 'ERR_OUT_OF_RANGE', symbol: 'id_ptr', argument: 0 });
    }
    for (const value of [
      undefined,
      true,
      'text',
      '',
      {},
      [],
      [1],
      Symbol('x'),
      () => 1,
      new Map(),
      new Proxy(new Uint8Array(8), {}),
    ]) {
      expect(
        thrown(() => symbols.id_ptr(value)),
        String(Object.prototype.toString.call(value)),
      ).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: 'id_ptr',
        argument: 0,
      });
    }
    expect(thrown(() => symbols.id_ptr('text')).message).toContain("declare the parameter 'cstring'");
  });

  it('keeps its memory reachable while C uses it, also when C gets the engine to collect', () => {
    const addon = { exports: {} };
    process.dlopen(addon, fixture('reentry'));
    addon.exports((value) => {
      collect();
      // Whatever was freed would be taken again.
      for (let i = 0; i < 20; i++) new Uint8Array(5000).fill(9);
      return value;
    });
    const { reenter } = dlopen(fixture('reentry'), { reenter: { args: ['i32'], returns: 'i32' } }).symbols;
    for (let i = 0; i < 20; i++) expect(symbols.sum_after(new Uint8Array(5000).fill(1), 5000, reenter.ptr)).toBe(5000);
  });
});

describe('a buffer argument', () => {
  it('is a buffer or a view, nothing else', () => {
    expect(symbols.bufferAddress(new Uint8Array(8))).toBeGreaterThan(65536);
    for (const value of [null, undefined, 0, 65536, 70000n, 'text', {}, [1, 2], new arkffi.CString(70000)]) {
      expect(
        thrown(() => symbols.bufferAddress(value)),
        typeof value,
      ).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: 'bufferAddress',
        argument: 0,
      });
    }
  });
});

describe('a function argument', () => {
  it('is an address or null', () => {
    expect(symbols.functionAddress(null)).toBe(0);
    expect(symbols.functionAddress(65536)).toBe(65536);
    expect(symbols.functionAddress(2n ** 63n)).toBe(2n ** 63n);
    expect(symbols.apply(symbols.twice.ptr, 21)).toBe(42 + 7);
  });

  it('is refused when it is anything else', () => {
    for (const value of [undefined, 'text', {}, new Uint8Array(8), () => 1, symbols.twice]) {
      expect(
        thrown(() => symbols.functionAddress(value)),
        String(value),
      ).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: 'functionAddress',
        argument: 0,
      });
    }
    expect(thrown(() => symbols.functionAddress(-1)).code).toBe('ERR_OUT_OF_RANGE');
    expect(thrown(() => symbols.functionAddress(symbols.twice)).message).toContain("pass a bound function's ptr");
  });
});

describe('a pointer result', () => {
  it('is a BigInt where a Number could not hold it', () => {
    expect(symbols.high_address()).toBe(0xfffffffffffff000n);
  });
});
