// What functions with variable arguments refuse.
import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';
import { Point, symbols } from './variadics.mjs';

const { JSCallback, callback, dlopen, errno, pointer } = arkffi;

describe('arguments of variadic functions are refused', () => {
  const { sum_ints: sum } = symbols;
  const refused = (...args) => thrown(() => sum(...args));
  const unclear = { class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol: 'sum_ints', argument: 2 };

  it('when one of the named ones is missing or wrong', () => {
    expect(refused()).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_MISSING_ARGS',
      symbol: 'sum_ints',
      argument: 0,
      message: 'sum_ints: expected at least 1 argument, got 0',
    });
    expect(refused(0.5, 1)).toMatchObject({ code: 'ERR_OUT_OF_RANGE', symbol: 'sum_ints', argument: 0 });
    expect(refused(['i32', 5])).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 0 });
  });

  it.each([2 ** 31, -(2 ** 31) - 1, -0, 1e300, undefined, Symbol('s'), () => 1])(
    'when the type of a value could be several or none: %s',
    (value) => {
      expect(refused(1, 2, value)).toMatchObject(unclear);
      expect(refused(1, 2, value).message).toContain('give it as [type, value]');
    },
  );

  it.each([
    [[]],
    [['i32']],
    [['i32', 1, 2]],
    [[1, 2]],
    [['int23', 1]],
    [['void', 0]],
    [['...', 1]],
    [[undefined, 1]],
    [{}],
    [new Map()],
  ])('when they are no value and no pair: %o', (value) => {
    expect(refused(1, 2, value)).toMatchObject(unclear);
  });

  it('when a value is not of the type that is given with it', () => {
    expect(refused(1, 2, ['i8', 128])).toMatchObject({ ...unclear, class: 'FFIRangeError', code: 'ERR_OUT_OF_RANGE' });
    expect(refused(1, 2, ['f32', 1e39])).toMatchObject({
      ...unclear,
      class: 'FFIRangeError',
      code: 'ERR_OUT_OF_RANGE',
    });
    expect(refused(1, 2, ['f32', '1'])).toMatchObject(unclear);
    expect(refused(1, 2, ['cstring', 'a\0b'])).toMatchObject({ ...unclear, code: 'ERR_INVALID_ARG_VALUE' });
    expect(refused(1, 2, 'a\0b')).toMatchObject({ ...unclear, code: 'ERR_INVALID_ARG_VALUE' });
    expect(refused(1, 2, ['void', undefined])).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'sum_ints' });
    for (const value of [2n ** 64n, -(2n ** 63n) - 1n])
      expect(refused(1, 2, value)).toMatchObject({ ...unclear, class: 'FFIRangeError', code: 'ERR_OUT_OF_RANGE' });
    expect(refused(1, 2, [Point, { x: 1 }])).toMatchObject({ symbol: 'sum_ints', argument: 2 });
    const gone = new ArrayBuffer(8);
    structuredClone(gone, { transfer: [gone] });
    expect(refused(1, 2, gone)).toMatchObject({ ...unclear, code: 'ERR_INVALID_ARG_VALUE' });
  });

  it("where '...' is not the last type, or a callback's", () => {
    const define = (args) => thrown(() => dlopen(null, { printf: { args, returns: 'int' } }));
    expect(define(['...', 'cstring'])).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'printf', argument: 0 });
    expect(define(['cstring', '...', '...'])).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 1 });
    expect(thrown(() => callback(['int', '...'], 'int'))).toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'callback',
      message: expect.stringContaining('cannot be variadic'),
    });
    expect(thrown(() => new JSCallback(() => 1, { args: ['...'] })).message).toContain('cannot be variadic');
    expect(thrown(() => pointer('...')).code).toBe('ERR_INVALID_ARG_TYPE');
  });

  it('before anything of the call is made', () => {
    errno(0);
    expect(refused(1, ['i32', 'x']).code).toBe('ERR_INVALID_ARG_TYPE');
    expect(refused(1, 'text', ['i32', 'x']).code).toBe('ERR_INVALID_ARG_TYPE');
    expect(sum(1, 3)).toBe(3);
  });
});

it('that the library is closed is said once, for new types too', () => {
  const library = dlopen(fixture('variadic'), { sum_ints: { args: ['i32', '...'], returns: 'i32' } });
  const { sum_ints: sum } = library.symbols;
  library.close();
  for (const more of [[1], ['a', 2.5]])
    expect(thrown(() => sum(1, ...more))).toMatchObject({
      code: 'ERR_LIBRARY_CLOSED',
      message: 'sum_ints: the library is closed',
    });
});
