import { describe, expect, it } from 'vitest';
import { rejected } from './callbacks.mjs';
import { fixture } from './fixtures/paths.mjs';
import { outcome } from './node.mjs';
import { arkffi, require, thrown } from './open.mjs';

const { ffi, stats, AsyncCFunction, CFunction, FFIType, JSCallback } = arkffi;
const file = fixture('basics');

describe('callbacks of the raw bridge', () => {
  const CLOSED = { class: 'FFIError', code: 'ERR_CALLBACK_CLOSED', message: 'invalid or closed callback handle' };

  it('are bigints that are never given twice, with an address for C', () => {
    const before = stats().callbacks.open;
    const first = ffi.createCallback((a, b) => a * b, 'ii', 'i');
    const second = ffi.createCallback(() => {}, '', 'v', true);
    expect([typeof first, first > 0n, second > first]).toEqual(['bigint', true, true]);
    expect([ffi.getCallbackThreadsafe(first), ffi.getCallbackThreadsafe(second)]).toEqual([false, true]);
    const address = ffi.getCallbackPtr(first);
    expect(CFunction({ ptr: address, args: ['int', 'int'], returns: 'int' })(6, 7)).toBe(42);
    expect(ffi.callPtr(address, 'ii', 'i', [6, 7], [])).toBe(42);
    expect([ffi.invokeCallback(first, 6, 7), ffi.invokeCallback(second)]).toEqual([42, undefined]);
    ffi.destroyCallback(first);
    ffi.destroyCallback(second);
    expect(stats().callbacks.open).toBe(before);
    const third = ffi.createCallback(() => {}, '', 'v', 'listener');
    expect([third > second, ffi.getCallbackThreadsafe(third)]).toEqual([true, 'listener']);
    ffi.destroyCallback(third);
  });

  it('are those of JSCallback too, by what getHandle gives, until they are closed', async () => {
    const callback = new JSCallback((x) => x * 3, { args: ['i32'], returns: 'i32', threadsafe: true });
    const handle = callback.getHandle();
    expect([ffi.invokeCallback(handle, 5), ffi.getCallbackPtr(handle)]).toEqual([15, callback.ptr]);
    expect([ffi.getCallbackThreadsafe(handle), await ffi.callCallbackThreadSafe(handle, 7)]).toEqual([true, 21]);
    callback.close();
    expect(thrown(() => ffi.invokeCallback(handle, 5))).toMatchObject(CLOSED);
    expect(thrown(() => ffi.invokeCallback(callback.getHandle(), 5))).toMatchObject(CLOSED);
    const other = new JSCallback(() => {}, {});
    ffi.destroyCallback(other.getHandle());
    expect(other.ptr).toBe(0);
  });

  it.each([
    ['i', -5],
    ['l', 2n ** 62n],
    ['d', 0.1],
    ['f', 0.25],
    ['b', true],
    ['c', -128],
    ['s', 'Grüße'],
    ['s', null],
    ['p', 70_000],
    ['k', 70_000],
  ])('take and return values of the letter %s: %s', async (letter, value) => {
    let seen;
    const handle = ffi.createCallback((given) => ((seen = given), given), letter, letter);
    expect([ffi.invokeCallback(handle, value), seen]).toEqual([value, value]);
    seen = undefined;
    expect([await ffi.callCallbackThreadSafe(handle, value), seen]).toEqual([value, value]);
    ffi.destroyCallback(handle);
  });

  it('may return two doubles', () => {
    const handle = ffi.createCallback((value) => Float64Array.of(value, -value).buffer, 'd', '2');
    expect([...new Float64Array(ffi.callPtr(ffi.getCallbackPtr(handle), 'd', '2', [1.5], []))]).toEqual([1.5, -1.5]);
    ffi.destroyCallback(handle);
  });

  it('called as by another thread give what their function does, later', async () => {
    const order = [];
    const handle = ffi.createCallback((value) => (order.push('called'), value + 1), 'i', 'i', true);
    const result = ffi.callCallbackThreadSafe(handle, 41);
    order.push('returned');
    expect(result).toBeInstanceOf(Promise);
    expect([await result, order]).toEqual([42, ['returned', 'called']]);
    expect(await Promise.all([1, 2, 3].map((value) => ffi.callCallbackThreadSafe(handle, value)))).toEqual([2, 3, 4]);
    ffi.destroyCallback(handle);
    const slow = ffi.createCallback(async (value) => value * 2, 'i', 'i');
    expect(await ffi.callCallbackThreadSafe(slow, 21)).toBe(42);
    ffi.destroyCallback(slow);
  });

  it('pass on errors, and refuse wrong values', async () => {
    const mine = new Error('mine');
    const handle = ffi.createCallback(
      (value) => {
        if (value === 1) throw mine;
        return 'x';
      },
      'i',
      'i',
    );
    expect(() => ffi.invokeCallback(handle, 1)).toThrow(mine);
    await expect(ffi.callCallbackThreadSafe(handle, 1)).rejects.toBe(mine);
    const wrong = { class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE' };
    expect(thrown(() => ffi.invokeCallback(handle, 2))).toMatchObject(wrong);
    expect(await rejected(ffi.callCallbackThreadSafe(handle, 2))).toMatchObject(wrong);
    expect(thrown(() => ffi.invokeCallback(handle, 'x'))).toMatchObject({ ...wrong, argument: 0 });
    expect(await rejected(ffi.callCallbackThreadSafe(handle, 'x'))).toMatchObject({ ...wrong, argument: 0 });
    expect(thrown(() => ffi.invokeCallback(handle)).code).toBe('ERR_MISSING_ARGS');
    expect(thrown(() => ffi.invokeCallback(handle, 2, 3)).code).toBe('ERR_INVALID_ARG_VALUE');
    ffi.destroyCallback(handle);
  });

  it('are refused once they are destroyed, and ignore repeats', async () => {
    const destroyed = ffi.createCallback(() => 1, 'i', 'i');
    for (const handle of [destroyed, destroyed, 0n, 99999n, -1n, undefined, 'x', 5])
      expect(() => ffi.destroyCallback(handle)).not.toThrow();
    for (const handle of [destroyed, 0n, 99999n, -1n, 2n ** 70n, 1, 'x', undefined, null, {}]) {
      const actions = [
        () => ffi.invokeCallback(handle, 1),
        () => ffi.getCallbackPtr(handle),
        () => ffi.getCallbackThreadsafe(handle),
      ];
      for (const action of actions) expect(thrown(action)).toMatchObject(CLOSED);
      expect(await rejected(ffi.callCallbackThreadSafe(handle, 1))).toMatchObject(CLOSED);
    }
  });

  it('are not made of what is no function, no letters and no manner', () => {
    const before = stats().callbacks.open;
    const nothing = () => {};
    for (const args of [
      [undefined, 'i', 'i'],
      ['x', 'i', 'i'],
      [nothing, undefined, 'i'],
      [nothing, ['i'], 'i'],
      [nothing, 5, 'i'],
      [nothing, 'xy', 'i'],
      [nothing, 'v', 'i'],
      [nothing, 'i', 'x'],
      [nothing, 'i', 5],
      [nothing, 'i', 'i', 'true'],
      [nothing, 'i', 'i', 1],
    ])
      expect([args.length, thrown(() => ffi.createCallback(...args))]).toMatchObject([
        args.length,
        { class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE' },
      ]);
    expect(stats().callbacks.open).toBe(before);
  });
});

describe('asynchronous calls of the raw bridge', () => {
  it('have the values of callMixed and callPtr', async () => {
    const handle = ffi.load(file);
    const add = ffi.getSymbolPtr(handle, 'add');
    expect(ffi.callAsync(handle, 'add', 'ii', 'i', [2, 3], [])).toBeInstanceOf(Promise);
    expect(await ffi.callAsync(handle, 'add', 'ii', 'i', [2, 3], [])).toBe(5);
    expect(await ffi.callAsync(handle, 'middle', 'sss', 's', [], ['b', 'a', 'c'])).toBe('b');
    expect(await ffi.callAsync(handle, 'byte_at', 'sl', 'c', [1], ['AB'])).toBe(66);
    expect(await ffi.callAsync(handle, 'no_string', '', 's', [], [])).toBe(null);
    expect(await ffi.callPtrAsync(add, 'ii', 'i', [20, 22], [])).toBe(42);
    expect(await arkffi.callAsync(handle, 'length', 's', 'l', [], ['four'])).toBe(4);
    expect(await arkffi.callPtrAsync(BigInt(add), 'ii', 'i', [1, 2], [])).toBe(3);
    ffi.close(handle);
  });

  it('leave no functions behind', () => {
    // In a process of its own, where no functions of other tests are collected meanwhile.
    const program = `
      const { ffi, stats } = require(${JSON.stringify(require.resolve('../index.js'))});
      const add = ffi.getSymbolPtr(ffi.load(${JSON.stringify(file)}), 'add');
      const { functions } = stats();
      const calls = Array.from({ length: 200 }, (_, index) => ffi.callPtrAsync(add, 'ii', 'i', [index, 1], []));
      Promise.all(calls).then(() => console.log(stats().functions - functions));`;
    expect(outcome(program)).toBe('0');
  });

  it('give two doubles as 16 bytes', async () => {
    const pair = ffi.createCallback((value) => Float64Array.of(value, -value).buffer, 'd', '2');
    const bytes = await ffi.callPtrAsync(ffi.getCallbackPtr(pair), 'd', '2', [1.5], []);
    expect(bytes).toBeInstanceOf(ArrayBuffer);
    expect([...new Float64Array(bytes)]).toEqual([1.5, -1.5]);
    ffi.destroyCallback(pair);
  });

  it('go on when the library is closed meanwhile', async () => {
    const handle = ffi.load(file);
    const call = ffi.callAsync(handle, 'add', 'ii', 'i', [2, 3], []);
    ffi.close(handle);
    expect(await call).toBe(5);
  });

  it('reject with the errors of callMixed and callPtr', async () => {
    const handle = ffi.load(file);
    const address = ffi.getSymbolPtr(handle, 'add');
    const closed = ffi.load(file);
    ffi.close(closed);
    for (const args of [
      [closed, 'add', 'ii', 'i', [1, 2], []],
      ['x', 'add', 'ii', 'i', [1, 2], []],
      [handle, 'no_such', '', 'v', [], []],
      [handle, 5, 'ii', 'i', [1, 2], []],
      [handle, 'add', 'ix', 'i', [1, 2], []],
      [handle, 'add', 'ii', 'i', [1], []],
      [handle, 'add', 'ii', 'i', [1, 2, 3], []],
      [handle, 'add', 'ii', 'i', undefined, []],
      [handle, 'add', 'ii', 'i', [1, '2'], []],
      [handle, 'add', 'ii', 'i', [1, 0.5], []],
      [handle, 'length', 's', 'l', [], ['a\0b']],
    ])
      expect(await rejected(ffi.callAsync(...args))).toEqual(thrown(() => ffi.callMixed(...args)));
    for (const args of [
      [0, 'ii', 'i', [1, 2], []],
      ['x', 'ii', 'i', [1, 2], []],
      [address, 'ii', 'i', [1, 2 ** 31], []],
      [address, 'ii', 'x', [1, 2], []],
    ]) {
      const expected = thrown(() => ffi.callPtr(...args));
      const error = await rejected(ffi.callPtrAsync(...args));
      expect({ ...error, message: error.message.replace('callPtrAsync', 'callPtr') }).toMatchObject({
        ...expected,
        symbol: expected.symbol && 'callPtrAsync',
      });
    }
    ffi.close(handle);
  });

  it('are those of AsyncCFunction, which counts its arguments', async () => {
    const handle = ffi.load(file);
    const add = AsyncCFunction({ ptr: ffi.getSymbolPtr(handle, 'add'), args: ['i', 'i'], returns: 'i' });
    expect(await add(2, 3)).toBe(5);
    expect(await rejected(add(2))).toMatchObject({ code: 'ERR_MISSING_ARGS', symbol: 'AsyncCFunction', argument: 1 });
    add.close();
    ffi.close(handle);
  });
});
