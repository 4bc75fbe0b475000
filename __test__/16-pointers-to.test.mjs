import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { dlopen, Struct, CString, array, callback, opaque, pointer, out, inout, ptr } = arkffi;

const Point = Struct({ x: 'int', y: 'int' });
const Complex = Struct({ re: 'double', im: 'double' });
const Person = Struct({ name: 'const char*', age: 'int', city: 'const char*' });
const Node = Struct({ value: 'int', next: pointer(() => Node) });
const Tree = Struct({ value: 'int', count: 'int', children: pointer(() => Tree) });
const Packet = Struct({ count: 'u32', values: array('u16') });
const Counter = opaque('Counter');

const { symbols } = dlopen(fixture('records'), {
  sumAt: { symbol: 'point_sum_at', args: [pointer(Point)], returns: 'int' },
  pointsSum: { symbol: 'points_sum', args: [pointer(Point), 'int'], returns: 'int' },
  moveLent: { symbol: 'point_move', args: [pointer(Point), 'int', 'int'] },
  move: { symbol: 'point_move', args: [inout(Point), 'int', 'int'] },
  fill: { symbol: 'points_fill', args: [out(Point), 'int'] },
  divide: { args: ['int', 'int', out('int'), out('int')], returns: 'int' },
  twiceAll: { symbol: 'twice_all', args: [inout('double'), 'int'] },
  twiceThree: { symbol: 'twice_all', args: [inout(array('double', 3)), 'int'] },
  sum3: { args: [array('double', 3)], returns: 'double' },
  first_of: { args: [pointer('cstring'), 'int', 'buffer'] },
  list_sum: { args: [pointer(Node)], returns: 'int' },
  list_twice: { args: [inout(Node)] },
  tree_sum: { args: [pointer(Tree)], returns: 'int' },
  packet_sum: { args: [pointer(Packet)], returns: 'u32' },
  fft: { args: [inout(Complex), 'int'] },
  fftInPlace: { symbol: 'fft', args: [pointer(Complex), 'int'] },
  person_text_at: { args: [inout(Person), 'buffer', 'function'], returns: 'size_t' },
  person_static: { returns: pointer(Person) },
  origin_at: { returns: pointer(Point) },
  counter_open: { args: ['int', out(Counter)], returns: 'int' },
  counter_new: { args: ['int'], returns: Counter },
  counter_next: { args: [Counter], returns: 'int' },
  counter_free: { args: [Counter] },
  ledger_new: { returns: opaque('Ledger') },
});

const codes = { ARG: 'ERR_INVALID_ARG_TYPE', VALUE: 'ERR_INVALID_ARG_VALUE', BOUNDS: 'ERR_OUT_OF_BOUNDS' };

