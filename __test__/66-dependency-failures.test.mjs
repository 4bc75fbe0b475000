// Why a library does not open that needs others: which one it is, and who needs it.
import { describe, expect } from 'vitest';
import { unlinkSync } from 'node:fs';
import { failed, failure, onLinux } from './failures.mjs';
import { isMusl } from './hosts-skips.mjs';
import { changed, ELF, file, folder, inFolder, library, put16, simple } from './libraries.mjs';

describe('a dependency', () => {
  const user = (name, flags) =>
    library(name, 'int value(void); int twice(void) { return 2 * value(); }', [
      '-Wl,--no-as-needed',
      `-L${folder}`,
      ...flags,
    ]);

  onLinux('that is missing is named, with who needs it', () => {
    const needed = library('libgone.so', simple, ['-Wl,-soname,libgone.so.3']);
    const where = user('libneedy.so', ['-lgone']);
    const above = library('libabove.so', 'int twice(void); int four(void) { return 2 * twice(); }', [
      '-Wl,--no-as-needed',
      `-L${folder}`,
      '-lneedy',
      '-Wl,-rpath,$ORIGIN',
      '-Wl,--allow-shlib-undefined',
    ]);
    unlinkSync(needed);
    const error = failure(where);
    expect(error.message).toBe(failed(where, 'libgone.so.3 is not found, needed by libneedy.so'));
    expect(error.cause.message).toContain(
      `libgone.so.3: ${isMusl ? 'No such file' : 'cannot open shared object file'}`,
    );
    expect(failure(above).message).toBe(
      failed(above, 'libgone.so.3 is not found, needed by libneedy.so, which is needed by libabove.so'),
    );
  });

  onLinux('for another processor is named', () => {
    const needed = library('libforeign.so', simple);
    const where = user('libneedsforeign.so', ['-lforeign', '-Wl,-rpath,$ORIGIN']);
    changed('libforeign.so', needed, (copy) => void put16(copy, ELF.machine, 8));
    expect(failure(where).message).toContain(
      `${inFolder('libforeign.so')} (needed by libneedsforeign.so): file is MIPS`,
    );
  });

  onLinux('on another C library is named', () => {
    const other = isMusl
      ? { name: 'glibc', needs: 'ld-linux-x86-64.so.2', here: 'musl' }
      : { name: 'musl', needs: 'libc.musl-x86_64.so.1', here: 'glibc' };
    const needed = library('libother.so', simple, [`-Wl,-soname,${other.needs}`]);
    const where = user('libformusl.so', ['-lother']);
    unlinkSync(needed);
    expect(failure(where).message).toBe(
      failed(where, `it is built for ${other.name} (it needs ${other.needs}), and this process runs on ${other.here}`),
    );
  });

  onLinux('that has not the version of a symbol is named', () => {
    const script = (version) => `-Wl,--version-script=${file(version, `${version} { value; };`)}`;
    library('libversions.so', simple, [script('VERSION_2'), '-Wl,-soname,libversions.so']);
    const where = user('libneedsversion.so', ['-lversions', '-Wl,-rpath,$ORIGIN']);
    library('libversions.so', simple, [script('VERSION_1'), '-Wl,-soname,libversions.so']);
    const error = failure(where);
    expect(error.message).toBe(
      failed(where, `it needs VERSION_2 of libversions.so, which ${inFolder('libversions.so')} does not have`),
    );
    expect(error.cause.message).toMatch(/version [`']VERSION_2' not found/);
  });

  onLinux('glibc that is older than the library needs is named, with both versions', () => {
    const uses = library('libuses.so', '#include <stdio.h>\nint value(void) { return puts("x"); }');
    const where = changed('libnewer.so', uses, (copy) => {
      const at = copy.indexOf('GLIBC_2.');
      const end = copy.indexOf(0, at);
      copy.write(`GLIBC_9.${'9'.repeat(end - at - 8)}`, at);
    });
    expect(failure(where).message).toMatch(
      /it needs GLIBC_9\.9+(\.9+)* of libc\.so\.6, and this machine has glibc \d\.\d+$/,
    );
  });

  onLinux('function that is missing is named by the system', () => {
    const where = library('libundefined.so', 'int nowhere_at_all(void); int value(void) { return nowhere_at_all(); }');
    const { message } = failure(where);
    expect(message).toMatch(/^Failed to load library '.*': /);
    expect(message).toContain(isMusl ? 'nowhere_at_all: symbol not found' : 'undefined symbol: nowhere_at_all');
  });
});
