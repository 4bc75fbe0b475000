// Why a library does not open: every failure is produced for real, and its message says what it is.
import { describe, expect, it } from 'vitest';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { failed, failure, failureElsewhere, good, index, onLinux } from './failures.mjs';
import { isMusl } from './hosts-skips.mjs';
import { changed, ELF, file, folder, inFolder, library, MACHINES, put16, simple } from './libraries.mjs';
import { node } from './node.mjs';
import { arkffi } from './open.mjs';

const { dlopen } = arkffi;
const here = { x64: 'x86-64', arm64: 'AArch64' }[process.arch];
const bytes = readFileSync(good);

describe('a file that is not there', () => {
  it('is said to be none, with the names that were tried and the text of the system', () => {
    const error = failure(inFolder('none.so'));
    expect(error.code).toBe('ERR_DLOPEN_FAILED');
    expect(error.message).toBe(
      `Failed to load library '${inFolder('none.so')}': no such file: ${inFolder('none.so')}, ${inFolder('none.so.*')}, ${inFolder('libnone.so')} or ${inFolder('libnone.so.*')}`,
    );
    expect(error.cause).toBeInstanceOf(Error);
    expect(error.cause.message).toMatch(/none\.so: .*no such file/i);
    expect(Object.keys(error)).not.toContain('cause');
  });

  it('in a directory that is not there, or that is a file', () => {
    expect(failure('/no/such/library.so').message).toBe(
      "Failed to load library '/no/such/library.so': no such file: there is no directory /no/such",
    );
    expect(failure(path.join(good, 'x.so')).message).toContain('no such file: part of its path is no directory');
  });

  it('relative to the working directory, which is named', () => {
    const { message } = failure('./none.so');
    expect(message).toMatch(/^Failed to load library '\.\/none\.so': no such file: \.\/none\.so, /);
    expect(message).toContain(`the working directory is ${process.cwd()} (for a path from a module: new URL(`);
  });

  onLinux('by a bare name, with the places of the system', () => {
    const { message, cause } = failure('nonexistent.so');
    expect(message).toMatch(
      /^Failed to load library 'nonexistent\.so': no such file: nonexistent\.so, nonexistent\.so\.\*/,
    );
    expect(message).toMatch(/; the system looks in .*\/lib/);
    expect(cause.message).toContain(`nonexistent.so: ${isMusl ? 'No such file' : 'cannot open shared object file'}`);
  });

  it('behind a link', () => {
    symlinkSync('nowhere.so', inFolder('broken.so'));
    expect(failure(inFolder('broken.so')).message).toBe(
      failed(inFolder('broken.so'), 'it is a link to nowhere.so, where there is no such file'),
    );
  });

  it('among several candidates: all are named', () => {
    const text = file('several.so', 'some text');
    const { message } = failure([inFolder('none.so'), text]);
    expect(message).toContain(`Failed to load library '${inFolder('none.so')}' or '${text}':\n`);
    expect(message).toContain(`\n  ${text}: the file is a text file: it begins with 'some text'`);
    expect(message).toContain(`\n  no such file: ${inFolder('none.so')}`);
    expect(failure(['a-1', 'a-2']).message).toMatch(/^Failed to load library 'a-1' or 'a-2': no such file: a-1, /);
  });

  it('of a very long name, or hundreds of them, gives a message of a length for people', () => {
    expect(failure(`/${'x'.repeat(4000)}`).message.length).toBeLessThan(1100);
    expect(failure(Array.from({ length: 500 }, (_, i) => `/none-${i}`)).message.length).toBeLessThan(1100);
  });
});

