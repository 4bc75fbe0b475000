// Strings that C returns: whatever they are of and wherever they lie, cold and in compiled code.
import { expect, test } from 'vitest';
import { canCheck } from './checked.mjs';
import { openCopy } from './closing-copy.mjs';
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

/** As an argument it is copied to the heap. */
const heapText = 'long'.repeat(100_000);

/** So many calls are compiled by every engine. */
const MANY = 30_000;

/** The different results of many calls. @param {() => unknown} call @param {number} [count] how many */
function resultsOf(call, count = MANY) {
  const results = new Set();
  for (let index = 0; index < count; index++) results.add(call());
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
    const results = resultsOf(() => echo(address), length > 1000 ? 100 : MANY);
    expect([results, memory.length > length]).toEqual([[each], true]);
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
  ['on the heap', heapText],
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
  for (const text of ['text', heapText]) {
    isThrowing = false;
    for (let index = 0; index < 500; index++) expect(applyAround(text, callback.ptr, 1) === text).toBe(true);
    isThrowing = true;
    expect(() => applyAround(text, callback.ptr, 1)).toThrow('mine');
    expect(echo(0)).toBe(null);
    expect(echoed('next')).toBe('next');
  }
  callback.close();
});

/** @param {string} type how the callback is passed @param {object} [more] options of the function that calls it */
const openNamed = (type, more) =>
  openCopy({ name_after: { args: [type], returns: 'cstring', ...more }, set_at_unload: { args: ['ptr'] } });

/** What a function returns whose library is closed inside of the call. */
function closedInside(more) {
  const library = openNamed('ptr', more);
  const closing = new JSCallback((number) => (library.close(), number), { args: ['i32'], returns: 'i32' });
  const text = library.symbols.name_after(closing.ptr);
  closing.close();
  return text;
}

/** Strings that are read in all ways. */
const strings = ['short', 'not ASCIÏ', 'long'.repeat(100), heapText];

test.each([
  ['ptr', 0],
  ['ptr', MANY],
  ['function', 0],
  ['function', MANY],
])('a string of a library that is closed inside of the call is still read: %s, after %d calls', (type, calls) => {
  const library = openNamed(type);
  const { name_after: nameAfter, set_at_unload: atUnload } = library.symbols;
  let isLast = false;
  const unloading = [];
  const callback = new JSCallback(
    (number) => {
      if (number === 2) unloading.push(...strings.map((text) => echoed(text)), closedInside());
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
  expect([[...results], unloading]).toEqual([['a string of the library'], [...strings, 'a string of the library']]);
  expect(() => nameAfter(pointer)).toThrow(expect.objectContaining({ code: 'ERR_LIBRARY_CLOSED' }));
  // What was kept is nobody else's.
  expect([echo(0), echoed('next')]).toEqual([null, 'next']);
  callback.close();
});

test('a result that is freed when it is read is read once, also when an argument was on the heap', () => {
  const freed = { args: ['cstring'], returns: { type: 'cstring', free: 'free' } };
  const { strdup } = dlopen(null, { strdup: freed }).symbols;
  for (const text of ['text', heapText]) {
    for (let index = 0; index < 100; index++) expect(strdup(text) === text).toBe(true);
  }
});

test.runIf(canCheck)(
  'a result that is checked is read with the check only, also when an argument was on the heap or the library is closed',
  () => {
    const checked = { args: ['cstring', 'ptr', 'ptr'], returns: 'cstring', checked: true };
    const { second_after: secondAfter } = dlopen(basics, { second_after: checked }).symbols;
    const { page_size, map_pages, protect } = dlopen(fixture('pages'), {
      page_size: { returns: 'size_t' },
      map_pages: { args: ['size_t'], returns: 'ptr' },
      protect: { args: ['ptr', 'size_t', 'bool', 'bool'], returns: 'int' },
    }).symbols;
    const unreadable = map_pages(1);
    protect(unreadable, page_size(), false, false);
    const callback = new JSCallback((value) => value, { args: ['i32'], returns: 'i32' });
    for (const text of ['text', heapText]) {
      expect(() => secondAfter(text, unreadable, callback.ptr)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_POINTER', symbol: 'second_after' }),
      );
    }
    callback.close();
    expect(closedInside({ checked: true })).toBe('a string of the library');
  },
);

test('all of this is so inside of a call that has come to JavaScript by another addon', () => {
  const addon = { exports: {} };
  process.dlopen(addon, fixture('reentry'));
  const { reenter } = dlopen(fixture('reentry'), { reenter: { args: ['i32'], returns: 'i32' } }).symbols;
  const seen = [];
  addon.exports((value) => {
    seen.push(echoed('text'), echoed(heapText) === heapText, closedInside(), echo(0));
    return value;
  });
  expect([reenter(3), ...seen]).toEqual([3, 'text', true, 'a string of the library', null]);
});
