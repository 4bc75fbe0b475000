// The type system reads prototypes as the parser does when the program runs.
import { afterAll, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { require } from './open.mjs';

const { parse } = require('../lib/c/parse.js');
const { Mapping } = require('../lib/c/mapping.js');
const { typeMaker } = require('../lib/gen/makers.js');

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), 'arkffi-prototypes-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(path.join(folder, 'node_modules'));
symlinkSync(root, path.join(folder, 'node_modules/arkffi'), 'junction');

const NUMBERS = [
  'char',
  'signed char',
  'unsigned char',
  'char signed',
  'short',
  'short int',
  'signed short int',
  'unsigned short',
  'int short unsigned',
  'int',
  'signed',
  'signed int',
  'unsigned',
  'int unsigned',
  'long',
  'long int',
  'signed long',
  'unsigned long',
  'unsigned long int',
  'int long unsigned',
  'long long',
  'long long int',
  'unsigned long long',
  'long unsigned long int',
  'float',
  'double',
  'bool',
  '_Bool',
  'size_t',
  'ssize_t',
  'ptrdiff_t',
  'wchar_t',
  'int8_t',
  'uint8_t',
  'int16_t',
  'uint16_t',
  'int32_t',
  'uint32_t',
  'int64_t',
  'uint64_t',
  'intptr_t',
  'uintptr_t',
  'intmax_t',
  'uintmax_t',
];

const PROTOTYPES = [
  ...NUMBERS.flatMap((type) => [
    `${type} f(${type} a, const ${type} b)`,
    `${type} *f(${type} *, const ${type} *a, ${type} const *b, ${type} c[], const ${type} d[3])`,
    `void f(${type} **a, const ${type} **b, ${type} *const *c, ${type} *const d)`,
  ]),
  'void f(void)',
  'void f(void);',
  'extern void *f(void *a, const void *b, void **c, void *const *d)',
  'const char *f(const char *a, char *b, char *const c, char **d, const char *const *e, char f[8])',
  'struct a *f(struct b *, const struct c *, union d *, struct e **)',
  'int f(const char *format, ...)',
  'void f(int (*)(void), void (*b)(int, double), char *(*c)(const char *, char *), int (*d)(int *, const int *))',
  'void f(void (*)(struct a *, void *), struct b *(*g)(void (*)(int)))',
  'int f(register int a, volatile int b, int *restrict c, int * __restrict d)',
  'int\n  f(int a, /* comment */ int b) // end\n',
];

/** What the parser makes of a prototype, as a type. */
function definitionType(text) {
  const unit = parse(`${text.replace(/;?\s*(\/\/.*)?\s*$/, '')};`, {});
  expect(unit.diagnostics).toEqual([]);
  const nothing = () => undefined;
  const made = typeMaker({ typedef: nothing, uses: nothing, later: (target) => target(), opaque: (tag) => tag });
  const opaque = (tag) => `OpaqueType<'${tag}'>`;
  const { args, returns } = new Mapping(unit, { ...made, opaque }).signature(unit.functions[0]);
  return `{ args: [${args.join(', ')}]; returns: ${returns} }`;
}

describe('prototypes', () => {
  it('make functions of the same types in TypeScript and when the program runs', () => {
    const lines = PROTOTYPES.map(
      (text) => `same<FunctionOf<${JSON.stringify(text)}>, FunctionOf<${definitionType(text)}>>(true);`,
    );
    const text = [
      "import type { CallbackType, FunctionOf, OpaqueType, OutType, PointerType } from 'arkffi';",
      'type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;',
      'declare function same<A, B>(answer: Same<A, B>): void;',
      'export type Unused = [CallbackType<any, any>, OpaqueType<any>, OutType<any, any>, PointerType<any>];',
      ...lines,
    ].join('\n');
    writeFileSync(path.join(folder, 'all.ts'), text);
    const compilerOptions = { strict: true, noEmit: true, target: 'es2022', module: 'nodenext', types: [] };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['all.ts'] }));
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' });
    const wrong = [...stdout.matchAll(/^all\.ts\((\d+),/gm)].map(([, line]) => text.split('\n')[line - 1]);
    expect(wrong).toEqual([]);
    expect(stdout).toBe('');
  });
});
