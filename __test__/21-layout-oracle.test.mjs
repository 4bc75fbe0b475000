// Random records against the C compiler's layout of them. `node __test__/oracle/records/run.mjs layouts`
// goes on with other seeds.
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { drawPart, recordParts, recordSettings } from './oracle/records/build.mjs';
import { checkLayouts } from './oracle/records/layout-check.mjs';

const require = createRequire(import.meta.url);
const arkffi = require('../index.js');
const rows = require('../lib/binding.js').types();

const settings = recordSettings('layouts');
const parts = recordParts('layouts', settings).map((part) => [
  `seed ${settings.seed} of ${settings.count} cases, ${part.start} to ${part.end - 1}`,
  part,
]);

describe.each(parts)('%s', (_, part) => {
  test('sizes, alignments and places are those of the C compiler', () => {
    const problems = checkLayouts(arkffi, rows, part, drawPart('layouts', part));
    expect(problems.slice(0, 3).join('\n\n')).toBe('');
  });
});

test('a record that is not laid out so is noticed', () => {
  const [, part] = parts[0];
  const cases = drawPart('layouts', part);
  for (const { records } of cases) records.at(-1).align = 4096;
  expect(checkLayouts(arkffi, rows, part, cases)).toHaveLength(cases.length);
});