describe('a pointer to a record', () => {
  it('may be an object or an array of them, copied for the call', () => {
    expect(symbols.sumAt({ x: 3, y: 4 })).toBe(34);
    const points = [1, 3, 5].map((x) => ({ x, y: x + 1 }));
    expect(symbols.pointsSum(points, 3)).toBe(102);
    const point = Object.freeze({ x: 1, y: 1 });
    symbols.moveLent(point, 5, 5);
    expect(point).toEqual({ x: 1, y: 1 });
  });

  it('may be memory: C works on that', () => {
    const buffer = Point.create({ x: 3, y: 4 });
    for (const memory of [buffer, new Uint8Array(buffer), new DataView(buffer), Point.view(buffer), ptr(buffer)])
      symbols.moveLent(memory, 1, 10);
    symbols.moveLent(BigInt(ptr(buffer)), 1, 10);
    symbols.moveLent(new CString(ptr(buffer)), 1, 10);
    expect(Point.fromPtr(buffer)).toEqual({ x: 10, y: 74 });
    expect(symbols.sumAt(null)).toBe(-1);
    expect(symbols.sumAt(0)).toBe(-1);
    const three = array(Point, 3).create([{ x: 1 }, { x: 2 }, { x: 3 }]);
    expect(symbols.pointsSum(three, 3)).toBe(60);
    expect(symbols.pointsSum(array(Point, 3).view(three), 3)).toBe(60);
    expect(symbols.pointsSum(array(Point, 3).view(three)[1], 2)).toBe(50);
  });

  it('is an address when it is a result', () => {
    const person = Person.fromPtr(symbols.person_static());
    expect(new CString(person.name).toString()).toBe('Grace');
    expect(person).toMatchObject({ age: 85, city: 0 });
    expect(Point.fromPtr(symbols.origin_at())).toEqual({ x: 7, y: 8 });
  });

  it.each([
    [undefined, codes.ARG, 'expected an object'],
    ['text', codes.ARG, 'expected an object'],
    [true, codes.ARG, 'expected an object'],
    [() => 1, codes.ARG, 'expected an object'],
    [-1, 'ERR_OUT_OF_RANGE', 'expected'],
    [{ x: 1 }, codes.ARG, 'y: expected an i32'],
    [{ x: 1, y: 2, z: 3 }, codes.VALUE, "there is no member 'z'"],
    [
      [
        { x: 1, y: 2 },
        { x: 1, y: 'x' },
      ],
      codes.ARG,
      '[1].y: expected an i32',
    ],
    [[{ x: 1, y: 2 }, null], codes.ARG, '[1]: expected an object with x, y'],
    [new Uint8Array(7), codes.BOUNDS, 'expected a buffer of at least 8 bytes, got 7'],
    [new Uint8Array(0), codes.BOUNDS, 'expected a buffer of at least 8 bytes, got 0'],
    [array('i8', 7).view(new ArrayBuffer(7)), codes.BOUNDS, 'expected'],
    [Struct({ a: 'i8' }).view(new ArrayBuffer(1)), codes.BOUNDS, 'expected'],
    [{ length: -1 }, codes.VALUE, 'expected'],
    [{ length: 1.5, 0: { x: 1, y: 1 }, 1: { x: 1, y: 1 } }, codes.VALUE, 'expected'],
  ])('is refused: %s', (value, code, text) => {
    const error = thrown(() => symbols.pointsSum(value, 1));
    expect(error).toMatchObject({ isFFIError: true, code, symbol: 'pointsSum', argument: 0 });
    expect(error.message).toContain(`pointsSum: argument 0: ${text}`);
  });
});

describe('a pointer to scalars', () => {
  it('takes typed arrays of that element, and bytes; others are refused', () => {
    const doubles = Float64Array.of(1, 2, 3);
    for (const memory of [doubles, doubles.buffer, new Uint8Array(doubles.buffer), new DataView(doubles.buffer)])
      symbols.twiceAll(memory, 3);
    expect([...doubles]).toEqual([16, 32, 48]);
    for (const wrong of [new Float32Array(6), new BigInt64Array(3), new Int8Array(24), new Uint8ClampedArray(24)]) {
      const error = thrown(() => symbols.twiceAll(wrong, 3));
      expect(error).toMatchObject({ code: codes.ARG, symbol: 'twiceAll', argument: 0 });
      expect(error.message).toContain(wrong.constructor.name);
    }
    expect(thrown(() => symbols.twiceAll(new Uint8Array(7), 1)).code).toBe(codes.BOUNDS);
    expect(thrown(() => symbols.twiceAll({}, 1)).message).not.toMatch(/expected an object.*got an object/);
  });

  it('takes an array of exactly its length when it is an array', () => {
    expect(symbols.sum3([1, 2, 3])).toBe(321);
    expect(symbols.sum3(Float64Array.of(1, 2, 3))).toBe(321);
    for (const wrong of [
      [1, 2],
      [1, 2, 3, 4],
    ])
      expect(thrown(() => symbols.sum3(wrong))).toMatchObject({ code: codes.VALUE, argument: 0 });
    expect(thrown(() => symbols.sum3(new Float32Array(3))).code).toBe(codes.ARG);
    expect(thrown(() => symbols.sum3(new Float64Array(2))).code).toBe(codes.BOUNDS);
    expect(thrown(() => symbols.sum3([1, 'x', 3])).message).toContain('argument 0: [1]: expected an f64');
  });

  it('takes an array of strings', () => {
    const target = Buffer.alloc(8);
    symbols.first_of(['abc', 'x'.repeat(100_000), 'ß'], 2, target);
    expect(target.toString('utf8', 0, 2)).toBe('ax');
  });
});