describe('a file that is no library', () => {
  const script =
    '/* GNU ld script\n*/\nOUTPUT_FORMAT(elf64-x86-64)\nGROUP ( /lib/libm.so.6  AS_NEEDED ( /lib/libmvec.so.1 ) )\n';
  it.each([
    ['empty', '', 'the file is empty'],
    ['text', 'Hello, this is text.\nMore.', "the file is a text file: it begins with 'Hello, this is text.'"],
    [
      'a linker script',
      script,
      'the file is a linker script: text for the linker, which stands for /lib/libm.so.6 (open that)',
    ],
    [
      'a linker script',
      'INPUT(-lncurses)',
      'the file is a linker script: text for the linker, which stands for -lncurses (open that)',
    ],
    ['a shell script', '#!/bin/sh\nexit', "the file is a script: it begins with '#!/bin/sh'"],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid',
      'the file is a Git LFS pointer, not the file itself: git lfs pull fetches that',
    ],
    ['a web page', '<!DOCTYPE html><title>404', 'the file is a web page, perhaps of a download that failed'],
    ['a zip archive', 'PK\x03\x04xxxx', 'the file is a zip archive'],
    ['a WebAssembly module', '\0asm\x01\0\0\0', 'the file is a WebAssembly module'],
    ['bytes', Buffer.from([1, 2, 255, 0]), 'the file is of no known format: it begins with the bytes 01 02 ff 00'],
  ])('%s', (_, contents, reason) => {
    const where = file('not-a-library.so', contents);
    const error = failure(where);
    expect(error).toMatchObject({ code: 'ERR_DLOPEN_FAILED', message: failed(where, reason) });
    expect(error.cause.message).toContain(where);
  });

  onLinux('a real linker script of this machine, if it has one', () => {
    const script = `/usr/lib/${process.arch === 'x64' ? 'x86_64' : 'aarch64'}-linux-gnu/libm.so`;
    let contents = '';
    try {
      contents = readFileSync(script, 'latin1');
    } catch {}
    // Musl takes that name for its own.
    if (contents.includes('GROUP') && !isMusl)
      expect(failure('libm.so').message).toMatch(/is a linker script: .*libm\.so\.6/);
  });

  it('a directory, which does not hide the library that is named after it', () => {
    const stem = inFolder('named');
    mkdirSync(stem);
    expect(failure(stem).message).toContain(`${stem}: it is a directory`);
    library('libnamed.so', simple);
    dlopen(stem, {}).close();
    dlopen('named', {}, { search: [path.dirname(stem)] }).close();
  });

  it('a directory', () => {
    mkdirSync(inFolder('directory.so'));
    expect(failure(inFolder('directory.so')).message).toBe(failed(inFolder('directory.so'), 'it is a directory'));
  });

  onLinux('a pipe or a device, which opening would wait for', () => {
    execFileSync('mkfifo', [inFolder('pipe.so')]);
    for (const where of [inFolder('pipe.so'), '/dev/zero']) {
      expect(failureElsewhere(where)).toBe(
        `ERR_DLOPEN_FAILED ${failed(where, 'it is no regular file, but a pipe, a socket or a device')}`,
      );
    }
  });

  it('an object file, a static library, a program', () => {
    const source = file('part.c', simple);
    const cc = process.env.CC || 'cc';
    execFileSync(cc, ['-c', '-o', inFolder('part.o'), source]);
    expect(failure(inFolder('part.o')).message).toContain('the file is an object file (.o), not yet linked');
    execFileSync('ar', ['rc', inFolder('part.a'), inFolder('part.o')]);
    expect(failure(inFolder('part.a')).message).toContain('the file is a static library (.a)');
    const program = file('program.c', 'int main(void) { return 0; }');
    for (const flag of ['-pie', '-no-pie']) {
      execFileSync(cc, [flag, '-o', inFolder('program'), program]);
      expect(failure(inFolder('program')).message).toContain('the file is a program, not a library');
    }
  });

  it('of another system', () => {
    // The headers of a DLL for x86-64, and the beginning of a Mach-O library for arm64.
    const dll = Buffer.alloc(1024);
    dll.write('MZ');
    dll.writeUInt32LE(64, 60);
    dll.write('PE\0\0', 64, 'latin1');
    dll.writeUInt16LE(0x8664, 68);
    dll.writeUInt16LE(240, 84);
    dll.writeUInt16LE(0x2022, 86);
    dll.writeUInt16LE(0x20b, 88);
    dll.writeUInt32LE(16, 88 + 108);
    expect(failure(file('windows.so', dll)).message).toContain('the file is a Windows DLL, for x86-64');
    const macho = Buffer.alloc(64);
    for (const [index, word] of [0xfeedfacf, 0x0100000c, 0, 6, 0, 0, 0, 0].entries())
      macho.writeUInt32LE(word, index * 4);
    expect(failure(file('macos.so', macho)).message).toContain(
      'the file is a macOS library or program (Mach-O), for AArch64',
    );
  });
});

