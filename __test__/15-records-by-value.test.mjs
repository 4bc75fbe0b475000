import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { dlopen, Struct, Union, CString, array, bits, enumeration, releasePtr, ptr } = arkffi;

const Point = Struct({ x: 'int', y: 'int' });
const Complex = Struct({ re: 'double', im: 'double' });
const Mixed = Struct({ a: 'char', b: 'int', c: 'char' });
const Vector = Struct({ x: 'f32', y: 'f32', z: 'f32' });
const Large = Struct({ values: array('i64', 6), label: 'cstring' });
const Huge = Struct({ bytes: array('u8', 16_000) });
const Tagged = Struct({ kind: 'int', word: Union({ integer: 'i32', real: 'f32', bytes: array('u8', 4) }) });
const Flags = Struct({ a: bits('u32', 3), b: bits('i32', 5), c: bits('u64', 40), d: bits('bool', 1) });
const Named = Struct({ name: array('char', 8), length: 'int' });
const Color = enumeration({ RED: 0, GREEN: 5, BLUE: 6 });
const Task = Struct({ color: Color, function: 'function', argument: 'int' });
const Person = Struct({ name: 'const char*', age: 'int', city: 'const char*' });

/** A function that gives the address of a C function, which calls the JavaScript function given. */
function openReentry() {
  const addon = { exports: {} };
  process.dlopen(addon, fixture('reentry'));
  const { symbols } = dlopen(fixture('reentry'), { reenter: { args: ['i32'], returns: 'i32' } });
  return (action) => {
    addon.exports((value) => {
      action();
      return value;
    });
    return symbols.reenter.ptr;
  };
}
const callback = openReentry();

const definitions = {
  point_add: { args: [Point, Point], returns: Point },
  point_sum: { args: [Point], returns: 'int' },
  second: { symbol: 'point_sum_after', args: [Point, 'function'], returns: 'int' },
  point_after: { args: [Point, 'function'], returns: Point.object },
  complex_add: { args: [Complex, Complex], returns: Complex },
  complex_mul: { args: [Complex, Complex], returns: Complex },
  multiply: { symbol: 'complex_mul', args: [Complex, Complex], returns: Complex.object },
  mixed_next: { args: [Mixed], returns: Mixed.object },
  vector_scale: { args: [Vector, 'f32'], returns: Vector.object },
  large_reverse: { args: [Large], returns: Large.object },
  large_weigh: { args: ['i8', Large, 'f64', Large, 'i32'], returns: 'i64' },
  weighWide: { symbol: 'large_weigh', args: ['i64', Large, 'f64', Large, 'u64'], returns: 'i64' },
  huge_inverse: { args: [Huge], returns: Huge.object },
  tagged_flip: { args: [Tagged], returns: Tagged.object },
  flags_next: { args: [Flags], returns: Flags.object },
  named_upper: { args: [Named], returns: Named.object },
  task_run: { args: [Task], returns: 'int' },
  next_color: { args: [Color], returns: Color },
  person_text: { args: [Person, 'buffer', 'function'], returns: 'size_t' },
  person_default: { returns: Person },
  texts: { args: ['cstring', Person, 'cstring', 'buffer'], returns: 'size_t' },
};
const { symbols } = dlopen(fixture('records'), definitions);

/** The text that a function writes to its buffer. */
const text = (write) => {
  const target = Buffer.alloc(400_000);
  return target.toString('utf8', 0, Number(write(target)));
};
const describePerson = (person) => text((target) => symbols.person_text(person, target, null));

