// Corners where records once went wrong.
import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, hold, thrown } from './open.mjs';

const { Struct, Union, array, bits, dlopen, enumeration, inout, out, pointer, ptr } = arkffi;
const Point = Struct({ x: 'int', y: 'int' });
const definitions = {
  point_fill: { symbol: 'points_fill', args: [out(Point), 'int'] },
  point_add: { args: [Point, Point], returns: Point.object },
};
const { symbols } = dlopen(fixture('records'), definitions);

describe('a flexible array member', () => {
  const Packet = Struct({ n: 'i64', c: 'u8', rest: array('u8') });

  it('ends where its elements do, not where padding does', () => {
    const buffer = Packet.create({ n: 1, c: 2, rest: [1, 2] });
    expect(buffer.byteLength).toBe(16);
    expect(Packet.fromPtr(buffer).rest).toEqual([1, 2]);
    expect(Packet.get(buffer, 'rest')).toEqual([1, 2]);
    expect([...Packet.view(buffer).rest]).toEqual([1, 2]);
    Packet.write(buffer, { n: 1, c: 2, rest: [3, 4] });
    expect(Packet.fromPtr(buffer)).toEqual({ n: 1, c: 2, rest: [3, 4] });
  });

  it('is counted by the program where only an address is known', () => {
    const buffer = Packet.create({ n: 1, c: 2, rest: [1, 2] });
    expect(Packet.view(ptr(buffer)).rest.length).toBe(0);
    expect([...Packet.view(ptr(buffer), 0, 2).rest]).toEqual([1, 2]);
    expect(thrown(() => Point.view(ptr(buffer), 0, 2))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', argument: 2 });
  });

  it('of elements without size is empty', () => {
    const Nothing = Struct({ n: 'int', rest: array(Struct({ a: array('int', 0) })) });
    expect(Nothing.view(Nothing.create({ n: 1 })).rest.length).toBe(0);
    expect(Nothing.fromPtr(new ArrayBuffer(8)).rest).toEqual([]);
  });
});

describe('a record', () => {
  it('may have a length that counts nothing', () => {
    const Line = Struct({ length: 'f64' });
    const { read } = dlopen(fixture('records'), {
      read: { symbol: 'point_sum_at', args: [pointer(Line)], returns: 'int' },
    }).symbols;
    for (const length of [1.5, -1, 3]) expect(read({ length })).toBeTypeOf('number');
  });

  it('may be a union of unions of unions: their scalars do not multiply', () => {
    let nested = 'u8';
    for (let depth = 0; depth < 6; depth++) {
      const member = nested;
      nested = Union(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`m${index}`, member])));
    }
    const bind = () => dlopen(fixture('records'), { point_sum: { args: [nested], returns: 'int' } });
    expect([expect.anything(), 'ERR_UNSUPPORTED_ARGS']).toContainEqual(thrown(bind).code ?? bind().symbols.point_sum);
  });

  it('of zeros has NULL for a buffer and zero for every bit-field', () => {
    const Zeros = Struct({ b: 'buffer', wide: bits('u64', 40), on: bits('bool', 1) });
    expect(new Uint8Array(Zeros.create()).every((byte) => byte === 0)).toBe(true);
  });

  it('is aligned as declared when it is passed by value', () => {
    const Aligned = Struct({ x: { type: 'i32', align: 4 }, y: 'i32' }, { align: 8 });
    const { add } = dlopen(fixture('records'), {
      add: { symbol: 'point_add', args: [Aligned, Aligned], returns: Aligned.object },
    }).symbols;
    expect(add({ x: 1, y: 2 }, { x: 3, y: 4 })).toEqual(symbols.point_add({ x: 1, y: 2 }, { x: 3, y: 4 }));
  });
});

describe('an object that C writes to', () => {
  it('is refused with its argument when a member cannot be written', () => {
    const readOnly = new (class {
      get x() {
        return 1;
      }
    })();
    const inherited = Object.create(Object.freeze({ x: 1, y: 1 }));
    const refusing = new Proxy({}, { set: () => false });
    for (const owner of [readOnly, inherited, refusing, Object.preventExtensions({})]) {
      expect(thrown(() => symbols.point_fill(owner, 1))).toMatchObject({
        isFFIError: true,
        code: 'ERR_INVALID_ARG_VALUE',
        symbol: 'point_fill',
        argument: 0,
      });
    }
  });

  it('keeps what its setters throw', () => {
    const mine = new TypeError('mine');
    const owner = {
      set x(_) {
        throw mine;
      },
    };
    let error;
    try {
      symbols.point_fill(owner, 1);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBe(mine);
  });

  it('keeps the one member of a union that it had', () => {
    const Word = Union({ i: 'i32', f: 'f32' });
    const { touch } = dlopen(fixture('records'), {
      touch: { symbol: 'point_sum_at', args: [inout(Struct({ word: Word, y: 'int' }))], returns: 'int' },
    }).symbols;
    const owner = { word: { i: 5 }, y: 6 };
    touch(owner);
    touch(owner);
    expect(owner).toEqual({ word: { i: 5 }, y: 6 });
  });
});

describe('a view', () => {
  it('has an address', () => {
    const buffer = array(Point, 2).create();
    expect(ptr(array(Point, 2).view(buffer)[1])).toBe(ptr(buffer) + 8);
    expect(ptr(array(Point, 2).view(buffer)[1], 4)).toBe(ptr(buffer) + 12);
    expect(thrown(() => ptr(Point.view(buffer), 9))).toMatchObject({ code: 'ERR_OUT_OF_BOUNDS', symbol: 'ptr' });
  });

  it('of a library that is open twice lives as long as either', () => {
    const open = () => dlopen(fixture('closing'), { set_at_unload: {} });
    for (const order of [0, 1]) {
      const libraries = [open(), open()];
      const view = array('u8', 4).view(libraries[1].symbols.set_at_unload.ptr);
      libraries[order].close();
      expect(view[0]).toBeTypeOf('number');
      libraries[1 - order].close();
      expect(thrown(() => view[0])).toMatchObject({ code: 'ERR_LIBRARY_CLOSED' });
    }
  });
});

it('an enumeration takes what an enum of TypeScript compiles to', () => {
  expect(enumeration({ 0: 'Red', Red: 0, 7: 'Blue', Blue: 7 }).values).toEqual({ Red: 0, Blue: 7 });
});

it('bytes for a nested record of an inout parameter are replaced by the record', () => {
  const Inner = Struct({ __proto__: null, ['__proto__']: Struct({ length: 'int', text: 'cstring' }) });
  const address = ptr(hold(Buffer.from('text\0')));
  const library = dlopen(null, { nothing: { symbol: 'getpid', args: [inout(Inner)], returns: 'int' } });
  const bytes = Inner.create({ ['__proto__']: { length: 7, text: address } });
  const given = { ['__proto__']: new Uint8Array(bytes) };
  library.symbols.nothing(given);
  expect(Object.values(given)).toEqual([{ length: 7, text: address }]);
});
