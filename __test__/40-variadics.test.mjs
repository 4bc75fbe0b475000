// Functions with variable arguments.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { collect } from './collect.mjs';
import { fixture } from './fixtures/paths.mjs';
import { node } from './node.mjs';
import { arkffi, hold, require, thrown } from './open.mjs';
import { Point, symbols, variadic } from './variadics.mjs';

const {
  CFunction,
  CString,
  JSCallback,
  Struct,
  Union,
  array,
  callback,
  dlopen,
  enumeration,
  linkSymbols,
  out,
  ptr,
  stats,
} = arkffi;
const { symbols: c } = dlopen(null, {
  snprintf: variadic('int', 'buffer', 'size_t', 'cstring'),
  sscanf: variadic('int', 'cstring', 'cstring'),
  open: variadic('int', 'cstring', 'int'),
  close: { args: ['int'], returns: 'int' },
  fcntl: variadic('int', 'int', 'int'),
});

/** libcurl, where it is installed. */
const curl = (() => {
  try {
    return dlopen('libcurl.so.4', {
      curl_easy_init: { returns: 'ptr' },
      curl_easy_setopt: variadic('int', 'ptr', 'int'),
      curl_easy_getinfo: variadic('int', 'ptr', 'int'),
      curl_easy_perform: { args: ['ptr'], returns: 'int' },
      curl_easy_cleanup: { args: ['ptr'] },
    });
  } catch {
    return undefined;
  }
})();

const buffer = hold(Buffer.alloc(1000));
/** What printf prints. */
function format(...args) {
  const length = c.snprintf(buffer, 1000, ...args);
  return buffer.toString('utf8', 0, length);
}

