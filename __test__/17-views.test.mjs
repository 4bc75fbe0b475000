import { describe, expect, it } from 'vitest';
import { inspect } from 'node:util';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { dlopen, Struct, Union, array, bits, enumeration, opaque, pointer, releasePtr, ptr } = arkffi;

const Point = Struct({ x: 'int', y: 'int' });
const Large = Struct({ values: array('i64', 6), label: 'cstring' });
const Outer = Struct({
  tag: 'i8',
  point: Point,
  list: array('i16', 3),
  points: array(Point, 2),
  text: array('char', 6),
  low: bits('u8', 3),
  wide: bits('i64', 40),
  on: bits('bool', 1),
  color: enumeration({ RED: 0, BLUE: 7 }),
  word: Union({ i: 'i32', f: 'f32' }),
  name: 'cstring',
  handle: opaque('handle'),
  next: pointer(Point),
});
const definitions = {
  point_add: { args: [Point, Point], returns: Point },
  large_reverse: { args: [Large], returns: Large },
  point_move: { args: ['ptr', 'int', 'int'] },
  point_sum_at: { args: ['ptr'], returns: 'int' },
  origin_at: { returns: 'ptr' },
};
const { symbols } = dlopen(fixture('records'), definitions);
const detach = (buffer) => structuredClone(buffer, { transfer: [buffer] });
const gone = { RELEASED: 'ERR_INVALID_POINTER', CLOSED: 'ERR_LIBRARY_CLOSED', DETACHED: 'ERR_INVALID_ARG_VALUE' };

