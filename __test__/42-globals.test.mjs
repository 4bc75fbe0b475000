// Variables of libraries: properties that are the variable in place.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fixture } from './fixtures/paths.mjs';
import { node } from './node.mjs';
import { arkffi, hold, require, thrown } from './open.mjs';

const { JSCallback, Struct, array, bits, callback, dlopen, enumeration, opaque, out, pointer, ptr } = arkffi;

const variable = (type, more) => ({ type, global: true, ...more });
const Point = Struct({ x: 'i32', y: 'i32', inner: Struct({ z: 'f64' }) });
const definitions = {
  counter: variable('i32'),
  read_counter: { returns: 'i32' },
  add_to_counter: { args: ['i32'] },
  tiny: variable('i8'),
  wide: variable('u64'),
  wideBig: variable('biguint64', { symbol: 'wide' }),
  ratio: variable('double'),
  narrow: variable('float'),
  flag: variable('bool'),
  message: variable('cstring'),
  messagePtr: variable('ptr', { symbol: 'message' }),
  no_message: variable('cstring'),
  text: variable(array('char', 8)),
  table: variable(array('i32', 4)),
  sum_of_table: { returns: 'i32' },
  point: variable(Point),
  sum_of_point: { returns: 'double' },
  limit: variable('i32'),
  limits: variable(array('i32', 3)),
  origin: variable(Struct({ x: 'i32', y: 'i32' })),
  names: variable(array('ptr', 2)),
  of_thread: variable('i32'),
  read_of_thread: { returns: 'i32' },
  operation: variable(callback(['i32'], 'i32')),
  operate: { args: ['i32'], returns: 'i32' },
};
const open = (more) => dlopen(fixture('globals'), more ?? definitions);
const { symbols } = open();

describe('a variable of a library', () => {
  it('is a property that reads and writes it in place', () => {
    symbols.counter = 5;
    expect([symbols.counter, symbols.read_counter()]).toEqual([5, 5]);
    symbols.add_to_counter(3);
    expect(symbols.counter).toBe(8);
    symbols.counter++;
    symbols.counter *= 2;
    expect([symbols.read_counter(), symbols.counter]).toEqual([18, 18]);
  });

  it('is enumerable, and in the order of the definitions', () => {
    expect(Object.keys(symbols)).toEqual(Object.keys(definitions));
  });

  it('has every scalar type, and refuses what it is not', () => {
    expect([symbols.tiny, symbols.ratio, symbols.narrow, symbols.flag]).toEqual([-1, 0.5, 0.25, true]);
    expect([symbols.wide, symbols.wideBig]).toEqual([2n ** 64n - 1n, 2n ** 64n - 1n]);
    symbols.wide = 5;
    expect([symbols.wide, symbols.wideBig]).toEqual([5, 5n]);
    symbols.flag = 0;
    expect(symbols.flag).toBe(false);
    const wrong = (set) => thrown(set);
    expect(wrong(() => (symbols.counter = 'x'))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'counter',
      argument: undefined,
      message: 'counter: expected an i32 (an integer from -2147483648 to 2147483647), got "x"',
    });
    for (const value of [0.5, 2 ** 31, NaN])
      expect(wrong(() => (symbols.counter = value))).toMatchObject({ class: 'FFIRangeError', symbol: 'counter' });
    expect(wrong(() => (symbols.tiny = 128)).code).toBe('ERR_OUT_OF_RANGE');
    expect(symbols.counter).toBe(18);
  });

  it('is a view where it is an array or a record; assigning writes all of it', () => {
    expect([...symbols.table]).toEqual([1, 2, 3, 4]);
    symbols.table[1] = 20;
    expect(symbols.sum_of_table()).toBe(28);
    symbols.table = [5, 6, 7, 8];
    expect(symbols.sum_of_table()).toBe(26);
    symbols.point.x = 10;
    symbols.point.inner.z = 1.5;
    expect(symbols.sum_of_point()).toBe(13.5);
    symbols.point = { x: 1, y: 1, inner: { z: 1 } };
    expect(symbols.sum_of_point()).toBe(3);
    expect(symbols.point.toJSON()).toEqual({ x: 1, y: 1, inner: { z: 1 } });
    for (const value of [[1, 2], [1, 2, 3, 'x'], 5])
      expect(thrown(() => (symbols.table = value))).toMatchObject({ symbol: 'table', isFFIError: true });
    expect(thrown(() => (symbols.point = { x: 1 }))).toMatchObject({ symbol: 'point', isFFIError: true });
    expect([symbols.sum_of_table(), symbols.sum_of_point()]).toEqual([26, 3]);
    expect(thrown(() => symbols.table[4]).code).toBe('ERR_OUT_OF_BOUNDS');
  });

  it('is a string where it is text, or points to text', () => {
    expect([symbols.message, symbols.no_message, symbols.text]).toEqual(['hello', null, 'text']);
    symbols.text = 'abc';
    expect(symbols.text).toBe('abc');
    const other = hold(Buffer.from('other\0'));
    symbols.message = ptr(other);
    expect([symbols.message, symbols.messagePtr]).toEqual(['other', ptr(other)]);
    symbols.message = null;
    expect(symbols.message).toBe(null);
    // Nothing would tell when C no longer uses the copy.
    expect(thrown(() => (symbols.message = 'copy'))).toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
      symbol: 'message',
    });
  });

  it('is a function pointer that C calls', () => {
    expect(symbols.operate(4)).toBe(8);
    const before = symbols.operation;
    const negate = new JSCallback((value) => -value, { args: ['i32'], returns: 'i32' });
    symbols.operation = negate;
    expect(symbols.operate(4)).toBe(-4);
    symbols.operation = before;
    negate.close();
    expect(symbols.operate(4)).toBe(8);
  });

  it("is that of JavaScript's thread where each thread has its own", () => {
    expect([symbols.of_thread, symbols.read_of_thread()]).toEqual([11, 11]);
    symbols.of_thread = 12;
    expect(symbols.read_of_thread()).toBe(12);
  });

  it('may have another name, and may be missing', () => {
    const { renamed, missing } = open({
      renamed: variable('i32', { symbol: 'counter' }),
      missing: variable('i32', { symbol: 'no_such_variable', optional: true }),
    }).symbols;
    expect([renamed, missing]).toEqual([18, null]);
    expect(thrown(() => open({ no_such_variable: variable('i32') }))).toMatchObject({ code: 'ERR_DLSYM_FAILED' });
  });

  it('ends with its library, and so do views of it', () => {
    const library = open();
    const { table, point } = library.symbols;
    const { inner } = point;
    library.close();
    const uses = [
      () => library.symbols.counter,
      () => (library.symbols.counter = 1),
      () => library.symbols.message,
      () => library.symbols.table,
      () => (library.symbols.table = [1, 2, 3, 4]),
      () => (library.symbols.limit = 1),
      () => table[0],
      () => (table[0] = 1),
      () => point.x,
      () => (inner.z = 1),
      () => Point.fromPtr(point),
    ];
    for (const use of uses) expect(thrown(use)).toMatchObject({ class: 'FFIError', code: 'ERR_LIBRARY_CLOSED' });
    expect(thrown(uses[0])).toMatchObject({ symbol: 'counter', message: 'counter: the library is closed' });
    // The same file is open another time.
    expect(symbols.counter).toBe(18);
  });
});

