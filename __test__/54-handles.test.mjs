// arkffi/handles: memory, libraries and functions by opaque ids.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const require = createRequire(import.meta.url);
const ffi = require('arkffi/handles');
const basics = fixture('basics');

/** What an action throws. */
function refusal(action) {
  try {
    action();
  } catch (error) {
    const { code, message, symbol, argument } = error;
    expect(error).toBeInstanceOf(arkffi.FFIError);
    expect(message.startsWith(`[${code}] `)).toBe(true);
    return { code, message, symbol, argument };
  }
  return 'nothing was thrown';
}

describe('the programs of the documentation', () => {
  test('bytes', () => {
    const printed = [];
    const print = (text) => printed.push(text);

    const buf = ffi.alloc(256);
    ffi.mem_write(buf, 'SGVsbG8gRmlnIQ==');
    const data = ffi.mem_read(buf, 0, 10);
    print(data);
    ffi.free(buf);

    expect(printed).toEqual(['SGVsbG8gRmlnIQ==']);
    expect(Buffer.from(data, 'base64').toString()).toBe('Hello Fig!');
    for (const use of [() => ffi.mem_read(buf, 0, 10), () => ffi.mem_write(buf, 'SGk='), () => ffi.free(buf)]) {
      expect(refusal(use).code).toBe('ERR_INVALID_MEM_ID');
    }
  });

  test('text', () => {
    const cstr = ffi.strdup('Hello, FFI!');
    const lib = ffi.load(basics);
    const length = ffi.sym(lib, 'length', 'size_t', ['string']);
    expect(ffi.call(length, cstr)).toBe(11);
    ffi.free(cstr);
    expect(refusal(() => ffi.call(length, cstr))).toMatchObject({ code: 'ERR_INVALID_MEM_ID', symbol: 'length' });
  });

  test('as a module', () => {
    const program = `
      import * as ffi from 'arkffi/handles';
      import { alloc, free, mem_read, mem_write, strdup, free_string, load, sym, call, ping } from 'arkffi/handles';
      const buf = alloc(256);
      mem_write(buf, 'SGVsbG8gRmlnIQ==');
      console.log(mem_read(buf, 10), buf, ping());
      free(buf);
      const text = strdup('Hello, FFI!');
      console.log(call(sym(load(null), 'strlen', 'size_t', ['string']), text), ffi.lib_name('c'));
      free_string(text);`;
    const options = { encoding: 'utf8', cwd: new URL('..', import.meta.url), input: program };
    const output = execFileSync(process.execPath, ['--input-type=module'], options);
    expect(output).toBe(`SGVsbG8gRmlnIQ== m-1 pong\n11 ${ffi.lib_name('c')}\n`);
  });
});

