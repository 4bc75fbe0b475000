// arkffi layout and arkffi verify.
import { afterAll, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixture } from './fixtures/paths.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const header = path.join(root, '__test__/fixtures/declarations.h');
const folder = mkdtempSync(path.join(os.tmpdir(), 'arkffi-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(path.join(folder, 'node_modules'));
symlinkSync(root, path.join(folder, 'node_modules/arkffi'), 'junction');

const arkffi = (...args) =>
  spawnSync(process.execPath, [path.join(root, 'bin/arkffi.cjs'), ...args], { cwd: folder, encoding: 'utf8' });

describe('arkffi layout', () => {
  it('prints offsets, sizes, holes, bits and what is nested', () => {
    const { status, stdout } = arkffi('layout', header, 'struct node');
    expect(status).toBe(0);
    expect(stdout.split('\n').map((line) => line.trim())).toEqual([
      'struct node { /* size 40, alignment 8 */',
      '/* offset   size */',
      '0      4  int value;',
      '4      4  /* hole */',
      '8      8  struct node *next;',
      '16      8  const char *name;',
      '24:0     3b  unsigned int flag : 3;',
      '24:3     5b  unsigned int other : 5;',
      '25      3  /* hole */',
      '28      4  union {…} {',
      '28      4    int whole;',
      '28      4    float part;',
      '};',
      '32      8  char text[8];',
      '};',
      '',
    ]);
  });

  it('knows a struct by its tag or its typedef', () => {
    expect(arkffi('layout', header, 'point').stdout).toMatch(/^struct point \{ \/\* size 16, alignment 8/);
    expect(arkffi('layout', header, 'tight').stdout).toMatch(/size 5, alignment 1/);
  });

  it('says what is not there', () => {
    expect(arkffi('layout', header, 'pont')).toMatchObject({
      status: 1,
      stderr: 'arkffi: there is no struct pont; did you mean point?\n',
    });
    expect(arkffi('layout', header, 'hidden')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/declared only/),
    });
    expect(arkffi('layout', header).status).toBe(2);
    expect(arkffi('layout', 'none.h', 'x').status).toBe(1);
  });
});

/** What verify says of a module. */
function verify(text) {
  writeFileSync(path.join(folder, 'hand.mjs'), `import * as f from 'arkffi';\n${text}`);
  const { status, stdout, stderr } = arkffi('verify', 'hand.mjs', '--header', header);
  return { status, lines: stdout.split('\n').filter(Boolean), stderr };
}

const definition = (text) => verify(`export const definitions = { ${text} };`).lines;

describe('arkffi verify', () => {
  it('finds nothing wrong with what is right', () => {
    const { status, lines, stderr } = verify(`
      export const point = f.Struct({ x: 'int', y: 'f64' });
      export const node = f.Struct({
        value: 'i32', next: f.pointer(() => node), name: 'cstring', flag: f.bits('u32', 3), other: f.bits('u32', 5),
        part: { type: f.Union({ whole: 'int', part: 'float' }), anonymous: true }, text: f.array('char', 8),
      });
      export const color = f.enumeration({ RED: 0, GREEN: 5, BLUE: 6 });
      export const LIMIT = 42;
      export const library = f.dlopen(${JSON.stringify(fixture('declarations'))}, {
        add: { args: ['int', 'double'], returns: 'int' },
        moved: { args: [point, 'double'], returns: point.object },
        move_by: { args: [f.inout(point), 'f64'] },
        sum_of: { args: [f.pointer('i32'), 'size_t'], returns: 'int' },
        visit: { args: ['int', f.callback(['ptr', 'int'], 'int'), 'ptr'], returns: 'int' },
        next: { symbol: 'next_color', args: [color], returns: 'u32' },
        counter: { type: 'int', global: true },
        sum_bytes: 'int sum_bytes(const unsigned char *bytes, size_t count)',
      });`);
    expect(lines).toEqual([]);
    expect(stderr).toMatch(/12 compared, 0 differences/);
    expect(status).toBe(0);
  });

  it('finds a wrong width, sign, kind and number of parameters', () => {
    expect(definition("add: { args: ['int', 'float'], returns: 'int' }")).toEqual([
      "add: args[1] (b): is 'float' (4 bytes), in C `double` (8 bytes)",
    ]);
    expect(definition("add: { args: ['uint', 'double'], returns: 'i64' }")).toEqual([
      "add: args[0] (a): is 'uint' (4 bytes), in C `int` (4 bytes)",
      "add: returns: is 'i64' (8 bytes), in C `int` (4 bytes)",
    ]);
    expect(definition("add: { args: ['int'], returns: 'int' }")).toEqual(['add: has 1 parameters, in C 2']);
    expect(definition("counted: { args: ['int'], returns: 'int' }")).toEqual([
      "counted: is variadic in C: its args end with '...'",
    ]);
    expect(definition("hidden_value: { args: ['int'], returns: 'int' }")[0]).toMatch(/const hidden \*/);
    expect(definition("sum_of: { args: [f.pointer('i64'), 'size_t'], returns: 'int' }")[0]).toMatch(/target: is 'i64'/);
    expect(definition("visit: { args: ['int', f.callback(['ptr'], 'int'), 'ptr'], returns: 'int' }")).toEqual([
      'visit: args[1] (visit): callback: has 1 parameters, in C 2',
    ]);
  });

  it('finds missing fields, extra ones, offsets, sizes, bits and lengths', () => {
    expect(verify("export const point = f.Struct({ x: 'int', y: 'float', z: 'int' });").lines).toEqual([
      'point (struct point).y: is at 4, in C at 8',
      "point (struct point).y: is 'float' (4 bytes), in C `double` (8 bytes)",
      'point (struct point): has a field z that C has not',
      'point (struct point): has 12 bytes, in C 16',
      'point (struct point): is aligned to 4, in C to 8',
    ]);
    expect(verify("export const tight = f.Struct({ letter: 'char', number: 'int' });").lines).toEqual([
      'tight (struct tight).number: is at 4, in C at 1',
      'tight (struct tight): has 8 bytes, in C 5',
      'tight (struct tight): is aligned to 4, in C to 1',
    ]);
    const node = verify(
      "export const node = f.Struct({ value: 'int', flag: f.bits('u32', 4), text: f.array('char', 9) });",
    );
    expect(node.lines).toContain('node (struct node): has no field name, in C `const char *name` at 16');
    expect(node.lines).toContain('node (struct node).flag: has 4 bits, in C 3');
    expect(node.lines).toContain('node (struct node).text: has 9 elements, in C 8');
  });

  it('finds other values of enumerations and constants', () => {
    expect(
      verify(
        'export const color = f.enumeration({ RED: 0, GREEN: 4, PINK: 1 }); export const LIMIT = 41;',
      ).lines.sort(),
    ).toEqual([
      'LIMIT: is 41, in C 42',
      'color.GREEN: is 4, in C 5',
      'color: has PINK, which enum {…} has not',
      'color: has no BLUE, in C 6',
    ]);
  });

  it('fails with status 1, also when the module does not load, and says what the header lacks', () => {
    expect(verify('export const LIMIT = 41;').status).toBe(1);
    const failed = verify(
      `f.dlopen(${JSON.stringify(fixture('declarations'))}, { add: { args: ['int'] } }); throw new Error('no');`,
    );
    expect(failed).toMatchObject({ status: 1, stderr: expect.stringContaining('did not load') });
    expect(failed.lines).toContain('add: has 1 parameters, in C 2');
    expect(verify('export const NOTHING = [];')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('nothing was compared'),
    });
    expect(verify("export const d = { unheard: { returns: 'int' } };").stderr).toContain('not in the header: unheard');
    expect(arkffi('verify', 'hand.mjs').status).toBe(2);
  });

  it('reads prototypes, empty definitions, symbols, globals, and strings that are freed', () => {
    expect(definition("add: 'int add(int)', visit: {}")).toEqual([
      'add: has 1 parameters, in C 2',
      expect.stringMatching(/^visit: has 0 parameters/),
      expect.stringMatching(/^visit: returns/),
    ]);
    expect(definition("plus: { symbol: 'add', args: ['int'] }, counter: { type: 'double', global: true }")).toEqual([
      'plus: has 1 parameters, in C 2',
      expect.stringMatching(/^plus: returns/),
      expect.stringMatching(/^counter: is 'double'/),
    ]);
    expect(definition("add: 'int add(nonsense)'")[0]).toMatch(/^add: .*unknown type/);
    writeFileSync(path.join(folder, 'texts.h'), '#define INF (1e400)\nchar *text(int);\nint *wide(void);');
    writeFileSync(
      path.join(folder, 'texts.mjs'),
      `export const INF = 3;
       export const d = {
         text: { args: ['int'], returns: { type: 'cstring', free: 'free' } },
         wide: { returns: { type: 'cstring', free: 'free' } },
       };`,
    );
    const { status, stdout } = arkffi('verify', 'texts.mjs', '--header', 'texts.h');
    expect(status).toBe(1);
    expect(stdout.split('\n').filter(Boolean).sort()).toEqual([
      'INF: is 3, in C Infinity',
      expect.stringMatching(/^wide: returns: is 'cstring'/),
    ]);
  });
});
