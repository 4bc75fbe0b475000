// JavaScript that runs inside of calls of a function for the first time when the code around them has long been compiled,
// and changes what that was compiled for. Until then the function has only called C. Each program runs in a process of its
// own.
import { expect, test } from 'vitest';
import { hotCalls, index, run } from './fast/run.mjs';
import { fixture } from './fixtures/paths.mjs';

/**
 * What programs begin with: `sum(count, first)` adds up calls, of which those from `first` on have JavaScript run inside.
 * @param {{ returns?: string, loud?: string, quiet?: string, type?: string, takes?: string, value?: string }} [how]
 *   `quiet` and `loud` are pointers to what C calls with a value of a type; the program passes one that C takes
 */
const beginning = ({
  returns = 'i32',
  loud = 'callback.ptr',
  type = 'i32',
  quiet = 'abs',
  takes = type,
  value = '1',
} = {}) => `
  const { dlopen, JSCallback } = require(${index});
  ${hotCalls}
  const file = ${JSON.stringify(fixture('callbacks'))};
  const signature = { args: ['ptr', '${takes}'], returns: '${returns}' };
  const { symbols: { apply } } = dlopen(file, { apply: { symbol: 'apply_${takes === 'cstring' ? 'length' : type}', ...signature } });
  const { symbols: { identity } } = dlopen(${JSON.stringify(fixture('reentry'))}, { identity: { args: ['i32'], returns: 'i32' } });
  const { symbols: { abs, fabs } } = dlopen(process.platform === 'linux' ? 'libm.so.6' : null, {
    abs: { args: ['i32'], returns: 'i32' },
    fabs: { args: ['f64'], returns: 'f64' },
  });
  const addon = { exports: {} };
  process.dlopen(addon, ${JSON.stringify(fixture('reentry'))});
  const { symbols: addons } = dlopen(${JSON.stringify(fixture('reentry'))}, {
    reenter: { args: ['i32'], returns: 'i32' },
    touch: { args: ['i32'], returns: 'i32' },
  });
  class Shape { sides() { return 1; } }
  const shape = new Shape();
  const settings = { mode: 1 };
  let runs = 0;
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
  const lowest = ${returns === 'i64' || returns === 'ptr' ? '(result) => Number(BigInt(result) & 0xffffn)' : returns === 'void' ? '() => 1' : 'Number'};
  function sum(count, first = count) {
    let all = 0;
    for (let i = 0; i < count; i++) {
      all += lowest(apply(i < first ? quiet : loud, value)) * shape.sides() + settings.mode;
    }
    return all;
  }
  const warm = (count) => {
    for (let at = 0; at < count; at += 100) sum(100);
  };
  hotCalls(warm);
  // The code around them takes longer to be compiled than they do.
  warm(5_000_000);
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
  ['a u16', { returns: 'u16', value: '-1', quiet: 'identity' }, 65535],
  ['a bool', { returns: 'bool', value: '256' }, 0],
  ['an i64', { returns: 'i64' }, 1],
  ['nothing', { returns: 'void' }, 1],
];

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
      vm.runInThisContext('attempt(endless)', { timeout: 50 });
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