describe('a library for another processor', () => {
  onLinux('of another architecture', () => {
    const other = process.arch === 'x64' ? ['arm64', 'AArch64'] : ['x64', 'x86-64'];
    const where = changed('other.so', good, (copy) => void put16(copy, ELF.machine, MACHINES[other[0]]));
    expect(failure(where).message).toBe(failed(where, `file is ${other[1]}, this process is ${here}`));
  });

  onLinux('of another word size', () => {
    const where = changed('narrow.so', good, (copy) => {
      copy[ELF.class] = 1;
      put16(copy, ELF.machine, MACHINES.i386);
    });
    const error = failure(where);
    expect(error.message).toBe(failed(where, `file is x86 (32-bit), this process is ${here}`));
    // The loader of musl would take it, so it is not asked.
    if (!isMusl) expect(error.cause.message).toBeTruthy();
  });

  onLinux('is skipped in the folders to search, as the loader does', () => {
    mkdirSync(inFolder('arm'));
    changed('arm/libgood.so', good, (copy) => void put16(copy, ELF.machine, 8));
    const opened = dlopen('good', { value: { returns: 'i32' } }, { search: [inFolder('arm'), folder] });
    expect(opened.symbols.value()).toBe(7);
    expect(failure('good', { search: [inFolder('arm')] }).message).toMatch(/arm\/libgood\.so: file is MIPS/);
  });
});

describe('a truncated library', () => {
  onLinux('is refused before the loader is asked, which dies of it', () => {
    for (const share of [0.3, 0.5, 0.7]) {
      const where = file(`truncated-${share}.so`, bytes.subarray(0, bytes.length * share));
      expect(failureElsewhere(where)).toMatch(
        new RegExp(
          `^ERR_DLOPEN_FAILED ${failed(where, `the file is truncated: it has ${Math.trunc(bytes.length * share)} bytes of at least \\d+$`)}`,
        ),
      );
    }
  });

  onLinux('at every length opens or gives an error', () => {
    const program = `
      const { dlopen } = require(${index});
      const fs = require('node:fs');
      const bytes = fs.readFileSync(${JSON.stringify(good)});
      const seen = new Set();
      for (let length = 0; length < bytes.length; length += 61) {
        const where = ${JSON.stringify(folder)} + '/cut-' + length + '.so';
        fs.writeFileSync(where, bytes.subarray(0, length));
        try { dlopen(where, { value: { returns: 'i32' } }).symbols.value(); seen.add('opened'); }
        catch (error) { seen.add(error.code); }
        fs.unlinkSync(where);
      }
      console.log([...seen].sort().join());`;
    const { stdout, signal } = spawnSync(node, ['-e', program], { encoding: 'utf8' });
    // Without the section headers at the end a library still loads.
    expect([stdout.trim(), signal]).toEqual(['ERR_DLOPEN_FAILED,opened', null]);
  });

  onLinux('that another one needs is found too', () => {
    const needed = library('libcut.so', simple, ['-Wl,-soname,libcut.so']);
    const user = library('libuser.so', 'int value(void); int twice(void) { return 2 * value(); }', [
      '-Wl,--no-as-needed',
      `-L${folder}`,
      '-lcut',
      '-Wl,-rpath,$ORIGIN',
    ]);
    const whole = readFileSync(needed);
    file('libcut.so', whole.subarray(0, whole.length / 2));
    expect(failureElsewhere(user)).toMatch(
      new RegExp(
        `^ERR_DLOPEN_FAILED ${failed(user, `${inFolder('libcut.so')} \\(needed by libuser.so\\): the file is truncated`)}`,
      ),
    );
    file('libcut.so', whole);
    expect(failureElsewhere(user)).toBe('opened');
  });
});

// Root may read everything: the process gives its rights up first.
const isRoot = process.getuid?.() === 0;
onLinux('a file without permission to read is said to be one', () => {
  copyFileSync(good, inFolder('secret.so'));
  chmodSync(inFolder('secret.so'), 0);
  chmodSync(folder, 0o755);
  const giveUp = isRoot ? 'process.seteuid(65534);' : '';
  expect(failureElsewhere(inFolder('secret.so'), giveUp)).toBe(
    `ERR_DLOPEN_FAILED ${failed(inFolder('secret.so'), 'it cannot be read: permission denied')}`,
  );
  mkdirSync(inFolder('closed'), { mode: 0o700 });
  renameSync(inFolder('secret.so'), inFolder('closed', 'secret.so'));
  if (!isRoot) chmodSync(inFolder('closed'), 0);
  expect(failureElsewhere(inFolder('closed', 'secret.so'), giveUp)).toContain(
    'it cannot be reached: permission denied for a directory of its path',
  );
});