describe('memory', () => {
  test('ids are never given again', () => {
    const first = ffi.alloc(8);
    expect(first).toMatch(/^m-\d+$/);
    ffi.free(first);
    const second = ffi.alloc(8);
    const number = (id) => Number(id.slice(2));
    expect(number(second)).toBe(number(first) + 1);
    ffi.free(second);
    const text = ffi.strdup('m-1');
    expect(number(text)).toBe(number(second) + 1);
    ffi.free_string(text);
    expect(refusal(() => ffi.free_string(text)).code).toBe('ERR_INVALID_MEM_ID');
  });

  test('offsets may be left out', () => {
    const id = ffi.alloc(6);
    expect(ffi.mem_write(id, 2, 'AQID')).toBe(3);
    expect(ffi.mem_write(id, 'CQ==')).toBe(1);
    expect(ffi.mem_read(id, 6)).toBe(Buffer.of(9, 0, 1, 2, 3, 0).toString('base64'));
    expect(ffi.mem_read(id, 2, 3)).toBe('AQID');
    expect(ffi.mem_read(id, 0)).toBe('');
    expect(ffi.mem_write(id, 6, '')).toBe(0);
    ffi.free(id);
  });

  test.each([
    ['alloc', [-1], 'ERR_OUT_OF_RANGE', 0],
    ['alloc', [1.5], 'ERR_OUT_OF_RANGE', 0],
    ['alloc', [NaN], 'ERR_OUT_OF_RANGE', 0],
    ['alloc', ['8'], 'ERR_INVALID_ARG_TYPE', 0],
    ['alloc', [8n], 'ERR_INVALID_ARG_TYPE', 0],
    ['alloc', [], 'ERR_INVALID_ARG_TYPE', 0],
    ['alloc', [2 ** 60], 'ERR_MALLOC_FAILED', undefined],
    ['alloc', [1e300], 'ERR_MALLOC_FAILED', undefined],
    ['strdup', [5], 'ERR_INVALID_ARG_TYPE', 0],
    ['strdup', ['a\0b'], 'ERR_INVALID_ARG_VALUE', 0],
    ['free', ['m-0'], 'ERR_INVALID_MEM_ID', 0],
    ['free', ['m-99999999999999999999'], 'ERR_INVALID_MEM_ID', 0],
    ['free', ['text'], 'ERR_INVALID_MEM_ID', 0],
    ['free', [null], 'ERR_INVALID_MEM_ID', 0],
    ['free', [1], 'ERR_INVALID_MEM_ID', 0],
    ['free', [{ toString: () => 'm-1' }], 'ERR_INVALID_MEM_ID', 0],
    ['mem_read', [], 'ERR_INVALID_MEM_ID', 0],
    ['mem_write', ['lib-1', ''], 'ERR_INVALID_MEM_ID', 0],
    ['lib_name', [5], 'ERR_INVALID_ARG_TYPE', 0],
  ])('%s refuses %#', (symbol, args, code, argument) => {
    expect(refusal(() => ffi[symbol](...args))).toMatchObject({ code, symbol, argument });
  });

  test.each([
    ['mem_read', [9], 'ERR_OUT_OF_BOUNDS', 1],
    ['mem_read', [0, 9], 'ERR_OUT_OF_BOUNDS', 2],
    ['mem_read', [9, 0], 'ERR_OUT_OF_BOUNDS', 1],
    ['mem_read', [-1, 1], 'ERR_OUT_OF_BOUNDS', 1],
    ['mem_read', [1, -1], 'ERR_OUT_OF_BOUNDS', 2],
    ['mem_read', [8, Number.MAX_SAFE_INTEGER], 'ERR_OUT_OF_BOUNDS', 2],
    ['mem_read', [NaN, 1], 'ERR_OUT_OF_RANGE', 1],
    ['mem_read', ['0', 1], 'ERR_INVALID_ARG_TYPE', 1],
    ['mem_read', [0, '1'], 'ERR_INVALID_ARG_TYPE', 2],
    ['mem_read', [0n], 'ERR_INVALID_ARG_TYPE', 1],
    ['mem_read', [], 'ERR_MISSING_ARGS', undefined],
    ['mem_read', [undefined], 'ERR_MISSING_ARGS', undefined],
    ['mem_write', [undefined, 'SGk='], 'ERR_INVALID_ARG_TYPE', 1],
    ['mem_read', [0, 1, 2], 'ERR_INVALID_ARG_VALUE', undefined],
    ['mem_write', [], 'ERR_MISSING_ARGS', undefined],
    ['mem_write', [0], 'ERR_INVALID_ARG_TYPE', 1],
    ['mem_write', [0, 5], 'ERR_INVALID_ARG_TYPE', 2],
    ['mem_write', [6, 'AQID'], 'ERR_OUT_OF_BOUNDS', 1],
    ['mem_write', [-1, 'AQID'], 'ERR_OUT_OF_BOUNDS', 1],
    ['mem_write', [0.5, 'AQID'], 'ERR_OUT_OF_RANGE', 1],
    ['mem_write', ['AAAAAAAAAAAAAAAA'], 'ERR_OUT_OF_BOUNDS', 1],
  ])('%s of 8 bytes refuses: %#', (symbol, args, code, argument) => {
    const id = ffi.alloc(8);
    expect(refusal(() => ffi[symbol](id, ...args))).toMatchObject({ code, symbol, argument });
    expect(ffi.mem_read(id, 8)).toBe('AAAAAAAAAAA=');
    ffi.free(id);
  });

  test.each([
    'A',
    'AQ',
    'AQI',
    'AQ=',
    'AQ===',
    'AR==',
    'AQIDBA',
    'AQ==AQ==',
    'AQ ==',
    'AQID\n',
    '-_8=',
    'ÄÖ==',
    '====',
    '=',
  ])('base64 is strict: not %j', (text) => {
    const id = ffi.alloc(8);
    const { code, symbol, argument } = refusal(() => ffi.mem_write(id, 1, text));
    expect({ code, symbol, argument }).toEqual({ code: 'ERR_INVALID_BASE64', symbol: 'mem_write', argument: 2 });
    expect(refusal(() => ffi.mem_write(id, text))).toMatchObject({ code: 'ERR_INVALID_BASE64', argument: 1 });
    ffi.free(id);
  });

  test('base64 of every length comes back as it was; what differs in one character is other bytes or refused', () => {
    const id = ffi.alloc(300);
    let seed = 7;
    const next = (range) => (seed = (seed * 48_271) % 2_147_483_647) % range;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ \n\0é';
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(Array.from({ length: next(100) }, () => next(256)));
      const text = bytes.toString('base64');
      const offset = next(200);
      expect(ffi.mem_write(id, offset, text)).toBe(bytes.length);
      expect(ffi.mem_read(id, offset, bytes.length)).toBe(text);
      const at = next(text.length + 1);
      const changed = text.slice(0, at) + alphabet[next(alphabet.length)] + text.slice(at + next(2));
      const isStrict = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/.test(
        changed,
      );
      if (isStrict) expect(Buffer.from(changed, 'base64').length).toBe(ffi.mem_write(id, changed));
      else expect(refusal(() => ffi.mem_write(id, changed)).code).toBe('ERR_INVALID_BASE64');
    }
    ffi.free(id);
  });
});

