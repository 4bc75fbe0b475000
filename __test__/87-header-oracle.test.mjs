// Headers of this system against the C compiler. `node __test__/oracle/headers/run.mjs` takes all of them.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { isMusl } from './hosts-skips.mjs';
import { checkHeader, countDeclarations } from './oracle/headers/check.mjs';
import { headers, isInstalled } from './oracle/headers/list.mjs';

const { parseC } = createRequire(import.meta.url)('../lib/binding.js');

// What is compared is gcc's, down to its words.
const isGcc = /Free Software Foundation/.test(
  spawnSync(process.env.CC || 'cc', ['--version'], { encoding: 'utf8' }).stdout ?? '',
);
const short = ['stdio', 'math', 'time', 'sys/stat', 'zlib', 'sqlite3', 'uv'];

describe.each(headers.filter(({ name }) => short.includes(name)))('$name', (header) => {
  const reason = !isGcc ? ' (no gcc)' : isInstalled(header) ? '' : ' (not installed)';
  test.skipIf(reason !== '')(`types, layouts and constants are those of the C compiler${reason}`, () => {
    const found = checkHeader(parseC, header);
    expect(found.declarations).toBeGreaterThan(isMusl ? 60 : 100);
    expect(found.skipped.length / found.declarations).toBeLessThanOrEqual(0.005);
    expect(found.types).toBeGreaterThan(20);
    expect(found.wrongTypes).toEqual([]);
    expect(found.wrongLayouts).toEqual([]);
    expect(found.problems).toEqual([]);
    expect(found.wrongConstants).toEqual([]);
    expect(found.missedMacros).toEqual([]);
  });
});

describe.skipIf(!isGcc)('a mistake of the parser is noticed', () => {
  const time = headers.find(({ name }) => name === 'time');
  const spoiled = (change) => (text, options) => {
    const unit = JSON.parse(parseC(text, options));
    change(unit);
    return JSON.stringify(unit);
  };

  test('in a layout', () => {
    const parse = spoiled(({ records }) => (records.find(({ tag }) => tag === 'tm').fields[3].offset += 1));
    expect(checkHeader(parse, time).wrongLayouts).toHaveLength(1);
  });

  test('in a type', () => {
    const parse = spoiled(({ functions }) => functions.find(({ name }) => name === 'mktime').params.pop());
    expect(checkHeader(parse, time).wrongTypes).toHaveLength(1);
  });

  test('in a constant', () => {
    const parse = spoiled(({ constants }) => (constants.find(({ name }) => name === 'CLOCK_MONOTONIC').value = 7));
    expect(checkHeader(parse, time).wrongConstants).toEqual(['CLOCK_MONOTONIC: 1 int in C, 7 int in arkffi']);
  });

  test('in a macro that is left out', () => {
    const parse = spoiled(({ constants, macros }) => {
      const [taken] = constants.splice(
        constants.findIndex(({ name }) => name === 'CLOCK_MONOTONIC'),
        1,
      );
      macros.push({ name: taken.name, at: taken.at, text: '1', reason: 'because' });
    });
    expect(checkHeader(parse, time).missedMacros).toEqual(['CLOCK_MONOTONIC (1) is a constant in C; because']);
  });

  test('in the number of declarations', () => {
    expect(
      countDeclarations('int a; struct s { int b; };\nint f(void) { return 1; }\n#define X ;\nchar *s = ";";'),
    ).toBe(4);
  });
});