describe('variadic functions', () => {
  it('take the type of each more argument', () => {
    expect(format('%d %s', ['i32', 5], ['cstring', 'x'])).toBe('5 x');
    expect(format('%lld %llu', ['i64', -1n], ['u64', 2n ** 64n - 1n])).toBe('-1 18446744073709551615');
    expect(format('%g %g %c', ['double', 2], ['f64', -0], ['char', 65])).toBe('2 -0 A');
    expect(format('%s', [array('u8', 3), [104, 105, 0]])).toBe('hi');
  });

  it('take values alone as C would', () => {
    expect(format('%d %d %d', 0, -(2 ** 31), 2 ** 31 - 1)).toBe('0 -2147483648 2147483647');
    expect(format('%g %g %g %g', 0.5, NaN, Infinity, -1e-300)).toBe('0.5 nan inf -1e-300');
    expect(format('%d %d', true, false)).toBe('1 0');
    expect(format('%lld %lld %llu', 5n, -(2n ** 63n), 2n ** 63n)).toBe('5 -9223372036854775808 9223372036854775808');
    expect(format('%s %s', 'Grüße', '')).toBe('Grüße ');
    expect(format('%p', null)).toBe(format('%p', ['ptr', 0]));
    const text = hold(Buffer.from('text\0'));
    expect(
      format('%s %s %s', text, new CString(ptr(text)), text.buffer.slice(text.byteOffset, text.byteOffset + 5)),
    ).toBe('text text text');
  });

  it('need no more arguments', () => {
    expect(format('100%%')).toBe('100%');
    expect(symbols.sum_ints(0)).toBe(0);
  });

  it('get what is narrower than an int as an int, and a float as a double', () => {
    expect(format('%d %d %d %d', ['i8', -1], ['u8', 255], ['i16', -2], ['u16', 65535])).toBe('-1 255 -2 65535');
    expect(format('%d %d %u', ['bool', true], ['bool', 0], ['u32', 4294967295])).toBe('1 0 4294967295');
    expect(format('%.17g', ['f32', 0.1])).toBe('0.10000000149011612');
    expect(symbols.scale(0.5, 3, ['f32', 1.5], 2.5, ['double', 3])).toBe(3.5);
    const Small = enumeration({ NO: 0, YES: 200 }, 'u8');
    expect(format('%d', [Small, 'YES'])).toBe('200');
  });

  it('take as many as there is room for, in registers and on the stack', () => {
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    expect(symbols.sum_ints(100, ...numbers)).toBe(4950);
    expect(symbols.scale(1, 100, ...numbers.map((number) => number + 0.5))).toBe(5000);
    const mixed = numbers.slice(0, 40).map((number) => (number % 2 ? number + 0.5 : number));
    expect(format(mixed.map((number) => (number % 1 ? '%g' : '%d')).join(' '), ...mixed)).toBe(mixed.join(' '));
    const tooMany = Array.from({ length: 20_000 }, () => 1);
    expect(thrown(() => symbols.sum_ints(20_000, ...tooMany))).toMatchObject({
      code: 'ERR_UNSUPPORTED_ARGS',
      symbol: 'sum_ints',
    });
  });

  it('take records by value', () => {
    const Small = Struct({ a: 'i8', b: 'i16' });
    const Large = Struct({ a: 'i64', b: 'i64', c: 'i64' });
    const Mixed = Struct({ a: 'f64', b: 'i64' });
    const some = [
      [Point, { x: 1, y: 2 }],
      [Small, { a: -3, b: 4 }],
      [Large, { a: 5, b: 6, c: 7 }],
      [Mixed, { a: 8, b: 9 }],
      0.5,
    ];
    const sum = 1 + 2 * 2 - 4 * 3 + 8 * 4 + 16 * 5 + 32 * 6 + 64 * 7 + 128 * 8 + 256 * 9 + 512 * 0.5;
    expect(symbols.sum_records(1, ...some)).toBe(sum);
    expect(symbols.sum_records(3, ...some, ...some, ...some)).toBe(3 * sum);
    const Either = Union({ number: 'i32', fraction: 'f64' });
    const halves = Array.from({ length: 12 }, () => [Either, { fraction: 0.5 }]);
    expect(symbols.sum_unions(12, ...halves)).toBe(6);
    expect(symbols.pick_point(1, [Point, { x: 1, y: 2 }], [Point, Point.create({ x: 3, y: 4 })])).toEqual({
      x: 3,
      y: 4,
    });
  });

  it('write through out parameters, and call functions that they are given', () => {
    const Int = out('int');
    const [first, second] = [[0], [0]];
    expect(symbols.number_all(2, [Int, first], [Int, second])).toBe(2);
    expect([first, second]).toEqual([[1], [2]]);
    expect(c.sscanf('42 0.5', '%d %lf', [Int, first], [out('double'), second])).toBe(2);
    expect([first, second]).toEqual([[42], [0.5]]);
    const Unary = callback(['int'], 'int');
    const kept = new JSCallback((number) => number + 10, { args: ['int'], returns: 'int' });
    expect(symbols.apply_all(3, [Unary, (number) => number * 100], [Unary, kept], kept)).toBe(0 + 11 + 12);
    kept.close();
    expect(thrown(() => symbols.apply_all(1, kept)).code).toBe('ERR_CALLBACK_CLOSED');
    const boom = () => {
      throw new RangeError('boom');
    };
    expect(thrown(() => symbols.apply_all(1, [Unary, boom]))).toMatchObject({ class: 'RangeError', message: 'boom' });
  });

  it('return strings and records', () => {
    expect(symbols.pick_text(2, 'a', null, 'c')).toBe('c');
    expect(symbols.pick_text(1, 'a', null)).toBe(null);
  });

  it('open a file with the mode, and tell and set what fcntl does', () => {
    const F_GETFD = 1;
    const F_SETFD = 2;
    const file = c.open('/dev/null', 0, 0o644);
    expect(file).toBeGreaterThan(2);
    expect(c.fcntl(file, F_SETFD, 0)).toBe(0);
    expect(c.fcntl(file, F_GETFD)).toBe(0);
    expect(c.fcntl(file, F_SETFD, 1)).toBe(0);
    expect(c.fcntl(file, F_GETFD)).toBe(1);
    c.close(file);
  });

  it('print with printf itself', () => {
    const program = `
      const { dlopen } = require(${JSON.stringify(require.resolve('../index.js'))});
      const { printf, fflush } = dlopen(null, {
        printf: { args: ['cstring', '...'], returns: 'int' }, fflush: { args: ['ptr'], returns: 'int' },
      }).symbols;
      printf('%d %s %.2f\\n', ['i32', 5], ['cstring', 'x'], 0.25);
      fflush(null);`;
    const { stdout, stderr } = spawnSync(node, ['-e', program]);
    expect(String(stderr) + String(stdout)).toBe('5 x 0.25\n');
  });

  it.skipIf(!curl)('set options of libcurl, whose types depend on the option', () => {
    const [CURLOPT_URL, CURLOPT_TIMEOUT, CURLOPT_WRITEFUNCTION] = [10_002, 13, 20_011];
    const CURLINFO_EFFECTIVE_URL = 0x100001;
    const { curl_easy_init, curl_easy_setopt, curl_easy_perform, curl_easy_getinfo, curl_easy_cleanup } = curl.symbols;
    const handle = curl_easy_init();
    const url = new URL('../package.json', import.meta.url).href;
    expect(curl_easy_setopt(handle, CURLOPT_URL, url)).toBe(0);
    expect(curl_easy_setopt(handle, CURLOPT_TIMEOUT, ['long', 10])).toBe(0);
    expect(curl_easy_setopt(handle, 99_999, ['long', 1])).not.toBe(0);
    let text = '';
    const write = new JSCallback(
      (data, size, count) => {
        text += Buffer.from(arkffi.toArrayBuffer(data, 0, size * count).slice(0)).toString();
        return size * count;
      },
      { args: ['ptr', 'size_t', 'size_t', 'ptr'], returns: 'size_t' },
    );
    expect(curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, write)).toBe(0);
    expect(curl_easy_perform(handle)).toBe(0);
    expect(JSON.parse(text).name).toBe('arkffi');
    const effective = [null];
    expect(curl_easy_getinfo(handle, CURLINFO_EFFECTIVE_URL, [out('ptr'), effective])).toBe(0);
    expect(String(new CString(effective[0]))).toBe(url);
    curl_easy_cleanup(handle);
    write.close();
  });

  it('are called asynchronously too', async () => {
    expect(await symbols.sum_ints.async(3, 1, ['i8', 2], 3)).toBe(6);
    expect(await symbols.scale.async(2, 1, 0.5, {})).toBe(1);
    expect(await symbols.pick_text.async(1, 'a', 'b', undefined)).toBe('b');
    expect(await symbols.pick_point.async(0, [Point, { x: 1, y: 2 }])).toEqual({ x: 1, y: 2 });
    const reason = new Error('enough');
    await expect(symbols.sum_ints.async(0, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(symbols.sum_ints.async()).rejects.toMatchObject({ code: 'ERR_MISSING_ARGS', argument: 0 });
    await expect(symbols.sum_ints.async(1, ['i8', 300])).rejects.toMatchObject({
      code: 'ERR_OUT_OF_RANGE',
      argument: 1,
    });
    await expect(symbols.sum_ints.async(1, 2 ** 40)).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      argument: 1,
    });
    await expect(symbols.sum_ints.async(1, { signl: 1 })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    const many = Array.from({ length: 200 }, (_, index) => symbols.sum_ints.async(2, index, ['i16', 1]));
    expect((await Promise.all(many)).reduce((sum, one) => sum + one)).toBe(199 * 100 + 200);
  });

  it('are bound at addresses too, and close', () => {
    const { ptr: address } = symbols.sum_ints;
    const sum = CFunction({ ptr: address, args: ['int', '...'], returns: 'int' });
    expect([sum(2, 3, 4), sum.length, sum.name, sum.ptr]).toEqual([7, 1, 'CFunction', address]);
    sum.close();
    for (const args of [[2, 3, 4], [0], [1, 'x']])
      expect(thrown(() => sum(...args))).toMatchObject({ code: 'ERR_LIBRARY_CLOSED', symbol: 'CFunction' });
    const linked = linkSymbols({ sum: { ptr: address, args: ['int', '...'], returns: 'int' } });
    expect(linked.symbols.sum(1, 5)).toBe(5);
    linked.close();
    expect(thrown(() => linked.symbols.sum(1, 5)).code).toBe('ERR_LIBRARY_CLOSED');
  });

  it('end with their library, also lists of types that were called before', () => {
    const library = dlopen(fixture('variadic'), { sum_ints: variadic('int', 'int') });
    expect(library.symbols.sum_ints(1, 2)).toBe(2);
    library.close();
    for (const args of [[1, 2], [1, 2.5], [0]])
      expect(thrown(() => library.symbols.sum_ints(...args))).toMatchObject({
        code: 'ERR_LIBRARY_CLOSED',
        symbol: 'sum_ints',
      });
  });

  it('stay right when the types at one place change all the time', () => {
    const values = [
      [['i8', -1], '%d', '-1'],
      [0.5, '%g', '0.5'],
      ['s', '%s', 's'],
      [7n, '%lld', '7'],
    ];
    for (let round = 0; round < 3000; round++) {
      const chosen = Array.from({ length: 4 }, (_, index) => values[(round * 7 + index * (round % 5)) % values.length]);
      expect(format(chosen.map(([, text]) => text).join(' '), ...chosen.map(([value]) => value))).toBe(
        chosen.map(([, , text]) => text).join(' '),
      );
    }
  });
});

it('so many lists of types are kept for a function, and those that are forgotten are released', async () => {
  const { sum_ints: sum } = dlopen(fixture('variadic'), { sum_ints: variadic('int', 'int') }).symbols;
  const types = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'f32', 'f64'];
  const before = stats().functions;
  for (let number = 0; number < 20_000; number++) {
    const extra = String(number)
      .padStart(5, '0')
      .split('')
      .map((digit) => [types[digit], 1]);
    sum(0, ...extra);
  }
  const isReleased = () => stats().functions - before < 1000;
  for (let round = 0; round < 50 && !isReleased(); round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(isReleased()).toBe(true);
  expect(sum(2, 1, ['i16', 2])).toBe(3);
});
