// Strings that C returns: whatever they are of and wherever they lie, cold and in compiled code.
import { copyFileSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi } from './open.mjs';

const { dlopen, JSCallback, ptr } = arkffi;
const returned = { args: ['ptr'], returns: 'cstring' };
const basics = fixture('basics');
const {
  echo,
  echoed,
  apply_around: applyAround,
} = dlopen(basics, {
  echo: returned,
  echoed: { symbol: 'echo', args: ['cstring'], returns: 'cstring' },
  apply_around: { args: ['cstring', 'ptr', 'i32'], returns: 'cstring' },
}).symbols;

/** So many calls are compiled by every engine. */
const MANY = 30_000;

/** The different results of many calls. @param {() => unknown} call */
function resultsOf(call) {
  const results = new Set();
  for (let index = 0; index < MANY; index++) results.add(call());
  return [...results];
}

/** @param {string | number[]} bytes @returns {Uint8Array} the same with a NUL behind them */
const inMemory = (bytes) => Uint8Array.from([...Buffer.from(bytes), 0]);

const lengths = [0, 1, 7, 8, 15, 16, 17, 255, 256, 257, 258, 300, 5000];

test.each(lengths)('a string of %d characters is that string, whether it is ASCII or not', (length) => {
  const text = 'abcdefghijklm'.repeat(1000).slice(0, length);
  const texts = length === 0 ? [text] : [text, `${text.slice(1)}é`, `é${text.slice(1)}`, `${text.slice(1)}\u{1f600}`];
  for (const each of texts) {
    const memory = inMemory(each);
    const address = ptr(memory);
    const calls = length > 1000 ? 100 : MANY;
    const results = new Set();
    for (let index = 0; index < calls; index++) results.add(echo(address));
    expect([[...results], memory.length > length]).toEqual([[each], true]);
  }
});

test('NULL is null, what is no UTF-8 is replaced, and what can be no address is an error that names the function', () => {
  const broken = inMemory([97, 255]);
  expect(resultsOf(() => echo(0))).toEqual([null]);
  expect(resultsOf(() => echo(null))).toEqual([null]);
  for (let index = 0; index < 100; index++) {
    expect(echo(ptr(broken))).toBe('a\ufffd');
    expect(() => echo(4096)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_POINTER', symbol: 'echo' }));
  }
});

test.each([
  ['short', 'text'],
  ['not ASCII', 'téxt'],
  ['on the heap', 'long'.repeat(100_000)],
  ['on the heap, not ASCII', 'löng'.repeat(100_000)],
])('a string argument that C returns is read before its copy is freed: %s', (_, text) => {
  for (let index = 0; index < 50; index++) expect(echoed(text) === text).toBe(true);
  const quick = text.length > 1000 ? [] : resultsOf(() => echoed(text));
  expect(quick.every((result) => result === text)).toBe(true);
});

test('a string argument outlives calls in a callback, and what that throws is thrown', () => {
  let isThrowing = false;
  const callback = new JSCallback(
    (value) => {
      echoed('something else altogether');
      if (isThrowing) throw new Error('mine');
      return value;
    },
    { args: ['i32'], returns: 'i32' },
  );
  for (const text of ['text', 'long'.repeat(100_000)]) {
    isThrowing = false;
    for (let index = 0; index < 500; index++) expect(applyAround(text, callback.ptr, 1) === text).toBe(true);
    isThrowing = true;
    expect(() => applyAround(text, callback.ptr, 1)).toThrow('mine');
    expect(echo(0)).toBe(null);
    expect(echoed('next')).toBe('next');
  }
  callback.close();
});

let copies = 0;

function openCopy(type, leaf) {
  const file = `${fixture('closing')}.${process.pid}.text${copies++}.so`;
  copyFileSync(fixture('closing'), file);
  try {
    return dlopen(file, {
      name_after: { args: [type], returns: 'cstring', ...leaf },
      set_at_unload: { args: ['ptr'] },
    });
  } finally {
    rmSync(file);
  }
}

test.each([
  ['ptr', 0],
  ['ptr', MANY],
  ['function', 0],
  ['function', MANY],
])('a string of a library that is closed inside of the call is still read: %s, after %d calls', (type, calls) => {
  const library = openCopy(type, {});
  const { name_after: nameAfter, set_at_unload: atUnload } = library.symbols;
  let isLast = false;
  const unloading = [];
  const callback = new JSCallback(
    (number) => {
      if (number === 2) unloading.push(echoed('from the destructor'));
      else if (isLast) library.close();
      return number;
    },
    { args: ['i32'], returns: 'i32' },
  );
  atUnload(callback.ptr);
  const pointer = type === 'ptr' ? callback.ptr : callback;
  const results = new Set();
  for (let index = 0; index < calls; index++) results.add(nameAfter(pointer));
  isLast = true;
  results.add(nameAfter(pointer));
  expect([[...results], unloading]).toEqual([['a string of the library'], ['from the destructor']]);
  expect(() => nameAfter(pointer)).toThrow(expect.objectContaining({ code: 'ERR_LIBRARY_CLOSED' }));
  // What was kept is nobody else's.
  expect([echo(0), echoed('next')]).toEqual([null, 'next']);
  callback.close();
});