describe('a record by value', () => {
  it('is what the pages of ArkFFI show', () => {
    const sum = symbols.complex_add({ re: 1, im: 2 }, { re: 3, im: 4 });
    const product = symbols.complex_mul({ re: 4, im: 1 }, { re: 3, im: 3 });
    expect(Complex.fromPtr(sum)).toEqual({ re: 4, im: 6 });
    expect(Complex.fromPtr(product)).toEqual({ re: 9, im: 15 });
    for (const pointer of [sum, product]) releasePtr(pointer);
    expect(symbols.point_sum(Point.create({ x: 3, y: 4 }))).toBe(34);
  });

  it('may be an object, its bytes, or a pointer to it', () => {
    const buffer = Point.create({ x: 3, y: 4 });
    const unaligned = new Uint8Array(16);
    unaligned.set(new Uint8Array(buffer), 3);
    const shared = new SharedArrayBuffer(8);
    new Uint8Array(shared).set(new Uint8Array(buffer));
    const address = ptr(buffer);
    for (const value of [
      { x: 3, y: 4 },
      { y: 4, x: 3 },
      Object.create(null, { x: { value: 3 }, y: { value: 4 } }),
      buffer,
      shared,
      new Int32Array(buffer),
      new DataView(buffer),
      unaligned.subarray(3, 11),
      address,
      BigInt(address),
      Point.view(buffer),
      Point.view(address),
    ])
      expect(symbols.point_sum(value)).toBe(34);
  });

  it('arrives and comes back whole in registers, on the stack and in memory', () => {
    expect(symbols.mixed_next({ a: 1, b: -2, c: 126 })).toEqual({ a: 2, b: -1, c: 127 });
    expect(symbols.vector_scale({ x: 1, y: -2, z: 0.5 }, 2)).toEqual({ x: 2, y: -4, z: 1 });
    const values = [1, 2, -3, 4, 2n ** 63n - 1n, 6];
    const reversed = symbols.large_reverse({ values, label: 'kept' });
    expect(reversed.values).toEqual([...values].reverse());
    const [ones, one] = [Array(6).fill(1), { values: [1, 2, 3, 4, 5, 6], label: null }];
    expect(symbols.large_weigh(-1, one, 2.5, { values: ones, label: 'x' }, 100)).toBe(91 - 6 + 101);
    expect(symbols.weighWide(100, one, 0, { values: ones, label: null }, 1000n)).toBe(91 - 6 + 1100);
    const { bytes } = symbols.huge_inverse({ bytes: new Uint8Array(16_000).fill(1) });
    expect(bytes.length === 16_000 && bytes.every((byte) => byte === 254)).toBe(true);
  });

  it('may have unions, bit-fields, char arrays, enumerations and function pointers in it', () => {
    expect(symbols.tagged_flip({ kind: 0, word: { integer: 5 } }).word.integer).toBe(-5);
    expect(symbols.tagged_flip({ kind: 1, word: { real: 0.5 } }).word.real).toBe(-0.5);
    expect(symbols.flags_next({ a: 6, b: -15, c: 2 ** 38, d: false })).toEqual({ a: 7, b: -16, c: 2 ** 39, d: true });
    expect(symbols.named_upper({ name: 'abc', length: 0 })).toEqual({ name: 'ABC', length: 3 });
    expect(symbols.named_upper({ name: 'eight_by', length: 0 })).toMatchObject({ length: 8 });
    const { twice } = dlopen(fixture('basics'), { twice: { args: ['i32'], returns: 'i32' } }).symbols;
    expect(symbols.task_run({ color: 'GREEN', function: twice.ptr, argument: 21 })).toBe(47);
    expect(['RED', 'GREEN', 6].map((color) => symbols.next_color(color))).toEqual([5, 6, 0]);
  });

  it('is right in every call, not only the first', () => {
    for (let i = 0; i < 1000; i++) {
      expect(symbols.point_sum({ x: i, y: 1 })).toBe(10 * i + 1);
      expect(describePerson({ name: `n${i}`, age: i, city: 'c' })).toBe(`n${i}|c`);
      expect(symbols.large_reverse({ values: [i, 0, 0, 0, 0, 0], label: null }).values[5]).toBe(i);
    }
  });

  it('lends its strings to C until the call returns', () => {
    expect(describePerson({ name: 'Grüße', age: 1, city: null })).toBe('Grüße|(none)');
    expect(describePerson({ name: '', age: 1, city: 'x'.repeat(100_000) })).toBe(`|${'x'.repeat(100_000)}`);
    expect(describePerson(Person.create({ name: 'a', city: 'b' }))).toBe('a|b');
    for (const length of [1, 23, 24, 25, 1000, 60_000]) {
      const [a, b, c, d] = ['a', 'ß', 'c', 'd'].map((letter) => letter.repeat(length));
      expect(text((target) => symbols.texts(a, { name: b, age: 0, city: c }, d, target))).toBe(`${a}${b}|${c}${d}`);
    }
  });

  it('is read from its getters once each, in the order of its members', () => {
    const seen = [];
    const point = {
      get x() {
        return seen.push('x');
      },
      get y() {
        return seen.push('y');
      },
    };
    expect(symbols.point_sum(point)).toBe(12);
    expect(seen).toEqual(['x', 'y']);
    const proxy = new Proxy({ x: 3, y: 4 }, {});
    expect(symbols.point_sum(proxy)).toBe(34);
  });
});

