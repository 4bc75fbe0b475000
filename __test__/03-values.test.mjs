import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const types = ['bool', 'i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'f32', 'f64'];
const definitions = Object.fromEntries(types.map((type) => [`id_${type}`, { args: [type], returns: type }]));
const { symbols } = arkffi.dlopen(fixture('basics'), {
  ...definitions,
  bigint64: { symbol: 'id_i64', args: ['bigint64'], returns: 'bigint64' },
  biguint64: { symbol: 'id_u64', args: ['biguint64'], returns: 'biguint64' },
  bits_of_double: { args: ['f64'], returns: 'biguint64' },
  bits_of_float: { args: ['f32'], returns: 'u32' },
  double_of_bits: { args: ['u64'], returns: 'f64' },
  float_of_bits: { args: ['u32'], returns: 'f32' },
  add: { args: ['i32', 'i32'], returns: 'i32' },
  nothing: {},
});
const id = (type) => symbols[`id_${type}`] ?? symbols[type];

const integers = {
  i8: [-128n, 127n],
  u8: [0n, 255n],
  i16: [-32768n, 32767n],
  u16: [0n, 65535n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u64: [0n, 2n ** 64n - 1n],
};
const isWide = (type) => type.endsWith('64');
const expectSame = (actual, expected) =>
  expect(Object.is(actual, expected), `${String(actual)} is ${String(expected)}`).toBe(true);

describe.each(Object.entries(integers))('%s', (type, [low, high]) => {
  it('carries its extremes, zero and their neighbours both ways', () => {
    for (const value of [low, low + 1n, -1n, 0n, 1n, high - 1n, high].filter(
      (value) => value >= low && value <= high,
    )) {
      const isSafe = Number.isSafeInteger(Number(value));
      if (isSafe) expectSame(id(type)(Number(value)), Number(value));
      if (isWide(type)) expectSame(id(type)(value), isSafe ? Number(value) : value);
    }
  });

  it('takes -0 as 0', () => {
    expectSame(id(type)(-0), 0);
  });

  // Cold, and again when the engine has optimized the stub for good values.
  it.each([
    ['cold', 0],
    ['after 300,000 good calls', 300_000],
  ])('refuses what is outside, fractions and other kinds, %s', (_, calls) => {
    const call = id(type);
    for (let i = 0; i < calls; i++) call(i & 63);
    const outside = isWide(type)
      ? [low - 1n, high + 1n, 2 ** 53, -(2 ** 53), 2 ** 64, 1e300, 10n ** 400n]
      : [Number(low) - 1, Number(high) + 1, 2 ** 31 * 2 + 1, 1e300, -1e300];
    for (const value of [...outside, 0.5, -0.5, 1e-300, NaN, Infinity, -Infinity]) {
      expect(
        thrown(() => call(value)),
        String(value),
      ).toMatchObject({
        class: 'FFIRangeError',
        code: 'ERR_OUT_OF_RANGE',
        symbol: `id_${type}`,
        argument: 0,
        isFFIError: true,
      });
    }
    const otherKinds = [
      '1',
      '',
      true,
      false,
      null,
      undefined,
      {},
      [],
      [1],
      Symbol('1'),
      () => 1,
      new Number(1),
      { valueOf: () => 1 },
      new Date(0),
    ];
    for (const value of isWide(type) ? otherKinds : [...otherKinds, 1n]) {
      expect(
        thrown(() => call(value)),
        String(value),
      ).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: `id_${type}`,
        argument: 0,
        isFFIError: true,
      });
    }
    expectSame(call(7), 7);
  });
});

