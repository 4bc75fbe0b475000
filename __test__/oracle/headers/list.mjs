// The headers of this system that the parser is compared with the compiler on.
import { execFileSync, spawnSync } from 'node:child_process';

const cc = process.env.CC || 'cc';

function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split(/\s+/) : [];
}

/** Name, files to include, and flags of the compiler. */
export const headers = [
  { name: 'stdio', include: ['stdio.h'] },
  { name: 'stdlib', include: ['stdlib.h'] },
  { name: 'string', include: ['string.h', 'wchar.h'] },
  { name: 'math', include: ['math.h', 'complex.h', 'fenv.h'] },
  { name: 'time', include: ['time.h', 'sys/time.h'] },
  { name: 'sys/stat', include: ['sys/stat.h', 'fcntl.h', 'unistd.h'] },
  { name: 'pthread', include: ['pthread.h', 'semaphore.h'] },
  { name: 'sockets', include: ['sys/socket.h', 'netinet/in.h', 'netdb.h', 'sys/epoll.h', 'signal.h'] },
  { name: 'zlib', include: ['zlib.h'] },
  { name: 'sqlite3', include: ['sqlite3.h'] },
  { name: 'png', include: ['png.h'] },
  { name: 'openssl', include: ['openssl/ssl.h', 'openssl/evp.h', 'openssl/x509v3.h', 'openssl/err.h'] },
  { name: 'curl', include: ['curl/curl.h'] },
  { name: 'uv', include: ['uv.h'] },
  { name: 'X11', include: ['X11/Xlib.h', 'X11/Xutil.h'] },
  { name: 'GL', include: ['GL/gl.h', 'GL/glext.h'] },
  { name: 'python', include: ['Python.h'], flags: () => output('python3-config', ['--includes']) },
  { name: 'ncurses', include: ['ncurses.h'] },
  { name: 'freetype', include: ['ft2build.h', 'freetype/freetype.h'], flags: () => ['-I/usr/include/freetype2'] },
  { name: 'jpeg', include: ['stdio.h', 'jpeglib.h'] },
  { name: 'glib', include: ['glib.h'], flags: () => output('pkg-config', ['--cflags', 'glib-2.0']) },
];

/** The text that includes a header, with what the checks need. */
export const prologue = ({ include }) => include.map((file) => `#include <${file}>\n`).join('');

const flagsOf = ({ flags }) => ['-std=gnu11', '-w', ...(flags?.() ?? [])];

/** Whether the compiler finds it. */
export function isInstalled(header) {
  const { status } = spawnSync(cc, [...flagsOf(header), '-fsyntax-only', '-x', 'c', '-'], { input: prologue(header) });
  return status === 0;
}

/** What `cc -E -dD` makes of it. */
export function preprocessed(header) {
  const options = { input: prologue(header), encoding: 'utf8', maxBuffer: 1 << 28 };
  return execFileSync(cc, [...flagsOf(header), '-E', '-dD', '-x', 'c', '-'], options);
}

/** What gcc says while it reads C, without making anything. */
export function complaints(header, source, more = []) {
  const options = { input: source, encoding: 'utf8', maxBuffer: 1 << 28 };
  const flags = [
    '-fsyntax-only',
    '-ftrack-macro-expansion=0',
    '-fmax-errors=0',
    '-fdiagnostics-color=never',
    '-fno-diagnostics-show-caret',
  ];
  return spawnSync(cc, [...flagsOf(header), ...flags, ...more, '-x', 'c', '-'], options).stderr;
}

/** Compiles C and runs it; what it prints. */
export function run(header, source, file) {
  execFileSync(cc, [...flagsOf(header), '-O0', '-x', 'c', '-', '-o', file, '-lm'], {
    input: source,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  return execFileSync(file, { encoding: 'utf8', maxBuffer: 1 << 28 });
}