describe('a view of a record', () => {
  it('reads and writes the memory itself, of buffers and addresses, at any alignment', () => {
    const memory = new Uint8Array(Outer.size + 16);
    for (const make of [
      () => Outer.view(memory, 3),
      () => Outer.view(ptr(memory), 3),
      () => Outer.view(memory.subarray(3)),
    ]) {
      memory.fill(0);
      const view = make();
      view.tag = -1;
      view.point = { x: 1, y: 2 };
      view.point.y = 3;
      view.list[1] = -5;
      view.points = [{ x: 1, y: 1 }, view.point];
      view.text = 'grüß';
      view.low = 5;
      view.wide = -(2 ** 39);
      view.on = true;
      view.color = 'BLUE';
      view.word.f = 1;
      view.handle = 70000;
      view.next = ptr(memory);
      expect(Outer.fromPtr(memory, 3)).toMatchObject({
        tag: -1,
        point: { x: 1, y: 3 },
        list: [0, -5, 0],
        points: [
          { x: 1, y: 1 },
          { x: 1, y: 3 },
        ],
        text: 'grüß',
        low: 5,
        wide: -(2 ** 39),
        on: true,
        color: 7,
        word: { i: 0x3f800000, f: 1 },
        next: ptr(memory),
      });
      expect([view.tag, view.text, view.low, view.wide, view.on, view.color, view.handle.name]).toEqual([
        -1,
        'grüß',
        5,
        -(2 ** 39),
        true,
        7,
        'handle',
      ]);
    }
  });

  it('sees what C changes, and is a pointer to C', () => {
    const buffer = Point.create({ x: 1, y: 2 });
    const view = Point.view(buffer);
    symbols.point_move(view, 10, 20);
    expect([view.x, view.y, symbols.point_sum_at(view)]).toEqual([11, 22, 132]);
    const outer = Outer.view(Outer.create());
    symbols.point_move(outer.points[1], 3, 4);
    expect(outer.points[1].y).toBe(4);
    expect(Point.fromPtr(outer.points[1])).toEqual({ x: 3, y: 4 });
  });

  it('stands for its record where an object is wanted, unions included', () => {
    const source = Outer.view(Outer.create({ tag: 4, point: { x: 1, y: 2 }, text: 'abc', word: { i: 9 } }));
    const target = Outer.view(new ArrayBuffer(Outer.size));
    target.point = source.point;
    target.points = [source.point, source.point];
    target.word = source.word;
    expect([target.point.y, target.points[1].x, target.word.i]).toEqual([2, 1, 9]);
    expect(Outer.fromPtr(Outer.create(source))).toEqual(Outer.fromPtr(source));
    expect(JSON.parse(JSON.stringify(source.point))).toEqual({ x: 1, y: 2 });
    expect(inspect(source.point)).toBe('{ x: 1, y: 2 }');
    expect(inspect(source.list)).toBe('[ 0, 0, 0 ]');
  });

  it('refuses wrong values and names, and leaves the memory as it was', () => {
    const view = Outer.view(Outer.create({ tag: 1, point: { x: 1, y: 2 } }));
    for (const [key, value, code, text] of [
      ['tag', 200, 'ERR_OUT_OF_RANGE', 'tag: expected an i8'],
      ['point', { x: 5, y: 'x' }, 'ERR_INVALID_ARG_TYPE', 'point.y: expected an i32'],
      ['point', { x: 5 }, 'ERR_INVALID_ARG_TYPE', 'point.y: expected'],
      ['list', [1, 2], 'ERR_INVALID_ARG_VALUE', 'list: expected 3 elements, got 2'],
      [
        'points',
        [
          { x: 1, y: 2 },
          { x: 1, z: 2 },
        ],
        'ERR_INVALID_ARG_VALUE',
        'points[1]: there is no member',
      ],
      ['text', 'too long', 'ERR_INVALID_ARG_VALUE', 'text: the string is longer'],
      ['low', 8, 'ERR_OUT_OF_RANGE', 'low: expected an integer of 3 bits'],
      ['color', 'GREEN', 'ERR_INVALID_ARG_TYPE', 'color: expected one of'],
      ['handle', opaque('other').at(70000), 'ERR_INVALID_ARG_TYPE', 'handle: expected'],
    ]) {
      const error = thrown(() => (view[key] = value));
      expect(error, key).toMatchObject({ isFFIError: true, code });
      expect(error.message).toContain(text);
    }
    expect(thrown(() => (view.points[0].x = 'x')).message).toContain('x: expected an i32');
    expect(view).toMatchObject({ tag: 1, low: 0 });
    expect(view.point.toJSON()).toEqual({ x: 1, y: 2 });
    expect(thrown(() => (view.typo = 1))).not.toBe('nothing was thrown');
    for (const memory of [0, null, undefined, 'x', {}, 5, new ArrayBuffer(3)])
      expect(thrown(() => Point.view(memory))).toMatchObject({ isFFIError: true, symbol: 'view', argument: 0 });
    expect(thrown(() => Point.view(new ArrayBuffer(8), 1)).code).toBe('ERR_OUT_OF_BOUNDS');
  });

  it('does not reach further than its own memory', () => {
    const Small = Struct({ a: 'i32' });
    const small = Small.view(new ArrayBuffer(4));
    for (const reach of [
      () => Outer.fromPtr(small),
      () => Outer.view(small),
      () => Outer.get(small, 'point'),
      () => Small.fromPtr(small, 1),
      () => array('i32', 2).fromPtr(small),
      () => array('i32', 2).view(small),
    ])
      expect(thrown(reach), String(reach)).toMatchObject({ code: 'ERR_OUT_OF_BOUNDS', argument: 0 });
  });
});

describe('a view of an array', () => {
  it('has its elements by index, in order, and from the end', () => {
    const view = array('i32', 3).view(Int32Array.of(1, 2, 3));
    expect([view.length, view[0], view.at(-1), ...view]).toEqual([3, 1, 3, 1, 2, 3]);
    view[2] = 9;
    expect(Array.from(view, (value) => value * 2)).toEqual([2, 4, 18]);
    expect([...array('i32', 1).view(Int32Array.of(1, 2, 3), 4, 2)]).toEqual([2, 3]);
    expect([...array('i32', 0).view(new ArrayBuffer(0))]).toEqual([]);
    const nested = array(array('u8', 2), 2).view(Uint8Array.of(1, 2, 3, 4));
    expect([nested[1][0], JSON.stringify(nested)]).toEqual([3, '[[1,2],[3,4]]']);
  });

  it('refuses what is no element, and wrong values', () => {
    const view = array('i32', 3).view(new ArrayBuffer(12));
    for (const index of [3, -1, 1.5, 2 ** 32])
      expect(thrown(() => (view[index] = 1)).code, String(index)).toBe('ERR_OUT_OF_BOUNDS');
    for (const action of [
      () => (view.length = 1),
      () => (view.other = 1),
      () => Object.defineProperty(view, 0, { value: 7 }),
    ])
      expect(thrown(action), String(action)).toMatchObject({ isFFIError: true });
    expect(view[0]).toBe(0);
    expect(thrown(() => (view[1] = 'x')).message).toContain('[1]: expected an i32');
    expect(thrown(() => array(array('f64', 2 ** 27), 1).view(ptr(view), 0, 2 ** 31 - 1))).toMatchObject({
      isFFIError: true,
    });
  });
});

