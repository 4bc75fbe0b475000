import { describe, expect, it } from 'vitest';
import { caught, fail, open, unary } from './callbacks.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { dlopen, CFunction, CString, JSCallback, Struct } = arkffi;
const { callback, enumeration, errno, opaque, pointer, read, toBuffer } = arkffi;

const file = fixture('callbacks');
const bind = (symbol, args, returns) => dlopen(file, { [symbol]: { args, returns } }).symbols[symbol];
const { symbols } = dlopen(file, {
  apply_callback: { args: ['function', 'int'], returns: 'int' },
  answers: { args: ['function', 'int', 'buffer'], returns: 'int' },
  either: { args: ['function', 'function', 'int'], returns: 'int' },
  errno_after: { args: ['function', 'int'], returns: 'int' },
  fail_with: { args: ['int'], returns: 'int' },
});

const CLOSED = { class: 'FFIError', code: 'ERR_CALLBACK_CLOSED' };

const Color = enumeration({ red: 1, green: 2, blue: 4_000_000_000 });
const Handle = opaque('Handle');
const Point = Struct({ x: 'int', y: 'int' });
const Operation = Struct({ base: 'int', apply: 'function', data: 'ptr' });
const Declared = Struct({ base: 'int', apply: callback(['int', 'int'], 'int'), data: 'ptr' });

describe('a wrong result', () => {
  const detached = () => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    return bytes;
  };
  const [TYPE, RANGE, VALUE] = ['ERR_INVALID_ARG_TYPE', 'ERR_OUT_OF_RANGE', 'ERR_INVALID_ARG_VALUE'];
  const classes = { [TYPE]: 'FFITypeError', [RANGE]: 'FFIRangeError', [VALUE]: 'FFITypeError' };
  const narrow = { i8: 128, u8: 256, i16: 32768, u16: 65536, i32: 2 ** 31, u32: 2 ** 32 };
  const wide = ['i64', 'u64', 'bigint64', 'biguint64'];
  const integers = [...Object.keys(narrow), ...wide];
  const cases = [
    ...integers.flatMap((type) => ['1', undefined, null, {}, true].map((value) => [type, value, TYPE])),
    ...integers.flatMap((type) => [0.5, NaN, Infinity].map((value) => [type, value, RANGE])),
    ...Object.entries(narrow).flatMap(([type, above]) => [
      [type, above, RANGE],
      [type, type[0] === 'u' ? -1 : -above - 1, RANGE],
      [type, 1n, TYPE],
    ]),
    ...wide.map((type) => [type, 2 ** 53, RANGE]),
    ...['i64', 'bigint64'].flatMap((type) => [2n ** 63n, -(2n ** 63n) - 1n].map((value) => [type, value, RANGE])),
    ...['u64', 'biguint64'].flatMap((type) => [2n ** 64n, -1n, -1].map((value) => [type, value, RANGE])),
    ...['1', undefined, null, 1n].flatMap((value) => ['f32', 'f64'].map((type) => [type, value, TYPE])),
    ['f32', 3.5e38, RANGE],
    ...['true', undefined, null, 1n].map((value) => ['bool', value, TYPE]),
    ...[2, 0.5, NaN].map((value) => ['bool', value, RANGE]),
    ...['x', undefined, true, {}, () => {}].map((value) => ['ptr', value, TYPE]),
    ...[-1, 0.5, 2 ** 53, 2n ** 64n].flatMap((value) =>
      ['ptr', 'function', 'cstring'].map((type) => [type, value, RANGE]),
    ),
    ...[undefined, true, {}, ['a']].map((value) => ['cstring', value, TYPE]),
    ['cstring', 'a\0b', VALUE],
    ['cstring', detached(), VALUE],
    ['ptr', detached(), VALUE],
    ...['x', undefined, new Uint8Array(8), new CString(70_000), () => {}].map((value) => ['function', value, TYPE]),
    [Color, 'pink', TYPE],
    [Color, -1, RANGE],
    [Handle, {}, TYPE],
    [Handle, opaque('Other').at(70_000), TYPE],
    [pointer('int'), 'x', TYPE],
    [pointer('int'), detached(), VALUE],
    [callback(['int'], 'int'), 'x', TYPE],
    [callback(['int'], 'int'), new Uint8Array(8), TYPE],
  ];

  it('is an error of the call that entered C, whatever the type', () => {
    for (const [type, value, code] of cases) {
      const cb = open(() => value, [], type);
      const call = CFunction({ ptr: cb.ptr, args: [], returns: type });
      const shown = `${typeof type === 'string' ? type : type.name} ${typeof value}`;
      for (const action of [() => call(), () => cb.call()]) {
        const error = thrown(action);
        const expected = { code, class: classes[code], symbol: 'JSCallback', argument: undefined, isFFIError: true };
        expect([shown, error]).toMatchObject([shown, expected]);
        expect(error.message).toMatch(/^JSCallback: result: /);
      }
    }
    expect(cases.length).toBeGreaterThan(100);
  });

  it('is worded as the argument would be', () => {
    const text = (value, type) => thrown(() => open(() => value, [], type).call()).message;
    expect(text('x', 'i8')).toBe('JSCallback: result: expected an i8 (an integer from -128 to 127), got "x"');
    expect(text('a\0b', 'cstring')).toBe('JSCallback: result: the string contains a NUL character');
    expect(text('pink', Color)).toBe('JSCallback: result: expected one of red, green, blue, or its number, got "pink"');
  });

  it.each([
    ['a missing member', { x: 1 }, 'y: expected an i32', TYPE],
    ['a member out of range', { x: 1, y: 2 ** 31 }, 'y: expected an i32', RANGE],
    ['no record at all', 'x', 'expected', TYPE],
    ['undefined', undefined, 'expected', TYPE],
    ['NULL', null, 'expected', TYPE],
    ['too few bytes', new Uint8Array(4), '', 'ERR_OUT_OF_BOUNDS', 'FFIRangeError'],
    ['a detached buffer', detached(), 'detached', VALUE],
  ])('is an error of a record: %s', (_, value, text, code, name = classes[code]) => {
    for (const returns of [Point, Point.object]) {
      const error = thrown(() =>
        bind('turn', ['function', 'int', 'int'], Point)(
          open(() => value, [Point], returns),
          1,
          2,
        ),
      );
      expect(error).toMatchObject({ code, class: name, symbol: 'JSCallback', argument: undefined });
      expect(error.message).toMatch(/^JSCallback: result: /);
      expect(error.message).toContain(text);
    }
  });

  it('that is a promise is an error that says why', () => {
    for (const returns of ['int', 'void', 'cstring', 'ptr', 'f64', 'bool', Point, Color, Handle]) {
      const error = thrown(() => open(async () => 5, [], returns).call());
      expect(error).toMatchObject({ class: 'FFITypeError', code: TYPE, symbol: 'JSCallback', argument: undefined });
      expect(error.message).toMatch(/promise.*\.async/s);
    }
  });

  it('of nothing matters only if it is a promise', () => {
    for (const value of [1, 'x', {}, null, Symbol(), () => {}])
      expect(open(() => value, [], 'void').call()).toBe(undefined);
  });
});

