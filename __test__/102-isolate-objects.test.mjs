// Records, pointers inside of them, and callbacks of isolated libraries.
import { describe, expect, test } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { open } from './isolates.mjs';
import { arkffi, thrown } from './open.mjs';

const { IsolatedPointer, JSCallback, Struct, array, callback, opaque, out, inout, pointer } = arkffi;

const Point = Struct({ x: 'i32', y: 'i32' });
const Complex = Struct({ re: 'f64', im: 'f64' });
const Vector = Struct({ x: 'f32', y: 'f32', z: 'f32' });
const Large = Struct({ values: array('i64', 6), label: 'cstring' });
const Person = Struct({ name: 'cstring', age: 'i32', city: 'cstring' });
const Node = Struct({ value: 'i32', next: pointer(() => Node) });
const Counter = opaque('Counter');
const unary = callback(['i32'], 'i32');

describe('records', () => {
  const { symbols: records, ...isolated } = open(fixture('records'), {
    point_add: { args: [Point, Point], returns: Point.object },
    point_by_address: { symbol: 'point_add', args: [Point, Point], returns: Point },
    point_sum_after: { args: [Point, unary], returns: 'i32' },
    complex_mul: { args: [Complex, Complex], returns: Complex.object },
    vector_scale: { args: [Vector, 'f32'], returns: Vector.object },
    large_reverse: { args: [Large], returns: Large.object },
    large_weigh: { args: ['i8', Large, 'f64', Large, 'i32'], returns: 'i64' },
    person_text: { args: [Person, 'ptr', 'ptr'], returns: 'usize' },
    person_text_at: { args: [pointer(Person), 'ptr', 'ptr'], returns: 'usize' },
    person_default: { returns: Person.object },
    texts: { args: ['cstring', Person, 'cstring', 'ptr'], returns: 'usize' },
    point_move: { args: [inout(Point), 'i32', 'i32'] },
    points_fill: { args: [out(Point), 'i32'] },
    divide: { args: ['i32', 'i32', out('i32'), out('i32')], returns: 'i32' },
    list_sum: { args: [pointer(Node)], returns: 'i32' },
    list_twice: { args: [inout(Node)] },
    fft: { args: [inout(Complex), 'i32'] },
    counter_open: { args: ['i32', out(Counter)], returns: 'i32' },
    counter_new: { args: ['i32'], returns: Counter },
    counter_next: { args: [Counter], returns: 'i32' },
    counter_free: { args: [Counter] },
    ledger_new: { returns: opaque('Ledger') },
  });

  test('by value', async () => {
    expect(records.point_add({ x: 1, y: 2 }, { x: 10, y: 20 })).toEqual({ x: 11, y: 22 });
    expect(records.point_add(Point.create({ x: 1, y: 2 }), { x: 1, y: 1 })).toEqual({ x: 2, y: 3 });
    expect(Point.fromPtr(records.point_by_address({ x: 1, y: 2 }, { x: 3, y: 4 }))).toEqual({ x: 4, y: 6 });
    expect(records.complex_mul({ re: 0, im: 1 }, { re: 0, im: 1 })).toEqual({ re: -1, im: 0 });
    expect(records.vector_scale({ x: 1, y: 2, z: 3 }, 2)).toEqual({ x: 2, y: 4, z: 6 });
    const large = { values: [1, 2, 3, 4, 5, 6], label: 'kept' };
    const reversed = records.large_reverse(large);
    expect(reversed.values).toEqual([6, 5, 4, 3, 2, 1]);
    expect(reversed.label).toBeInstanceOf(IsolatedPointer);
    expect(records.large_weigh(1, large, 2.5, large, 3)).toBe(1 + 2 + 3 + 91 - 21);
    expect(await records.complex_mul.async({ re: 2, im: 0 }, { re: 3, im: 0 })).toEqual({ re: 6, im: 0 });
    expect((await records.large_reverse.async(large)).values).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('with strings inside', () => {
    const target = Buffer.alloc(64);
    const ada = { name: 'Ada', age: 36, city: 'London' };
    const text = (length) => target.toString('utf8', 0, length);
    expect(text(records.person_text(ada, target, null))).toBe('Ada|London');
    expect(text(records.person_text_at({ ...ada, city: null }, target, null))).toBe('Ada|(none)');
    expect(text(records.texts('<', ada, '>', target))).toBe('<Ada|London>');
    const { name, city } = records.person_default();
    expect(name).toBeInstanceOf(IsolatedPointer);
    expect(text(records.person_text({ name: city, age: 1, city: name }, target, null))).toBe('London|Ada');
    expect(thrown(() => records.person_text(Person.create(ada), target, null))).toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
      symbol: 'person_text',
      argument: 0,
    });
    expect(thrown(() => records.person_text({ ...ada, name: 4096 }, target, null))).toMatchObject({
      symbol: 'person_text',
      argument: 0,
    });
  });

  test('by reference, there and back', () => {
    const point = { x: 1, y: 2 };
    records.point_move(point, 10, 20);
    expect(point).toEqual({ x: 11, y: 22 });
    const points = [{}, {}, {}];
    records.points_fill(points, 3);
    expect(points.every(({ x, y }) => Number.isInteger(x) && Number.isInteger(y))).toBe(true);
    const [quotient, remainder] = [[0], [0]];
    records.divide(17, 5, quotient, remainder);
    expect([quotient[0], remainder[0]]).toEqual([3, 2]);
    const list = { value: 1, next: { value: 2, next: { value: 3, next: null } } };
    expect(records.list_sum(list)).toBe(6);
    const node = { value: 4, next: null };
    records.list_twice(node);
    expect(node.value).toBe(8);
    const values = Array.from({ length: 512 }, (_, index) => ({ re: index, im: 0 }));
    records.fft(values, values.length);
    expect(values[0].re).toBeCloseTo((511 * 512) / 2);
  });

  test('opaque pointers have a name', () => {
    const holder = [null];
    expect(records.counter_open(5, holder)).toBe(0);
    const counter = holder[0];
    expect(counter).toBeInstanceOf(IsolatedPointer);
    expect([counter.name, records.counter_next(counter), records.counter_next(counter)]).toEqual(['Counter', 6, 7]);
    expect(thrown(() => records.counter_next(records.ledger_new()))).toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      argument: 0,
    });
    records.counter_free(counter);
    expect(records.counter_next(null)).toBe(-1);
    expect(records.counter_new(-1)).toBe(null);
    void isolated;
  });
});

