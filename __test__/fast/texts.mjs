// Prints what calls with strings of all sorts give, cold and hot: always the same. Which way the calls go into C is for
// whoever starts this to say. Run with --allow-natives-syntax.
import { fixture } from '../fixtures/paths.mjs';
import { arkffi } from '../open.mjs';

const long = 'a long text of more characters than are copied at once. '.repeat(6);
const other = { toString: () => 'an object' };
/** What may come for a string: in one piece or several, of all encodings, and none. */
const given = [
  ...['', 'b', 'seven..', 'eight...', 'nine.....', '31'.padEnd(31, '.'), '32'.padEnd(32, '.'), '33'.padEnd(33, '.')],
  ...[long, `${long}${String(long.length)}`, long.slice(3, 60), Buffer.from(long, 'latin1').toString('latin1')],
  ...['ü', 'Grüße', `${long}ü`, '日本', 'a😀', '\ud800', Buffer.from('gr\u00fc\u00df', 'latin1').toString('latin1')],
  ...['a\0b', '\0', `${long}\0`, 'x'.repeat(300_000), `${'x'.repeat(300_000)}ü`],
  ...[null, undefined, 0, -1, NaN, true, Symbol.iterator, new String('b'), other, Buffer.from('in a buffer\0')],
];

const bytes = new Uint8Array(8);
/** What the functions take; and where the string comes, with what else, right and wrong. */
const functions = {
  hash_one: { args: ['cstring'], returns: 'u32', among: [[0, []]] },
  hash_two: {
    args: ['cstring', 'cstring'],
    returns: 'u32',
    among: [
      [0, ['seven..']],
      [1, [long]],
      [1, ['a\0b']],
      [0, [null]],
      [0, [{}]],
    ],
  },
  hash_three: { args: ['cstring', 'cstring', 'cstring'], returns: 'u32', among: [[1, ['a', 'z']]] },
  hash_among: {
    args: ['buffer', 'u8', 'i64', 'cstring', 'f64'],
    returns: 'u64',
    among: [
      [3, [bytes, 1, 8, 7.5]],
      [3, [bytes, 1, 8n, 7]],
      [3, [[], 1, 8, 7]],
      [3, [bytes, 256, 8, 7]],
      [3, [bytes, 255, 8, '7']],
    ],
  },
  hash_on_stack: {
    args: [...Array(6).fill('i32'), 'cstring', 'cstring'],
    returns: 'f64',
    among: [
      [6, [1, 2, 3, 4, 5, 6, 'eight']],
      [7, [1, 2, 3, 4, 5, 6, 'seven']],
      [7, [1, 2, 3, 4, 5, 0.5, 'seven']],
    ],
  },
};

/** @param {() => unknown} call */
function outcome(call) {
  try {
    return String(call());
  } catch (error) {
    return `${error.name} ${error.code} ${error.symbol} ${error.argument}: ${error.message}`;
  }
}

/** Calls from one place, and natives of V8's to compile them. @param {Function} f @param {number} count of parameters */
const siteOf = (f, count) => {
  const params = Array.from({ length: count }, (_, index) => `a${index}`).join();
  const body = `const site = (${params}) => f(${params});
    const optimize = () => { %OptimizeFunctionOnNextCall(f); %OptimizeFunctionOnNextCall(site); };
    const prepare = () => { %PrepareFunctionForOptimization(site); %PrepareFunctionForOptimization(f); };
    return { site, prepare, optimize };`;
  return new Function('f', body)(f);
};

for (const leaf of [false, true]) {
  const defined = Object.entries(functions).map(([name, { args, returns }]) => [name, { args, returns, leaf }]);
  const { symbols } = arkffi.dlopen(fixture('string-hashes'), Object.fromEntries(defined));
  for (const [name, { args, among }] of Object.entries(functions)) {
    const { site, prepare, optimize } = siteOf(symbols[name], args.length);
    const all = among.flatMap(([at, more]) => given.map((value) => more.toSpliced(at, 0, value)));
    const pass = () => all.map((values) => outcome(() => site(...values)));
    const cold = pass();
    prepare();
    for (const usual of [all[1], all.at(-3), all[1]]) {
      for (let count = 0; count < 50; count++) outcome(() => site(...usual));
      optimize();
      pass().forEach((text, at) => {
        if (text !== cold[at]) console.log(`hot: ${name} ${at}: ${text}, not ${cold[at]}`);
      });
      prepare();
    }
    console.log(`${name} ${leaf}:\n${cold.join('\n')}`);
  }
}
console.log(arkffi.stats().backend);
