// Random signatures of callbacks against C that was generated and compiled for them: C checks every result
// that it gets, JavaScript every argument. `node __test__/oracle/callbacks/run.mjs` goes on with other seeds.
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from './oracle/random.mjs';
import { openCallbackPart } from './oracle/callbacks/check.mjs';
import { drawPart, recordParts, recordSettings } from './oracle/records/build.mjs';

const require = createRequire(import.meta.url);
const arkffi = require('../index.js');
const rows = require('../lib/binding.js').types();

const settings = recordSettings('callbacks');
const { seed, count } = settings;
const parts = recordParts('callbacks', settings).map((part) => [
  `seed ${seed} of ${count} signatures, ${part.start} to ${part.end - 1}`,
  part,
]);
/** Emulated machines have less time. */
const rounds = process.env.ARKFFI_TEST_ARCH ? 2 : 4;
const hotCalls = Number(process.env.ARKFFI_ORACLE_HOT || 30_000) / 30;

describe.each(parts)('%s', (_, part) => {
  const signatures = drawPart('callbacks', part);
  let opened;
  beforeAll(() => {
    opened = openCallbackPart(arkffi, rows, part);
  });
  afterAll(() => opened?.close());

  test('JavaScript gets every argument and C every result to the bit', () => {
    for (const fn of signatures) opened.callRepeatedly(fn, rounds);
  });

  test('so it is from another thread, with promises too', async () => {
    for (const fn of signatures) await opened.callElsewhere(fn, rounds / 2);
  });

  test('after an error in one callback C gets only the default, and the call throws the error', async () => {
    for (const fn of signatures) await opened.callWithTrouble(fn, rounds / 2);
  });

  test('so it is in optimized code', () => {
    for (const fn of signatures.slice(0, 5)) opened.callHot(fn, hotCalls);
  });

  test('through `call` the function gets every argument, and the caller what it returns', () => {
    const refused = signatures.filter((fn) => !opened.callThrough(fn, rounds / 2));
    const { backend } = arkffi.stats();
    expect(refused.length).toBeLessThanOrEqual(backend === 'libffi' ? signatures.length / 3 : 0);
  });

  test.each([
    ['in any argument', false, 'instead of'],
    ['in any result', true, 'C did not get the result'],
  ])('one wrong bit %s is noticed', (_, isResult, message) => {
    const random = createRandom(seed, part.start);
    for (const fn of signatures) {
      expect(() => opened.callSpoiled(fn, random, isResult) || expect.fail(message)).toThrow(message);
    }
  });
});
