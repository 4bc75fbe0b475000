// The standard headers that are built in say what those of this system say.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { constantProgram } from './oracle/headers/constants.mjs';
import { preprocessed, run } from './oracle/headers/list.mjs';

const { parseC } = createRequire(import.meta.url)('../lib/binding.js');
const names = [
  'errno',
  'float',
  'limits',
  'math',
  'setjmp',
  'signal',
  'stddef',
  'stdint',
  'stdio',
  'stdlib',
  'time',
  'wchar',
];
const prologue = names.map((name) => `#include <${name}.h>\n`).join('');
const cc = spawnSync(process.env.CC || 'cc', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const isComparable =
  /Free Software Foundation/.test(cc) && process.report.getReport().header.glibcVersionRuntime !== undefined;

/** The macros of a text after `prologue`, each under a name of our own where arkffi knows it too. */
function shared() {
  const macros = (text) => {
    const args = ['-std=gnu11', '-E', '-dM', '-x', 'c', '-'];
    const { stdout } = spawnSync(process.env.CC || 'cc', args, { input: text, encoding: 'utf8' });
    return [...stdout.matchAll(/^#define (\w+) /gm)].map(([, name]) => name);
  };
  const own = new Set(macros(''));
  const known = macros(prologue).filter((name) => !own.has(name) && !name.startsWith('_'));
  return known.map((name) => `#ifdef ${name}\n#define OF_${name} ${name}\n#endif\n`).join('');
}

describe.skipIf(!isComparable)('of the built-in headers', () => {
  it('the constants are those of the C library', () => {
    const text = `${prologue}${shared()}`;
    const unit = JSON.parse(parseC(text, { file: 'headers.h' }));
    expect(unit.diagnostics).toEqual([]);
    const { source, lines, isSame } = constantProgram(unit, text);
    expect(lines.length).toBeGreaterThan(250);
    const folder = mkdtempSync(path.join(os.tmpdir(), 'arkffi-builtin-'));
    try {
      const printed = run({}, source, path.join(folder, 'program')).trimEnd().split('\n');
      expect(lines.filter(({ kind, line }, index) => !isSame(kind, line, printed[index]))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  // What a header finds not to be defined it may define otherwise, as uv.h does with errors.
  it('every error and signal is there', () => {
    const wanted = { ...os.constants.errno, ...os.constants.signals };
    const text = `#include <errno.h>\n#include <signal.h>\n${Object.keys(wanted)
      .map((name) => `#define OF_${name} ${name}\n`)
      .join('')}`;
    const { constants } = JSON.parse(parseC(text, {}));
    const found = Object.fromEntries(constants.map(({ name, value }) => [name.slice(3), value]));
    expect(found).toEqual(wanted);
  });

  it('types have the sizes that they have there', () => {
    const system = JSON.parse(
      parseC(preprocessed({ include: ['setjmp.h', 'time.h', 'sys/time.h', 'stdlib.h', 'signal.h'] }), {
        preprocessed: true,
      }),
    );
    const own = JSON.parse(
      parseC(
        '#include <setjmp.h>\n#include <time.h>\n#include <sys/time.h>\n#include <stdlib.h>\n#include <signal.h>\n',
        {},
      ),
    );
    const sizes = (list) =>
      new Map(list.filter(({ tag, size }) => tag && size).map(({ tag, size, alignment }) => [tag, [size, alignment]]));
    const theirs = sizes(system.records);
    const ours = [...sizes(own.records)];
    expect(ours.map(([tag]) => tag)).toEqual(expect.arrayContaining(['tm', 'timespec', 'timeval', '__jmp_buf_tag']));
    expect(ours).toEqual(ours.map(([tag]) => [tag, theirs.get(tag)]));
    const size = (unit, name) => {
      let { type } = unit.typedefs.find((typedef) => typedef.name === name);
      while (type.kind === 'typedef') ({ type } = unit.typedefs[type.typedef]);
      return unit.records[type.record].size;
    };
    for (const name of ['div_t', 'ldiv_t', 'lldiv_t', 'sigset_t']) expect(size(own, name)).toBe(size(system, name));
  });
});
