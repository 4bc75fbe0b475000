// A library that is closed inside of a call of its own is unloaded when that returns, and what its destructor does then
// must not change what the call returns: cold, and in optimized code.
import { expect, test } from 'vitest';
import { openCopy } from './closing-copy.mjs';
import { arkffi } from './open.mjs';

const functions = {
  number_after: { args: ['ptr', 'i32'], returns: 'i32' },
  set_at_unload: { args: ['function'] },
};

test.each([
  ['cold', 0],
  ['hot', 20_000],
])('a destructor whose callback makes a call that is refused leaves the result alone, %s', (_, calls) => {
  const library = openCopy(functions);
  const { number_after: after, set_at_unload: atUnload } = library.symbols;
  const seen = [];
  let isLast = false;
  const callback = new arkffi.JSCallback(
    (number) => {
      if (!isLast) return number;
      seen.push(number);
      if (number === 1) library.close();
      else {
        try {
          atUnload(null);
        } catch (error) {
          seen.push(error.code);
        }
      }
      return number;
    },
    { args: ['i32'], returns: 'i32' },
  );
  atUnload(callback);
  let sum = 0;
  for (let index = 0; index < calls; index++) sum += after(callback, 5);
  isLast = true;
  expect([sum, after(callback, 5), ...seen]).toEqual([5 * calls, 5, 1, 2, 'ERR_LIBRARY_CLOSED']);
  expect(() => after(callback, 5)).toThrow(expect.objectContaining({ code: 'ERR_LIBRARY_CLOSED' }));
  callback.close();
});