describe('memory that is gone', () => {
  const reads = (view) => [
    () => view.point.x,
    () => view.list[0],
    () => view.text,
    () => symbols.point_sum_at(view),
    () => Outer.fromPtr(view),
    () => JSON.stringify(view),
  ];
  const uses = (view) => [
    ...reads(view),
    () => (view.tag = 1),
    () => (view.point = { x: 1, y: 2 }),
    () => (view.list = [1, 2, 3]),
  ];

  it('is refused when the buffer was detached', () => {
    const buffer = Outer.create();
    const view = Outer.view(buffer);
    const [point, list] = [view.point, view.list];
    detach(buffer);
    for (const use of [
      ...uses(view),
      () => point.x,
      () => (point.x = 1),
      () => list[0],
      () => (list[0] = 1),
      () => [...list],
    ])
      expect(thrown(use), String(use)).toMatchObject({ isFFIError: true, code: gone.DETACHED });
    expect(thrown(() => symbols.point_sum_at(view))).toMatchObject({ symbol: 'point_sum_at', argument: 0 });
    expect(inspect(view)).toMatch(/./);
  });

  it('is refused when a resizable buffer became smaller, and there again when it grows', () => {
    const buffer = new ArrayBuffer(Outer.size, { maxByteLength: Outer.size });
    if (!buffer.resizable) return;
    const view = Outer.view(buffer);
    buffer.resize(6);
    for (const use of reads(view))
      expect(thrown(use), String(use)).toMatchObject({ isFFIError: true, code: gone.DETACHED });
    buffer.resize(Outer.size);
    expect(view.point.x).toBe(0);
  });

  it('is refused when a getter of the value detaches it, in views, set and write', () => {
    for (const put of [
      (buffer, value) => (Outer.view(buffer).point = value),
      (buffer, value) => (Outer.view(buffer).next = value),
      (buffer, value) => Outer.set(buffer, 'point', value),
      (buffer, value) => Point.write(buffer, value),
    ]) {
      const buffer = new ArrayBuffer(Outer.size);
      const value = {
        get x() {
          detach(buffer);
          return 1;
        },
        y: 2,
      };
      expect(
        thrown(() => put(buffer, value)),
        String(put),
      ).toMatchObject({ isFFIError: true, code: gone.DETACHED });
    }
  });

  it('is refused when it was released, whatever was made of it before', () => {
    const address = symbols.large_reverse({ values: [1, 2, 3, 4, 5, 6], label: null });
    const view = Large.view(address);
    const { values } = view;
    const inner = array('i64', 2).view(address + 8);
    expect([values[0], inner[0]]).toEqual([6, 5]);
    releasePtr(address);
    for (const use of [() => view.label, () => view.values, () => values[0], () => (values[0] = 1), () => inner[0]])
      expect(thrown(use), String(use)).toMatchObject({ isFFIError: true, code: gone.RELEASED });
  });

  it('is refused when its library was closed', () => {
    const library = dlopen(fixture('closing'), { set_at_unload: { args: ['ptr'] } });
    const view = array('u8', 8).view(library.symbols.set_at_unload.ptr);
    expect(view[0]).toBeTypeOf('number');
    library.close();
    for (const use of [() => view[0], () => [...view], () => (view[0] = 1)])
      expect(thrown(use), String(use)).toMatchObject({ isFFIError: true, code: gone.CLOSED });
  });
});
