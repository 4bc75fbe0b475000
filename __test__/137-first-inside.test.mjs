// JavaScript that runs inside of calls of a function for the first time when the code around them has long been compiled,
// and changes what that was compiled for. Until then the function has only called C. Each program runs in a process of its
// own.
import { expect, test } from 'vitest';
import { hotCalls, index, lib, run } from './fast/run.mjs';
import { fixture } from './fixtures/paths.mjs';

/** So many calls are made before the one that matters: from compiled code in the end. Emulated, each takes long. */
const WARM = process.env.ARKFFI_TEST_ARCH ? 1_000_000 : 5_000_000;

/**
 * What programs begin with: `sum(count, first)` adds up calls, of which those from `first` on have JavaScript run inside.
 * @param {{ returns?: string, loud?: string, quiet?: string, type?: string, takes?: string, value?: string, unfit?: string, earlier?: string }} [how]
 *   `quiet` is the text of a function, and `loud` the text of a pointer, to what C calls with a value of a type; two of a
 *   hundred calls are given the `unfit` value, and refused; `earlier` is run before the function is bound
 */
const beginning = ({
  returns = 'i32',
  loud = 'callback.ptr',
  type = 'i32',
  quiet = 'abs',
  takes = type,
  value = '1',
  unfit = 'value',
  earlier = '',
} = {}) => `
  const { dlopen, JSCallback } = require(${index});
  ${hotCalls}
  const file = ${JSON.stringify(fixture('callbacks'))};
  const signature = { args: ['ptr', '${takes}'], returns: '${returns}' };
  ${earlier}
  const { symbols: { apply } } = dlopen(file, { apply: { symbol: 'apply_${takes === 'cstring' ? 'length' : type}', ...signature } });
  const { symbols: { abs, fabs } } = dlopen(process.platform === 'linux' ? 'libm.so.6' : null, {
    abs: { args: ['i32'], returns: 'i32' },
    fabs: { args: ['f64'], returns: 'f64' },
  });
  const addon = { exports: {} };
  process.dlopen(addon, ${JSON.stringify(fixture('reentry'))});
  const { symbols: addons } = dlopen(${JSON.stringify(fixture('reentry'))}, {
    collect: { args: ['i32'], returns: 'i32' },
    collect_sealed: { args: ['i32'], returns: 'i32' },
    identity: { args: ['i32'], returns: 'i32' },
    reenter: { args: ['i32'], returns: 'i32' },
    touch: { args: ['i32'], returns: 'i32' },
  });
  class Shape { sides() { return 1; } }
  const shape = new Shape();
  const settings = { mode: 1 };
  let runs = 0, refused = 0;
  const change = (value) => {
    runs++;
    settings.mode = 2;
    Shape.prototype.sides = () => 2;
    globalThis.gc?.();
    return value;
  };
  const type = { args: ['${type}'], returns: '${type}' };
  const callback = new JSCallback(change, type);
  const quiet = ${quiet}.ptr;
  const loud = ${loud};
  const value = ${value};
  // The upper half of a register is nobody's when C has returned 32 bits.
  const lowest = ${returns === 'i64' ? '(result) => Number(BigInt(result) & 0xffffn)' : returns === 'void' ? '() => 1' : 'Number'};
  function sum(count, first = count) {
    let all = 0;
    for (let i = 0; i < count; i++) {
      try {
        all += lowest(apply(i < first ? quiet : loud, i % 50 === 3 ? ${unfit} : value)) * shape.sides() + settings.mode;
      } catch {
        refused++;
      }
    }
    return all;
  }
  const warm = (count) => {
    for (let at = 0; at < count; at += 100) sum(100);
  };
  hotCalls(warm);
  // The code around them takes longer to be compiled than they do.
  warm(${WARM});
`;

const print = `console.log(sum(100, 50), sum(100), sum(100, 0), runs);`;

/** What that prints when the calls return `value`. @param {number} value */
const printed = (value) => {
  const [before, after] = [value + 1, value * 2 + 2];
  return `${50 * (before + after)} ${100 * after} ${100 * after} 150\n`;
};

/** Runs a program. @param {string} text @param {string[]} [more] options */
const runs = (text, more = []) => run([...more, '-e', text]);

/** Where the processor is emulated, to start a program takes seconds: the first two. @type {<Case>(cases: Case[]) => Case[]} */
const some = (cases) => (process.env.ARKFFI_TEST_ARCH ? cases.slice(0, 2) : cases);

const results = [
  ['a double', { returns: 'f64', type: 'f64', value: '1.5', quiet: 'fabs' }, 1.5],
  ['an i32 and take a string', { takes: 'cstring', value: `'text'` }, 4],
  ['an i32', { returns: 'i32' }, 1],
  ['an i8', { returns: 'i8', value: '200' }, -56],
  ['a u16', { returns: 'u16', value: '-1', quiet: 'addons.identity' }, 65535],
  ['a bool', { returns: 'bool', value: '256' }, 0],
  ['an i64', { returns: 'i64' }, 1],
  ['nothing', { returns: 'void' }, 1],
];