describe('a Number that can be no address', () => {
  const bind = (type) => dlopen(null, { same: { symbol: 'labs', args: [type], returns: 'ptr' } }).symbols.same;

  it.each([
    ['out(…)', out('int')],
    ['inout(…) of a record', inout(Point)],
    ['a pointer to a scalar', pointer('int')],
    ['a pointer to an array', pointer(array('int', 2))],
  ])('is refused for %s: a value without its brackets, most likely', async (_, type) => {
    const same = bind(type);
    for (const value of [1, 65_535]) {
      const refused = { code: 'ERR_INVALID_POINTER', symbol: 'same', argument: 0 };
      expect(thrown(() => same(value))).toMatchObject(refused);
      await expect(same.async(value)).rejects.toMatchObject(refused);
    }
    expect(thrown(() => same(1)).message).toMatch(/^same: argument 0: 1 cannot be a valid address: expected an? /);
    expect([same(0), same(null), same(65_536), same(2n ** 47n)]).toEqual([0, 0, 65_536, 2 ** 47]);
    // Who writes that means it.
    expect([same(5n), await same.async(5n)]).toEqual([5, 5]);
  });

  it.each([
    ['ptr', 'ptr'],
    ['a pointer to nothing known', pointer('void')],
    ['a pointer to a record', pointer(Point)],
    ['an opaque pointer', opaque('Token')],
  ])('is passed for %s: it may be no address', async (_, type) => {
    expect([bind(type)(5), await bind(type).async(5)]).toEqual([5, 5]);
  });

  it('is what a callback may give back', () => {
    const { apply_ptr } = dlopen(fixture('callbacks'), {
      apply_ptr: { args: [callback(['ptr'], pointer('int')), 'ptr'], returns: 'ptr' },
    }).symbols;
    expect(apply_ptr(() => 5, 1)).toBe(5);
  });
});