describe('an error in a callback', () => {
  it('is thrown by the call that entered C, as it is; C got zero, and no more JavaScript ran', () => {
    for (const value of [new Error('mine'), 'a string', undefined, null, 0, { code: 'x' }, Symbol('s')]) {
      let calls = 0;
      const results = new Int32Array(4).fill(9);
      const cb = unary((index) => {
        calls++;
        if (index === 1) throw value;
        return index + 5;
      });
      let error = 'nothing';
      try {
        symbols.answers(cb, 4, results);
      } catch (thrownValue) {
        error = thrownValue;
      }
      expect(error).toBe(value);
      expect([calls, ...results]).toEqual([2, 5, 0, 0, 0]);
      expect(
        symbols.answers(
          unary(() => 3),
          4,
          results,
        ),
      ).toBe(4);
    }
  });

  it('gives C what onError says, and other callbacks of the same call theirs', () => {
    const results = new Int32Array(3);
    const failing = unary((index) => (index === 1 ? 'no number' : index), { onError: -1 });
    expect(thrown(() => symbols.answers(failing, 3, results)).code).toBe('ERR_INVALID_ARG_TYPE');
    expect([...results]).toEqual([0, -1, -1]);
    let ran = false;
    const other = unary(() => ((ran = true), 5), { onError: 77 });
    const first = unary(() => fail(new Error('first')));
    expect(caught(() => symbols.either(first, other, 1)).message).toBe('first');
    expect([
      ran,
      symbols.either(
        unary(() => 2),
        other,
        1,
      ),
      ran,
    ]).toEqual([false, 2005, true]);
  });

  it.each([
    ['i8', -5],
    ['u64', 2n ** 64n - 1n],
    ['f64', -0.5],
    ['f32', 0.25],
    ['bool', true],
    ['cstring', 'Grüße'],
    ['cstring', null],
    ['ptr', 70_000],
  ])('gives C onError of type %s: %s', (type, onError) => {
    const cb = open(() => {}, [type], type, { onError });
    const call = CFunction({ ptr: cb.ptr, args: [type], returns: type });
    cb.close();
    for (let i = 0; i < 300; i++) expect(call(0)).toEqual(onError);
  });

  it('gives C a record as onError', () => {
    const cb = open(() => {}, [Point], Point, { onError: { x: 5, y: 6 } });
    const zero = open(() => {}, [Point], Point);
    const [turn, address, zeroAddress] = [bind('turn', ['function', 'int', 'int'], Point.object), cb.ptr, zero.ptr];
    cb.close();
    zero.close();
    expect([turn(address, 1, 2), turn(zeroAddress, 1, 2)]).toEqual([
      { x: 5, y: 6 },
      { x: 0, y: 0 },
    ]);
  });

  it('keeps its stack, through any number of calls inside of each other', () => {
    const failDeep = () => {
      throw new RangeError('deep');
    };
    const dive = unary((depth) => (depth === 0 ? failDeep() : symbols.apply_callback(dive, depth - 1)));
    const error = caught(() => symbols.apply_callback(dive, 50));
    expect([error.constructor, error.message]).toEqual([RangeError, 'deep']);
    expect(error.stack).toContain('failDeep');
  });

  it('can be caught inside of a callback: the call around goes on', () => {
    const inner = unary(() => fail(new Error('inner')));
    const cb = unary((value) => (caught(() => symbols.apply_callback(inner, 1)).message === 'inner' ? value + 1 : -1));
    expect(symbols.apply_callback(cb, 41)).toBe(42);
    const results = new Int32Array(3);
    expect([symbols.answers(cb, 3, results), ...results]).toEqual([3, 1, 2, 3]);
  });

  it('is none 200 levels deep, and a RangeError without end', () => {
    const count = unary((depth) => (depth === 0 ? 0 : symbols.apply_callback(count, depth - 1) + 1));
    expect(symbols.apply_callback(count, 200)).toBe(200);
    const endless = unary((depth) => symbols.apply_callback(endless, depth + 1));
    expect(caught(() => symbols.apply_callback(endless, 0))).toBeInstanceOf(RangeError);
    expect(symbols.apply_callback(count, 200)).toBe(200);
  });
});

