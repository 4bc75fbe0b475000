// arkffi gen: a header as a module.
import { afterAll, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  mkdirSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fixture } from './fixtures/paths.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const header = path.join(root, '__test__/fixtures/declarations.h');
const folder = mkdtempSync(path.join(os.tmpdir(), 'arkffi-generator-'));
afterAll(() => rmSync(folder, { recursive: true }));

// What modules and TypeScript find as 'arkffi' there.
mkdirSync(path.join(folder, 'node_modules'));
symlinkSync(root, path.join(folder, 'node_modules/arkffi'), 'junction');
writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');

const arkffi = (...args) =>
  spawnSync(process.execPath, [path.join(root, 'bin/arkffi.cjs'), ...args], { cwd: folder, encoding: 'utf8' });

/** Generates a module, and gives its text. */
function generate(output, source, ...options) {
  const { status, stderr } = arkffi('gen', source, '-o', output, ...options);
  expect(stderr).not.toMatch(/^arkffi:/m);
  expect(status).toBe(0);
  return { text: readFileSync(path.join(folder, output), 'utf8'), stderr };
}

/** A header of some text. */
function headerOf(name, text) {
  writeFileSync(path.join(folder, name), text);
  return name;
}

/** What TypeScript has to say of some files, as strict as it can be. */
function typeCheck(files, emits) {
  const config = {
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noUnusedLocals: true,
      target: 'es2022',
      module: 'nodenext',
      lib: ['ES2022', 'ESNext.Disposable', 'DOM'],
      types: [],
      noEmit: !emits,
    },
    files,
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' }).stdout;
}

const library = ['-l', fixture('declarations')];
const load = (name) => import(pathToFileURL(path.join(folder, name)).href);

describe('a module in TypeScript', () => {
  const { text, stderr } = generate('declarations.ts', header, ...library);

  it('passes TypeScript at its strictest, with the types of the header', () => {
    writeFileSync(
      path.join(folder, 'use.ts'),
      `import * as c from './declarations.js';
      import type { OpaquePointer } from 'arkffi';
      export const sum: number = c.add(1, 2);
      export const place: c.point = c.moved({ x: 1, y: 2 }, 3);
      export const hidden: OpaquePointer<'hidden'> | null = c.make_hidden(1);
      export const counted: number = c.visit(3, (context, value) => value, null);
      export const next: number = c.next_color('RED');
      export const limit: 42 = c.LIMIT;
      export const count: number = c.library.symbols.counter;
      // @ts-expect-error: a struct is no number
      c.moved(1.5, 'x');
      // @ts-expect-error: no such name
      c.next_color('PINK');`,
    );
    expect(typeCheck(['use.ts'])).toBe('');
  });

  it('has the comments of the header', () => {
    expect(text).toContain('/** Adds, and cuts off what is behind the point. */\nexport const add =');
    expect(text).toContain('  /** To the right. */\n  x: ');
  });

  it('has the comments of globals, and without a library those of functions, where they are defined', () => {
    const commented = headerOf(
      'commented.h',
      '/** How many. */\nextern int counter;\n/** Adds.\n * Twice. */\nint add(int a, double b);\n',
    );
    const comment = '  /** How many. */\n  ';
    const lines = '  /**\n   * Adds.\n   * Twice.\n   */\n  ';
    expect(generate('commented.ts', commented, ...library).text).toContain(`${comment}counter: {`);
    generate('commented.mjs', commented);
    expect(readFileSync(path.join(folder, 'commented.mjs'), 'utf8')).toContain(`${lines}add: {`);
    const types = readFileSync(path.join(folder, 'commented.d.mts'), 'utf8');
    expect(types).toContain(`${comment}readonly counter: {`);
    expect(types).toContain(`${lines}readonly add: {`);
  });

  it('says what is not in it, and why, as does the command', () => {
    for (const said of [text, stderr]) {
      expect(said).toMatch(/summed: .*va_list/);
      expect(said).toMatch(/missing_one: the library has no such symbol/);
      expect(said).toMatch(/TWICE: /);
    }
    expect(text).not.toMatch(/export const (summed|missing_one|TWICE)\b/);
    expect(stderr).toMatch(/declarations\.ts: \d+ functions, 4 globals, \d+ types, \d+ constants/);
  });

  it('is the same each time, and --check tells when it is not', () => {
    expect(arkffi('gen', header, ...library, '-o', 'declarations.ts', '--check').status).toBe(0);
    expect(generate('declarations.ts', header, ...library).text).toBe(text);
    writeFileSync(path.join(folder, 'stale.ts'), text.replace('LIMIT = 42', 'LIMIT = 43'));
    const { status, stderr } = arkffi('gen', header, ...library, '-o', 'stale.ts', '--check');
    expect(status).toBe(1);
    expect(stderr).toContain('stale.ts is not what this header gives');
    expect(readFileSync(path.join(folder, 'stale.ts'), 'utf8')).toContain('LIMIT = 43');
  });
});

