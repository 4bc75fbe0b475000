// The front door for programs written for a `std:ffi` module.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { node } from './node.mjs';
import { arkffi, thrown } from './open.mjs';

const ffi = require('../lib/dialects/std-ffi.js');

const libc = ffi.Library('libc.so.6', {
  strlen: ['int', ['string']],
  strcmp: ['int', ['string', 'string']],
  printf: ['int', ['string', '...']],
  abs: ['int', ['int']],
  getpid: ['int', []],
  malloc: ['pointer', ['uint64']],
  free: ['void', ['pointer']],
});
const libm = ffi.Library('libm.so.6', {
  cos: ['double', ['double']],
  sin: ['double', ['double']],
  sqrt: ['double', ['double']],
  sqrtf: ['float', ['float']],
});

/** What a program prints that lives where the package is installed. */
function run(args) {
  const { stdout, stderr } = spawnSync(node, args, { cwd: fileURLToPath(new URL('..', import.meta.url)) });
  return String(stderr) + String(stdout);
}

describe('ffi.Library', () => {
  it('is the default export, a named one, and what require gives', () => {
    const program = `
      import ffi, { Library } from 'arkffi/std-ffi';
      import { createRequire } from 'node:module';
      const required = createRequire(import.meta.url)('arkffi/std-ffi');
      console.log(ffi === required, Library === required.Library);`;
    expect(run(['--input-type=module', '-e', program])).toBe('true true\n');
  });

  it('gives functions of libc', () => {
    expect(libc.strlen('hello')).toBe(5);
    expect(libc.strcmp('apple', 'apple')).toBe(0);
    expect(libc.strcmp('apple', 'banana')).toBeLessThan(0);
    expect(libc.getpid()).toBe(process.pid);
  });

  it('gives functions of libm', () => {
    expect([libm.cos(0), libm.sin(0), libm.sqrt(16), libm.sqrtf(9)]).toEqual([1, 0, 4, 3]);
  });

  it('finds libraries by the names of other systems, as dlopen does', () => {
    expect(ffi.Library('libm', { sqrt: ['double', ['double']] }, { lazy: true }).sqrt(16)).toBe(4);
    expect(ffi.Library('libc', { strlen: ['int', ['string']] }).strlen('hello')).toBe(5);
    const refused = thrown(() => ffi.Library('libm', { sqrt: ['double', ['double']] }, { lazzy: true }));
    expect(refused).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE' });
  });

  it('prints with printf', () => {
    const program = `
      const ffi = require('arkffi/std-ffi');
      const { printf, fflush } = ffi.Library(null, { printf: ['int', ['string', '...']], fflush: ['int', ['pointer']] });
      printf('Hello, %s! %d\\n', 'world', 42);
      fflush(null);`;
    expect(run(['-e', program])).toBe('Hello, world! 42\n');
  });

  it('gives an object whose own enumerable methods are the functions', () => {
    expect(Object.keys(libm)).toEqual(['cos', 'sin', 'sqrt', 'sqrtf']);
    expect(Object.values(libm).every((fn) => typeof fn === 'function')).toBe(true);
    const names = [];
    for (const name in libc) names.push(name);
    expect(names).toEqual(['strlen', 'strcmp', 'printf', 'abs', 'getpid', 'malloc', 'free']);
  });

  it('knows every type of such programs', () => {
    for (const type of ['int', 'uint', 'int32', 'uint32', 'int64', 'uint64', 'float', 'double', 'string', 'pointer'])
      expect(typeof ffi.Library(null, { abs: [type, [type]] }).abs).toBe('function');
    expect(typeof ffi.Library(null, { abs: ['void', []] }).abs).toBe('function');
  });

  it('calls on other threads', async () => {
    expect(await libc.strlen.async('hello')).toBe(5);
    expect(await Promise.all([libm.sqrt.async(4), libm.sqrt.async(9)])).toEqual([2, 3]);
  });

  it('has memory, structs, callbacks and function pointers', () => {
    const address = libc.malloc(8);
    ffi.write.u32(address, 0, 42);
    expect(ffi.read.u32(address)).toBe(42);
    libc.free(address);

    const Quotient = ffi.Struct({ quot: 'int', rem: 'int' });
    const { div, qsort } = ffi.Library('libc.so.6', {
      div: [Quotient.object, ['int', 'int']],
      qsort: ['void', ['pointer', 'size_t', 'size_t', ffi.callback(['pointer', 'pointer'], 'int')]],
    });
    expect(div(17, 5)).toEqual({ quot: 3, rem: 2 });
    const numbers = Int32Array.of(3, 1, 2);
    qsort(numbers, 3, 4, (a, b) => ffi.read.i32(a) - ffi.read.i32(b));
    expect([...numbers]).toEqual([1, 2, 3]);
    expect(ffi.CFunction({ ptr: libc.abs.ptr, args: ['int'], returns: 'int' })(-3)).toBe(3);
  });

  it('has everything else of arkffi', () => {
    for (const name of Object.keys(arkffi).filter((name) => name !== 'Library')) expect(ffi[name]).toBe(arkffi[name]);
  });

  it('checks arguments as ever', () => {
    expect(thrown(() => libc.abs(0.5))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', symbol: 'abs', argument: 0 });
  });
});

describe('failures of ffi.Library', () => {
  it('begin with the library that was not loaded', () => {
    const error = thrown(() => ffi.Library('nonexistent.so', { f: ['int', []] }));
    expect(error).toMatchObject({ class: 'FFIError', code: 'ERR_DLOPEN_FAILED' });
    expect(error.message).toMatch(/^Failed to load library 'nonexistent\.so'/);
  });

  it('name a missing function, unless it is optional', () => {
    const missing = { no_such_function: ['int', []] };
    expect(thrown(() => ffi.Library(null, missing))).toMatchObject({ code: 'ERR_DLSYM_FAILED' });
    expect(ffi.Library(null, { ...missing, abs: ['int', ['int']] }, { optional: true })).toMatchObject({
      no_such_function: null,
      abs: expect.any(Function),
    });
    expect(ffi.Library(null, { no_such_function: ['int', [], { optional: true }] }).no_such_function).toBe(null);
  });

  it('say what is wrong with definitions', () => {
    const wrong = (functions, options) => thrown(() => ffi.Library(null, functions, options));
    for (const functions of [undefined, null, 5, { abs: 5 }, { abs: {} }, { abs: [] }, { abs: ['int', [], {}, 1] }])
      expect(wrong(functions)).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE' });
    for (const entry of [
      ['int23', []],
      ['int', ['int23']],
      ['int', 'int'],
      ['int', [], 5],
      ['int', [], { optinal: true }],
    ])
      expect(wrong({ abs: entry })).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'abs' });
    expect(wrong({ abs: ['int', []] }, 5)).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'Library' });
  });
});
