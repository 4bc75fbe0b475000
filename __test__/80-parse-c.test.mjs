// The addon's parser of C as lib/c sees it: options, files, and raw headers of libraries. The language itself is
// tested in src/c/tests.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { preprocessed } from './oracle/headers/list.mjs';

const { parseC } = createRequire(import.meta.url)('../lib/binding.js');
const parse = (text, options) => JSON.parse(parseC(text, options));

let folder;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'arkffi-parse-c-'));
  writeFileSync(path.join(folder, 'outer.h'), '#include "inner.h"\nint outer(struct inner *);\n');
  writeFileSync(path.join(folder, 'inner.h'), Buffer.from('/* caf\xe9 */ struct inner { int x; };\n', 'latin1'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the target is this machine, unless another is named', () => {
  const { arch, platform } = process;
  const system = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[platform];
  expect(parse('').target).toBe(`${arch === 'arm64' ? 'aarch64' : 'x86_64'}-${system}`);
  expect(parse('long x;', { target: 'x86_64-windows' }).globals[0].type.size).toBe(4);
  expect(() => parse('', { target: 'pdp11' })).toThrow(/'pdp11' is no target; there are x86_64-linux, /);
});

test('included files come from memory, then from beside the file, then from directories', () => {
  const outer = path.join(folder, 'outer.h');
  const found = parse('#include <outer.h>\n', { include: [folder] });
  expect(found.diagnostics).toEqual([]);
  expect(found.files).toEqual([path.join(folder, 'inner.h'), outer]);
  expect(found.functions.map(({ name }) => name)).toEqual(['outer']);
  expect(parse('#include "inner.h"', { file: outer }).records[0].tag).toBe('inner');
  const memory = { 'inner.h': 'struct other { char y; };' };
  expect(parse('#include "inner.h"', { file: outer, headers: memory }).records[0].tag).toBe('other');
  expect(parse('#include <inner.h>').diagnostics[0].text).toBe(
    "<text>:1:2: the header 'inner.h' is not found\n#include <inner.h>\n ^",
  );
});

test('macros can be given', () => {
  const found = parse('T f(int); int x[SQUARE(3)];', { define: { T: 'double', 'SQUARE(a)': '((a) * (a))' } });
  expect(found.functions[0].result).toEqual({ kind: 'float', name: 'double', size: 8 });
  expect(found.globals[0].type.length).toBe(9);
  // They are not the header's.
  expect(found.constants).toEqual([]);
  expect(found.macros).toEqual([]);
});

test('what is declared is described as lib/c/format.d.ts says', () => {
  const text = `
/** A point. */
typedef struct point { int x, y; unsigned flags : 3; } point;
enum color { RED, GREEN = 1 << 4 };
#define LIMIT (RED + 0x7fffffffffffffffLL)
point *move(point *p, enum color c, void (*done)(const char *why), ...);
extern const char *const names[];
`;
  const int = { kind: 'int', name: 'int', size: 4, signed: true };
  const char = { kind: 'int', name: 'char', size: 1, signed: true, const: true };
  const unsigned = { kind: 'int', name: 'unsigned int', size: 4, signed: false };
  expect(parse(text, { file: 'p.h', target: 'x86_64-linux' })).toEqual({
    target: 'x86_64-linux',
    files: ['p.h'],
    records: [
      {
        tag: 'point',
        at: [0, 3, 16],
        doc: 'A point.',
        fields: [
          { name: 'x', type: int, offset: 0, at: [0, 3, 28] },
          { name: 'y', type: int, offset: 4, at: [0, 3, 31] },
          { name: 'flags', type: unsigned, bits: 3, offset: 8, bit: 0, at: [0, 3, 43] },
        ],
        size: 12,
        alignment: 4,
      },
    ],
    enums: [
      {
        tag: 'color',
        type: unsigned,
        at: [0, 4, 6],
        members: [
          { name: 'RED', value: 0, at: [0, 4, 14] },
          { name: 'GREEN', value: 16, at: [0, 4, 19] },
        ],
      },
    ],
    typedefs: [{ name: 'point', type: { kind: 'record', record: 0 }, at: [0, 3, 56], doc: 'A point.' }],
    functions: [
      {
        name: 'move',
        result: { kind: 'pointer', to: { kind: 'typedef', typedef: 0 } },
        params: [
          { name: 'p', type: { kind: 'pointer', to: { kind: 'typedef', typedef: 0 } } },
          { name: 'c', type: { kind: 'enum', enum: 0 } },
          {
            name: 'done',
            type: {
              kind: 'pointer',
              to: {
                kind: 'function',
                result: { kind: 'void' },
                params: [{ name: 'why', type: { kind: 'pointer', to: char } }],
              },
            },
          },
        ],
        variadic: true,
        at: [0, 6, 8],
      },
    ],
    globals: [
      {
        name: 'names',
        type: { kind: 'array', of: { kind: 'pointer', to: char, const: true }, length: null },
        at: [0, 7, 26],
      },
    ],
    constants: [
      { name: 'RED', kind: 'enumerator', value: 0, enum: 0, at: [0, 4, 14] },
      { name: 'GREEN', kind: 'enumerator', value: 16, enum: 0, at: [0, 4, 19] },
      {
        name: 'LIMIT',
        kind: 'int',
        value: '9223372036854775807',
        type: { kind: 'int', name: 'long long', size: 8, signed: true },
        at: [0, 5, 9],
      },
    ],
    macros: [],
    diagnostics: [],
  });
});

// What a header declares itself, in its own words, without numbers and positions that others shift.
function declaredIn(unit, file) {
  const number = unit.files.findIndex((name) => name.endsWith(file));
  const names = (list) => list.filter(({ at }) => at?.[0] === number).map(({ name, tag }) => name ?? tag);
  const values = unit.constants.filter(({ at }) => at?.[0] === number).map(({ name, value }) => `${name} ${value}`);
  const sizes = unit.records.filter(({ at }) => at?.[0] === number).map(({ tag, size }) => `${tag} ${size}`);
  const params = unit.functions
    .filter(({ at }) => at?.[0] === number)
    .map(({ name, params, variadic }) => `${name} ${params.length} ${variadic ?? ''}`);
  return { globals: names(unit.globals), typedefs: names(unit.typedefs), values: values.sort(), sizes, params };
}

describe.each(['zlib.h', 'sqlite3.h'])('%s', (name) => {
  const file = `/usr/include/${name}`;
  const isThere = existsSync(file);
  test.skipIf(!isThere)(`says unpreprocessed what it says preprocessed${isThere ? '' : ' (not installed)'}`, () => {
    const raw = parse(`#include <${name}>\n`, { include: ['/usr/include', '/usr/include/x86_64-linux-gnu'] });
    expect(raw.diagnostics).toEqual([]);
    const whole = parse(preprocessed({ include: [name] }), { preprocessed: true });
    expect(declaredIn(raw, name)).toEqual(declaredIn(whole, name));
    expect(declaredIn(raw, name).params.length).toBeGreaterThan(60);
  });
});
