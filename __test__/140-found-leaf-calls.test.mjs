// Calls of functions that are found to be leaves (139): which way they go, that they get and give what others do, and what
// becomes of errno.
import { describe, expect, test } from 'vitest';
import { drawBriefs, modelOf, sourceOf, sumOf } from './fast/briefs.mjs';
import { hotCalls, index, lib, run } from './fast/run.mjs';
import { fixture } from './fixtures/paths.mjs';
import { library } from './libraries.mjs';
import { arkffi, require } from './open.mjs';

const { CFunction, JSCallback, dlopen, errno } = arkffi;
const { canGenerate } = require('../lib/generate.js');
/** Enough that calls come from compiled code. */
const HOT = 30_000;

const file = library(
  'libbrief.so',
  `
  #include <stdarg.h>
  int add(int a, int b) { return a + b; }
  double half(double x) { return x / 2; }
  const char *name(void) { return "a name"; }
  void *address(int index) { static char places[16]; return places + index; }
  long long wide(long long x) { return -x; }
  void nothing(void) {}
  int get(const int *place) { return *place; }
  void put(int *place, int value) { *place = value; }
  int low_bits(int x) { (void)x; return (int)((long)__builtin_frame_address(0) & 15); }
  long long low_bits_wide(int x) { (void)x; return (long)__builtin_frame_address(0) & 15; }
  ${sumOf}
  __attribute__((aligned(256))) double plus(int x, ...) {
    va_list more;
    va_start(more, x);
    double y = va_arg(more, double), z = va_arg(more, double);
    va_end(more);
    return x + 10 * y + 100 * z;
  }
  int call(int (*f)(int), int x) { return f(x) + 1; }
  `,
  ['-O2', '-fno-stack-protector'],
);

/** A program that says how many of the first calls of some functions go fast: calls from compiled code are not counted. */
const ways = (definitions, calls) => `
  const { dlopen, CFunction } = require(${index});
  const { slowCalls } = require(${lib('binding')});
  const found = require(${lib('fast/provider')}).provider();
  const { symbols } = dlopen(${JSON.stringify(file)}, ${JSON.stringify(definitions)});
  const fast = (call) => { const before = slowCalls(); call(); return slowCalls() - before; };
  console.log(found.reenters, ...[${calls}].map(fast));`;
const binary = { args: ['i32', 'i32'], returns: 'i32', symbol: 'add' };

describe.runIf(arkffi.stats().backend === 'fast')('a function that calls nothing', () => {
  const definitions = { add: binary, no: { ...binary, leaf: false }, slow: { ...binary, fast: false } };
  const calls = `() => symbols.add(1, 2), () => symbols.no(1, 2), () => symbols.slow(1, 2),
    () => CFunction({ ptr: symbols.add.ptr, args: ['i32', 'i32'], returns: 'i32' })(1, 2)`;

  test('is called fast on every Node, unless its definition says otherwise', () => {
    const printed = run(['-e', ways(definitions, calls)], { ARKFFI_LEAVES: undefined });
    expect(printed).toBe(printed.startsWith('never') ? 'never 1 0 0 1\n' : `${printed.split(' ')[0]} 1 1 0 1\n`);
  });

  test('is called as others are where only declared ones are leaves', () => {
    const printed = run(
      ['-e', ways({ ...definitions, yes: { ...binary, leaf: true } }, `${calls}, () => symbols.yes(1, 2)`)],
      {
        ARKFFI_LEAVES: 'declared',
      },
    );
    expect(printed).toBe(printed.startsWith('never') ? 'never 0 0 0 0 1\n' : `${printed.split(' ')[0]} 1 1 0 1 1\n`);
  });
});

