import { describe, expect, it } from 'vitest';
import { caught, fail, open, unary } from './callbacks.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi } from './open.mjs';

const { dlopen, CFunction, CString, Struct } = arkffi;
const { array, callback, enumeration, opaque, pointer, ptr, read, toBuffer } = arkffi;

const file = fixture('callbacks');
const bind = (symbol, args, returns) => dlopen(file, { [symbol]: { args, returns } }).symbols[symbol];
const { symbols } = dlopen(file, {
  mixed_of: { args: ['function'], returns: 'f64' },
});

const Color = enumeration({ red: 1, green: 2, blue: 4_000_000_000 });
const Handle = opaque('Handle');
const HIGH = 2n ** 63n;

describe('values', () => {
  it.each([
    ['bool', [true, false]],
    ['i8', [-128, 127, 0]],
    ['u8', [0, 255, 128]],
    ['i16', [-32768, 32767]],
    ['u16', [0, 65535, 32768]],
    ['i32', [-(2 ** 31), 2 ** 31 - 1]],
    ['u32', [0, 2 ** 32 - 1, 2 ** 31]],
    ['i64', [-HIGH, HIGH - 1n, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2n ** 53n, -1]],
    ['u64', [0, HIGH, 2n * HIGH - 1n, 2n ** 53n, Number.MAX_SAFE_INTEGER]],
    ['bigint64', [-HIGH, HIGH - 1n, 0n, 5n], 'i64'],
    ['biguint64', [HIGH, 2n * HIGH - 1n, 0n, 5n], 'u64'],
    ['f32', [0.5, -0, NaN, Infinity, -Infinity, Math.fround(0.1), 3.4028234663852886e38, 2 ** -149]],
    ['f64', [0.1, -0, NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE, 2 ** 53 + 2]],
    ['ptr', [0, 70_000, 2n ** 60n, 2n * HIGH - 1n]],
    ['function', [0, 70_000, 2n ** 60n], 'ptr'],
    ['cstring', ['Grüße 😀', '', null, 'x'.repeat(5000)]],
  ])('of type %s arrive in the function and in C as they are', (type, values, name = type) => {
    for (const value of values) {
      const seen = [];
      const cb = open((given) => (seen.push(given), given), [type], type);
      expect(bind(`apply_${name}`, ['function', type], type)(cb, value)).toEqual(value);
      expect(cb.call(value)).toEqual(value);
      expect(seen).toEqual([value, value]);
    }
  });

  it.each([
    ['bool', 1, true],
    ['bool', 0, false],
    ['i32', -0, 0],
    ['f32', 0.1, Math.fround(0.1)],
    ['i64', 5n, 5],
    ['u64', 2n ** 64n - 1n, 2n ** 64n - 1n],
    ['ptr', null, 0],
    ['ptr', 70_000n, 70_000],
  ])('a result %s may be %s, and is %s then', (type, value, expected) => {
    expect(
      bind(
        `apply_${type}`,
        ['function', type],
        type,
      )(
        open(() => value, [type], type),
        0,
      ),
    ).toBe(expected);
  });

  it('of many types come together', () => {
    const types = ['i8', 'f64', 'cstring', 'u64', 'f32', 'bool'];
    let seen;
    const cb = open((...args) => ((seen = args), 0.1), types, 'f64');
    expect(symbols.mixed_of(cb)).toBe(0.1);
    expect(seen).toEqual([-5, 0.25, 'Grüß', 2n ** 64n - 1n, 1.5, true]);
  });

  it('strings stay valid for C until 256 more were returned', () => {
    const results = new BigUint64Array(256);
    const thousand = bind('thousand_strings', ['function', 'buffer', 'int'], 'int');
    thousand(
      open((index) => `text ${index}`, ['int'], 'cstring'),
      results,
      256,
    );
    expect(Array.from(results, String)).toHaveLength(256);
    results.forEach((address, index) => expect(new CString(address).toString()).toBe(`text ${index}`));
  });

  it('strings may be given as memory, and read in any bytes', () => {
    const echo = bind('apply_cstring', ['function', 'cstring'], 'cstring');
    const bytes = new TextEncoder().encode('bytes\0');
    expect(
      echo(
        open(() => bytes, ['cstring'], 'cstring'),
        null,
      ),
    ).toBe('bytes');
    expect(
      echo(
        open(() => ptr(bytes), ['cstring'], 'cstring'),
        'x',
      ),
    ).toBe('bytes');
    let seen;
    echo(
      open((text) => ((seen = text), null), ['cstring'], 'cstring'),
      Uint8Array.of(97, 0xff, 122, 0),
    );
    expect(seen).toBe('a\ufffdz');
  });

  it('enumerations come as numbers and go by name', () => {
    const apply = bind('apply_u32', ['function', Color], Color);
    const seen = [];
    const cb = open((color) => (seen.push(color), color === 1 ? 'blue' : 2), [Color], Color);
    expect([apply(cb, 'red'), apply(cb, 'blue'), seen]).toEqual([4_000_000_000, 2, [1, 4_000_000_000]]);
  });

  it('opaque pointers come as such, and as null', () => {
    const apply = bind('apply_ptr', ['function', Handle], Handle);
    const seen = [];
    const cb = open((handle) => (seen.push(handle), handle), [Handle], Handle);
    expect(apply(cb, 70_000)).toMatchObject({ name: 'Handle', ptr: 70_000 });
    expect(apply(cb, null)).toBe(null);
    expect([seen[0].name, seen[0].ptr, seen[1]]).toEqual(['Handle', 70_000, null]);
  });

  it('pointers may be results as views, buffers, CStrings and callbacks', () => {
    const apply = bind('apply_ptr', ['function', 'ptr'], 'ptr');
    const bytes = new Uint8Array(16);
    for (const [value, address] of [
      [bytes.subarray(8), ptr(bytes) + 8],
      [bytes.buffer, ptr(bytes)],
      [new CString(70_000), 70_000],
      [new Uint8Array(0), 0],
    ])
      expect(
        apply(
          open(() => value, ['ptr'], 'ptr'),
          null,
        ),
      ).toBe(address);
    const inner = unary(() => 0);
    expect(
      apply(
        open(() => inner, ['ptr'], 'ptr'),
        null,
      ),
    ).toBe(inner.ptr);
    let seen;
    apply(
      open((at) => ((seen = [...toBuffer(at, 0, 3)]), at), ['ptr'], 'ptr'),
      Uint8Array.of(7, 8, 9),
    );
    expect(seen).toEqual([7, 8, 9]);
  });

  it('functions can be arguments and results', () => {
    const give = bind('give_function', ['function', 'int'], 'int');
    const call = (at, value) => CFunction({ ptr: at, args: ['int'], returns: 'int' })(value);
    expect(
      give(
        open((at, value) => call(at, value) + 1, ['function', 'int'], 'int'),
        20,
      ),
    ).toBe(41);
    const take = bind('take_function', ['function', 'int'], 'int');
    const inner = unary((value) => value * 3);
    for (const value of [inner, inner.ptr, BigInt(inner.ptr)])
      expect(
        take(
          open(() => value, ['int'], 'function'),
          5,
        ),
      ).toBe(15);
    expect(
      take(
        open(() => inner, ['int'], callback(['int'], 'int')),
        6,
      ),
    ).toBe(18);
  });
});

