// The type system reads prototypes as the parser does when the program runs.
import { afterAll, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { require } from './open.mjs';

const { declarationsOf } = require('../lib/c/declarations.js');
const { parse } = require('../lib/c/parse.js');
const { prototypeDefinition } = require('../lib/c/prototype.js');
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
  'void f(int (*cb)(), void (*)(), void (*c)(void (*)()), int (*d)(int, ...))',
  'int f()',
  'void f(void (*cb)(struct s), struct s (*d)(void))',
  'int const *const f(int const *const a, volatile const int *b, int volatile *c, int *volatile d)',
  'char const *volatile f(char const *restrict a, char *restrict const b, const signed char *c)',
  'int f(int a[const], int b[4], const double c[], char *d[], const char *const e[])',
  'char ***f(char ***a, const char ***b, const char **const *c)',
  'int const unsigned f(int /* a, b */ c, int // d\n e, /* ) */ int g)',
  '/* a // */ int _exit(/* void */ void /* x */) /* "a" */',
  'int f(int /*/ a */ b)',
  '\tint\tf\t(\tint\ta\t)\t;',
  'int\r\nf(int\r\na)',
  'int *__errno_location(void)',
  'int __proto__(int constructor, int then, int size_t)',
];

/** What is no prototype of a function that a library can have. */
const WRONG = [
  'int int f(int)',
  'long long long f(int)',
  'int char f(int)',
  'int f(int int)',
  'int 3f(int)',
  'int f(int 3)',
  'int f-g(int)',
  'int f(int &a)',
  'int f(int a = 3)',
  'int f(int a b)',
  'int f(int a,)',
  'int f(struct s t *)',
  'int f(int a *)',
  'struct s int f(int)',
  'int struct s *f(void)',
  'int void(int)',
  'int double(int)',
  'int *extern f(int)',
  'void f(int *register a)',
  'void f(int a...)',
  'int f[3](int)',
  'int f(int, void)',
  'int f(void, ...)',
  'void f(void (*cb)(int, void))',
  'void f(void (*cb)(unknown *))',
  'int f(unknown)',
  'static int f(int)',
  'int f(int); int g(int)',
  'int f(int a',
  'int f',
];

/** What TypeScript does not read, and the parser does. */
const BEYOND = [
  'int f(long double *)',
  'void f(void (*cb)(long double))',
  'void f(void (*cb)(enum e))',
  'void f(int __const *a)',
  'int (*f(void))(int)',
  'int f(int a[][3])',
  'int f(int a[sizeof(int)])',
  'int f(int) __attribute__((noreturn))',
  'time_t f(time_t *)',
  'int f(in\\\nt a)',
];

/** What the parser makes of a prototype, as a type. */
function definitionType(text) {
  const unit = parse(`${text}\n;`, {});
  expect(unit.diagnostics).toEqual([]);
  const nothing = () => undefined;
  const made = typeMaker({ typedef: nothing, uses: nothing, later: (target) => target(), opaque: (tag) => tag });
  const opaque = (tag) => `OpaqueType<'${tag}'>`;
  const { args, returns } = new Mapping(declarationsOf(unit), { ...made, opaque }).signature(unit.functions[0]);
  return `{ args: [${args.join(', ')}]; returns: ${returns} }`;
}

/** The lines of which TypeScript says that the types differ. */
function differing(lines) {
  const text = [
    "import type { CallbackType, FunctionOf, OpaqueType, OutType, PointerType, UnparsedFunction } from 'arkffi';",
    'type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;',
    'declare function same<A, B>(answer: Same<A, B>): void;',
    'export type Unused = [CallbackType<any, any>, OpaqueType<any>, OutType<any, any>, PointerType<any>];',
    'export type Fallback = UnparsedFunction<any>;',
    ...lines,
  ].join('\n');
  writeFileSync(path.join(folder, 'all.ts'), text);
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', module: 'nodenext', types: [] };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['all.ts'] }));
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' });
  const wrong = [...stdout.matchAll(/^all\.ts\((\d+),/gm)].map(([, line]) => text.split('\n')[line - 1]);
  expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('all.ts('))).toEqual([]);
  return wrong;
}

const quote = JSON.stringify;

describe('prototypes', () => {
  it('make functions of the same types in TypeScript and when the program runs', () => {
    const lines = PROTOTYPES.map(
      (text) => `same<FunctionOf<${quote(text)}>, FunctionOf<${definitionType(text)}>>(true);`,
    );
    expect(differing(lines)).toEqual([]);
  });

  it('that TypeScript cannot read, or that are none, are functions of anything, by a name that says so', () => {
    for (const text of WRONG) expect(() => prototypeDefinition('test', text), text).toThrow();
    for (const text of BEYOND) expect(prototypeDefinition('test', text).symbol).toBe('f');
    const lines = [...WRONG, ...BEYOND].map(
      (text) => `same<FunctionOf<${quote(text)}>, UnparsedFunction<${quote(text)}>>(true);`,
    );
    expect(differing(lines)).toEqual([]);
  });
});
