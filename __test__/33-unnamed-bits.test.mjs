// Records with unnamed bit-fields are passed by value where compilers agree on how, and refused elsewhere.
import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { CFunction, JSCallback, Struct, Union, array, bits, callback, cdef, dlopen, pointer } = arkffi;

const gap = (type, width) => ({ type: bits(type, width), unnamed: true });
const Beside = Struct({ low: bits('u32', 3), gap: gap('u32', 5), high: bits('i32', 8), real: 'f32' });
const Alone = Struct({ real: 'f32', gap: gap('u32', 5) });
const header = `
  struct beside { unsigned low : 3; unsigned : 5; int high : 8; float real; };
  struct alone { float real; unsigned : 5; };
  double beside_sum(struct beside given, double last);
  struct beside beside_of(int low, int high, float real);
  float alone_real(const struct alone *given);
  float alone_value(struct alone given);
  struct alone alone_of(float real);
  void alone_each(void (*each)(struct alone));
`;
const declared = cdef(header, fixture('unnamed'));
const { symbols } = dlopen(fixture('unnamed'), {
  beside_sum: { args: [Beside, 'double'], returns: 'double' },
  beside_of: { args: ['int', 'int', 'float'], returns: Beside.object },
  alone_real: { args: [pointer(Alone)], returns: 'float' },
});
const ways = [
  ['Struct', symbols],
  ['cdef', declared.symbols],
];

// Elsewhere there is one way only.
const isSettled = process.arch !== 'x64' || process.platform === 'win32';

describe.each(ways)('an unnamed bit-field of %s', (_, { beside_sum, beside_of, alone_real }) => {
  it('beside an integer is passed and returned by value', () => {
    expect(beside_sum({ low: 5, high: -7, real: 1.5 }, 100)).toBe(99.5);
    expect(beside_of(6, -8, 2.5)).toEqual({ low: 6, high: -8, real: 2.5 });
  });

  it('can always be pointed to', () => {
    expect(alone_real({ real: 2.5 })).toBe(2.5);
  });
});

describe.skipIf(isSettled)('an unnamed bit-field on which compilers differ', () => {
  const refused = {
    code: 'ERR_UNSUPPORTED_ARGS',
    isFFIError: true,
    message: expect.stringContaining('unnamed bit-field'),
  };

  it('is refused by value in Struct, wherever its record is', () => {
    const inside = Struct({ first: 'i64', inner: array(Alone, 1) });
    const Either = Union({ real: 'f64', gap: gap('u32', 5) });
    for (const type of [Alone, Alone.object, inside, Either]) {
      for (const types of [{ args: [type] }, { args: ['int', type] }, { returns: type }]) {
        const definition = { symbol: 'alone_value', ...types };
        expect(thrown(() => dlopen(fixture('unnamed'), { alone: definition }))).toMatchObject({
          ...refused,
          symbol: 'alone',
        });
        expect(thrown(() => CFunction({ ptr: 0x10000, ...types }))).toMatchObject(refused);
        const { args = [], returns = 'void' } = types;
        expect(thrown(() => new JSCallback(() => 0, { args, returns }))).toMatchObject(refused);
      }
    }
  });

  it('is refused in a variadic call', () => {
    const bound = CFunction({ ptr: symbols.alone_real.ptr, args: ['int', '...'], returns: 'int' });
    expect(thrown(() => bound(1, [Alone, { real: 1 }]))).toMatchObject(refused);
  });

  it('is refused by value in cdef, in the same words', () => {
    for (const name of ['alone_value', 'alone_of']) {
      expect(thrown(() => declared.symbols[name]({}))).toMatchObject({ ...refused, symbol: name });
    }
  });

  it('is refused in a function that is passed', () => {
    const taking = () =>
      CFunction({ ptr: symbols.alone_real.ptr, args: [callback([Alone], 'void')], returns: 'void' })(() => {});
    expect(thrown(taking)).toMatchObject(refused);
    expect(thrown(() => declared.symbols.alone_each(() => {}))).toMatchObject({ code: expect.stringMatching(/^ERR_/) });
  });
});

describe('an unnamed bit-field that no register depends on', () => {
  it('is passed: in records that are too large for registers, and without width between eight bytes', () => {
    const large = Struct({ first: 'f64', second: 'f64', third: 'f64', gap: gap('u32', 5) });
    const between = Struct({ first: 'f64', gap: gap('u32', 0), second: 'f64' });
    for (const type of [large, between]) {
      expect(CFunction({ ptr: 0x10000, args: [type], returns: type })).toBeTypeOf('function');
    }
  });
});