describe.each([
  ['mjs', 'd.mts'],
  ['cjs', 'd.cts'],
  ['js', 'd.ts'],
])('a module in JavaScript (.%s)', (ending, declarations) => {
  it('calls C, and has types beside it', async () => {
    generate(`script.${ending}`, header, ...library);
    const c = await load(`script.${ending}`);
    expect(c.add(1, 2.5)).toBe(3);
    expect(c.moved({ x: 1, y: 2 }, 3)).toEqual({ x: 4, y: 5 });
    expect(c.total({ value: 1, next: null, name: null, flag: 2, other: 0, whole: 1, text: '' })).toBe(3);
    expect(c.counted(2, 3, 4)).toBe(7);
    expect(c.library.symbols.fixed).toBe(9);
    expect(c.node.size).toBe(40);
    expect(c.RED).toBe(0);
    const use = ending === 'cjs' ? 'use_it.cts' : 'use_it.mts';
    writeFileSync(
      path.join(folder, use),
      `import * as c from './script.${ending}';
      export const sum: number = c.add(1, 2);
      export const place: { x: number; y: number } = c.moved({ x: 1, y: 2 }, 3);
      export const of: number = c.total({ value: 1, next: null, name: 'x', flag: 1, other: 1, part: 1, text: '' });
      export const size: number = c.tight.size;
      export const limit: 42 = c.LIMIT;
      // @ts-expect-error: no text
      c.add('1', 2);`,
    );
    expect(existsSync(path.join(folder, `script.${declarations}`))).toBe(true);
    expect(typeCheck([use])).toBe('');
  });
});

