// Random functions with records against C that was generated and compiled for them: by value and behind
// pointers, as objects, buffers and addresses. `node __test__/oracle/records/run.mjs calls` goes on with
// other seeds.
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from './oracle/random.mjs';
import { drawPart, recordParts, recordSettings } from './oracle/records/build.mjs';
import { openRecordPart } from './oracle/records/call-check.mjs';

const require = createRequire(import.meta.url);
const arkffi = require('../index.js');
const rows = require('../lib/binding.js').types();

const settings = recordSettings('calls');
const { seed, count } = settings;
const parts = recordParts('calls', settings).map((part) => [
  `seed ${seed} of ${count} functions, ${part.start} to ${part.end - 1}`,
  part,
]);
/** Emulated machines may want fewer. */
const hotCalls = Number(process.env.ARKFFI_ORACLE_HOT || (process.env.ARKFFI_TEST_ARCH ? 10_000 : 30_000)) / 10;

describe.each(parts)('%s', (_, part) => {
  const functions = drawPart('calls', part);
  let opened;
  beforeAll(() => {
    opened = openRecordPart(arkffi, rows, part, functions);
  });
  afterAll(() => opened?.close());

  test('C gets every member and JavaScript every member of a result, whichever way they are passed', () => {
    for (const fn of functions) opened.callRepeatedly(fn);
  });

  test('few functions are refused', () => {
    const refused = functions.filter(opened.isRefused);
    const { backend } = arkffi.stats();
    expect(refused.length).toBeLessThanOrEqual(backend === 'libffi' ? functions.length / 3 : 0);
  });

  test('so it is in optimized code', () => {
    const steady = functions.filter(({ params }) => params.every(({ pass }) => pass !== 'inout'));
    for (const fn of steady.slice(0, 12)) opened.callHot(fn, hotCalls);
  });

  test.each([
    ['in any argument', false, 'C did not get'],
    ['that C gives back', true, 'instead of'],
  ])('one wrong bit %s is noticed', (_, isFromC, message) => {
    const random = createRandom(seed, part.start);
    for (const fn of functions) {
      expect(() => opened.callSpoiled(fn, random, isFromC) || expect.fail(message)).toThrow(message);
    }
  });
});
