// The cost of callbacks: C calls JavaScript. ffi-rs is not compared: C gets no results from its callbacks on
// the JavaScript thread.
import assert from 'node:assert';
import { makeBody } from './cases.mjs';
import { measure } from './measure.mjs';
import { fixture } from './places.mjs';

const REPEATED = 1000;
const SORTED = 10_000;
/** How many times the loop runs when it is tried. */
const TRIED = 3;
/** So often it runs before it is timed: arkffi gives as many callbacks new addresses, and then takes old ones again. */
const FIRST = 70_000;

/** The same numbers for everybody, in no order. */
const shuffled = Int32Array.from({ length: SORTED }, (_, index) => (index * 7919) % SORTED);

/**
 * Texts of the expression that is timed, all with the same value. What a contender has no text or scope for
 * is not compared.
 */
const cases = [
  {
    id: 'callback',
    title: 'callback from a loop in C',
    text: `repeat(${REPEATED}, step)`,
    callbacks: REPEATED,
  },
  { id: 'callback-once', title: 'call with 1 callback', text: 'repeat(1, step)' },
  { id: 'callback-lent', title: 'call with a plain function', text: 'repeatLent(1, plain)', first: FIRST },
  {
    id: 'sort',
    title: `qsort of ${SORTED}, read at address`,
    text: `(values.set(shuffled), sort(values, byAddress), values[i & 8191])`,
  },
  {
    id: 'sort-quickest',
    title: `qsort of ${SORTED}, quickest`,
    text: `(values.set(shuffled), sort(values, quickest), values[i & 8191])`,
  },
  { id: 'callback-open', title: 'open and close a callback', text: 'openAndClose()', first: FIRST },
];

const newValues = () => new Int32Array(SORTED);

