// Libraries that are shipped as one file for each platform.
import { afterEach, describe, expect, it } from 'vitest';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fixture } from './fixtures/paths.mjs';
import { isMusl } from './hosts-skips.mjs';
import { arkffi, thrown } from './open.mjs';

const { Library, Struct, loadPlatformLibrary, platform, suffix } = arkffi;

const made = [];
afterEach(() => made.splice(0).forEach((directory) => rmSync(directory, { recursive: true })));

/** A directory with files of these names: the library where the name is that of one, else empty. */
function directoryWith(...names) {
  const directory = mkdtempSync(path.join(tmpdir(), 'arkffi-'));
  made.push(directory);
  for (const name of names) {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (name.endsWith(suffix)) copyFileSync(fixture('basics'), file);
    else writeFileSync(file, '');
  }
  return directory;
}

/** What `action` does on another platform. */
function on(system, machine, action) {
  const own = { platform: process.platform, arch: process.arch };
  const be = (values) => {
    for (const [key, value] of Object.entries(values)) Object.defineProperty(process, key, { value });
  };
  be({ platform: system, arch: machine });
  try {
    return action();
  } finally {
    be(own);
  }
}

const symbols = { add: { args: ['i32', 'i32'], returns: 'i32' } };
const { os, arch, extension } = platform();
const here = `${os}-${arch}`;
const exact = `calc-${here}.${extension}`;

describe('platform', () => {
  it('tells where the process runs in the words of Go', () => {
    const told = (system, machine) => on(system, machine, platform);
    expect(told('linux', 'x64')).toEqual({ os: 'linux', arch: 'amd64', extension: 'so', supported: true });
    expect(told('linux', 'arm64')).toEqual({ os: 'linux', arch: 'arm64', extension: 'so', supported: true });
    expect(told('darwin', 'arm64')).toEqual({ os: 'darwin', arch: 'arm64', extension: 'dylib', supported: true });
    expect(told('win32', 'x64')).toEqual({ os: 'windows', arch: 'amd64', extension: 'dll', supported: true });
    expect(told('linux', 'ia32')).toEqual({ os: 'linux', arch: '386', extension: 'so', supported: false });
    expect(told('freebsd', 'x64')).toEqual({ os: 'freebsd', arch: 'amd64', extension: 'so', supported: false });
    expect(platform().extension).toBe(suffix);
  });
});