describe('bigint64 and biguint64', () => {
  it('are BigInts in results even when small, and take Numbers too', () => {
    expectSame(symbols.bigint64(-5), -5n);
    expectSame(symbols.bigint64(-(2n ** 63n)), -(2n ** 63n));
    expectSame(symbols.biguint64(5n), 5n);
    expectSame(symbols.biguint64(2n ** 64n - 1n), 2n ** 64n - 1n);
    expect(thrown(() => symbols.bigint64(2n ** 63n)).code).toBe('ERR_OUT_OF_RANGE');
    expect(thrown(() => symbols.biguint64(-1)).code).toBe('ERR_OUT_OF_RANGE');
  });
});

describe('narrow results', () => {
  it('are their own bits, whatever is above them in the register', () => {
    const results = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'bool'];
    const garbage = Object.fromEntries(
      results.map((type) => [type, { symbol: 'garbage_above', args: ['u64'], returns: type }]),
    );
    const { symbols: low } = arkffi.dlopen(fixture('basics'), garbage);
    expect([low.i8(0xff), low.u8(0xff), low.i16(0xffff), low.u16(0xffff)]).toEqual([-1, 255, -1, 65535]);
    expect([low.i32(5), low.u32(5)]).toEqual([0xcafe0005 | 0, 0xcafe0005]);
    expect([low.bool(0), low.bool(1)]).toEqual([false, true]);
  });
});

describe('bool', () => {
  it('takes true, false, 0 and 1 and gives booleans', () => {
    expect([true, false, 1, 0, -0].map((value) => symbols.id_bool(value))).toEqual([true, false, true, false, false]);
  });

  it('refuses everything else', () => {
    for (const value of [2, -1, 0.5, NaN]) {
      expect(
        thrown(() => symbols.id_bool(value)),
        String(value),
      ).toMatchObject({ class: 'FFIRangeError', code: 'ERR_OUT_OF_RANGE', argument: 0 });
    }
    for (const value of ['true', '', null, undefined, {}, 1n]) {
      expect(
        thrown(() => symbols.id_bool(value)),
        String(value),
      ).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', argument: 0 });
    }
  });
});

describe('double', () => {
  it('carries every kind of Number exactly', () => {
    for (const value of [
      0,
      -0,
      1.5,
      5e-324,
      -5e-324,
      2.2250738585072014e-308,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      Infinity,
      -Infinity,
      NaN,
    ]) {
      expectSame(symbols.id_f64(value), value);
    }
    expect(symbols.bits_of_double(-0)).toBe(2n ** 63n);
    expect(symbols.bits_of_double(5e-324)).toBe(1n);
  });

  it('keeps the payload of a NaN', () => {
    const bits = 0x7ff8_0000_dead_beefn;
    expect(symbols.bits_of_double(symbols.double_of_bits(bits))).toBe(bits);
  });
});

describe('float', () => {
  it('rounds as Math.fround', () => {
    for (const value of [
      0,
      -0,
      1.5,
      0.1,
      1e-45,
      1e-46,
      1.17549435e-38,
      3.4028234663852886e38,
      3.4028235677973362e38,
      Infinity,
      -Infinity,
      NaN,
    ]) {
      expectSame(symbols.id_f32(value), Math.fround(value));
    }
    expect(symbols.bits_of_float(-0)).toBe(0x80000000);
  });

  it('keeps the payload of a NaN', () => {
    expect(symbols.bits_of_float(symbols.float_of_bits(0x7fc0beef))).toBe(0x7fc0beef);
  });

  it('refuses a finite number that would become infinite', () => {
    for (const value of [3.4028235677973366e38, -3.4028235677973366e38, 1e39, Number.MAX_VALUE]) {
      expect(thrown(() => symbols.id_f32(value))).toMatchObject({
        class: 'FFIRangeError',
        code: 'ERR_OUT_OF_RANGE',
        symbol: 'id_f32',
        argument: 0,
      });
    }
  });
});

describe.each(['f32', 'f64'])('%s', (type) => {
  it('refuses what is not a Number', () => {
    for (const value of ['1', 1n, true, null, undefined, {}, new Number(1), { valueOf: () => 1 }]) {
      expect(
        thrown(() => id(type)(value)),
        String(value),
      ).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: `id_${type}`,
        argument: 0,
      });
    }
  });
});