const Point = Struct({ x: 'int', y: 'int' });
const Pair = Struct({ first: 'float', second: 'float' });
const Person = Struct({ name: 'cstring', scores: array('double', 4), age: 'int' });
const Operation = Struct({ base: 'int', apply: 'function', data: 'ptr' });
const Declared = Struct({ base: 'int', apply: callback(['int', 'int'], 'int'), data: 'ptr' });

describe('records', () => {
  it('arrive decoded, or as an address, and go as objects, buffers or addresses', () => {
    const turn = bind('turn', ['function', 'int', 'int'], Point.object);
    const turned = ({ x, y }) => ({ x: -y, y: x });
    const kept = Point.create({ x: -4, y: 3 });
    const results = [() => kept, () => ptr(kept), () => new Uint8Array(kept), () => BigInt(ptr(kept))];
    for (const returns of [Point, Point.object]) {
      expect(turn(open(turned, [Point.object], returns), 3, 4)).toEqual({ x: -4, y: 3 });
      expect(
        turn(
          open((at) => turned(Point.fromPtr(at)), [Point], returns),
          3,
          4,
        ),
      ).toEqual({ x: -4, y: 3 });
      expect(
        turn(
          open((at) => at, [Point], returns),
          3,
          4,
        ),
      ).toEqual({ x: 3, y: 4 });
      for (const fn of results) expect(turn(open(fn, [Point], returns), 3, 4)).toEqual({ x: -4, y: 3 });
    }
  });

  it('are read like arguments: getters may call C, and throw', () => {
    const turn = bind('turn', ['function', 'int', 'int'], Point.object);
    const inner = open((point) => point, [Point.object], Point);
    const result = {
      get x() {
        return turn(inner, 7, 8).y;
      },
      y: 2,
    };
    expect(
      turn(
        open(() => result, [Point.object], Point),
        1,
        2,
      ),
    ).toEqual({ x: 8, y: 2 });
    const mine = new Error('mine');
    const failing = open(() => Object.defineProperty({ y: 1 }, 'x', { get: () => fail(mine) }), [Point], Point);
    expect(caught(() => turn(failing, 1, 2))).toBe(mine);
  });

  it('of every size and kind are passed', () => {
    const mix = bind('mix', ['function', 'float', 'float'], Pair.object);
    const swap = ({ first, second }, factor) => ({ first: second * factor, second: first });
    expect(mix(open(swap, [Pair.object, 'double'], Pair), 1.5, 8)).toEqual({ first: 4, second: 1.5 });
    const grow = bind('grow', ['function', 'cstring', 'int'], 'double');
    let seen;
    const older = (person) => {
      seen = { ...person, name: new CString(person.name).toString() };
      return { name: 'Jo', scores: [0, 0, 0, 9], age: person.age + 1 };
    };
    expect(grow(open(older, [Person.object], Person), 'Grüß', 40)).toBe(41 * 1000 + 90 + 2);
    expect(seen).toEqual({ name: 'Grüß', scores: [1, 2, 3, 4], age: 40 });
    expect(
      grow(
        open((at) => at, [Person], Person),
        'Grüß',
        40,
      ),
    ).toBe(40 * 1000 + 40 + 6);
  });

  it('that are pointed to are addresses, which can be read and written', () => {
    const lengthAt = bind('length_at', ['function', 'int', 'int'], 'int');
    const cb = open((at) => Point.set(at, 'x', 7) ?? read.i32(at, 4), [pointer(Point)], 'int');
    expect(lengthAt(cb, 3, 4)).toBe(407);
    const sumAt = bind('sum_at', ['function'], 'int');
    const point = Point.create({ x: 20, y: 22 });
    for (const value of [point, ptr(point), Point.view(point)])
      expect(sumAt(open(() => value, [], pointer(Point)))).toBe(42);
    expect(sumAt(open(() => null, [], pointer(Point)))).toBe(-1);
    const third = open((at) => (read.i32(at, 8) === 3 ? at : null), [array('int', 3)], 'ptr');
    const apply = bind('apply_ptr', ['function', pointer('int')], 'ptr');
    expect([apply(third, [1, 2, 3]) > 0, apply(third, [1, 2, 4])]).toEqual([true, 0]);
  });

  it.each([Operation, Declared])('have callbacks as members', (schema) => {
    const cb = open((a, b) => a * b, ['int', 'int'], 'int');
    const operate = bind('operate', [pointer(schema), 'int'], 'int');
    const byValue = dlopen(file, { operate_by_value: { args: [schema, 'int'], returns: 'int' } }).symbols;
    for (const apply of [cb, cb.ptr]) {
      expect(operate({ base: 6, apply, data: null }, 7)).toBe(42);
      expect(operate(schema.create({ base: 6, apply }), 7)).toBe(42);
      expect(byValue.operate_by_value({ base: 6, apply, data: cb }, 7)).toBe(42);
    }
  });
});
