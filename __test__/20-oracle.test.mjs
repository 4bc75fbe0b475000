// Random signatures against C that was generated and compiled for them: C checks what it gets,
// JavaScript checks what comes back. `node __test__/oracle/run.mjs` goes on with other seeds.
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oracleParts, oracleSettings } from './oracle/build.mjs';
import { openPart } from './oracle/check.mjs';
import { callHot, pickHot } from './oracle/hot.mjs';
import { createRandom } from './oracle/random.mjs';
import { drawFunctions } from './oracle/signatures.mjs';
import { spoil } from './oracle/spoil.mjs';
import { paramTypes, resultTypes } from './oracle/types.mjs';

const require = createRequire(import.meta.url);
const arkffi = require('../index.js');
const rows = require('../lib/binding.js').types();

const settings = oracleSettings();
const { seed, count } = settings;
const parts = oracleParts(settings).map((part) => [
  `seed ${seed} of ${count} functions, ${part.start} to ${part.end - 1}`,
  part,
]);
/** Emulated machines may want fewer. */
const hotCalls = Number(process.env.ARKFFI_ORACLE_HOT || 30_000);

test('the oracle knows every type of the table', () => {
  expect(resultTypes.concat('buffer').sort()).toEqual(rows.map(({ name }) => name).sort());
  expect(paramTypes.concat('void').sort()).toEqual(rows.map(({ name }) => name).sort());
});

describe.each(parts)('%s', (_, part) => {
  const functions = drawFunctions(seed, part.start, part.end);
  let opened;
  beforeAll(() => {
    opened = openPart(arkffi, rows, part, functions);
  });
  afterAll(() => opened?.close());

  test('C gets every argument and JavaScript every result to the bit, in first and in repeated calls', () => {
    for (const fn of functions) opened.callRepeatedly(fn);
  });

  test('so it is in optimized code', () => {
    for (const fn of pickHot(functions)) callHot(opened, fn, hotCalls);
  });

  test('one wrong bit in any argument is noticed', () => {
    const random = createRandom(seed, part.start);
    for (const fn of functions.filter(({ params }) => params.length > 0)) {
      const index = random.below(fn.params.length);
      const { args } = fn.sets[0];
      const made = opened.make(args);
      made[index] = { js: spoil(fn.params[index].type, args[index], random) };
      expect(() => opened.call(fn, 0, made)).toThrow(`C did not get argument ${index} as it was given`);
    }
  });

  test('a wrong result is noticed', () => {
    for (const fn of functions) {
      const [first, second] = fn.sets;
      if (Object.is(first.result.js, second.result.js)) continue;
      const wrong = { ...fn, sets: [{ ...first, result: second.result }] };
      expect(() => opened.call(wrong, 0, opened.make(first.args))).toThrow('the result is');
    }
  });
});
