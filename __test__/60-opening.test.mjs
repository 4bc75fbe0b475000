// How libraries are found and opened: names, candidates, folders, options.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { has } from './documents/needs.mjs';
import { isMusl } from './hosts-skips.mjs';
import { file, folder, inFolder, library } from './libraries.mjs';
import { node } from './node.mjs';
import { arkffi, require, thrown } from './open.mjs';

const { dlopen, ffi, stats } = arkffi;
const value = { value: { returns: 'i32' } };
const cos = { cos: { args: ['f64'], returns: 'f64' } };
const first = library('libfirst.so', 'int value(void) { return 1; }');
library('libfirst.so.2', 'int value(void) { return 2; }');
library('libolder.so.9', 'int value(void) { return 9; }');
library('libolder.so.10', 'int value(void) { return 10; }');
library('libolder.so.1.2.3', 'int value(void) { return 123; }');
mkdirSync(inFolder('sub'));
library('sub/libfirst.so', 'int value(void) { return 3; }');
const valueOf = (where, options) => dlopen(where, value, options).symbols.value();
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('a bare name', () => {
  onLinux.each([['m'], ['libm'], ['libm.so.6'], ['c'], ['libc']])(
    '%s is found where the system has libraries',
    (name) => {
      const { symbols } = dlopen(name, name.includes('c') ? { abs: { args: ['i32'], returns: 'i32' } } : cos);
      expect(symbols.cos?.(0) ?? symbols.abs(-1)).toBe(1);
    },
  );

  it('is not looked for in the working directory, and the error says so', () => {
    const program = `
      try { require(${JSON.stringify(require.resolve('../index.js'))}).dlopen('libfirst.so', {}); }
      catch (error) { console.log(error.code, error.message); }`;
    const { stdout } = spawnSync(node, ['-e', program], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toMatch(/^ERR_DLOPEN_FAILED Failed to load library 'libfirst.so': no such file: libfirst.so/);
    expect(stdout).toContain('there is ./libfirst.so, but names without a slash are not looked for here');
  });

  it('is looked for in the folders of search, in their order', () => {
    expect(valueOf('libfirst.so', { search: [folder, inFolder('sub')] })).toBe(1);
    expect(valueOf('libfirst.so', { search: [inFolder('nowhere'), inFolder('sub'), folder] })).toBe(3);
    expect(valueOf('libfirst.so', { search: [pathToFileURL(inFolder('sub'))] })).toBe(3);
    expect(valueOf('sub/libfirst.so', { search: [folder] })).toBe(3);
    expect(valueOf('m', { search: [library('libm.so', 'int value(void) { return 4; }') && folder] })).toBe(4);
  });

  it('is completed as files are called here', () => {
    for (const name of ['first', 'libfirst', 'libfirst.so', 'first.so']) {
      expect(valueOf(name, { search: [folder] }), name).toBe(1);
    }
  });

  it('is that of the newest version where there is no other', () => {
    for (const name of ['older', 'libolder', 'libolder.so']) expect(valueOf(name, { search: [folder] }), name).toBe(10);
    expect(valueOf('libolder.so.9', { search: [folder] })).toBe(9);
  });

  it('is never completed when a file has it, even if that is no library', () => {
    file('first', 'not a library');
    try {
      const error = thrown(() => dlopen('first', value, { search: [folder] }));
      expect(error.code).toBe('ERR_DLOPEN_FAILED');
      expect(error.message).toContain(inFolder('first'));
    } finally {
      require('node:fs').unlinkSync(inFolder('first'));
    }
  });
});

describe('a path', () => {
  it('is completed too', () => {
    expect(valueOf(inFolder('libfirst'))).toBe(1);
    expect(valueOf(inFolder('first'))).toBe(1);
    expect(valueOf(inFolder('libolder'))).toBe(10);
    expect(valueOf(path.relative(process.cwd(), inFolder('first')))).toBe(1);
  });

  it('may be one of several candidates, of which the first that opens is taken', () => {
    const text = file('text.so', 'no library');
    expect(valueOf([inFolder('none.so'), text, inFolder('sub', 'libfirst.so'), first])).toBe(3);
    expect(valueOf([pathToFileURL(first), inFolder('sub', 'libfirst.so')])).toBe(1);
  });

  it('that is relative to the module is a URL', () => {
    const url = new URL('libfirst.so', `${pathToFileURL(folder)}/module.mjs`);
    expect(valueOf(url)).toBe(1);
    expect(valueOf(url.href)).toBe(1);
  });

  it('may have letters of any language, also in a folder to search', () => {
    mkdirSync(inFolder('bibliothèque 图书馆'));
    copyFileSync(first, inFolder('bibliothèque 图书馆', 'libпример.so'));
    expect(valueOf('пример', { search: [inFolder('bibliothèque 图书馆')] })).toBe(1);
  });

  it('may be a link', () => {
    symlinkSync(first, inFolder('link.so'));
    expect(valueOf(inFolder('link.so'))).toBe(1);
  });

  it('that is loaded already gives another library on the same code', () => {
    const [one, other] = [dlopen(first, value), dlopen(first, value)];
    one.close();
    expect(other.symbols.value()).toBe(1);
    expect(thrown(() => one.symbols.value()).code).toBe('ERR_LIBRARY_CLOSED');
  });
});

describe('the options', () => {
  const needing = 'int nowhere_at_all(void); int value(void) { return 1; } int call(void) { return nowhere_at_all(); }';
  const source = library('libprovider.so', 'int provided(void) { return 42; }');
  const using = library('libuser.so', 'int provided(void); int value(void) { return provided(); }');

  it('now is the default: functions that are missing are found when the library is opened', () => {
    const incomplete = library('libincomplete.so', needing);
    for (const options of [undefined, {}, { now: true }, { lazy: false }, { lazy: undefined }]) {
      const error = thrown(() => dlopen(incomplete, value, options));
      expect(error.code).toBe('ERR_DLOPEN_FAILED');
      expect(error.message).toContain('nowhere_at_all');
    }
  });

  onLinux.each([[{ lazy: true }], [{ now: false }], [{ lazy: true, now: false }]])(
    '%o finds them when they are called',
    (options) => {
      const name = `liblazy${JSON.stringify(options).length}.so`;
      expect(valueOf(library(name, needing, ['-Wl,-z,lazy']), options)).toBe(1);
    },
  );

  onLinux('local is the default: other libraries do not see the symbols, and with global they do', () => {
    const local = dlopen(source, { provided: { returns: 'i32' } }, { local: true });
    expect(thrown(() => valueOf(using)).message).toContain(
      isMusl ? 'provided: symbol not found' : 'undefined symbol: provided',
    );
    const global = dlopen(source, {}, { global: true });
    expect(valueOf(using)).toBe(42);
    local.close();
    global.close();
  });

  it.runIf(isMusl || (has('glibc') && process.env.ASAN_OPTIONS === undefined))(
    'deep has a library call its own functions where the host has others of their names',
    () => {
      const code =
        'const char *zlibVersion(void) { return "mine"; } const char *called(void) { return zlibVersion(); }';
      const called = (name, options) =>
        dlopen(library(name, code), { called: { returns: 'cstring' } }, options).symbols.called();
      if (isMusl) {
        expect(thrown(() => called('libdeep.so', { deep: true })).code).toBe('ERR_CALL_FAILED');
        return;
      }
      expect(called('libdeep.so', { deep: true })).toBe('mine');
      // Node exports the functions of its zlib, Bun and Deno do not.
      const { zlib } = process.versions;
      const isNode = !process.versions.bun && !process.versions.deno;
      if (isNode) expect(called('libshallow.so', { deep: false })).toContain(zlib.split('-')[0]);
    },
  );

  it.each([
    [{ lazy: true, now: true }],
    [{ lazy: false, now: false }],
    [{ global: true, local: true }],
    [{ global: false, local: false }],
    [{ search: [''] }],
    [{ search: ['a\0b'] }],
    [{ search: ['https:'.padEnd(5000, 'x')] }],
    [{ search: [new URL('https://example.org')] }],
    [{ sha256: '' }],
    [{ sha256: 'x'.repeat(64) }],
    [{ sha256: '0'.repeat(63) }],
  ])('%o is refused as a value that cannot be', (options) => {
    const { libraries } = stats();
    expect(thrown(() => dlopen(first, {}, options))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_VALUE',
      argument: 2,
    });
    expect(stats().libraries).toBe(libraries);
  });

  it.each([
    [null],
    [5],
    ['lazy'],
    [{ lazy: 1 }],
    [{ global: 'yes' }],
    [{ deep: 1 }],
    [{ search: '/lib' }],
    [{ search: [5] }],
    [{ sha256: 5 }],
    [{ lasy: true }],
  ])('%o is refused as a value of the wrong kind', (options) => {
    expect(thrown(() => dlopen(first, {}, options))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      argument: 2,
    });
  });

  it('may be misspelt, which the error mends', () => {
    expect(thrown(() => dlopen(first, {}, { lasy: true })).message).toContain(
      "there is no option 'lasy'; did you mean 'lazy'?",
    );
  });

  it('are what the object itself says', () => {
    const inherited = Object.create({ lazy: true, now: true, nonsense: 1 });
    expect(valueOf(first, inherited)).toBe(1);
  });

  it('are read once, and their getters may throw or open others', () => {
    const error = new Error('getter');
    const throwing = { get lazy() { throw error; } }; // prettier-ignore
    expect(() => dlopen(first, value, throwing)).toThrow(error);
    let reads = 0;
    const opening = { get search() { reads++; dlopen(first, value).close(); return [folder]; } }; // prettier-ignore
    expect(valueOf('first', opening)).toBe(1);
    expect(reads).toBe(1);
  });
});