test('code around calls of which some are refused sees what a callback changes', () => {
  // Also of the kinds that are made through the frame otherwise.
  for (const unfit of ["'x'", '2n ** 70n']) {
    const text = 'refused = 0; console.log(sum(100, 50), sum(100), sum(100, 0), runs, refused);';
    expect(runs(beginning({ unfit }) + text)).toBe(`${49 * (2 + 4)} ${98 * 4} ${98 * 4} 147 6\n`);
  }
});

test.each(some(results))('code around calls that return %s sees what a callback changes', (_, how, result) => {
  expect(runs(beginning(how) + print)).toBe(printed(result));
});

test('code in one long loop sees it too, and code that a collection inside has moved', () => {
  const moving = process.versions.bun || process.versions.deno ? [] : ['--compact-on-every-full-gc'];
  const text = `console.log(sum(2_000_000, 1_999_990), sum(10), runs);`;
  expect(runs(beginning() + text, moving)).toBe('4000020 40 10\n');
});

/** Ways into JavaScript that arkffi does not see: the argument of the addon's function `touch`. */
const ways = ['a getter', 'a setter', 'a proxy', 'a conversion', 'instanceof', 'a constructor', 'a script'];

/** What `touch` finds all of them in. */
const target = `
  const target = function () { change(); };
  Object.defineProperty(target, 'getter', { get: change });
  Object.defineProperty(target, 'setter', { set: change });
  target.proxy = new Proxy({}, { has: () => { change(); return true; } });
  target[Symbol.toPrimitive] = () => { change(); return 'text'; };
  Object.defineProperty(target, Symbol.hasInstance, { value: () => { change(); return true; } });
  globalThis.change = change;
  target.script = 'change()';
  addon.exports(target);
`;

test.each(some(ways.map((way, how) => [way, how])))('code around a call sees what an addon changes by %s', (_, how) => {
  const text = `${target} console.log(sum(100, 50), sum(100, 0));`;
  // Quiet calls return what they are passed, others 1.
  const expected = `${50 * (how + 1 + 4)} 400\n`;
  expect(runs(beginning({ loud: 'addons.touch.ptr', value: String(how) }) + text)).toBe(expected);
});

test('code around a call sees what an addon changes by a call', () => {
  expect(runs(`${beginning({ loud: 'addons.reenter.ptr' })} addon.exports(change); ${print}`)).toBe(printed(1));
});

test('what a callback throws is thrown by the call, whose code goes on by its handlers', () => {
  const text = `
    const throwing = new JSCallback((value) => { change(); throw new Error('mine'); }, { ...type, onError: 7 });
    const caught = [];
    function attempt(count, first) {
      let all = 0;
      for (let i = 0; i < count; i++) {
        try {
          all += apply(i < first ? quiet : throwing, value) * shape.sides() + settings.mode;
        } catch (error) {
          caught.push(error.message);
          all += shape.sides();
        }
      }
      return all;
    }
    for (let i = 0; i < 50_000; i++) attempt(100, 100);
    console.log(attempt(100, 98), attempt(4, 3), String(caught));`;
  expect(runs(beginning() + text)).toBe('200 14 mine,mine,mine\n');
});

test('a script that is stopped inside of a call ends after it, and later calls are right', () => {
  const text = `
    const vm = require('node:vm');
    const endless = new JSCallback((value) => { change(); for (;;); return value; }, { ...type, onError: 3 });
    globalThis.attempt = (pointer) => {
      let all = 0;
      for (let i = 0; i < 100; i++) all += apply(i < 99 ? quiet : pointer, value) * shape.sides() + settings.mode;
      return all;
    };
    for (let i = 0; i < 50_000; i++) attempt(quiet);
    globalThis.endless = endless.ptr;
    try {
      vm.runInThisContext('attempt(endless)', { timeout: 1000 });
    } catch (error) {
      console.log(error.code, attempt(quiet), attempt(loud), sum(100, 50));
    }`;
  expect(runs(beginning() + text)).toBe('ERR_SCRIPT_EXECUTION_TIMEOUT 400 400 400\n');
});

test('functions of the same types see it each, whichever was the first', () => {
  const text = `
    const { symbols: { second } } = dlopen(file, { second: { symbol: 'apply_i32', ...signature } });
    function other(count, first) {
      let all = 0;
      for (let i = 0; i < count; i++) all += second(i < first ? quiet : loud, value) * shape.sides() + settings.mode;
      return all;
    }
    for (let i = 0; i < 50_000; i++) other(100, 100);
    console.log(sum(100, 50), other(100, 50));
    for (let i = 0; i < 50_000; i++) other(100, 100);
    const again = new JSCallback((value) => { settings.mode = { valueOf: () => 3 }; return value; }, type);
    function third(count, pointer) {
      let all = 0;
      for (let i = 0; i < count; i++) all += second(i < 99 ? quiet : pointer, value) * shape.sides() + settings.mode;
      return all;
    }
    for (let i = 0; i < 50_000; i++) third(100, quiet);
    console.log(third(100, again.ptr), third(100, quiet));`;
  expect(runs(beginning() + text)).toBe('300 400\n401 500\n');
});