describe('libraries and functions', () => {
  const lib = ffi.load(basics);

  test('load takes paths, URLs and null', () => {
    expect(lib).toMatch(/^lib-\d+$/);
    expect(ffi.load(pathToFileURL(basics))).toMatch(/^lib-\d+$/);
    expect(ffi.call(ffi.sym(ffi.load(null), 'abs', 'int', ['int']), -5)).toBe(5);
    expect(refusal(() => ffi.load('./no-such-library.so')).code).toBe('ERR_DLOPEN_FAILED');
    expect(refusal(() => ffi.load(5)).code).toBe('ERR_INVALID_ARG_TYPE');
  });

  test('functions are called by id', () => {
    const greeting = ffi.sym(lib, 'greeting', 'string');
    expect(greeting).toMatch(/^sym-\d+$/);
    expect(ffi.call(greeting)).toBe('Grüß 😀');
    // What is returned is a copy, no id.
    expect(refusal(() => ffi.free(ffi.call(greeting))).code).toBe('ERR_INVALID_MEM_ID');
    expect(ffi.call(ffi.sym(lib, 'length', 'size_t', ['string']), 'plain')).toBe(5);
  });

  test('an id stands for its address wherever a pointer or a string is expected', () => {
    const id = ffi.alloc(8);
    const process = ffi.load(null);
    const memset = ffi.sym(process, 'memset', 'pointer', ['pointer', 'int', 'size_t']);
    const address = ffi.call(memset, id, 65, 7);
    expect(ffi.mem_read(id, 8)).toBe(Buffer.from('AAAAAAA\0').toString('base64'));
    const strlen = ffi.sym(process, 'strlen', 'size_t', ['string']);
    expect(ffi.call(strlen, id)).toBe(7);
    expect(ffi.call(strlen, address)).toBe(7);
    // Text of the form of an id always is one; other text is text.
    expect(refusal(() => ffi.call(strlen, 'm-999999'))).toMatchObject({ code: 'ERR_INVALID_MEM_ID', argument: 0 });
    for (const text of ['m-', 'm-1x', 'M-1', ' m-1', 'm-1\n', 'm--1']) expect(ffi.call(strlen, text)).toBe(text.length);
    const text = ffi.strdup('m-999999');
    expect(ffi.call(strlen, text)).toBe(8);
    ffi.free(text);
    ffi.free(id);
    expect(refusal(() => ffi.call(memset, id, 0, 1))).toMatchObject({ code: 'ERR_INVALID_MEM_ID', symbol: 'memset' });
  });

  test('what is wrong is told by its code', () => {
    const add = ffi.sym(ffi.load(null), 'abs', 'int', ['int']);
    const cases = [
      [() => ffi.sym('lib-0', 'abs'), 'ERR_INVALID_HANDLE', 'sym', 0],
      [() => ffi.sym(null, 'abs'), 'ERR_INVALID_HANDLE', 'sym', 0],
      [() => ffi.sym(add, 'abs'), 'ERR_INVALID_HANDLE', 'sym', 0],
      [() => ffi.sym(lib, 5), 'ERR_INVALID_ARG_TYPE', 'sym', 1],
      [() => ffi.sym(lib, 'no_such_function'), 'ERR_DLSYM_FAILED', 'no_such_function', undefined],
      [() => ffi.sym(lib, 'length', 'in'), 'ERR_INVALID_ARG_TYPE', 'length', undefined],
      [() => ffi.sym(lib, 'length', 'int', ['void']), 'ERR_INVALID_ARG_TYPE', undefined, undefined],
      [() => ffi.sym(lib, 'length', 'int', new Array(70_000).fill('int')), 'ERR_UNSUPPORTED_ARGS', 'length', undefined],
      [() => ffi.call('sym-0'), 'ERR_INVALID_SYMBOL', 'call', 0],
      [() => ffi.call(lib), 'ERR_INVALID_SYMBOL', 'call', 0],
      [() => ffi.call(), 'ERR_INVALID_SYMBOL', 'call', 0],
      [() => ffi.call(add), 'ERR_UNSUPPORTED_ARGS', 'abs', 0],
      [() => ffi.call(add, 1, 2), 'ERR_UNSUPPORTED_ARGS', 'abs', 1],
      [() => ffi.call(add, '1'), 'ERR_TYPE_ERROR', 'abs', 0],
      [() => ffi.call(add, 'm-1'), 'ERR_TYPE_ERROR', 'abs', 0],
      [() => ffi.call(add, 1.5), 'ERR_OUT_OF_RANGE', 'abs', 0],
    ];
    for (const [action, code, symbol, argument] of cases) {
      const found = refusal(action);
      expect(found.code, String(action)).toBe(code);
      if (symbol !== undefined) expect(found).toMatchObject({ symbol, argument });
    }
    expect(refusal(() => ffi.call(add, '1')).message).toMatch(/^\[ERR_TYPE_ERROR\] abs: argument 0: expected an i32/);
  });

  test('names of libraries are those of the system', () => {
    expect(ffi.lib_ext()).toBe(`.${arkffi.suffix}`);
    expect(ffi.lib_name('z')).toBe(process.platform === 'win32' ? 'z.dll' : `libz${ffi.lib_ext()}`);
    expect(ffi.ping()).toBe('pong');
  });
});

describe('mem_read of more than a string can hold', () => {
  test('is refused in the manner of the dialect', () => {
    const most = Math.floor(require('node:buffer').constants.MAX_STRING_LENGTH / 4) * 3;
    const id = ffi.alloc(most + 9);
    for (const args of [[most + 1], [8, most + 1]]) {
      const error = { code: 'ERR_OUT_OF_RANGE', symbol: 'mem_read', argument: args.length, isFFIError: true };
      expect(thrown(() => ffi.mem_read(id, ...args))).toMatchObject(error);
      expect(thrown(() => ffi.mem_read(id, ...args)).message).toMatch(/^\[ERR_OUT_OF_RANGE\] mem_read: /);
    }
    ffi.free(id);
  });
});