describe('code that runs while a record is read', () => {
  it('may call C with records and strings: nothing of the outer call changes', () => {
    const long = 'l'.repeat(1000);
    const dive = (depth) => ({
      get name() {
        if (depth > 0) expect(describePerson(dive(depth - 1))).toBe(`name${depth - 1}|${long}`);
        expect(symbols.multiply({ re: 4, im: 1 }, { re: 3, im: 3 })).toEqual({ re: 9, im: 15 });
        return `name${depth}`;
      },
      get age() {
        expect(describePerson({ name: long, age: 0, city: 'inner' })).toBe(`${long}|inner`);
        expect(symbols.large_reverse({ values: Array(6).fill(-1), label: long }).values).toEqual(Array(6).fill(-1));
        return 1;
      },
      get city() {
        expect(Person.fromPtr(Person.create({ name: 'x', age: 7 })).age).toBe(7);
        expect(describePerson(Person.create({ name: 'made', city: long }))).toBe(`made|${long}`);
        expect(thrown(() => symbols.point_sum({ x: 'no' })).code).toBe('ERR_INVALID_ARG_TYPE');
        return long;
      },
    });
    expect(describePerson(dive(12))).toBe(`name12|${long}`);
    expect(text((target) => symbols.texts(long, dive(2), 'after', target))).toBe(`${long}name2|${long}after`);
    const two = [{ values: [1, 2, 3, 4, 5, 6], label: 'a' }];
    const second = {
      get values() {
        symbols.large_reverse({ values: Array(6).fill(9), label: long });
        return Array(6).fill(1);
      },
      label: null,
    };
    expect(symbols.large_weigh(0, two[0], 0, second, 0)).toBe(91 - 6);
  });

  it('may throw: the error comes out as it is, and the next call is right', () => {
    const mine = new RangeError('mine');
    const bad = {
      name: 'x'.repeat(500),
      get age() {
        throw mine;
      },
    };
    for (let i = 0; i < 1000; i++) {
      let caught;
      try {
        describePerson(bad);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(mine);
    }
    expect(describePerson({ name: 'a', age: 0, city: 'b' })).toBe('a|b');
  });

  it('may detach a buffer that was given before: the call is refused, with the argument', () => {
    const detach = (buffer) => structuredClone(buffer, { transfer: [buffer] });
    const target = Buffer.from(new ArrayBuffer(100));
    const person = {
      name: 'a',
      age: 1,
      get city() {
        detach(target.buffer);
        return 'b';
      },
    };
    expect(thrown(() => symbols.person_text(person, target, null))).toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
      symbol: 'person_text',
      argument: 1,
    });
    const label = new ArrayBuffer(8);
    const values = Array(6).fill(1);
    const other = {
      get values() {
        detach(label);
        return values;
      },
      label: null,
    };
    const error = thrown(() => symbols.large_weigh(0, { values, label }, 0, other, 0));
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', symbol: 'large_weigh', argument: 1 });
    expect(error.message).toContain('large_weigh: argument 1: ');
  });

  it('may close the library: the call is made or refused, and later ones are refused', () => {
    const library = dlopen(fixture('records'), { point_sum: definitions.point_sum });
    const point = {
      get x() {
        library.close();
        return 3;
      },
      y: 4,
    };
    expect([34, 'ERR_LIBRARY_CLOSED']).toContain(
      (() => {
        try {
          return library.symbols.point_sum(point);
        } catch (error) {
          return error.code;
        }
      })(),
    );
    expect(thrown(() => library.symbols.point_sum({ x: 1, y: 2 }))).toMatchObject({
      code: 'ERR_LIBRARY_CLOSED',
      symbol: 'point_sum',
    });
    expect(symbols.point_sum({ x: 3, y: 4 })).toBe(34);
  });

  it('may run inside of C too, where it calls with records of its own', () => {
    const inner = callback(() => {
      for (let i = 0; i < 20; i++) describePerson({ name: 'z'.repeat(30 * i), age: 0, city: 'z'.repeat(999) });
      releasePtr(symbols.point_add({ x: 9, y: 9 }, { x: 9, y: 9 }));
      symbols.huge_inverse(new Uint8Array(16_000));
    });
    expect(symbols.second({ x: 3, y: 4 }, inner)).toBe(34);
    expect(symbols.point_after({ x: 3, y: 4 }, inner)).toEqual({ x: 4, y: 3 });
    const person = { name: 'n'.repeat(700), age: 1, city: 'c' };
    expect(text((target) => symbols.person_text(person, target, inner))).toBe(`${person.name}|c`);
  });
});