describe('loadPlatformLibrary', () => {
  it('opens the file for this platform', () => {
    const directory = directoryWith(exact, `calc-plan9-${arch}.${extension}`, 'calc.h');
    const library = loadPlatformLibrary(directory, 'calc', { symbols });
    expect(library).toBeInstanceOf(Library);
    expect(library.symbols.add(2, 3)).toBe(5);
    expect(loadPlatformLibrary(pathToFileURL(`${directory}/`), 'calc', { symbols })).toBe(library);
    library.close();
  });

  it('takes a name with more in it, where no other fits', () => {
    const directory = directoryWith(`calc-${here}-v1.2.${extension}`, `calc-${here}x.${extension}`, `calc-${here}.txt`);
    const library = loadPlatformLibrary(directory, 'calc', { symbols });
    expect(library.symbols.add(2, 3)).toBe(5);
    library.close();
    const both = directoryWith(`calc-${here}-v1.2.${extension}`, exact);
    writeFileSync(path.join(both, `calc-${here}-v1.2.${extension}`), 'not a library');
    loadPlatformLibrary(both, 'calc', { symbols }).close();
    const two = directoryWith(`calc-${here}-v1.2.${extension}`, `calc-${here}-v1.3.${extension}`);
    expect(thrown(() => loadPlatformLibrary(two, 'calc', { symbols }))).toMatchObject({
      code: 'ERR_DLOPEN_FAILED',
      message: expect.stringContaining('several files fit'),
    });
  });

  it.runIf(process.platform === 'linux')('leaves files for musl to musl', () => {
    const [own, other] = isMusl ? ['-musl', ''] : ['-gnu', '-musl'];
    const directory = directoryWith(`calc-${here}${own}.so`, `calc-${here}${other}-1.so`);
    writeFileSync(path.join(directory, `calc-${here}${other}-1.so`), 'not for this machine');
    loadPlatformLibrary(directory, 'calc', { symbols }).close();
  });

  it('loads once, and again after it was closed', () => {
    const directory = directoryWith(exact);
    const load = (more) => loadPlatformLibrary(directory, 'calc', more);
    const inline = () => load({ symbols: { add: { args: ['i32', 'i32'], returns: 'i32' } } });
    const library = inline();
    expect(inline()).toBe(library);
    expect(load({ symbols })).toBe(library);
    const link = directoryWith();
    symlinkSync(path.join(directory, exact), path.join(link, exact));
    expect(loadPlatformLibrary(link, 'calc', { symbols })).toBe(library);
    const others = load({ symbols: { add: { args: ['i32', 'i32'], returns: 'u32' } } });
    expect(others).not.toBe(library);
    const more = load({ symbols: { ...symbols, length: { args: ['cstring'], returns: 'size_t' } } });
    expect(more).not.toBe(library);
    expect(more.symbols.length('abc')).toBe(3);
    library.close();
    const again = inline();
    expect(again).not.toBe(library);
    expect(again.symbols.add(1, 2)).toBe(3);
    for (const each of [again, others, more]) each.close();
  });

  it('compares types that are objects by what they are', () => {
    const directory = directoryWith(exact);
    const Point = Struct({ x: 'i32' });
    const load = (type) => loadPlatformLibrary(directory, 'calc', { symbols: { add: { args: [type, 'i32'] } } });
    const first = load(Point);
    expect(load(Point)).toBe(first);
    const second = load(Struct({ x: 'i32' }));
    expect(second).not.toBe(first);
    first.close();
    second.close();
  });

  it('opens without definitions, and with a header that is there', () => {
    const directory = directoryWith(exact, 'include/calc.h');
    loadPlatformLibrary(directory, 'calc').close();
    const header = 'include/calc.h';
    loadPlatformLibrary(directory, 'calc', { header, symbols }).close();
    loadPlatformLibrary(directory, 'calc', { header: path.join(directory, header), symbols }).close();
    loadPlatformLibrary(directory, 'calc', { header: pathToFileURL(path.join(directory, header)), symbols }).close();
  });

  it('binds what the header declares, when there are no definitions', () => {
    const directory = directoryWith(exact, 'calc.h');
    writeFileSync(path.join(directory, 'calc.h'), 'int add(int a, int b);\n');
    const library = loadPlatformLibrary(directory, 'calc', { header: 'calc.h' });
    expect(library.symbols.add(1, 2)).toBe(3);
    expect(loadPlatformLibrary(directory, 'calc', { header: 'calc.h' })).toBe(library);
    const other = loadPlatformLibrary(directory, 'calc', { symbols });
    expect(other).not.toBe(library);
    other.close();
    library.close();
    expect(thrown(() => library.symbols.add(1, 2)).code).toBe('ERR_LIBRARY_CLOSED');
  });

  it('fails in order: platform, library, header, binding', () => {
    const fail = (directory, options) => thrown(() => loadPlatformLibrary(directory, 'calc', options));
    const wrong = { header: 'no.h', symbols: { no_such_function: {} } };
    const nowhere = path.join(tmpdir(), 'arkffi-no-such-directory');
    const failed = { class: 'FFIError', code: 'ERR_DLOPEN_FAILED', symbol: 'loadPlatformLibrary' };

    expect(on('linux', 'riscv64', () => fail(nowhere, wrong))).toMatchObject({
      ...failed,
      message: 'loadPlatformLibrary: unsupported platform: linux-riscv64',
    });
    expect(fail(nowhere, wrong)).toMatchObject({
      ...failed,
      message: `loadPlatformLibrary: library file not found: ${path.join(nowhere, exact)}; there is no such directory`,
    });
    const others = directoryWith('calc-plan9-amd64.so', 'calc.h', 'other.txt');
    expect(fail(others, wrong).message).toMatch(/library file not found: .*; there is calc-plan9-amd64\.so, calc\.h$/);
    expect(fail(directoryWith('readme'), wrong).message).toMatch(/; there is readme$/);
    expect(fail(directoryWith(), wrong).message).toMatch(/; there is nothing$/);

    const directory = directoryWith(exact);
    expect(fail(directory, wrong)).toMatchObject({
      ...failed,
      message: `loadPlatformLibrary: header file not found: ${path.join(directory, 'no.h')}`,
    });
    expect(fail(directory, { symbols: wrong.symbols })).toMatchObject({
      class: 'FFIError',
      code: 'ERR_DLSYM_FAILED',
      symbol: 'no_such_function',
      message: expect.stringContaining(`cannot bind ${path.join(directory, exact)}`),
    });
    let error;
    try {
      loadPlatformLibrary(directory, 'calc', { symbols: wrong.symbols });
    } catch (caught) {
      error = caught;
    }
    expect(error.cause).toMatchObject({ code: 'ERR_DLSYM_FAILED' });
    // Not there: some loaders still have what is closed.
    const another = directoryWith(exact);
    writeFileSync(path.join(another, exact), 'text');
    expect(fail(another, { symbols }).code).toBe('ERR_DLOPEN_FAILED');
  });

  it('refuses arguments that are none', () => {
    const refused = (...args) => thrown(() => loadPlatformLibrary(...args));
    const invalid = (argument) => ({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', argument });
    for (const dir of [undefined, null, '', 5, 'a\0b', new URL('http://localhost/lib')])
      expect(refused(dir, 'calc')).toMatchObject(invalid(0));
    for (const base of [undefined, '', 5, 'a/b', '..\\a', 'a\0']) expect(refused('.', base)).toMatchObject(invalid(1));
    for (const options of [null, 5, { heder: 'x' }]) expect(refused('.', 'calc', options)).toMatchObject(invalid(2));
    const directory = directoryWith(exact);
    expect(refused(directory, 'calc', { header: 5, symbols })).toMatchObject(invalid(2));
    expect(refused(directory, 'calc', { symbols: 5 })).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });
});

it('definitions that are changed later are other ones', () => {
  const directory = directoryWith(exact);
  const own = { add: { args: ['i32', 'i32'], returns: 'i32' } };
  const first = loadPlatformLibrary(directory, 'calc', { symbols: own });
  own.add.returns = 'u8';
  const other = loadPlatformLibrary(directory, 'calc', { symbols: own });
  expect([other === first, first.symbols.add(200, 100), other.symbols.add(200, 100)]).toEqual([false, 300, 44]);
  own.add.returns = 'i32';
  expect(loadPlatformLibrary(directory, 'calc', { symbols: own })).toBe(first);
  first.close();
  other.close();
});