describe('callbacks', () => {
  const isolated = open(fixture('callbacks'), {
    apply_callback: { args: [unary, 'i32'], returns: 'i32' },
    apply_pointer: { symbol: 'apply_callback', args: ['function', 'i32'], returns: 'i32' },
    either: { args: [unary, unary, 'i32'], returns: 'i32' },
    mixed_of: { args: [callback(['i8', 'f64', 'cstring', 'u64', 'f32', 'bool'], 'f64')], returns: 'f64' },
    thousand_strings: { args: [callback(['i32'], 'cstring'), 'ptr', 'i32'], returns: 'i32' },
    store: { args: ['function'] },
    fire: { args: ['i32'], returns: 'i32' },
    stored_function: { returns: 'ptr' },
    turn: { args: [callback([Point.object], Point), 'i32', 'i32'], returns: Point.object },
    length_at: { args: [callback([pointer(Point)], 'i32'), 'i32', 'i32'], returns: 'i32' },
    on_thread: { args: [unary, 'i32'], returns: 'i32' },
    errno_after: { args: [unary, 'i32'], returns: 'i32' },
    answers: { args: [unary, 'i32', 'ptr'], returns: 'i32' },
  });
  const { symbols } = isolated;

  test('nest: C calls JavaScript calls C', () => {
    const depth = (count) => (value) => (count === 0 ? value : symbols.apply_callback(depth(count - 1), value + 1));
    expect(symbols.apply_callback(depth(20), 0)).toBe(20);
    expect(
      symbols.either(
        (a) => a + 1,
        (b) => symbols.apply_callback((c) => c * 2, b),
        5,
      ),
    ).toBe(6010);
  });

  test('a thousand of one call', () => {
    const results = new Int32Array(1000);
    symbols.answers((value) => value * 2, 1000, results);
    expect(results[999]).toBe(results[1] * 999);
  });

  test('get and give values of every kind', () => {
    const got = [];
    symbols.mixed_of((...args) => {
      got.push(args);
      return 1.5;
    });
    expect(typeof got[0][2]).toBe('string');
    expect(symbols.turn(({ x, y }) => ({ x: y, y: -x }), 3, 4)).toEqual({ x: 4, y: -3 });
    expect(symbols.length_at((at) => isolated.read(at, 'i32', 4), 3, 4)).toBe(403);
    expect(symbols.errno_after(() => symbols.apply_callback((x) => x, 1), 17)).toBe(17);
    const errors = thrown(() => symbols.apply_callback(() => 'no number', 1));
    expect(errors).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'callback' });
  });

  test('a JSCallback stays a function of C until it is closed', () => {
    const double = new JSCallback((value) => value * 2, { args: ['i32'], returns: 'i32', onError: -7 });
    symbols.store(double);
    expect([symbols.fire(4), symbols.fire(5), symbols.apply_pointer(double, 6)]).toEqual([8, 10, 12]);
    expect(symbols.stored_function()).toBeInstanceOf(IsolatedPointer);
    double.close();
    expect(symbols.fire(4)).toBe(-7);
    expect(thrown(() => symbols.store(double))).toMatchObject({ code: 'ERR_CALLBACK_CLOSED', argument: 0 });
  });

  test('a function that was lent for a call answers zero afterwards', () => {
    expect(symbols.apply_callback((value) => value, 9)).toBe(9);
  });

  test('of asynchronous calls and of their threads run in the event loop', async () => {
    expect(await symbols.apply_callback.async((value) => value + 1, 1)).toBe(2);
    expect(await symbols.on_thread.async((value) => symbols.apply_callback((x) => x * 3, value), 5)).toBe(15);
    expect(await symbols.apply_callback.async(async (value) => value + 10, 1)).toBe(11);
  });

  test('one that closes the isolate ends its call', () => {
    const closing = open(fixture('callbacks'), { apply_callback: { args: [unary, 'i32'], returns: 'i32' } });
    expect(thrown(() => closing.symbols.apply_callback(() => closing.close(), 1))).toMatchObject({
      code: 'ERR_LIBRARY_CLOSED',
      symbol: 'apply_callback',
    });
  });

  test('one that takes too long is not waited for: C gets the default', () => {
    const hasty = open(
      fixture('callbacks'),
      {
        answers: { args: [unary, 'i32', 'ptr'], returns: 'i32' },
        apply_callback: { args: [unary, 'i32'], returns: 'i32' },
      },
      { callbackTimeout: 500 },
    );
    const answer = hasty.alloc('i32', 1);
    answer.set(0, -1);
    const slowly = () => {
      // Until C has gone on.
      for (const end = Date.now() + 60_000; answer.at(0) === -1 && Date.now() < end;);
      return 5;
    };
    hasty.symbols.answers(slowly, 1, answer);
    expect(answer.at(0)).toBe(0);
    expect(hasty.symbols.apply_callback((value) => value, 5)).toBe(5);
    expect(hasty.status().restarts).toBe(0);
  });

  test('one that takes too long may call the library, whose results wait until it has returned', async () => {
    const hasty = open(
      fixture('callbacks'),
      { answers: { args: [unary, 'i32', 'ptr'], returns: 'i32' }, twice: { args: ['i32'], returns: 'i32' } },
      // Callbacks that are not late must begin within it, on a busy machine too.
      { callbackTimeout: 300 },
    );
    const { symbols } = hasty;
    /** A function that C has given up when it does its work, and where C leaves what it got instead. */
    const late = (work) => {
      const got = hasty.alloc('i32', 4);
      for (let index = 0; index < 4; index++) got.set(index, -1);
      const run = (index) => {
        for (const end = Date.now() + 60_000; got.at(index) === -1 && Date.now() < end;);
        work(index);
        return 1000;
      };
      return { run, got };
    };
    let seen = [];
    const other = hasty.alloc('i32', 4);
    const calling = late((index) =>
      seen.push(
        symbols.twice(index + 1),
        symbols.answers((value) => value, 3, other),
      ),
    );
    expect(symbols.answers(calling.run, 1, calling.got)).toBe(1);
    expect([calling.got.at(0), seen]).toEqual([0, [2, 3]]);

    // The next callback waits for it: what each calls, lends and throws is its own.
    seen = [];
    const calls = (index) => seen.push(symbols.twice(10 * index)) && index;
    const second = late((index) => seen.push(symbols.twice(index)));
    expect(symbols.answers((index) => (index === 1 ? second.run(index) : calls(index)), 4, second.got)).toBe(4);
    expect(second.got.at(1)).toBe(0);
    expect(seen.slice(0, 2)).toEqual([0, 2]);
    seen = [];
    const third = late((index) => seen.push(symbols.twice(index)));
    const throwing = (index) => {
      if (index === 0) return third.run(index);
      throw new Error(`of callback ${index}`);
    };
    expect(() => symbols.answers(throwing, 2, third.got)).toThrow('of callback 1');
    expect(seen).toEqual([0]);

    // One inside of the other.
    seen = [];
    const inner = late((index) => seen.push(symbols.twice(index + 5)));
    const outer = late(() => seen.push(symbols.answers(inner.run, 1, inner.got), inner.got.at(0)));
    expect(symbols.answers(outer.run, 1, outer.got)).toBe(1);
    expect(seen).toEqual([10, 1, 0]);

    const failing = late(() => {
      symbols.twice(1);
      throw new Error('of the callback');
    });
    expect(() => symbols.answers(failing.run, 1, failing.got)).toThrow('of the callback');

    seen = [];
    const apart = late((index) => seen.push(symbols.twice(index + 3)));
    expect(await symbols.answers.async(apart.run, 1, apart.got)).toBe(1);
    expect([apart.got.at(0), seen]).toEqual([0, [6]]);
    expect(hasty.status().restarts).toBe(0);
  });
});