describe('what a program cannot do with a variable', () => {
  it.runIf(process.platform === 'linux')('is to write what is read-only', () => {
    expect([symbols.limit, [...symbols.limits], symbols.origin.toJSON()]).toEqual([100, [10, 20, 30], { x: 3, y: 4 }]);
    const Origin = Struct({ x: 'i32', y: 'i32' });
    const writes = [
      ['limit', () => (symbols.limit = 5)],
      ['limits', () => (symbols.limits = [1, 2, 3])],
      ['limits', () => (symbols.limits[0] = 1)],
      ['origin', () => (symbols.origin = { x: 1, y: 2 })],
      ['origin', () => (symbols.origin.x = 1)],
      ['origin', () => (Origin.view(symbols.origin).x = 1)],
      ['origin', () => Origin.set(symbols.origin, 'x', 1)],
      ['origin', () => Origin.write(symbols.origin, { x: 1, y: 2 })],
      ['names', () => (symbols.names[1] = 0)],
      // Also a value that is not one of its type.
      ['limit', () => (symbols.limit = 'x')],
    ];
    for (const [symbol, write] of writes)
      expect(thrown(write), String(write)).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_VALUE',
        symbol,
        message: expect.stringContaining('read-only'),
      });
    expect([symbols.limit, symbols.limits[0], symbols.origin.x]).toEqual([100, 10, 3]);
    // Address and size: what is writable stays so.
    symbols.counter = 18;
  });

  it.runIf(process.platform === 'linux')('is to take a function for it, or it for a function', () => {
    const wrong = (more) => thrown(() => open(more));
    expect(wrong({ read_counter: variable('i32') })).toMatchObject({
      class: 'FFIError',
      code: 'ERR_INVALID_SYMBOL',
      symbol: 'read_counter',
    });
    expect(wrong({ counter: { returns: 'i32' } })).toMatchObject({ code: 'ERR_INVALID_SYMBOL', symbol: 'counter' });
    expect(wrong({ maybe: { symbol: 'counter', optional: true } })).toMatchObject({ code: 'ERR_INVALID_SYMBOL' });
    // After code of the same library was seen.
    expect(wrong({ read_counter: {}, counter: {} })).toMatchObject({ code: 'ERR_INVALID_SYMBOL', symbol: 'counter' });
  });

  it.runIf(process.platform === 'linux')('is to read more than there is', () => {
    const refused = thrown(() => open({ huge: variable(array('i32', 100_000_000), { symbol: 'counter' }) }));
    expect(refused).toMatchObject({ class: 'FFIRangeError', code: 'ERR_OUT_OF_BOUNDS', symbol: 'huge' });
    open({ zeros: variable(array('i32', 1000)) }).symbols.zeros[999] = 1;
  });

  it.runIf(process.platform === 'linux')('is to read more of a variable of a thread than there is', () => {
    for (const [type, bytes] of [
      ['f64', 8],
      [array('i32', 10_000_000), 40_000_000],
    ]) {
      const refused = thrown(() => open({ more: variable(type, { symbol: 'of_thread' }) }));
      expect(refused).toMatchObject({ class: 'FFIRangeError', code: 'ERR_OUT_OF_BOUNDS', symbol: 'more' });
      expect(refused.message).toBe(`more: the type has ${bytes} bytes, the variable in the library 4`);
    }
    expect(open({ of_thread: variable('u16') }).symbols.of_thread).toBeGreaterThan(0);
  });

  it.runIf(process.platform === 'linux')('is to use a variable of a thread whose size nothing tells', () => {
    // The loader knows the copy in memory that is loaded by a path that leads nowhere any more.
    const sha256 = createHash('sha256')
      .update(readFileSync(fixture('globals')))
      .digest('hex');
    const refused = thrown(() => dlopen(fixture('globals'), { of_thread: variable('i32') }, { sha256 }));
    expect(refused).toMatchObject({ code: 'ERR_INVALID_SYMBOL', symbol: 'of_thread' });
    expect(refused.message).toBe('of_thread: how many bytes the variable has in the library is not known');
  });

  it('is to give it a definition that is none', () => {
    const wrong = (definition) => thrown(() => open({ counter: definition }));
    const definitions = [
      { global: true },
      { type: 'i32' },
      { type: 'i32', global: false },
      { type: 'i32', global: 1 },
      { type: 'i32', global: true, checked: true },
      { type: 'int23', global: true },
      { type: 'void', global: true },
      { type: 'buffer', global: true },
      { type: bits('u8', 3), global: true },
      { type: out('i32'), global: true },
      { type: array('i32'), global: true },
      { type: 'i32', global: true, args: [] },
      { type: 'i32', global: true, returns: 'i32' },
      { type: 'i32', global: true, errno: true },
      { type: 'i32', global: true, optional: 1 },
      { type: 'i32', global: true, symbol: 1 },
      { type: 'i32', global: true, glob: true },
    ];
    for (const definition of definitions)
      expect(wrong(definition), JSON.stringify(definition)).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: 'counter',
      });
  });
});