describe('what C leaves behind an out or inout parameter', () => {
  it('is put into one-element arrays, from zeros or from what they had', () => {
    const [quotient, remainder] = [[0], ['whatever was here']];
    expect(symbols.divide(17, 5, quotient, remainder)).toBe(0);
    expect([quotient, remainder]).toEqual([[3], [2]]);
    expect(symbols.divide(17, 0, quotient, remainder)).toBe(-1);
    expect([quotient, remainder]).toEqual([[0], [0]]);
    expect(symbols.divide(17, 5, null, Int32Array.of(9))).toBe(0);
    const values = [1, 2, 3];
    symbols.twiceAll(values, 2);
    symbols.twiceThree(values, 3);
    expect(values).toEqual([4, 8, 6]);
  });

  it('is put into objects, and into the objects of an array', () => {
    const point = { x: 1, y: 2 };
    symbols.move(point, 10, 20);
    expect(point).toEqual({ x: 11, y: 22 });
    const points = [{}, {}, {}];
    symbols.fill(points, 3);
    expect(points).toEqual([0, 1, 2].map((x) => ({ x, y: x * x })));
    const one = {};
    symbols.fill(one, 1);
    expect(one).toEqual({ x: 0, y: 0 });
  });

  it('leaves alone what C did not change: strings and objects that were lent stay what they were', () => {
    const list = { value: 1, next: { value: 2, next: null } };
    const { next } = list;
    symbols.list_twice(list);
    expect(list.value).toBe(2);
    expect(list.next).toBe(next);
    const person = { name: 'Ada', age: 36, city: null };
    symbols.person_text_at(person, Buffer.alloc(20), null);
    expect(person).toEqual({ name: 'Ada', age: 36, city: null });
  });

  it('is an error of arkffi where it cannot be written', () => {
    for (const frozen of [Object.freeze([0]), Object.freeze({ x: 1, y: 2 })])
      expect(thrown(() => symbols.move(frozen, 1, 1))).toMatchObject({ isFFIError: true, symbol: 'move', argument: 0 });
    expect(thrown(() => symbols.divide(1, 1, [], null))).toMatchObject({ code: codes.VALUE, argument: 2 });
    expect(thrown(() => symbols.divide(1, 1, {}, null))).toMatchObject({ code: codes.ARG, argument: 2 });
    expect(thrown(() => symbols.divide(1, 1, 5.5, null))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', argument: 2 });
    expect(thrown(() => symbols.divide(1, 1, new Float32Array(1), null))).toMatchObject({ argument: 2 });
  });

  it('goes through setters, which may call C and throw', () => {
    const seen = [];
    const setting = (name) => ({
      set x(value) {
        const other = { x: 100, y: 100 };
        symbols.move(other, 1, 1);
        expect(symbols.list_sum({ value: 5, next: { value: 6, next: null } })).toBe(11);
        seen.push([name, value, other.x]);
      },
      set y(value) {
        seen.push([name, value]);
      },
    });
    symbols.fill(setting('a'), 1);
    expect(seen).toEqual([
      ['a', 0, 101],
      ['a', 0],
    ]);
    const mine = new TypeError('mine');
    const setter = () => {
      throw mine;
    };
    expect(() => symbols.divide(7, 2, Object.defineProperty([0], 0, { set: setter }), [0])).toThrow(mine);
    expect(symbols.divide(7, 2, [0], [0])).toBe(0);
  });
});

describe('records that refer to records', () => {
  it('are copied with what they point to: lists, trees, arrays', () => {
    const list = [5, 4, 3, 2, 1].reduce((next, value) => ({ value, next }), null);
    expect(symbols.list_sum(list)).toBe(15);
    expect(symbols.list_sum(Node.create(list))).toBe(15);
    const leaf = (value) => ({ value, count: 0, children: null });
    const tree = { value: 1, count: 2, children: [{ value: 2, count: 1, children: [leaf(3)] }, leaf(4)] };
    expect(symbols.tree_sum(tree)).toBe(10);
    expect(symbols.tree_sum(Tree.create(tree))).toBe(10);
    const wrong = { value: 1, count: 1, children: [{ value: 2, count: 1, children: [leaf('x')] }] };
    expect(thrown(() => symbols.tree_sum(wrong)).message).toContain(
      'tree_sum: argument 0: children[0].children[0].value: expected an i32',
    );
  });

  it('that are cyclic are an error, by value, by pointer and in create', () => {
    const cyclic = { value: 1 };
    cyclic.next = cyclic;
    const endless = {
      value: 1,
      get next() {
        return endless;
      },
    };
    for (const list of [cyclic, endless, { value: 0, next: [cyclic] }]) {
      expect(thrown(() => symbols.list_sum(list))).toMatchObject({
        code: codes.VALUE,
        symbol: 'list_sum',
        argument: 0,
      });
      expect(thrown(() => Node.create(list))).toMatchObject({ code: codes.VALUE, symbol: 'create', argument: 0 });
    }
    expect(symbols.list_sum({ value: 1, next: null })).toBe(1);
  });

  it('work on arrays in place: the FFT of the pages of ArkFFI', () => {
    const [real, imaginary] = [
      [16, -8, -4, 0],
      [20, 0, -4, -8],
    ];
    const signal = () => [1, 3, 5, 7].map((re) => ({ re, im: re + 1 }));
    const objects = signal();
    symbols.fft(objects, 4);
    const buffer = array(Complex, 4).create(signal());
    symbols.fftInPlace(buffer, 4);
    for (const values of [objects, array(Complex, 4).fromPtr(buffer), [...array(Complex, 4).view(buffer)]]) {
      values.forEach(({ re, im }, index) => {
        expect(Math.abs(re - real[index])).toBeLessThan(1e-12);
        expect(Math.abs(im - imaginary[index])).toBeLessThan(1e-12);
      });
    }
  });
});

describe('a flexible array member', () => {
  it('has as many elements as were given, and as fit into the buffer', () => {
    const buffer = Packet.create({ count: 3, values: [1, 2, 3] });
    expect(buffer.byteLength).toBe(10);
    expect(symbols.packet_sum(buffer)).toBe(6);
    expect(Packet.fromPtr(buffer)).toEqual({ count: 3, values: [1, 2, 3] });
    expect(Packet.fromPtr(buffer, 0, 2)).toEqual({ count: 3, values: [1, 2] });
    expect(Packet.fromPtr(ptr(buffer), 0, 3).values).toEqual([1, 2, 3]);
    expect(Packet.fromPtr(ptr(buffer)).values).toEqual([]);
    expect(Packet.create({ count: 1 }).byteLength).toBe(4);
    expect(thrown(() => Packet.fromPtr(buffer, 0, 4)).code).toBe(codes.BOUNDS);
  });

  it('is there for get and view too', () => {
    const buffer = Packet.create({ count: 3, values: [1, 2, 3] });
    expect(Packet.get(buffer, 'values')).toEqual([1, 2, 3]);
    expect([...Packet.view(buffer).values]).toEqual([1, 2, 3]);
  });

  it('takes bytes as bytes, like any array, from any kind of object', () => {
    class Made {
      values = [4];
      get count() {
        return 1;
      }
    }
    expect(Packet.fromPtr(Packet.create(new Made()))).toEqual({ count: 1, values: [4] });
    for (const values of [Uint16Array.of(1, 2), Uint8Array.of(1, 0, 2, 0), Uint8Array.of(1, 0, 2, 0).buffer])
      expect(Packet.fromPtr(Packet.create({ count: 2, values })).values).toEqual([1, 2]);
  });

  it.each([
    ['values: expected', null],
    ['values: expected', 5],
    ['values[1]: expected', [1, 'x']],
    ['values: expected', { length: 1.5, 0: 1, 1: 1 }],
    ['values: expected', { length: -1 }],
    ['values: expected', { length: Infinity }],
  ])('is refused: %s %s', (text, values) => {
    const error = thrown(() => Packet.create({ count: 1, values }));
    expect(error).toMatchObject({ isFFIError: true, symbol: 'create', argument: 0 });
    expect(error.message).toContain(`create: ${text}`);
  });
});

describe('an opaque pointer', () => {
  it('goes where its name is wanted, and nowhere else', () => {
    const counter = symbols.counter_new(5);
    expect(counter).toMatchObject({ name: 'Counter' });
    expect(counter.ptr).toBeGreaterThan(65536);
    expect(symbols.counter_next(counter)).toBe(6);
    expect(symbols.counter_next(counter.ptr)).toBe(7);
    expect(symbols.counter_next(Counter.at(counter.ptr))).toBe(8);
    expect(symbols.counter_next(null)).toBe(-1);
    expect(symbols.counter_new(-1)).toBe(null);
    const wrong = [
      symbols.ledger_new(),
      {},
      new Uint8Array(8),
      new CString(70000),
      'x',
      { ptr: 70000, name: 'Counter' },
    ];
    for (const value of wrong) {
      const error = thrown(() => symbols.counter_next(value));
      expect(error).toMatchObject({ class: 'FFITypeError', code: codes.ARG, symbol: 'counter_next', argument: 0 });
      expect(error.message).toContain('expected a pointer to Counter');
    }
    expect(thrown(() => symbols.counter_next(wrong[0])).message).toContain('got a pointer to Ledger');
    symbols.counter_free(counter);
  });

  it('comes out of an out parameter', () => {
    const counters = [null];
    expect(symbols.counter_open(1, counters)).toBe(0);
    expect(symbols.counter_next(counters[0])).toBe(2);
    symbols.counter_free(counters[0]);
    expect(symbols.counter_open(-1, counters)).toBe(-1);
    expect(counters).toEqual([null]);
  });
});
