// Definitions that ask for errno with the result, or say which results are failures.
import { describe, expect, it } from 'vitest';
import { constants } from 'node:os';
import { openSync } from 'node:fs';
import { fixture } from './fixtures/paths.mjs';
import { isMusl } from './hosts-skips.mjs';
import { arkffi, thrown } from './open.mjs';

const { AsyncCFunction, CFunction, JSCallback, Struct, callback, dlopen, errno, inout, linkSymbols } = arkffi;
const { ENOENT, EINTR, EAGAIN, ERANGE, EBADF } = constants.errno;
const Point = Struct({ x: 'f64', y: 'f64' });
const isFailure = (result) => result < 0;
const fail = { symbol: 'fail_after', args: ['int', callback([], 'void')], returns: 'int' };
const { symbols } = dlopen(fixture('variadic'), {
  fail_after: fail,
  failed: { ...fail, errno: true },
  checked: { ...fail, check: isFailure },
  both: { ...fail, errno: true, check: isFailure },
  read_own_errno: { returns: 'int' },
  own: { symbol: 'read_own_errno', returns: 'int', errno: true },
  text_or_null: { args: ['int'], returns: 'cstring', errno: true },
  point_and_errno: { args: ['int'], returns: Point.object, errno: true },
  set_and_fail: { args: ['int', inout(Point)], errno: true },
});
const { symbols: c } = dlopen(null, {
  open: { args: ['cstring', 'int', '...'], returns: 'int', check: isFailure },
  openWithErrno: { symbol: 'open', args: ['cstring', 'int', '...'], returns: 'int', errno: true },
  close: { args: ['int'], returns: 'int', check: (result) => result !== 0 },
  strtol: { args: ['cstring', 'ptr', 'int'], returns: 'long', errno: true },
});

describe('errno: true', () => {
  it('gives errno with the result, of any type', () => {
    expect(symbols.failed(ENOENT, null)).toEqual({ value: -1, errno: ENOENT });
    expect(symbols.text_or_null(0)).toEqual({ value: 'text', errno: 0 });
    expect(symbols.text_or_null(EINTR)).toEqual({ value: null, errno: EINTR });
    expect(symbols.point_and_errno(EAGAIN)).toEqual({ value: { x: 1, y: EAGAIN }, errno: EAGAIN });
    const point = { x: 0, y: 0 };
    expect(symbols.set_and_fail(EBADF, point)).toEqual({ value: undefined, errno: EBADF });
    expect(point.x).toBe(EBADF);
    expect(c.openWithErrno('/no/such/file', 0)).toEqual({ value: -1, errno: ENOENT });
  });

  it('begins with errno 0, so that what is there is of this call', () => {
    symbols.fail_after(ENOENT, null);
    expect(symbols.read_own_errno()).toBe(ENOENT);
    expect(symbols.own()).toEqual({ value: 0, errno: 0 });
    expect(c.strtol('9'.repeat(30), null, 10).errno).toBe(ERANGE);
    expect(c.strtol('9223372036854775807', null, 10).errno).toBe(0);
  });

  it('is that of the call, whatever is called in callbacks and in setters of the arguments', () => {
    const inner = [];
    const back = () => {
      inner.push(symbols.failed(EINTR, null));
    };
    expect(symbols.failed(ENOENT, back)).toEqual({ value: -1, errno: ENOENT });
    expect(inner).toEqual([{ value: -1, errno: EINTR }]);
    const point = {
      y: 0,
      get x() {
        return 0;
      },
      set x(_) {
        symbols.failed(EINTR, null);
      },
    };
    expect(symbols.set_and_fail(ENOENT, point)).toEqual({ value: undefined, errno: ENOENT });
  });

  it('is that of the thread of an asynchronous call', async () => {
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, index) => symbols.failed.async(index === 0 ? 0 : index, null)),
    );
    expect(results).toEqual(Array.from({ length: 40 }, (_, index) => ({ value: index === 0 ? 0 : -1, errno: index })));
    errno(EINTR);
    const pending = symbols.own.async();
    expect(errno()).toBe(EINTR);
    expect(await pending).toEqual({ value: 0, errno: 0 });
    expect(await c.openWithErrno.async('/no/such/file', 0, 0o644)).toEqual({ value: -1, errno: ENOENT });
  });

  it('is there for functions at addresses', async () => {
    const definition = { ptr: symbols.fail_after.ptr, args: ['int', 'ptr'], returns: 'int', errno: true };
    expect(CFunction(definition)(ENOENT, null)).toEqual({ value: -1, errno: ENOENT });
    expect(linkSymbols({ f: definition }).symbols.f(ENOENT, null)).toEqual({ value: -1, errno: ENOENT });
    expect(await AsyncCFunction(definition)(ENOENT, null)).toEqual({ value: -1, errno: ENOENT });
    expect(CFunction({ ...definition, errno: false })(ENOENT, null)).toBe(-1);
  });
});