test.each([
  ['numbers', {}, 'apply_i32', 1],
  ['a string', { takes: 'cstring', value: `'text'` }, 'apply_length', 4],
])('functions that take %s see it after a leaf of the same types was bound', (_, how, symbol, result) => {
  const earlier = `dlopen(file, { leaf: { symbol: '${symbol}', ...signature, leaf: true } });`;
  expect(runs(beginning({ ...how, earlier }) + print)).toBe(printed(result));
});

test('all of this is so in workers', () => {
  const text =
    beginning() +
    print
      .replace('console.log(', `require('node:worker_threads').parentPort.postMessage([`)
      .replace(');', `].join(' '));`);
  const program = `
    const { Worker } = require('node:worker_threads');
    const one = () => new Promise((resolve) => new Worker(${JSON.stringify(text)}, { eval: true }).on('message', resolve));
    Promise.all([one(), one()]).then((all) => console.log(String(all)));`;
  const each = printed(1).trim();
  expect(runs(program)).toBe(`${each},${each}\n`);
});

const collections = [
  ['', 'collect'],
  [' where no handle may be made', 'collect_sealed'],
];

test.each(collections)(
  'code around a call in which the engine collects%s goes on rightly when it referred to what was collected',
  (_, name) => {
    const text = `
    addon.exports(() => 0);
    const quietly = Array(64).fill(quiet);
    const collecting = quietly.map((pointer, at) => (at === 30 ? addons.${name}.ptr : pointer));
    // The class lives no longer than its one object, and code that knows it only refers to it weakly.
    const made = () => new (new Function('return class { constructor() { this.p = 1; this.v = 5; } }')())();
    const box = { object: null, last: 2 };
    function through(pointers) {
      let all = 0;
      for (let i = 0; i < pointers.length; i++) {
        const { object } = box;
        if (object !== null) all += object.v;
        all += apply(pointers[i], 1);
        all += box.last;
        box.last = i & 7;
      }
      return all;
    }
    box.object = 7;
    box.object = null;
    box.object = made();
    for (let i = 0; i < 50_000; i++) through(quietly);
    box.object = null;
    for (let i = 0; i < 50_000; i++) through(quietly);
    console.log(through(collecting), through(quietly));`;
    expect(runs(beginning() + text)).toBe('288 288\n');
  },
);

test('code around calls of other copies of the package sees it too', () => {
  const copies = `
    const all = [];
    for (let copy = 0; copy < 7; copy++) {
      // The last ones have addons of their own.
      for (const key of Object.keys(require.cache)) if (copy > 3 || !key.endsWith('.node')) delete require.cache[key];
      const arkffi = require(${index});
      const { symbols: { apply } } = arkffi.dlopen(file, { apply: { symbol: 'apply_i32', ...signature } });
      const shape = new (class { sides() { return 1; } })();
      const settings = { mode: 1 };
      const callback = new arkffi.JSCallback((value) => {
        settings.mode = 2;
        Object.getPrototypeOf(shape).sides = () => 2;
        return value;
      }, type);
      const add = new Function('apply', 'shape', 'settings', 'count', 'first', 'quiet', 'loud', \`
        let all = 0; // \${copy}
        for (let i = 0; i < count; i++) all += apply(i < first ? quiet : loud, 1) * shape.sides() + settings.mode;
        return all;\`);
      const run = (first) => add(apply, shape, settings, 100, first, quiet, callback.ptr);
      for (let i = 0; i < 10_000; i++) run(100);
      all.push(run(50), run(50));
      for (let i = 0; i < 10_000; i++) run(100);
    }
    console.log(all.join(' '));`;
  expect(runs(beginning() + copies)).toBe(`${Array(7).fill('300 400').join(' ')}\n`);
});

const isGuarded = process.arch === 'x64' && !process.versions.bun && !process.versions.deno;

test.runIf(isGuarded)('V8 13.6 leaves the code around such a call where stubs say that it happened, once', () => {
  const text = `${beginning()} console.log(process.versions.v8); ${print}`;
  const output = run(['--trace-deopt', '-e', text]);
  const version = /^13\.6/m.test(output);
  const seen = output.match(/bailout [^\n]*generic keyed access[^\n]*JSFunction sum/g) ?? [];
  expect(seen.length).toBe(version ? 1 : 0);
});

test('functions are called rightly when there is no number left for their source', () => {
  const text = `
    const { numbered, watch } = require(${lib('fast/watch')});
    const scope = {};
    watch(scope);
    console.log(numbered('a@') === numbered('a@'), numbered('a@').slice(1) !== numbered('b@').slice(1), numbered('c'));
    for (let index = 0; index < 70_000; index++) numbered(index + '@');
    console.log(Number(numbered('@')) === scope.loud.length - 1, scope.loud.at(-1));
    ${beginning()} ${print}`;
  expect(runs(text)).toBe(`true true c\ntrue 1\n${printed(1)}`);
});
