// The cache of cdef gives what would be parsed now, whatever has come or changed since.
import { afterAll, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, hold, thrown } from './open.mjs';

const { cdef } = arkffi;
const folder = mkdtempSync(path.join(os.tmpdir(), 'arkffi-cache-'));
afterAll(() => rmSync(folder, { recursive: true }));
const cache = path.join(folder, 'cache');
const include = ['first', 'second'].map((name) => path.join(folder, name));
for (const each of include) mkdirSync(path.join(each, 'sub'), { recursive: true });
const put = (name, text) => writeFileSync(path.join(folder, name), text);
const read = (text) => cdef(text, undefined, { include, cache });

describe('a cached declaration', () => {
  it('is parsed again when a header comes before the one that was included', () => {
    put('second/sub/x.h', '#define V 1\n');
    const value = () => read('#include "sub/x.h"').constants.V;
    expect([value(), value()]).toEqual([1, 1]);
    put('first/sub/x.h', '#define V 2\n');
    expect(value()).toBe(2);
  });

  it('is parsed again when a header comes that was missing, also to a header that was included', () => {
    put('second/outer.h', '#include <sub/late.h>\n');
    const inner = () => read('/* one */ #  include "outer.h"').diagnostics.length;
    expect([inner(), inner()]).toEqual([1, 1]);
    put('first/sub/late.h', '\n');
    expect(inner()).toBe(0);
  });

  it('is parsed again when __has_include has another answer', () => {
    const text = `#if 0 || __has_include("none.h") || __has_include(<asked.h>)
      #define W 1
      #else
      #define W 0
      #endif`;
    expect([read(text).constants.W, read(text).constants.W]).toEqual([0, 0]);
    put('second/asked.h', '');
    expect(read(text).constants.W).toBe(1);
  });

  it('is not kept when a macro says what is included', () => {
    const before = readdirSync(cache).length;
    put('second/named.h', '#define N 1\n');
    const text = '#define STR(x) #x\n#include STR(named.h)\n';
    read(text);
    expect(readdirSync(cache).length).toBe(before);
  });

  it('is of the working directory', () => {
    const values = [1, 2].map((value) => {
      const cwd = path.join(folder, `work${value}`);
      mkdirSync(cwd);
      writeFileSync(path.join(cwd, 'q.h'), `#define Q ${value}\n`);
      const root = fileURLToPath(new URL('..', import.meta.url));
      const program = `console.log(require(${JSON.stringify(root)})
        .cdef('#include "q.h"', undefined, { cache: ${JSON.stringify(cache)} }).constants.Q)`;
      return spawnSync(process.execPath, ['-e', program], { cwd, encoding: 'utf8' }).stdout.trim();
    });
    expect(values).toEqual(['1', '2']);
  });

  it('that cannot be kept is an error of arkffi', () => {
    put('file', '');
    for (const place of [path.join(folder, 'file'), path.join(folder, 'file', 'below')]) {
      const found = thrown(() => cdef('int x;', undefined, { cache: place }));
      expect(found).toMatchObject({ isFFIError: true, code: 'ERR_INVALID_ARG_VALUE', symbol: 'cdef', argument: 2 });
    }
  });
});

/** The file in which a directory keeps one declaration. */
function only(place) {
  const names = readdirSync(place);
  expect(names.length).toBe(1);
  return path.join(place, names[0]);
}

/** The contents of a file with the hash that they should have. */
function rehashed(content) {
  const rest = content.slice(content.indexOf('\n') + 1);
  return `${createHash('sha256').update(rest).digest('hex')}\n${rest}`;
}