describe('check', () => {
  it("throws the system's error, in the shape of Node's", () => {
    const error = caught(() => c.open('/no/such/file', 0));
    const nodes = caught(() => openSync('/no/such/file'));
    expect(error).toBeInstanceOf(Error);
    const { code, errno: number, syscall, message } = error;
    expect({ code, errno: number, syscall }).toEqual({ code: nodes.code, errno: nodes.errno, syscall: nodes.syscall });
    expect(`${message} '/no/such/file'`).toBe(nodes.message);
    expect(Object.keys(error).sort()).toEqual(['code', 'errno', 'syscall']);
    expect(caught(() => c.close(99_999))).toMatchObject({ code: 'EBADF', syscall: 'close' });
  });

  it('names the function as the definition does', () => {
    expect(caught(() => symbols.checked(EAGAIN, null))).toMatchObject({
      code: 'EAGAIN',
      errno: -EAGAIN,
      syscall: 'checked',
      message: 'EAGAIN: resource temporarily unavailable, checked',
    });
  });

  it('knows errors that Node does not name, and calls that set no errno', () => {
    expect(caught(() => symbols.checked(15, null))).toMatchObject({ errno: -15, syscall: 'checked' });
    expect(caught(() => symbols.checked(9999, null))).toMatchObject({
      code: 'UNKNOWN',
      errno: -9999,
      message: `UNKNOWN: ${isMusl ? 'no error information' : 'unknown error 9999'}, checked`,
    });
    symbols.fail_after(ENOENT, null);
    const { symbols: own } = dlopen(fixture('variadic'), { read_own_errno: { returns: 'int', check: () => true } });
    expect(caught(() => own.read_own_errno())).toMatchObject({ code: 'UNKNOWN', errno: 0 });
  });

  it('lets other results through, with errno if that is asked for', () => {
    expect(symbols.checked(0, null)).toBe(0);
    expect(symbols.both(0, null)).toEqual({ value: 0, errno: 0 });
    expect(caught(() => symbols.both(ENOENT, null)).code).toBe('ENOENT');
    c.close(c.open('/dev/null', 0));
  });

  it('rejects asynchronous calls', async () => {
    await expect(c.open.async('/no/such/file', 0)).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open' });
    await expect(symbols.both.async(EINTR, null)).rejects.toMatchObject({ code: 'EINTR' });
    expect(await symbols.checked.async(0, null)).toBe(0);
  });

  it('throws out of a callback through the call that entered C', () => {
    const back = () => {
      symbols.checked(EINTR, null);
    };
    expect(caught(() => symbols.failed(ENOENT, back)).code).toBe('EINTR');
  });

  it('passes on what the check itself throws', async () => {
    const boom = () => {
      throw new RangeError('boom');
    };
    const { own } = dlopen(fixture('variadic'), {
      own: { symbol: 'read_own_errno', returns: 'int', check: boom },
    }).symbols;
    expect(thrown(() => own())).toMatchObject({ class: 'RangeError', message: 'boom' });
    await expect(own.async()).rejects.toThrow('boom');
  });

  it('is not asynchronous', () => {
    const { own } = dlopen(fixture('variadic'), {
      own: { symbol: 'read_own_errno', returns: 'int', check: async () => false },
    }).symbols;
    expect(thrown(() => own())).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol: 'own' });
  });

  it('may call C, and close the library', () => {
    const library = dlopen(fixture('variadic'), {
      own: {
        symbol: 'fail_after',
        args: ['int', 'ptr'],
        returns: 'int',
        check: () => {
          symbols.failed(EINTR, null);
          library.close();
          return true;
        },
      },
    });
    expect(caught(() => library.symbols.own(ENOENT, null)).code).toBe('ENOENT');
    expect(thrown(() => library.symbols.own(ENOENT, null)).code).toBe('ERR_LIBRARY_CLOSED');
  });
});

it('refuses definitions that cannot be', () => {
  const define = (more) => thrown(() => dlopen(null, { abs: { args: ['int'], returns: 'int', ...more } }));
  for (const more of [{ errno: 1 }, { errno: null }, { check: true }, { check: null }, { errn: true }])
    expect(define(more)).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol: 'abs' });
  expect(thrown(() => CFunction({ ptr: 1e6, check: 'x' }))).toMatchObject({
    code: 'ERR_INVALID_ARG_TYPE',
    symbol: 'CFunction',
  });
  expect(thrown(() => new JSCallback(() => {}, { errno: true })).code).toBe('ERR_INVALID_ARG_TYPE');
});

function caught(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
