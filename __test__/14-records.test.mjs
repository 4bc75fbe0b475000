import { describe, expect, it } from 'vitest';
import { arkffi, thrown } from './open.mjs';

const { Struct, Union, StructSchema, array, bits, enumeration, opaque, pointer } = arkffi;
const { CString, ptr, sizeof, alignof, offsetof } = arkffi;

const Point = Struct({ x: 'int', y: 'int' });
const bytesOf = (buffer) => [...new Uint8Array(buffer)];
/** What comes back of an object that is written by `create`. */
const again = (schema, value) => schema.fromPtr(schema.create(value));

describe('a layout', () => {
  it('is that of C, as on the pages of ArkFFI', () => {
    const Mixed = Struct({ a: 'char', b: 'int', c: 'char' });
    expect(Mixed).toMatchObject({
      size: 12,
      alignment: 4,
      fieldNames: ['a', 'b', 'c'],
      fieldTypes: ['char', 'int', 'char'],
      fieldOffsets: [0, 4, 8],
    });
    const Inner = Struct({ a: 'i32', b: 'double' });
    const Outer = Struct({ inner: Inner, c: 'i32' });
    expect(Outer).toMatchObject({ size: 24, alignment: 8, fieldOffsets: [0, 16], fieldTypes: [Inner, 'i32'] });
    expect(new StructSchema({ x: 'int', y: 'int' })).toMatchObject({ size: 8, fieldOffsets: [0, 4] });
    expect(Point).toBeInstanceOf(StructSchema);
  });

  it('is changed by pack and align', () => {
    const fields = { a: 'i8', b: 'f64', c: 'i16' };
    expect([1, 2, 4, 8, 16].map((pack) => Struct(fields, { pack }).size)).toEqual([11, 12, 16, 24, 24]);
    expect(Struct(fields, { pack: 1 })).toMatchObject({ alignment: 1, fieldOffsets: [0, 1, 9] });
    expect(Struct(fields, { align: 64 })).toMatchObject({ size: 64, alignment: 64 });
    expect(Struct({ a: 'i8', b: { type: 'i8', align: 16 } })).toMatchObject({ size: 32, fieldOffsets: [0, 16] });
    expect(Struct({ a: 'i8', inner: Struct(fields, { pack: 1 }) })).toMatchObject({ size: 12, fieldOffsets: [0, 1] });
  });

  it('has arrays without elements, and flexible ones, at its end', () => {
    expect(Struct({ a: 'i8', none: array('i64', 0) })).toMatchObject({ size: 8, fieldOffsets: [0, 8] });
    expect(Struct({ a: 'i8', rest: array('i16') })).toMatchObject({ size: 2, fieldOffsets: [0, 2] });
    expect(Union({ a: 'i8', b: 'f64', c: array('i8', 9) })).toMatchObject({ size: 16, fieldOffsets: [0, 0, 0] });
  });

  it('is told by sizeof, alignof and offsetof', () => {
    const Flags = Struct({ a: bits('u32', 3), b: bits('u32', 30), c: 'i8' });
    expect([Point, 'f64', 'char', array('i16', 3), opaque('x'), pointer(Point), Point.object].map(sizeof)).toEqual([
      8, 8, 1, 6, 8, 8, 8,
    ]);
    expect([Point, 'f64', array('i16', 3), enumeration({ A: 0 })].map(alignof)).toEqual([4, 8, 2, 4]);
    expect(Flags.fieldNames.map((name) => offsetof(Flags, name))).toEqual([0, 32, 8]);
    expect(offsetof(Point, 'y')).toBe(4);
  });

  it('is shown with offsets, sizes and holes', () => {
    const text = Struct({ a: 'char', b: 'int', c: bits('u8', 3), inner: Struct({ d: 'i16' }) }).layout();
    for (const part of ['size 12', 'hole of 3 bytes', 'b: i32', 'c: u8:3', 'inner: struct', 'd: i16'])
      expect(text).toContain(part);
    const line = (name) => text.split('\n').find((each) => each.includes(name)) ?? '';
    expect(line(' b: ').match(/\d+/g)?.slice(0, 2)).toEqual(['4', '4']);
  });

  it('is shown in the order of C, however large it is and whatever unions are in it', () => {
    const rows = (schema) => [...schema.layout().matchAll(/^ *\d+ +\S+ +(\w+|\/\*)/gm)].map((match) => match[1]);
    const Choice = Union({ p: Struct({ q: 'i8', r: 'i8', s: 'i64' }), t: 'i32' });
    expect(rows(Struct({ choice: Choice, last: 'i32' })).filter((name) => /^.$|last/.test(name))).toEqual([
      'p',
      'q',
      'r',
      's',
      't',
      'last',
    ]);
    expect(rows(Struct({ a: array('u8', 2_000_000), b: 'i8', c: 'i32' }))).toEqual(['a', 'b', '/*', 'c']);
  });
});