describe('candidates', () => {
  it.each([[[]], [['']], [[first, 'a\0b']]])('%j are refused as values that cannot be', (paths) => {
    expect(thrown(() => dlopen(paths, {}))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', argument: 0 });
  });

  it.each([[[null]], [[first, 5]], [[[first]]], [[undefined]]])(
    '%j are refused as values of the wrong kind',
    (paths) => {
      expect(thrown(() => dlopen(paths, {}))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 0 });
    },
  );

  it('of the raw bridge are the same', () => {
    const handle = ffi.load([inFolder('none.so'), 'first'], { search: [folder] });
    expect(ffi.callMixed(handle, 'value', '', 'i', [], [])).toBe(1);
    ffi.close(handle);
    expect(thrown(() => ffi.load(first, { lasy: true }))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 1 });
    expect(thrown(() => ffi.load([]))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', argument: 0 });
  });
});

it('works in a worker, where nothing else is open', async () => {
  const { Worker } = await import('node:worker_threads');
  const program = `
    const { dlopen } = require(${JSON.stringify(require.resolve('../index.js'))});
    const { symbols } = dlopen('first', { value: { returns: 'i32' } }, { search: [${JSON.stringify(folder)}] });
    require('node:worker_threads').parentPort.postMessage(symbols.value());`;
  const worker = new Worker(program, { eval: true });
  expect(await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))).toBe(1);
});

// In a process of their own: copies of them would not fit into memory.
it('lists that say they have too many elements are refused before they are copied', () => {
  const list = 'const list = []; list.length = 2 ** 32 - 1;';
  const uses = ['dlopen(list, {})', "dlopen('m', {}, { search: list })", 'allowLibraries(list)'];
  const source = `
    const { dlopen, allowLibraries } = require(${JSON.stringify(require.resolve('../index.js'))});
    ${list}
    ${uses.map((use) => `try { ${use}; } catch ({ code, message }) { console.log(code, message); }`).join('\n')}`;
  const { stdout } = spawnSync(node, ['--max-old-space-size=64', '-e', source], { encoding: 'utf8' });
  expect(stdout.trim().split('\n')).toEqual([
    'ERR_INVALID_ARG_VALUE dlopen: 4294967295 paths are too many',
    'ERR_INVALID_ARG_VALUE dlopen: 4294967295 paths are too many',
    'ERR_INVALID_ARG_VALUE allowLibraries: 4294967295 patterns are too many',
  ]);
});