it('has pointers, enumerations and opaque pointers as types', () => {
  const Level = enumeration({ LOW: 7, HIGH: 9 });
  const other = open({
    counter: variable(Level),
    message: variable(opaque('Message')),
    no_message: variable(pointer('char')),
  }).symbols;
  other.counter = 'HIGH';
  expect([other.counter, symbols.counter]).toEqual([9, 9]);
  expect([other.message, other.no_message]).toEqual([null, 0]);
});

it('knows variables of the running process', () => {
  const { environ } = dlopen(null, { environ: variable('ptr') }).symbols;
  expect(environ).toBeGreaterThan(0);
});

it('cannot make a process die', () => {
  const program = `
    const { dlopen, Struct, array } = require(${JSON.stringify(require.resolve('../index.js'))});
    const file = ${JSON.stringify(fixture('globals'))};
    const types = ['i8', 'i32', 'u64', 'double', 'cstring', 'ptr', array('i32', 3), Struct({ x: 'i32', y: 'i32' })];
    const names = ['counter', 'tiny', 'limit', 'limits', 'origin', 'names', 'of_thread', 'read_counter', 'message', 'nothing'];
    const values = [0, -1, 'x', null, undefined, [1, 2, 3], { x: 1, y: 2 }, 2n ** 63n, new Uint8Array(8), Symbol.iterator];
    const tally = {};
    for (let round = 0; round < 200; round++) {
      for (const name of names) {
        for (const type of types) {
          try {
            const library = dlopen(file, { it: { type, global: true, symbol: name } });
            if (round % 3 === 0) library.close();
            // A wrong pointer is the program's claim.
            if (name !== 'message' || type === 'ptr') library.symbols.it = values[(round + name.length) % values.length];
            if (type !== 'cstring') String(library.symbols.it);
            if (round % 3 === 1) library.close();
          } catch (error) {
            if (!String(error.code).startsWith('ERR_')) throw error;
            tally[error.code] = 1;
          }
        }
      }
    }
    console.log(Object.keys(tally).length > 3);`;
  const { status, stdout, stderr } = spawnSync(node, ['-e', program]);
  expect(`${status} ${stdout}${stderr}`).toBe('0 true\n');
});