describe('filters', () => {
  it('choose names, and files', () => {
    headerOf('inner.h', 'int inner(void);\ntypedef struct { int x; } inner_t;\n');
    mkdirSync(path.join(folder, 'include'), { recursive: true });
    headerOf('include/other.h', 'int other(void);');
    const outer = headerOf(
      'include/outer.h',
      '#include "other.h"\nint outer(void);\nint another(other_t);\ntypedef int z;',
    );
    headerOf('include/other.h', 'int other(void);\ntypedef struct other { int x; } other_t;\n');
    const plain = generate('filtered.ts', outer).text;
    expect(plain).toMatch(/ outer: \{/);
    // A directory that is called include may be the system's.
    expect(plain).not.toMatch(/ other: \{/);
    expect(plain).toMatch(/const other_t = Struct/);
    expect(generate('filtered.ts', outer, '--from', 'other\\.h$').text).toMatch(/ other: \{/);
    expect(generate('filtered.ts', outer, '--match', '^out').text).not.toContain('another');
    expect(generate('filtered.ts', outer, '--exclude', '^out').text).not.toMatch(/ outer: \{/);
  });
});

describe('a header of which others have the functions', () => {
  it('says which, and how to take them', () => {
    mkdirSync(path.join(folder, 'parts'), { recursive: true });
    headerOf('parts/calls.h', 'int add(int, double);\n');
    const outer = headerOf('outer.h', '#define LIMIT 3\n#include "parts/calls.h"\n');
    const { stderr } = generate('outer.mjs', outer, '--exclude', '^add$');
    expect(stderr).toMatch(/no functions.*parts\/calls\.h \(1\)/);
    const [, pattern] = /--from '(.*)' takes/.exec(stderr);
    expect(new RegExp(pattern, 'u').test('parts/calls.h')).toBe(true);
    expect(generate('outer.mjs', outer, '--from', pattern).stderr).not.toContain('no functions');
  });
});

describe('a bad declaration', () => {
  it('is left out, and the module says why', () => {
    const { text, stderr } = generate('partly.ts', headerOf('partly.h', 'int good(void);\nint bad(nonsense);\n'));
    expect(text).toMatch(/good: \{ returns: 'int' \}/);
    expect(text).toMatch(/\/\/ bad: .*nonsense/);
    expect(stderr).toMatch(/bad: .*nonsense/);
  });
});

describe('a module without a library', () => {
  it('opens one by its path', async () => {
    generate('open.mjs', header, '--match', '^add$');
    const { open } = await load('open.mjs');
    const { symbols, close } = open(fixture('declarations'));
    expect(symbols.add(1, 2)).toBe(3);
    expect(close).toBeTypeOf('function');
  });
});

describe('names and texts of a header', () => {
  it('never become code', async () => {
    const hostile = headerOf(
      'hostile.h',
      `
      /** *\\/ globalThis.broken = 1; /* ${'\u2028'} globalThis.broken = 2; */
      int __proto__(int constructor);
      /* *\u2215 \${globalThis.broken = 3} */
      enum { await = 1, delete = 2, arguments = 3, dlopen = 4, symbols = 5, library = 6 };
      #define TEXT "'; globalThis.broken = 4; //\\n\\u2028\\\\'"
      struct __attribute__((packed)) Struct { int __proto__; int constructor; char default_; };
      struct new { int class; struct new *function; };
      int of(struct new *, struct Struct);
      `,
    );
    const { text } = generate('hostile.mjs', hostile, '--verbose');
    const module = await load('hostile.mjs');
    expect(globalThis.broken).toBe(undefined);
    expect(module.TEXT).toBe("'; globalThis.broken = 4; //\n\u2028\\'");
    expect(module.delete_).toBe(2);
    expect(module.struct_Struct.fieldNames).toEqual(['__proto__', 'constructor', 'default_']);
    expect(text).toContain("['__proto__']: ");
  });
});

describe('wrong usage', () => {
  it('is told, with status 2; what fails has status 1', () => {
    expect(arkffi('gen')).toMatchObject({ status: 2, stderr: expect.stringContaining('give one header') });
    expect(arkffi('gen', header, '-o', 'x.txt').status).toBe(2);
    expect(arkffi('gen', header, '--match', '(').status).toBe(2);
    expect(arkffi('gen', header, '--check').status).toBe(2);
    expect(arkffi('gen', header, '--nonsense').status).toBe(2);
    expect(arkffi('gen', 'none.h')).toMatchObject({ status: 1, stderr: expect.stringContaining('none.h') });
    const broken = headerOf('broken.h', '#error "not today"\n');
    expect(arkffi('gen', broken)).toMatchObject({ status: 1, stderr: expect.stringContaining('not today') });
    expect(arkffi('gen', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--check') });
  });
});

const sqlite = '/usr/include/sqlite3.h';
const hasSqlite = existsSync(sqlite);

describe.skipIf(!hasSqlite)(`sqlite3${hasSqlite ? '' : ' (skipped: libsqlite3-dev is not installed)'}`, () => {
  it('is a module with which the example runs, strictly typed', () => {
    generate('sqlite3.ts', sqlite, '-l', 'libsqlite3.so.0');
    const example = readFileSync(path.join(root, 'examples/sqlite3/main.ts'), 'utf8');
    expect(example).not.toMatch(/\bany\b/);
    copyFileSync(path.join(root, 'examples/sqlite3/main.ts'), path.join(folder, 'main.ts'));
    expect(typeCheck(['main.ts'], true)).toBe('');
    const { stdout, stderr } = spawnSync(process.execPath, ['main.js'], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /100000 rows, total 100000 and 333328333350000\nthe last one: 99999, 9999800001, number 99999/,
    );
  });
});