describe('a closed JSCallback', () => {
  const Both = Struct({ base: 'int', apply: 'ptr', data: 'ptr' });
  it('is refused wherever it can be passed', () => {
    const cb = unary((value) => value);
    const kept = unary(() => cb);
    cb.close();
    const lent = callback(['int'], 'int');
    const operate = (schema) => () =>
      bind('operate', [pointer(schema), 'int'], 'int')({ base: 1, apply: cb, data: 0 }, 1);
    const argument = { ...CLOSED, symbol: 'apply_callback', argument: 0 };
    const places = [
      [() => cb.call(1), { ...CLOSED, symbol: 'JSCallback' }],
      ...['function', 'ptr', 'cstring', pointer('int'), lent].map((type) => [
        () => bind('apply_callback', [type, 'int'], 'int')(cb, 1),
        argument,
      ]),
      ...[Operation, Declared, Both].map((schema) => [operate(schema), { ...CLOSED, symbol: 'operate', argument: 0 }]),
      ...[Operation, Declared, Both].map((schema) => [() => schema.create({ base: 1, apply: cb, data: 0 }), CLOSED]),
      [() => Operation.set(Operation.create({}), 'apply', cb), CLOSED],
      [() => CFunction({ ptr: cb, args: ['int'], returns: 'int' }), CLOSED],
      [() => arkffi.AsyncCFunction({ ptr: cb, args: ['int'], returns: 'int' }), CLOSED],
      [() => arkffi.linkSymbols({ name: { ptr: cb, args: ['int'], returns: 'int' } }), CLOSED],
      ...['function', 'ptr', lent].map((returns) => [() => open(() => cb, [], returns).call(), CLOSED]),
      [() => new JSCallback(() => {}, { returns: 'function', onError: cb }), CLOSED],
      [() => read.u8(cb), CLOSED],
      [() => new CString(cb), CLOSED],
      [() => toBuffer(cb, 0, 1), CLOSED],
    ];
    for (const [action, expected] of places) {
      const error = thrown(action);
      expect([String(action), error]).toMatchObject([String(action), expected]);
      expect(error.message).toContain('invalid or closed callback handle');
    }
    kept.close();
  });

  it('is 0 as ptr, which is NULL', () => {
    const cb = unary((value) => value);
    cb.close();
    expect(thrown(() => CFunction({ ptr: cb.ptr, args: ['int'], returns: 'int' })).code).toBe('ERR_INVALID_POINTER');
  });
});

describe('errno', () => {
  it('of C is not disturbed by a callback, whatever that does', () => {
    const cb = unary((value) => {
      symbols.fail_with(34);
      thrown(() => toBuffer(0, 0, 1));
      errno(7);
      return value;
    });
    expect(symbols.errno_after(cb, 12)).toBe(12);
    expect(errno()).toBe(12);
  });

  it('in a callback is what it was in JavaScript, and what its own calls leave', () => {
    errno(5);
    let seen;
    symbols.errno_after(
      unary((value) => {
        symbols.fail_with(34);
        seen = errno();
        return value;
      }),
      12,
    );
    expect(seen).toBe(34);
  });
});