// Engines know a source text again, with what they have learned of it: one text must not have callers of two kinds.
test.runIf(arkffi.stats().backend === 'fast')(
  'functions of the same types are all called fast from compiled code, found leaves or not, also where both are called',
  () => {
    const kinds = {
      numbers: [binary, 'f(i, 2)', 'i + 2'],
      wide: [{ args: ['i64'], returns: 'i64', symbol: 'wide' }, 'f(i)', '-i'],
      seven: [{ args: Array(7).fill('i32'), returns: 'i32', symbol: 'add' }, 'f(i, 2, 3, 4, 5, 6, 7)', 'i + 2'],
      text: [{ args: ['cstring'], returns: 'i32', symbol: 'low_bits' }, "f('a text')", 'f(null)'],
    };
    for (const [kind, [definition, call, expected]] of Object.entries(kinds)) {
      const program = `
        const { dlopen } = require(${index});
        ${hotCalls}
        const found = require(${lib('fast/provider')}).provider();
        const definition = ${JSON.stringify(definition)};
        // Those that may call back are only called fast where engines are prepared for it.
        const ways = found.reenters === 'never' ? [{}, { leaf: true }] : [{ leaf: false }, {}, { leaf: true }, { leaf: false }];
        let wrong = 0;
        const slow = ways.map((way) => {
          const { f } = dlopen(${JSON.stringify(file)}, { f: { ...definition, ...way } }).symbols;
          return hotCalls((count) => {
            for (let i = 0; i < count; i++) if (${call} !== ${expected}) wrong++;
          });
        });
        console.log(wrong, ...new Set(slow));`;
      expect([kind, run(['-e', program])]).toEqual([kind, '0 0\n']);
    }
  },
);

test('found leaves give what they compute, also asynchronously, and have variable arguments', async () => {
  const { symbols, close } = dlopen(file, {
    half: { args: ['f64'], returns: 'f64' },
    name: { returns: 'cstring' },
    wide: { args: ['i64'], returns: 'i64' },
    get: { args: ['buffer'], returns: 'i32' },
    sum_of: { args: ['i32', '...'], returns: 'i32' },
  });
  const { half, name, wide, get, sum_of } = symbols;
  const words = new Int32Array(1);
  for (let index = 1; index < HOT; index++) {
    words[0] = index;
    if (half(index) !== index / 2 || wide(index) !== -index || wide(2n ** 60n) !== -(2n ** 60n) || get(words) !== index)
      throw new Error(`${index}`);
  }
  expect([name(), await half.async(3), sum_of(3, ['i32', 4], ['i32', 5], ['i32', -6])]).toEqual(['a name', 1.5, 3]);
  close();
});

const closable = {
  add: [{ args: ['i32', 'i32'], returns: 'i32' }, [1, 2]],
  half: [{ args: ['f64'], returns: 'f64' }, [1]],
  wide: [{ args: ['i64'], returns: 'i64' }, [1]],
  address: [{ args: ['i32'], returns: 'ptr' }, [1]],
  nothing: [{}, []],
};

describe.each(Object.entries(closable))('%s', (name, [definition, args]) => {
  const closed = expect.objectContaining({ code: 'ERR_LIBRARY_CLOSED', symbol: name });

  test('is not called any more, hot, when its library is closed', () => {
    const { symbols, close } = dlopen(file, { [name]: definition });
    const bound = symbols[name];
    const call = () => bound(...args);
    for (let round = 0; round < HOT; round++) call();
    close();
    for (let round = 0; round < 3; round++) expect(call).toThrow(closed);
  });

  test('is called no more as a CFunction that is closed while others are made', () => {
    const { ptr } = dlopen(file, { [name]: definition }).symbols[name];
    const bound = CFunction({ ptr, ...definition });
    for (let round = 0; round < HOT; round++) bound(...args);
    bound.close();
    const others = Array.from({ length: 300 }, () => CFunction({ ptr, ...definition }));
    expect(() => bound(...args)).toThrow(expect.objectContaining({ code: 'ERR_LIBRARY_CLOSED' }));
    for (const other of others) other.close();
  });

  test('says so in a callback of the library that closes it, and nothing else happens to the call around', () => {
    const { symbols, close } = dlopen(file, {
      [name]: definition,
      call: { args: ['function', 'i32'], returns: 'i32' },
    });
    const bound = symbols[name];
    for (let round = 0; round < HOT; round++) bound(...args);
    const callback = new JSCallback(
      (x) => {
        bound(...args);
        close();
        expect(() => bound(...args)).toThrow(closed);
        return x;
      },
      { args: ['i32'], returns: 'i32' },
    );
    expect(symbols.call(callback, 4)).toBe(5);
    callback.close();
  });
});