/** What each contender's texts refer to. Functions of one text would share what the engine learns of them. */
const scopes = {
  model: () => ({
    repeat: (count, step) => Array.from({ length: count }, (_, index) => step(index)).reduce((a, b) => a + b),
    repeatLent: (count, step) => step(count - 1),
    step: (n) => n + 1,
    plain: (n) => n + 1,
    values: newValues(),
    sort: (values) => values.sort(),
    byAddress: undefined,
    quickest: undefined,
    openAndClose: () => 1,
  }),

  arkffi({ dlopen, JSCallback, callback, read, ptr }) {
    const stepTypes = { args: ['i32'], returns: 'i32' };
    const compareTypes = { args: ['ptr', 'ptr'], returns: 'i32' };
    const { symbols } = dlopen(fixture, {
      repeat: { args: ['u32', 'function'], returns: 'i32' },
      sort_i32: { args: ['buffer', 'u32', callback(compareTypes.args, compareTypes.returns)] },
    });
    const lending = dlopen(fixture, { repeat: { args: ['u32', callback(['i32'], 'i32')], returns: 'i32' } });
    const values = newValues();
    const base = ptr(values);
    const opened = (n) => n + 1;
    return {
      repeat: symbols.repeat,
      repeatLent: lending.symbols.repeat,
      step: new JSCallback((n) => n + 1, stepTypes),
      plain: (n) => n + 1,
      values,
      sort: (values, compare) => symbols.sort_i32(values, SORTED, compare),
      byAddress: new JSCallback((a, b) => read.i32(a) - read.i32(b), compareTypes),
      quickest: new JSCallback((a, b) => values[(a - base) >> 2] - values[(b - base) >> 2], compareTypes),
      openAndClose: () => {
        new JSCallback(opened, stepTypes).close();
        return 1;
      },
    };
  },

  'hand-written': ({ repeat, sort_i32: sort }) => ({
    repeat,
    repeatLent: repeat,
    step: (n) => n + 1,
    plain: (n) => n + 1,
    values: newValues(),
    sort,
    // It reads the numbers in C.
    byAddress: (a, b) => a - b,
    quickest: (a, b) => a - b,
  }),

  koffi(koffi) {
    const { decode, register, unregister } = koffi;
    const Step = koffi.pointer(koffi.proto('Step', 'int32_t', ['int32_t']));
    const Compare = koffi.pointer(koffi.proto('Compare', 'int', ['const void *', 'const void *']));
    // It gives addresses that are declared as integers as Numbers, others as BigInts.
    const CompareNumbers = koffi.pointer(koffi.proto('CompareNumbers', 'int', ['uintptr_t', 'uintptr_t']));
    const library = koffi.load(fixture);
    const repeat = library.func('repeat', 'int32_t', ['uint32_t', Step]);
    const sort = library.func('sort_i32', 'void', ['int32_t *', 'uint32_t', Compare]);
    const values = newValues();
    const base = Number(koffi.address(values));
    const opened = (n) => n + 1;
    return {
      repeat,
      repeatLent: repeat,
      step: register((n) => n + 1, Step),
      plain: (n) => n + 1,
      values,
      sort: (values, compare) => sort(values, SORTED, compare),
      byAddress: register((a, b) => decode(a, 'int32_t') - decode(b, 'int32_t'), Compare),
      quickest: register((a, b) => values[(a - base) >> 2] - values[(b - base) >> 2], CompareNumbers),
      openAndClose: () => {
        unregister(register(opened, Step));
        return 1;
      },
    };
  },

  deno(Deno) {
    const { symbols } = Deno.dlopen(fixture, {
      repeat: { parameters: ['u32', 'function'], result: 'i32' },
    });
    const step = new Deno.UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (n) => n + 1);
    return { repeat: symbols.repeat, step: step.pointer };
  },

  bun({ dlopen, JSCallback }) {
    const { symbols } = dlopen(fixture, { repeat: { args: ['u32', 'function'], returns: 'i32' } });
    const step = new JSCallback((n) => n + 1, { args: ['i32'], returns: 'i32' });
    return { repeat: symbols.repeat, step: step.ptr };
  },

  'node:ffi'({ DynamicLibrary, getInt32, getRawPointer }) {
    const library = new DynamicLibrary(fixture);
    const stepTypes = { arguments: ['int32'], return: 'int32' };
    const compareTypes = { arguments: ['pointer', 'pointer'], return: 'int32' };
    const sort = library.getFunction('sort_i32', { arguments: ['buffer', 'uint32', 'function'], return: 'void' });
    const values = newValues();
    const base = Number(getRawPointer(values));
    const opened = (n) => n + 1;
    return {
      repeat: library.getFunction('repeat', { arguments: ['uint32', 'function'], return: 'int32' }),
      step: library.registerCallback(stepTypes, (n) => n + 1),
      values,
      sort: (values, compare) => sort(values, SORTED, compare),
      byAddress: library.registerCallback(compareTypes, (a, b) => getInt32(a) - getInt32(b)),
      quickest: library.registerCallback(
        compareTypes,
        (a, b) => values[(Number(a) - base) >> 2] - values[(Number(b) - base) >> 2],
      ),
      openAndClose: () => {
        library.unregisterCallback(library.registerCallback(stepTypes, opened));
        return 1;
      },
    };
  },
};

/** Whether a scope has everything that a text calls. */
const has = (scope, text) => (text.match(/\b[a-z]\w*(?=\()/gi) ?? []).every((name) => name in scope || name === 'set');

/**
 * @param {{ id: string, module: any }[]} enlisted
 * @param {import('./measure.mjs').Pace} pace
 * @param {number} first number of the first round
 * @returns {Generator<import('./spread.mjs').Samples>}
 */
export function* measureCallbacks(enlisted, pace, first) {
  const compared = enlisted
    .filter(({ id }) => id in scopes)
    .map(({ id, module }) => ({ id, scope: scopes[id](module) }));
  const model = scopes.model();
  for (const which of cases) {
    const expected = bodyOf(which, 'model', model)(TRIED);
    const bodies = {};
    for (const { id, scope } of compared.filter(({ scope }) => has(scope, which.text))) {
      bodies[id] = bodyOf(which, id, scope);
      assert.strictEqual(bodies[id](TRIED), expected, `${id}: ${which.title}`);
    }
    const { id, title, callbacks = 1, first: before = 0 } = which;
    for (const body of Object.values(bodies)) body(before);
    const each = Object.entries(measure(bodies, pace, first)).map(([who, times]) => [
      who,
      times.map((time) => time / callbacks),
    ]);
    yield { id, title, times: Object.fromEntries(each) };
  }
}

/** @returns {(count: number) => number} */
function bodyOf({ id, text }, who, scope) {
  return makeBody({ id, args: [] }, who, () => text, { shuffled, ...scope });
}