describe('a record that is no such record', () => {
  it.each([
    [null, 'ERR_INVALID_ARG_TYPE', 'expected an object with x, y'],
    [undefined, 'ERR_INVALID_ARG_TYPE', 'expected an object with x, y'],
    ['x', 'ERR_INVALID_ARG_TYPE', 'expected an object with x, y'],
    [() => 1, 'ERR_INVALID_ARG_TYPE', 'expected an object with x, y'],
    [0, 'ERR_INVALID_POINTER', 'the address is NULL'],
    [0n, 'ERR_INVALID_POINTER', 'the address is NULL'],
    [new CString(0), 'ERR_INVALID_ARG_TYPE', 'x: expected an i32'],
    [5, 'ERR_INVALID_POINTER', '5 cannot be a valid address'],
    [-1, 'ERR_OUT_OF_RANGE', 'expected an object with x, y'],
    [1.5, 'ERR_OUT_OF_RANGE', 'expected an object with x, y'],
    [2n ** 64n, 'ERR_OUT_OF_RANGE', 'expected an object with x, y'],
    [new ArrayBuffer(7), 'ERR_OUT_OF_BOUNDS', 'expected a buffer of 8 bytes, got 7'],
    [new Uint8Array(9), 'ERR_INVALID_ARG_VALUE', 'expected a buffer of 8 bytes, got 9'],
    [{}, 'ERR_INVALID_ARG_TYPE', 'x: expected an i32'],
    [{ x: 1 }, 'ERR_INVALID_ARG_TYPE', 'y: expected an i32'],
    [{ x: 1, y: 2, z: 3 }, 'ERR_INVALID_ARG_VALUE', "there is no member 'z'"],
    [{ x: 1, y: 0.5 }, 'ERR_OUT_OF_RANGE', 'y: expected an i32'],
    [[1, 2], 'ERR_INVALID_ARG_VALUE', "there is no member '0'"],
    [new Map(), 'ERR_INVALID_ARG_TYPE', 'x: expected an i32'],
  ])('is refused: %s', (value, code, message) => {
    const error = thrown(() => symbols.point_add({ x: 1, y: 2 }, value));
    expect(error).toMatchObject({ isFFIError: true, code, symbol: 'point_add', argument: 1 });
    expect(error.message).toContain(`point_add: argument 1: ${message}`);
  });

  const passesBig = (process.env.ARKFFI_TEST_ARCH ?? process.arch) !== 'x64' && arkffi.stats().backend !== 'libffi';
  it.skipIf(passesBig)('is refused when it is larger than a stack can be, where it is passed on the stack', () => {
    const Monster = Struct({ bytes: array('u8', 2 ** 24) });
    const define = () => dlopen(fixture('records'), { point_sum: { args: [Monster], returns: 'int' } });
    expect(thrown(define)).toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS', symbol: 'point_sum' });
    expect(thrown(define).message).not.toContain('1 parameters');
  });

  it('is refused with the path to the mistake', () => {
    const large = { values: [1, 2, 3, 4, 5, 'six'], label: null };
    expect(thrown(() => symbols.large_reverse(large)).message).toBe(
      'large_reverse: argument 0: values[5]: expected an i64 (a safe integer, or a BigInt from -2n ** 63n to 2n ** 63n - 1n), got "six"',
    );
    expect(thrown(() => symbols.tagged_flip({ kind: 1, word: {} })).message).toContain(
      'argument 0: word: expected exactly',
    );
  });
});
