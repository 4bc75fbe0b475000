// arkffi/handles in a helper process: the same functions, ids and errors.
import { createRequire } from 'node:module';
import { afterAll, describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';
import { runs, until } from './soak/processes.mjs';

const handles = createRequire(import.meta.url)('arkffi/handles');
const onLinux = describe.runIf(process.platform === 'linux');

const opened = [];
function open(options) {
  const ffi = handles.isolated(options);
  opened.push(ffi);
  return ffi;
}
afterAll(() => opened.forEach((ffi) => ffi.close()));

/** What an action throws, in this dialect. */
function refusal(action) {
  const error = thrown(action);
  expect(error.message).toMatch(`[${error.code}] `);
  expect(error.isFFIError).toBe(true);
  return error;
}

onLinux('in a helper process', () => {
  const ffi = open();
  const faults = ffi.load(fixture('faults'));

  it('ids are as they are here, and count from one', () => {
    const other = open();
    expect([other.alloc(8), other.strdup('x'), other.load(null), other.alloc(1)]).toEqual([
      'm-1',
      'm-2',
      'lib-1',
      'm-3',
    ]);
    expect(other.sym('lib-1', 'abs', 'int', ['int'])).toBe('sym-1');
    expect(other.call('sym-1', -7)).toBe(7);
    expect(other.status()).toMatchObject({ libraries: 1, liveAllocations: 3, restarts: 0 });
  });

  it('memory is written, read and passed to C', () => {
    const id = ffi.alloc(16);
    expect(ffi.mem_write(id, 'SGVsbG8=')).toBe(5);
    expect(ffi.mem_write(id, 1, 'YQ==')).toBe(1);
    expect(ffi.mem_read(id, 0, 5)).toBe(Buffer.from('Hallo').toString('base64'));
    const increment = ffi.sym(faults, 'increment', 'void', ['ptr', 'size_t']);
    ffi.call(increment, id, 5);
    expect(ffi.mem_read(id, 6)).toBe(Buffer.from('Ibmmp\0').toString('base64'));
    ffi.free(id);
    for (const use of [() => ffi.mem_read(id, 1), () => ffi.free(id), () => ffi.call(increment, id, 1)]) {
      expect(refusal(use)).toMatchObject({ class: 'FFIError', code: 'ERR_INVALID_MEM_ID' });
    }
  });

  it('pointers that C returns are no numbers, and are taken back', () => {
    const identity = ffi.sym(faults, 'identity', 'ptr', ['ptr']);
    const id = ffi.alloc(1);
    const pointer = ffi.call(identity, id);
    expect(pointer).toBeInstanceOf(arkffi.IsolatedPointer);
    expect(ffi.call(identity, pointer).equals(pointer)).toBe(true);
    expect(refusal(() => ffi.call(identity, 4096))).toMatchObject({ code: 'ERR_TYPE_ERROR', argument: 0 });
  });

  it.each([
    ['ERR_INVALID_HANDLE', (one) => one.sym('lib-99', 'add')],
    ['ERR_INVALID_SYMBOL', (one) => one.call('sym-99')],
    ['ERR_INVALID_MEM_ID', (one) => one.free('m-99')],
    ['ERR_INVALID_BASE64', (one) => one.mem_write(one.alloc(4), '?')],
    ['ERR_OUT_OF_BOUNDS', (one) => one.mem_read(one.alloc(4), 5)],
    ['ERR_DLOPEN_FAILED', (one) => one.load('/no/such/library.so')],
    ['ERR_DLSYM_FAILED', (one) => one.sym(one.load(null), 'no_such_function')],
    ['ERR_UNSUPPORTED_ARGS', (one) => one.call(one.sym(one.load(null), 'abs', 'int', ['int']))],
    ['ERR_TYPE_ERROR', (one) => one.call(one.sym(one.load(null), 'abs', 'int', ['int']), 'x')],
    ['ERR_INVALID_ARG_TYPE', (one) => one.alloc('x')],
    ['ERR_MALLOC_FAILED', (one) => one.alloc(2 ** 40)],
  ])('%s is as it is here', (code, action) => {
    const [there, here] = [ffi, handles].map((one) => refusal(() => action(one)));
    expect(there).toMatchObject({ code });
    const { class: name, argument, symbol } = there;
    if (code !== 'ERR_MALLOC_FAILED')
      expect({ class: name, argument, symbol }).toMatchObject({
        class: here.class,
        argument: here.argument,
        symbol: here.symbol,
      });
  });

  it('variadic functions take ids too, and no fewer arguments than they name, here and there', () => {
    for (const one of [ffi, handles]) {
      const [target, text] = [one.alloc(64), one.strdup('copy')];
      const format = one.sym(one.load(null), 'snprintf', 'int', ['buffer', 'size_t', 'cstring', '...']);
      const print = one.sym(one.load(null), 'snprintf', 'int', ['ptr', 'size_t', 'cstring', '...']);
      expect(one.call(print, target, 64, '%d %s %s %g', 7, text, ['ptr', text], ['f64', 2])).toBe(13);
      expect(Buffer.from(one.mem_read(target, 14), 'base64').toString()).toBe('7 copy copy 2\0');
      one.free(text);
      expect(refusal(() => one.call(print, target, 64, '%s', text))).toMatchObject({
        code: 'ERR_INVALID_MEM_ID',
        symbol: 'snprintf',
        argument: 3,
      });
      expect(refusal(() => one.call(format, Buffer.alloc(4), 4))).toMatchObject({
        code: 'ERR_UNSUPPORTED_ARGS',
        symbol: 'snprintf',
        argument: 2,
      });
      expect(refusal(() => one.call(print, target, 64, '%d', () => 7))).toMatchObject({
        code: 'ERR_TYPE_ERROR',
        symbol: 'snprintf',
        argument: 3,
      });
    }
  });

  it('after a crash ids of memory are none, and those of libraries and functions are of the new helper', () => {
    const one = open();
    const lib = one.load(fixture('faults'));
    const [id, add, abort] = [one.alloc(4), one.sym(lib, 'add', 'int', ['int', 'int']), one.sym(lib, 'call_abort')];
    const nothing = one.sym(lib, 'identity', 'bool', ['ptr']);
    expect(refusal(() => one.call(abort))).toMatchObject({ code: 'ERR_HELPER_CRASHED', symbol: 'call_abort' });
    for (const use of [() => one.mem_read(id, 1), () => one.mem_write(id, 'YQ=='), () => one.call(nothing, id)]) {
      expect(refusal(use).code).toBe('ERR_INVALID_MEM_ID');
    }
    expect(refusal(() => one.free(id)).code).toBe('ERR_INVALID_MEM_ID');
    expect(one.call(add, 1, 2)).toBe(3);
    expect(one.alloc(1)).toBe('m-2');
    expect(one.status()).toMatchObject({ restarts: 1, liveAllocations: 1, libraries: 1 });
  });

  it('limits hold', () => {
    const one = open({ limits: { liveAllocations: 2, libraries: 1 }, allow: [null] });
    const first = one.alloc(1);
    one.alloc(1);
    expect(refusal(() => one.alloc(1)).code).toBe('ERR_MALLOC_FAILED');
    expect(refusal(() => one.strdup('x')).code).toBe('ERR_MALLOC_FAILED');
    one.free(first);
    expect(one.alloc(1)).toBe('m-3');
    expect(refusal(() => one.load('libm.so.6')).code).toBe('ERR_ACCESS_DENIED');
    one.load(null);
    expect(refusal(() => one.load(null)).code).toBe('ERR_ACCESS_DENIED');
  });

  it('ping asks the helper; after close nothing works, and nothing is left', async () => {
    const one = open();
    const { pid } = one.status();
    expect(one.ping()).toBe('pong');
    const id = one.alloc(1);
    one.close();
    one.close();
    await until(() => !runs(pid), 'a closed helper is gone');
    for (const use of [() => one.ping(), () => one.alloc(1), () => one.load(null)]) {
      expect(refusal(use).code).toBe('ERR_LIBRARY_CLOSED');
    }
    expect(refusal(() => one.mem_read(id, 1)).code).toBe('ERR_INVALID_MEM_ID');
    expect(one.status()).toMatchObject({ pid: null, liveAllocations: 0, libraries: 0 });
  });

  it('options are checked', () => {
    expect(refusal(() => handles.isolated({ maxRestart: 1 }))).toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      argument: 0,
      symbol: 'isolated',
    });
    expect(refusal(() => handles.isolated({ limits: { libraries: 0 } }))).toMatchObject({
      code: 'ERR_OUT_OF_RANGE',
      argument: 0,
    });
  });
});