describe('a file of the cache', () => {
  const cached = (name, text) => cdef(text, undefined, { cache: path.join(folder, name) });

  it('is used instead of parsing', () => {
    const names = () => cached('used', 'struct s { int a; };').types.s.fieldNames;
    expect(names()).toEqual(['a']);
    const file = only(path.join(folder, 'used'));
    writeFileSync(file, rehashed(readFileSync(file, 'utf8').replaceAll('"a"', '"b"')));
    expect(names()).toEqual(['b']);
  });

  it('is written anew when any byte of it has changed, is missing, or was added', () => {
    const value = () => cached('damaged', 'enum { A = 1 };').constants.A;
    expect(value()).toBe(1);
    const file = only(path.join(folder, 'damaged'));
    const whole = readFileSync(file);
    const damages = [...whole.keys()].flatMap((at) => {
      if (at % 3 !== 0 && at > 70) return [];
      const changed = Buffer.from(whole);
      changed[at] ^= 1;
      return [changed, whole.subarray(0, at)];
    });
    damages.push(Buffer.concat([whole, Buffer.from('\n')]), Buffer.alloc(0), Buffer.from('null\nnull'));
    for (const damage of damages) {
      writeFileSync(file, damage);
      expect(value()).toBe(1);
      expect(readFileSync(file).equals(whole)).toBe(true);
    }
  });

  it('is not believed under the name of another', () => {
    const read = (value) => cached('foreign', `enum { A = ${value} };`).constants.A;
    read(1);
    const place = path.join(folder, 'foreign');
    const content = readFileSync(only(place));
    read(2);
    for (const name of readdirSync(place)) writeFileSync(path.join(place, name), content);
    expect([read(1), read(2)]).toEqual([1, 2]);
  });

  it('that has the right hash and the wrong lines is parsed anew', () => {
    const value = () => cached('lines', 'enum { A = 1 };').constants.A;
    value();
    const file = only(path.join(folder, 'lines'));
    const [, key] = readFileSync(file, 'utf8').split('\n');
    for (const rest of ['', 'null', '[]', '[]\nnull', '[]\n{}\n[]', '[[]]\n{}', '{}']) {
      writeFileSync(file, rehashed(`\n${key}\n${rest}`));
      expect(value()).toBe(1);
    }
  });
});

describe('what comes from the cache', () => {
  it('is what is parsed: constants of every kind', () => {
    const text = `
      #define BIG 0xffffffffffffffffULL
      #define SMALL (-0x7fffffffffffffffLL - 1)
      #define ZERO -0.0
      #define ENDLESS (1e308 * 10)
      #define NOWHERE ((void *)-1)
      #define TEXT "\\u00e4\\n\\xff"
      #define LETTER 'x'
      #define HALF 0.5
      #define __proto__ 7
      enum { constructor = 8 };
      #define NONE do
    `;
    const parsed = cdef(text).constants;
    for (let time = 0; time < 2; time++) {
      const { constants } = cdef(text, undefined, { cache });
      const [given, wanted] = [constants, parsed].map((each) => Object.entries(each));
      expect(given.length).toBe(wanted.length);
      given.forEach(([name, value], index) => {
        expect(name).toBe(wanted[index][0]);
        expect(Object.is(value, wanted[index][1]), name).toBe(true);
      });
      expect(Object.isFrozen(constants)).toBe(true);
      expect(thrown(() => constants.NONE)).toEqual(thrown(() => parsed.NONE));
      expect(thrown(() => (constants.HALF = 1)).class).toBe('TypeError');
    }
    expect(parsed.ZERO).toBe(-0);
  });

  it('is what is parsed: types, functions, globals, and what is missing', () => {
    const header = { file: path.join(import.meta.dirname, 'fixtures/declarations.h') };
    const parsed = hold(cdef(header, fixture('declarations')));
    const described = ({ symbols, types, diagnostics }) => {
      const told = (object) =>
        Object.keys(object).map((name) => [name, thrown(() => object[name]) ?? Object.keys(Object(object[name]))]);
      return [told(symbols), told(types), diagnostics, thrown(() => symbols.summed()), types.point.fieldOffsets];
    };
    for (let time = 0; time < 2; time++) {
      const { symbols, types, constants, diagnostics } = cdef(header, fixture('declarations'), { cache });
      expect(described({ symbols, types, diagnostics })).toEqual(described(parsed));
      expect(symbols.add(1, 2.5)).toBe(3);
      expect(symbols.moved({ x: 1, y: 2 }, 3)).toEqual({ x: 4, y: 5 });
      expect(types.size_t).toBe(parsed.types.size_t);
      expect(constants.LIMIT).toBe(42);
    }
  });
});
