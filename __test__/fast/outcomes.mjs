// Prints what calls with all sorts of values give, cold, hot, and after the engine has thrown its code away: always the
// same, whatever came to a call site before. Which way the calls go into C is for whoever starts this to say.
// Run with --allow-natives-syntax.
import { fixture } from '../fixtures/paths.mjs';
import { arkffi } from '../open.mjs';

const types = ['bool', 'i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'f32', 'f64', 'ptr'];
const identities = types.map((type) => [`id_${type}`, [type], type]);
const others = [
  ['id_i64', ['bigint64'], 'bigint64'],
  ['id_u64', ['biguint64'], 'biguint64'],
  ...['i8', 'u8', 'i16', 'u16', 'i32', 'u32'].map((type) => [`narrow_${type}`, ['i64'], type]),
  ['garbage_above', ['u64'], 'bool'],
  ['garbage_above', ['u64'], 'u16'],
  ['bits_of_double', ['f64'], 'u64'],
  ['bits_of_float', ['f32'], 'u32'],
  ['double_of_bits', ['u64'], 'f64'],
  ['float_of_bits', ['u32'], 'f32'],
  ['length', ['cstring'], 'size_t'],
  ['is_null', ['buffer'], 'i32'],
  ['is_null', ['cstring'], 'i32'],
  ['high_address', [], 'ptr'],
];

const bytes = Uint8Array.of(7, 8, 9);
const values = [
  ...[0, -0, 1, -1, 2, 127, 128, 255, 256, -128, -129, 32767, 32768, 65535, 65536, -32768, -32769],
  ...[
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    -(2 ** 31) - 1,
    2 ** 32 - 1,
    2 ** 32,
    -(2 ** 32),
    2 ** 53 - 1,
    2 ** 53,
    1 - 2 ** 53,
  ],
  ...[0.5, -1.5, NaN, Infinity, -Infinity, 1e39, 3.4028235677973366e38, 3.4028235e38, 1e-45, 5e-324, 4294967296.5],
  ...[0n, 1n, -1n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 53n],
  ...[true, false, null, undefined, 'a', '', 'ü', 'a\0b', 'x'.repeat(40) + 1, {}, [], () => 1, new Uint8Array(0)],
];

const shown = (value) => {
  if (typeof value === 'bigint') return `${value}n`;
  return Object.is(value, -0) ? '-0' : String(value);
};

/** @param {() => unknown} call */
function outcome(call) {
  try {
    return shown(call());
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
}

/** Calls of one function from one place, with natives of V8's to compile and forget it. */
function siteOf(f, index) {
  const body = `// ${index}
    const site = (...args) => args.length === 0 ? f() : f(args[0]);
    const prepare = () => { %PrepareFunctionForOptimization(site); %PrepareFunctionForOptimization(f); };
    const optimize = () => { %OptimizeFunctionOnNextCall(f); %OptimizeFunctionOnNextCall(site); };
    const forget = () => { %DeoptimizeFunction(site); %DeoptimizeFunction(f); };
    return { site, prepare, optimize, forget };`;
  return new Function('f', body)(f);
}

// Declared leaves, and what is found by the code: most are found to be brief.
const definitions = [...identities, ...others].flatMap(([symbol, args, returns]) =>
  [true, undefined].map((leaf) => ({ symbol, args, returns, leaf })),
);
const { symbols } = arkffi.dlopen(
  fixture('basics'),
  Object.fromEntries(definitions.map((one, index) => [`f${index}`, one])),
);

definitions.forEach(({ symbol, args, returns, leaf }, index) => {
  const { site, prepare, optimize, forget } = siteOf(symbols[`f${index}`], index);
  // C reads what an address is of.
  const given = symbol === 'length' ? values.filter((value) => typeof value === 'string') : values;
  const all = args.length === 0 ? [[]] : given.map((value) => [value]);
  const pass = () => all.map((given) => outcome(() => site(...given)));
  const cold = pass();
  const differ = (when) => {
    const now = pass();
    now.forEach((text, at) => {
      if (text !== cold[at]) console.log(`${when}: ${symbol}(${args}): ${shown(all[at][0])}: ${text}, not ${cold[at]}`);
    });
  };
  prepare();
  const usual = all.filter((given, at) => !cold[at].startsWith('ERR_'));
  for (let round = 0; round < 2; round++) {
    for (let count = 0; count < 50; count++) site(...usual[0]);
    optimize();
    for (const given of usual) for (let count = 0; count < 3; count++) site(...given);
    differ(`hot ${round}`);
    forget();
    differ(`forgotten ${round}`);
    prepare();
    for (const given of usual) site(...given);
    optimize();
    differ(`hot again ${round}`);
  }
  const special = args.length === 1 && args[0] === 'ptr' ? outcome(() => site(bytes) === arkffi.ptr(bytes)) : '';
  console.log(`${symbol}(${args}) ${returns}, leaf ${leaf}: ${cold.join(' | ')} ${special}`);
});
console.log(arkffi.stats().backend);
