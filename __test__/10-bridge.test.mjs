import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { ffi, stats, FFIType } = arkffi;
const file = fixture('basics');

describe('the raw bridge', () => {
  it('opens libraries as bigints that are never given twice', () => {
    const [first, second] = [ffi.load(file), ffi.load(file)];
    expect(first).toBeTypeOf('bigint');
    expect(first > 0n && second > first).toBe(true);
    ffi.close(first);
    expect(ffi.load(file) > second).toBe(true);
    expect(thrown(() => ffi.load('/no/such.so')).code).toBe('ERR_DLOPEN_FAILED');
  });

  it('ignores the closing of 0n, of unknown handles, and repeats', () => {
    const { libraries } = stats();
    const handle = ffi.load(file);
    for (const closed of [0n, 99999n, -1n, undefined, 'x', handle, handle])
      expect(() => ffi.close(closed)).not.toThrow();
    expect(stats().libraries).toBe(libraries);
  });

  it('calls functions that were defined, numbers and strings in two arrays', () => {
    const handle = ffi.load(file);
    ffi.defineFunction(handle, 'addd', 'dd', 'd');
    ffi.defineFunction(handle, 'middle', 'sss', 's');
    ffi.defineFunction(handle, 'byte_at', 'sl', 'i');
    expect(ffi.callBySig(handle, 'addd', [2, 3], [])).toBe(5);
    expect(ffi.callBySig(handle, 'addd', [4, 5], [])).toBe(9);
    expect(ffi.callBySig(handle, 'middle', [], ['b', 'a', 'b'])).toBe('b');
    expect(ffi.callBySig(handle, 'byte_at', [1], ['AB']) & 255).toBe(66);
  });

  it('calls functions at once, by name and by address', () => {
    const handle = ffi.load(file);
    expect(ffi.callMixed(handle, 'add', 'ii', 'i', [2, 3], [])).toBe(5);
    expect(ffi.callMixed(handle, 'length', 's', FFIType.int64, [], ['four'])).toBe(4);
    const ptr = ffi.getSymbolPtr(handle, 'add');
    expect(ptr).toBeGreaterThan(65536);
    expect(ffi.callPtr(ptr, 'ii', 'i', [20, 22], [])).toBe(42);
    expect(ffi.callPtr(ffi.getSymbolPtr(handle, 'echo'), 's', 's', [], ['text'])).toBe('text');
    const { functions } = stats();
    for (let i = 0; i < 1000; i++) ffi.callPtr(ptr, 'ii', 'i', [i, 1], []);
    expect(stats().functions).toBe(functions);
  });

  it('reads strings and memory', () => {
    const handle = ffi.load(file);
    expect(ffi.callString(handle, 'greeting')).toBe('Grüß 😀');
    expect(ffi.callString(handle, 'no_string')).toBe('');
    const bytes = new TextEncoder().encode('text\0');
    expect(ffi.readCString(ffi.ptr(bytes))).toBe('text');
    expect(ffi.readCString(0)).toBe('');
    expect(new Uint8Array(ffi.readMemory(ffi.ptr(bytes), 5))).toEqual(bytes);
  });

  it('keeps the definitions of two handles on one file apart', () => {
    const [first, second] = [ffi.load(file), ffi.load(file)];
    ffi.defineFunction(first, 'id_i32', 'i', 'i');
    ffi.defineFunction(second, 'id_i32', 'c', 'c');
    expect(ffi.callBySig(first, 'id_i32', [1000], [])).toBe(1000);
    expect(thrown(() => ffi.callBySig(second, 'id_i32', [1000], [])).code).toBe('ERR_OUT_OF_RANGE');
    ffi.close(first);
    expect(ffi.callBySig(second, 'id_i32', [100], [])).toBe(100);
  });

  it('says which function was not defined', () => {
    const handle = ffi.load(file);
    expect(thrown(() => ffi.callBySig(handle, 'add', [1, 2], []))).toMatchObject({
      class: 'FFIError',
      code: 'ERR_INVALID_SYMBOL',
      symbol: 'add',
      message: "Function 'add' not defined. Call defineFunction first.",
    });
    for (const name of ['__proto__', 'constructor'])
      expect(thrown(() => ffi.callBySig(handle, name, [], [])).code).toBe('ERR_INVALID_SYMBOL');
  });

  it('refuses closed and invalid handles', () => {
    const closed = ffi.load(file);
    ffi.defineFunction(closed, 'add', 'ii', 'i');
    ffi.close(closed);
    for (const handle of [closed, 0n, 99999n, -1n, 2n ** 70n, 1, 'x', undefined, null]) {
      const actions = [
        () => ffi.defineFunction(handle, 'add', 'ii', 'i'),
        () => ffi.callBySig(handle, 'add', [1, 2], []),
        () => ffi.callMixed(handle, 'add', 'ii', 'i', [1, 2], []),
        () => ffi.callString(handle, 'greeting'),
        () => ffi.getSymbolPtr(handle, 'add'),
      ];
      for (const action of actions)
        expect(thrown(action)).toMatchObject({ class: 'FFIError', code: 'ERR_INVALID_HANDLE' });
    }
  });

  it('refuses names, types and arrays that are none', () => {
    const handle = ffi.load(file);
    expect(thrown(() => ffi.getSymbolPtr(handle, 'no_such')).code).toBe('ERR_DLSYM_FAILED');
    expect(thrown(() => ffi.callMixed(handle, 'no_such', '', 'v', [], [])).code).toBe('ERR_DLSYM_FAILED');
    for (const name of [undefined, 5, null])
      expect(thrown(() => ffi.getSymbolPtr(handle, name)).code).toBe('ERR_INVALID_ARG_TYPE');
    for (const types of [undefined, ['i', 'i'], 5, 'xy', 'i '])
      expect(thrown(() => ffi.defineFunction(handle, 'add', types, 'i')).code).toBe('ERR_INVALID_ARG_TYPE');
    for (const [nums, strs] of [
      [undefined, []],
      [[1, 2], undefined],
      ['12', []],
      [[1, 2], 'x'],
    ]) {
      expect(thrown(() => ffi.callMixed(handle, 'add', 'ii', 'i', nums, strs)).code).toBe('ERR_INVALID_ARG_TYPE');
    }
    expect(thrown(() => ffi.callPtr(0, '', 'v', [], [])).code).toBe('ERR_INVALID_POINTER');
    expect(thrown(() => ffi.callPtr('x', '', 'v', [], [])).code).toBe('ERR_INVALID_ARG_TYPE');
    expect(thrown(() => ffi.readCString(undefined)).code).toBe('ERR_INVALID_ARG_TYPE');
  });

  it('counts and checks the values', () => {
    const handle = ffi.load(file);
    const call = (nums, strs) => thrown(() => ffi.callMixed(handle, 'byte_at', 'sl', 'i', nums, strs));
    expect(call([], ['x'])).toMatchObject({ code: 'ERR_MISSING_ARGS', symbol: 'byte_at' });
    expect(call([1], [])).toMatchObject({ code: 'ERR_MISSING_ARGS' });
    expect(call([1, 2], ['x'])).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(call(['x'], ['x'])).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 1 });
    expect(call([0.5], ['x'])).toMatchObject({ code: 'ERR_OUT_OF_RANGE', argument: 1 });
  });
});