/** Not where only what is declared is a leaf. */
const isLooking = process.env.ARKFFI_LEAVES !== 'declared';

test.runIf(isLooking && ['bun:ffi', 'Deno.dlopen', 'fast'].includes(arkffi.stats().backend))(
  'functions in which nothing can happen have a caller of their own, declared leaves too',
  () => {
    const found = require('../lib/fast/provider.js').provider();
    const { caller } = found;
    const asked = [];
    found.caller = (values, result, more) => {
      asked.push(more.isBrief);
      return caller(values, result, more);
    };
    try {
      // A shape that nothing else has.
      const odd = { symbol: 'add', args: ['i32', 'u32', 'f32', 'f32', 'f64', 'u8'], returns: 'i32' };
      const { symbols } = dlopen(file, { found: odd, leaf: { ...odd, leaf: true }, told: { ...odd, leaf: false } });
      const results = [symbols.found, symbols.leaf, symbols.told].map((f) => f(1, 2, 0, 0, 0, 0));
      expect([...results, ...asked]).toEqual([3, 3, 3, true, ...(found.reenters === 'never' ? [] : [false])]);
    } finally {
      found.caller = caller;
    }
  },
);

test.runIf(isLooking && arkffi.stats().backend === 'fast')('the engine has entries of their own for them', () => {
  const native = require('../lib/binding.js');
  const { caller } = require('../lib/fast/provider.js').provider();
  const { engineCaller } = native;
  const asked = [];
  native.engineCaller = (kinds, hasTexts, kept, passing) => asked.push(passing);
  try {
    for (const result of ['i32', 'f64', 'void']) caller(['i32'], result, { isBrief: true });
    caller(['i32'], 'i32', {});
  } finally {
    native.engineCaller = engineCaller;
  }
  // The numbers of Rust's `Passing`.
  expect(asked).toEqual([5, 5, 6, 0]);
});

test('C finds its stack where it is in other calls', () => {
  const [found, slow] = [{}, { fast: false }].map((way) => {
    const { low_bits, low_bits_wide } = dlopen(file, {
      low_bits: { args: ['i32'], returns: 'i32', ...way },
      low_bits_wide: { args: ['i32'], returns: 'i64', ...way },
    }).symbols;
    const seen = new Set();
    for (let round = 0; round < HOT; round++) seen.add(low_bits(round)).add(low_bits_wide(round));
    return [...seen];
  });
  expect(found).toEqual(slow);
});

// Elsewhere, such arguments are where those of other functions are not.
test.runIf(process.platform === 'linux').each([[{}], [{ leaf: true }], [{ leaf: false }], [{ fast: false }]])(
  'a variadic function that is bound as if it were none gets its floating-point numbers: %j',
  (way) => {
    // At an address whose lowest byte is 0: it must not be taken for what there is.
    const { plus } = dlopen(file, { plus: { args: ['i32', 'f64', 'f64'], returns: 'f64', ...way } }).symbols;
    expect(Number(plus.ptr) & 255).toBe(0);
    let wrong = 0;
    for (let round = 0; round < HOT; round++) if (plus(round, 2, 3) !== round + 320) wrong++;
    expect(wrong).toBe(0);
  },
);