describe('the number of arguments', () => {
  it('must be that of the parameters', () => {
    expect(thrown(() => symbols.add())).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_MISSING_ARGS',
      symbol: 'add',
      argument: 0,
    });
    expect(thrown(() => symbols.add(1))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_MISSING_ARGS',
      symbol: 'add',
      argument: 1,
    });
    expect(thrown(() => symbols.add(1, 2, 3))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_VALUE',
      symbol: 'add',
      argument: 2,
    });
    expect(thrown(() => symbols.nothing(undefined))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', argument: 0 });
  });

  it('is checked before the arguments are', () => {
    expect(thrown(() => symbols.add('x')).code).toBe('ERR_MISSING_ARGS');
  });

  it('is told by the length of the function', () => {
    expect([symbols.add.length, symbols.nothing.length]).toEqual([2, 0]);
    expect(symbols.add.name).toBe('add');
  });
});

describe('a refused call', () => {
  it('names the index of the first unfit argument, and C is not entered', () => {
    const { symbols: counted } = arkffi.dlopen(fixture('basics'), {
      count_calls: { returns: 'i32' },
      calls: { symbol: 'count_calls', args: ['i32'], returns: 'i32' },
    });
    const before = counted.count_calls();
    expect(thrown(() => symbols.add(1, 'x'))).toMatchObject({ argument: 1 });
    expect(thrown(() => symbols.add('x', 'y'))).toMatchObject({ argument: 0 });
    thrown(() => counted.calls('x'));
    expect(counted.count_calls()).toBe(before + 1);
  });

  it('names the first of several unfit arguments, whatever their types, cold and hot', () => {
    const Color = arkffi.enumeration({ red: 1, blue: 2 });
    const fit = { buffer: new Uint8Array(8), cstring: 'text', bool: true };
    const kinds = [...types.filter((type) => type !== 'void'), 'ptr', 'buffer', 'cstring', 'function', Color];
    const named = (kind) => (kind === Color ? 'red' : (fit[kind] ?? 1));
    const unfit = (kind) => (kind === 'cstring' || kind === Color ? {} : 'no number');
    for (const [at, kind] of kinds.entries()) {
      const args = [kind, kinds[(at + 1) % kinds.length], kinds[(at * 5 + 3) % kinds.length]];
      const { f } = arkffi.dlopen(fixture('basics'), { f: { symbol: 'nothing', args } }).symbols;
      const given = args.map(named);
      const expected = (index) => ({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'f', argument: index });
      for (const calls of [1, 3000]) {
        for (let call = 0; call < calls; call++) f(...given);
        for (const index of args.keys()) {
          const wrong = args.map((kind, at) => (at < index ? named(kind) : unfit(kind)));
          const error = thrown(() => f(...wrong));
          expect([args, error]).toEqual([args, expect.objectContaining(expected(index))]);
        }
      }
    }
  });

  it('says what was expected and what came', () => {
    expect(thrown(() => symbols.id_u8(256)).message).toBe(
      'id_u8: argument 0: expected a u8 (an integer from 0 to 255), got 256',
    );
    expect(thrown(() => symbols.id_f64('text')).message).toBe(
      'id_f64: argument 0: expected an f64 (a Number), got "text"',
    );
    expect(thrown(() => symbols.id_i32('x'.repeat(5000))).message.length).toBeLessThan(200);
  });

  it('runs no code of the value', () => {
    let ran = false;
    const trap = () => {
      ran = true;
      return 1;
    };
    const handler = new Proxy({}, { get: () => trap });
    for (const value of [
      { valueOf: trap, toString: trap, [Symbol.toPrimitive]: trap },
      new Proxy({}, handler),
      new Proxy(() => 1, handler),
    ]) {
      for (const type of types) thrown(() => id(type)(value));
    }
    expect(ran).toBe(false);
  });
});