describe('create and fromPtr', () => {
  it('are inverse to each other for every kind of member', () => {
    const All = Struct({
      bool: 'bool',
      i8: 'i8',
      u16: 'u16',
      i32: 'i32',
      u64: 'u64',
      big: 'bigint64',
      f32: 'f32',
      f64: 'f64',
      ptr: 'ptr',
      numbers: array('i16', 3),
      text: array('char', 6),
      points: array(Point, 1),
      matrix: array(array('f32', 2), 2),
      color: enumeration({ RED: 0, BLUE: 7 }),
      low: bits('u8', 3),
      high: bits('i8', 5),
      wide: bits('i64', 50),
      on: bits('bool', 1),
      handle: opaque('handle'),
    });
    const value = {
      bool: true,
      i8: -128,
      u16: 65535,
      i32: -1,
      u64: 2n ** 64n - 1n,
      big: 5n,
      f32: 0.5,
      f64: Math.PI,
      ptr: 0xdeadbeef,
      numbers: [-1, 0, 1],
      text: 'grüß',
      points: [{ x: 1, y: 2 }],
      matrix: [
        [1, 2],
        [3, 4],
      ],
      color: 7,
      low: 5,
      high: -16,
      wide: -(2 ** 49),
      on: true,
      handle: null,
    };
    expect(again(All, value)).toEqual(value);
    expect(again(All, { ...value, color: 'BLUE' })).toEqual(value);
    expect(again(All, Object.fromEntries(Object.entries(value).reverse()))).toEqual(value);
  });

  it('know the edges of bit-fields of every width, at every place', () => {
    for (const pack of [undefined, 1]) {
      for (let width = 1; width <= 64; width++) {
        for (const signed of [false, true]) {
          const type = width > 32 ? (signed ? 'i64' : 'u64') : signed ? 'i32' : 'u32';
          const S = Struct({ a: bits('u8', 3), f: bits(type, width), z: bits('u8', 3) }, pack ? { pack } : {});
          const range = 2n ** BigInt(width);
          const [least, most] = signed ? [-range / 2n, range / 2n - 1n] : [0n, range - 1n];
          for (const wanted of [least, most, 0n]) {
            const plain = Number.isSafeInteger(Number(wanted)) ? Number(wanted) : wanted;
            expect(again(S, { a: 7, f: plain, z: 0 }).f, `${type}:${width}`).toBe(plain);
            expect(again(S, { a: 2, f: plain, z: 5 })).toEqual({ a: 2, f: plain, z: 5 });
          }
          for (const wrong of [least - 1n, most + 1n]) {
            const plain = width > 32 ? wrong : Number(wrong);
            expect(thrown(() => S.create({ f: plain })).code, `${type}:${width} ${wrong}`).toBe('ERR_OUT_OF_RANGE');
          }
        }
      }
    }
  });

  it('fill what is missing with zeros, in nested records, unions, arrays and bit-fields too', () => {
    const All = Struct({
      point: Point,
      points: array(Point, 2),
      word: Union({ i: 'i32', f: 'f32' }),
      wide: bits('u64', 40),
      on: bits('bool', 1),
      text: array('char', 3),
      name: 'cstring',
      color: enumeration({ RED: 1 }),
    });
    expect(bytesOf(All.create())).toEqual(Array(All.size).fill(0));
    expect(bytesOf(All.create({}))).toEqual(Array(All.size).fill(0));
    expect(again(All, { point: { y: 1 }, points: [{ x: 2 }] })).toMatchObject({
      point: { x: 0, y: 1 },
      points: [
        { x: 2, y: 0 },
        { x: 0, y: 0 },
      ],
    });
  });

  it('use defaults, also in write', () => {
    const S = Struct({
      x: { type: 'i32', default: -5 },
      text: { type: array('char', 4), default: 'abc' },
      point: { type: Point, default: { x: 1, y: 2 } },
      flag: { type: bits('u8', 2), default: 3 },
    });
    const expected = { x: -5, text: 'abc', point: { x: 1, y: 2 }, flag: 3 };
    expect(again(S, {})).toEqual(expected);
    expect(again(S, { x: 0 })).toEqual({ ...expected, x: 0 });
    const buffer = new ArrayBuffer(S.size);
    S.write(buffer, {});
    expect(S.fromPtr(buffer)).toEqual(expected);
  });

  it('find no members in what every object inherits', () => {
    const S = Struct({ constructor: { type: 'i32', default: 9 }, toString: 'i32', valueOf: 'cstring' });
    expect(again(S, {})).toEqual({ constructor: 9, toString: 0, valueOf: 0 });
    const own = JSON.parse('{ "__proto__": 5 }');
    expect(again(Struct(JSON.parse('{ "__proto__": "i32" }')), own)).toEqual(own);
  });

  it('never store an address of a default buffer that is gone', () => {
    const buffer = new ArrayBuffer(8);
    const S = Struct({ p: { type: 'ptr', default: buffer } });
    expect(again(S, {}).p).toBe(ptr(buffer));
    structuredClone(buffer, { transfer: [buffer] });
    expect(thrown(() => S.create({}))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', symbol: 'create' });
  });

  it('take bytes and typed arrays for arrays, and buffers for records', () => {
    const S = Struct({ a: array('i32', 2) });
    for (const a of [[1, 2], Int32Array.of(1, 2), Float64Array.of(1, 2), Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0)])
      expect(again(S, { a }).a).toEqual([1, 2]);
    expect(again(S, { a: Int32Array.of(1, 2).buffer }).a).toEqual([1, 2]);
    expect(again(S, { a: { length: 2, 0: 1, 1: 2 } }).a).toEqual([1, 2]);
    expect(again(S, S.create({ a: [1, 2] })).a).toEqual([1, 2]);
    expect(again(Struct({ s: S }), { s: S.create({ a: [1, 2] }) }).s.a).toEqual([1, 2]);
  });

  it('take strings, numbers and any bytes for arrays of char, which are read up to a NUL', () => {
    const Text = Struct({ text: array('char', 4) });
    for (const text of [Buffer.from('éß'), new TextEncoder().encode('éß').buffer, 'éß'])
      expect(again(Text, { text }).text).toBe('éß');
    expect(again(Text, { text: [65, 66, 0, 67] }).text).toBe('AB');
    expect(again(Text, { text: 'abcd' }).text).toBe('abcd');
    expect(array('char', 3).fromPtr(array('char', 3).create('ab'))).toBe('ab');
    expect(array('u8', 3).fromPtr(Uint8Array.of(0, 1, 2, 3, 4), 1)).toEqual([1, 2, 3]);
    expect(array('u8', 1).fromPtr(Uint8Array.of(0, 1, 2, 3, 4), 1, 4)).toEqual([1, 2, 3, 4]);
  });

  it('work at any alignment and offset, of addresses and views', () => {
    const S = Struct({ a: 'f64', b: 'u64', c: array('i16', 3) });
    const value = { a: 1.5, b: 7, c: [1, 2, 3] };
    for (let at = 0; at < 9; at++) {
      const memory = new Uint8Array(64);
      S.write(memory, value, at);
      expect(S.fromPtr(memory, at)).toEqual(value);
      expect(S.fromPtr(memory.subarray(at))).toEqual(value);
      expect(S.fromPtr(ptr(memory), at)).toEqual(value);
      expect(S.fromPtr(BigInt(ptr(memory)) + BigInt(at))).toEqual(value);
      expect(S.fromPtr(new CString(ptr(memory)), at)).toEqual(value);
      expect(S.get(memory.subarray(at), 'c')).toEqual([1, 2, 3]);
      S.set(memory.subarray(at), 'b', 8);
      expect(S.get(ptr(memory, at), 'b')).toBe(8);
    }
  });

  it('keep copies of strings as long as the buffer; members are read as addresses', () => {
    const Person = Struct({ name: 'cstring', friend: 'const char*' });
    const buffer = Person.create({ name: 'Grüße', friend: null });
    const { name, friend } = Person.fromPtr(buffer);
    expect(new CString(name).toString()).toBe('Grüße');
    expect(friend).toBe(0);
    Person.set(buffer, 'friend', 'another');
    expect(new CString(Person.get(buffer, 'friend')).toString()).toBe('another');
    expect(thrown(() => Person.set(ptr(buffer), 'name', 'x'))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  });

  it('return a record that is an object already', () => {
    const point = { x: 1, y: 2 };
    expect(Point.fromPtr(point)).toBe(point);
    expect(Point.fromPtr(again(Struct({ inner: Point }), { inner: point }).inner)).toEqual(point);
  });

  it('write all or nothing', () => {
    const buffer = Point.create({ x: 1, y: 2 });
    expect(thrown(() => Point.write(buffer, { x: 5, y: 'no' })).code).toBe('ERR_INVALID_ARG_TYPE');
    const Outer = Struct({ p: Point, n: 'i32' });
    const outer = Outer.create({ p: { x: 1, y: 2 }, n: 3 });
    expect(thrown(() => Outer.set(outer, 'p', { x: 5 })).code).toBe('ERR_INVALID_ARG_TYPE');
    expect([Point.fromPtr(buffer), Outer.fromPtr(outer)]).toEqual([
      { x: 1, y: 2 },
      { p: { x: 1, y: 2 }, n: 3 },
    ]);
  });

  it('clear the padding', () => {
    const Mixed = Struct({ a: 'i8', b: 'i32', c: bits('u8', 3) });
    const memory = new Uint8Array(12).fill(0xff);
    Mixed.write(memory, { a: 1, b: 2, c: 3 });
    expect([...memory]).toEqual([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
  });
});

describe('a value that a member does not take', () => {
  const S = Struct({
    n: 'i8',
    u: 'u64',
    list: array('f32', 2),
    text: array('char', 3),
    name: 'cstring',
    fn: 'function',
    inner: Struct({ points: array(Point, 3) }),
    bit: bits('u8', 3),
    flag: bits('bool', 1),
    color: enumeration({ RED: 0, BLUE: 7 }),
    handle: opaque('handle'),
    p: pointer(Point),
  });
  const [TYPE, VALUE, RANGE, BOUNDS] = ['INVALID_ARG_TYPE', 'INVALID_ARG_VALUE', 'OUT_OF_RANGE', 'OUT_OF_BOUNDS'];
  const detached = new ArrayBuffer(8);
  structuredClone(detached, { transfer: [detached] });
  const point = { x: 1, y: 2 };

  it.each([
    ['n: expected an i8 (an integer from -128 to 127), got "x"', 'x', TYPE],
    ['n: expected', 128, RANGE],
    ['n: expected', 1n, TYPE],
    ['n: expected', true, TYPE],
    ['u: expected', -1, RANGE],
    ['list: expected', 5, TYPE],
    ['list: expected', 'ab', TYPE],
    ['list: expected', { 0: 1, 1: 2 }, TYPE],
    ['list: expected 2 elements, got 3', [1, 2, 3], VALUE],
    ['list[1]: expected', [1, '2'], TYPE],
    ['list[0]: expected', [, 2], TYPE],
    ['list[0]: expected', [1e300, 2], RANGE],
    ['list: expected a buffer of 8 bytes, got 7', new Uint8Array(7), BOUNDS],
    ['list: expected a buffer of 8 bytes, got 9', new DataView(new ArrayBuffer(9)), VALUE],
    ['list: ', detached, VALUE],
    ['list: expected', { length: -1 }, VALUE],
    ['list: expected', { length: 0.5 }, VALUE],
    ['list: expected', { length: NaN }, VALUE],
    ['text: the string is longer than 3 bytes of UTF-8', 'four', VALUE],
    ['text: the string is longer', 'éé', VALUE],
    ['text: the string contains a NUL', 'a\0', VALUE],
    ['text[1]: expected', [1, 300, 0], RANGE],
    ['name: the string contains a NUL', 'a\0', VALUE],
    ['name: expected', {}, TYPE],
    ['name: ', detached, VALUE],
    ['fn: expected', () => 1, TYPE],
    ['inner: expected an object with points', null, TYPE],
    ['inner: expected an object', 70000, TYPE],
    ['inner: expected a buffer of 24 bytes, got 23', new ArrayBuffer(23), BOUNDS],
    ['inner.points[2].y: expected an i32', { points: [point, point, { x: 1, y: 'x' }] }, TYPE],
    ['inner.points[1]: expected', { points: [point, null, point] }, TYPE],
    ["inner: there is no member 'point'; did you mean 'points'?", { point: [] }, VALUE],
    ['bit: expected an integer of 3 bits (from 0 to 7), got 8', 8, RANGE],
    ['bit: expected an integer', '1', TYPE],
    ['flag: expected a bool', 2, RANGE],
    ['color: expected one of RED, BLUE', 'GREEN', TYPE],
    ['color: expected one of RED, BLUE', 'toString', TYPE],
    ['handle: expected a pointer to handle', opaque('other').at(70000), TYPE],
    ['handle: expected a pointer to handle', new Uint8Array(8), TYPE],
    ['p: expected', 'x', TYPE],
    ['p.y: expected an i32', { x: 1, y: {} }, TYPE],
    ['p[1].x: expected an i32', [point, { x: 1.5, y: 0 }], RANGE],
    ['p: expected a buffer of at least 8 bytes, got 7', new Uint8Array(7), BOUNDS],
  ])('is refused: %s', (text, value, code) => {
    const [key] = text.match(/^\w+/);
    const error = thrown(() => S.create({ [key]: value }));
    expect(error).toMatchObject({ isFFIError: true, code: `ERR_${code}`, symbol: 'create', argument: 0 });
    expect(error.message).toContain(`create: ${text}`);
    expect(thrown(() => S.set(new ArrayBuffer(S.size), key, value))).toMatchObject({ code: error.code, symbol: 'set' });
  });
});