test.runIf(process.platform === 'linux')('errno is what functions write to it and read of it by its address', () => {
  const { symbols } = dlopen(file, { get: { args: ['ptr'], returns: 'i32' }, put: { args: ['ptr', 'i32'] } });
  const { __errno_location, close } = dlopen(null, {
    __errno_location: { returns: 'ptr' },
    close: { args: ['i32'], returns: 'i32' },
  }).symbols;
  const { get, put } = symbols;
  const place = __errno_location();
  let wrong = 0;
  for (let round = 0; round < HOT; round++) {
    put(place, round & 63);
    if (errno() !== (round & 63) || get(place) !== (round & 63)) wrong++;
    if ((round & 1023) === 0 && (close(-1) !== -1 || get(place) !== 9)) wrong++;
    // What the program sets is only put there for the next call.
    errno((round & 31) + 100);
    if (get(place) !== (round & 31) + 100) wrong++;
  }
  expect(wrong).toBe(0);
});

test.runIf(arkffi.stats().backend === 'bun:ffi')('functions that take callbacks are called by the FFI of Bun', () => {
  const found = require('../lib/fast/provider.js').provider();
  const { caller } = found;
  let made = 0;
  found.caller = (...shape) => {
    const { caller: own, order } = caller(...shape);
    return { order, caller: (...given) => (made++, own(...given)) };
  };
  try {
    // A shape that nothing else has.
    const args = ['function', 'i32', 'f32', 'f64', 'f32', 'f64'];
    const { call } = dlopen(file, { call: { args, returns: 'i32', leaf: false } }).symbols;
    const callback = new JSCallback((x) => x + 1, { args: ['i32'], returns: 'i32' });
    expect([call(callback, 3, 0, 0, 0, 0), call(callback.ptr, 4, 0, 0, 0, 0), made]).toEqual([5, 6, 2]);
    callback.close();
  } finally {
    found.caller = caller;
  }
});

test.runIf(process.platform === 'linux')(
  'errno that C has set is not changed by functions that JavaScript inside of the call calls',
  () => {
    const reentry = fixture('reentry');
    const addon = { exports: {} };
    process.dlopen(addon, reentry);
    const { reenter_with_errno } = dlopen(reentry, {
      reenter_with_errno: { args: ['i32'], returns: 'i32' },
    }).symbols;
    const { add, half, address } = dlopen(file, {
      add: { args: ['i32', 'i32'], returns: 'i32' },
      half: { args: ['f64'], returns: 'f64' },
      address: { args: ['i32'], returns: 'ptr' },
    }).symbols;
    addon.exports((value) => add(value, 1) + half(2) + Number(address(1) === address(1)));
    let wrong = 0;
    for (let round = 0; round < HOT; round++) {
      errno(3);
      if (reenter_with_errno(70 + (round & 7)) !== 70 + (round & 7)) wrong++;
    }
    expect(wrong).toBe(0);
  },
);

test('random functions get each argument, and give what they return, cold and hot', () => {
  const seed = Number(process.env.ARKFFI_SEED ?? 1);
  const functions = drawBriefs(seed, 60);
  const { symbols } = dlopen(
    library(
      'librandom.so',
      `static long long last; long long last_sum(void) { return last; }\n${functions.map(sourceOf).join('\n')}`,
      ['-O1'],
    ),
    {
      last_sum: { returns: 'i64' },
      ...Object.fromEntries(functions.map(({ name, params, result }) => [name, { args: params, returns: result }])),
    },
  );
  for (const drawn of functions) {
    const valueOf = (value, index) => (drawn.params[index] === 'bool' ? value === 1 : value);
    const list = drawn.params.map((_, index) => `set[${index}]`);
    const call = canGenerate ? new Function('f', 'set', `return f(${list}); // ${drawn.name}`) : (f, set) => f(...set);
    const sets = drawn.sets.map((set) => set.map(valueOf));
    const bound = symbols[drawn.name];
    const expected = drawn.sets.map((set) => modelOf(drawn, set));
    for (let round = 0; round < 20_000; round++) {
      const { sum, returned } = expected[round & 63];
      const given = call(bound, sets[round & 63]);
      if (!Object.is(given, returned) || (drawn.result === 'void' && symbols.last_sum() !== sum))
        throw new Error(
          `seed ${seed}, ${sourceOf(drawn)}: ${drawn.sets[round & 63]}: ${given}, not ${returned}, in round ${round}`,
        );
    }
  }
});
