// The cache of cdef gives what would be parsed now, whatever has come or changed since.
import { afterAll, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { arkffi, thrown } from './open.mjs';

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

  it('is parsed again when the file is damaged', () => {
    const own = path.join(folder, 'own');
    const value = () => cdef('enum { A = 1 };', undefined, { cache: own }).constants.A;
    value();
    for (const damage of ['[]\n{}', '{}\n[]', '[]\n{"files":[]', '', '\n', 'null\nnull', '[]\nnull', '[1]\n{}']) {
      for (const name of readdirSync(own)) writeFileSync(path.join(own, name), damage);
      expect(value()).toBe(1);
    }
  });

  it('that cannot be kept is an error of arkffi', () => {
    put('file', '');
    for (const place of [path.join(folder, 'file'), path.join(folder, 'file', 'below')]) {
      const found = thrown(() => cdef('int x;', undefined, { cache: place }));
      expect(found).toMatchObject({ isFFIError: true, code: 'ERR_INVALID_ARG_VALUE', symbol: 'cdef', argument: 2 });
    }
  });
});
