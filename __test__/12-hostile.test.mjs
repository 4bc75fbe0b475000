// What could crash a process runs in a process of its own: it must end with status 0, and print what
// is expected, as its last line.
import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { fixture } from './fixtures/paths.mjs';
import { outcome } from './node.mjs';
import { require } from './open.mjs';

const prelude = `
  const arkffi = require(${JSON.stringify(require.resolve('../index.js'))});
  const { dlopen, CFunction, CString, ffi, ptr, read, write, toArrayBuffer, toBuffer } = arkffi;
  const file = ${JSON.stringify(fixture('basics'))};
  const code = (action) => { try { action(); return 'nothing was thrown'; } catch (error) { return error.code ?? error.constructor.name; } };
  const { symbols } = dlopen(file, {
    length: { args: ['cstring'], returns: 'size_t' }, echo: { args: ['cstring'], returns: 'cstring' },
    add: { args: ['i32', 'i32'], returns: 'i32' }, apply: { args: ['function', 'i32'], returns: 'i32' },
    id_ptr: { args: ['ptr'], returns: 'ptr' }, sum: { args: ['ptr', 'i32'], returns: 'i32' },
    second_after: { args: ['cstring', 'cstring', 'function'], returns: 'cstring' },
  });
  const openReentry = () => {
    const addon = { exports: {} };
    process.dlopen(addon, ${JSON.stringify(fixture('reentry'))});
    const { ptr } = dlopen(${JSON.stringify(fixture('reentry'))}, { reenter: { args: ['i32'], returns: 'i32' } }).symbols.reenter;
    return { setFunction: addon.exports, reenter: ptr };
  };
  const closing = ${JSON.stringify(fixture('closing'))};
`;

const programs = {
  'a buffer of absurd length is an error': [
    `const bytes = new Uint8Array(8), address = ptr(bytes);
     const copies = [2 ** 46, 2 ** 50, 2 ** 52].map((length) => code(() => ffi.readMemory(address, length)));
     const views = [2 ** 49, 2 ** 52, Number.MAX_SAFE_INTEGER].map((length) => code(() => toBuffer(address, 0, length)));
     console.log(...new Set(copies), ...new Set(views));`,
    'ERR_MALLOC_FAILED ERR_OUT_OF_RANGE',
  ],
  'a C string longer than a JavaScript string can be is an error': [
    `const { calloc, memset } = dlopen(null, { calloc: { args: ['size_t', 'size_t'], returns: 'ptr' }, memset: { args: ['ptr', 'i32', 'size_t'] } }).symbols;
     const size = 2 ** 29 + 100;
     const memory = calloc(size + 1, 1);
     memset(memory, 97, size);
     console.log(code(() => symbols.echo(memory)), code(() => new CString(memory).toString()), new CString(memory, 0, 5).toString());`,
    'ERR_OUT_OF_RANGE ERR_OUT_OF_RANGE aaaaa',
  ],
  'calls at the end of the stack end in a RangeError': [
    `let depth = 0;
     const dive = (text) => { depth++; symbols.add(1, 2); symbols.length(text); return dive(text + '') + 1; };
     console.log(code(() => dive('text')), code(() => dive('x'.repeat(1000))), symbols.length('four'), depth > 1000);`,
    'RangeError RangeError 4 true',
  ],
  'process.exit inside of a call ends the process': [
    `const { setFunction, reenter } = openReentry();
     setFunction(() => { console.log('bye'); process.exit(0); });
     symbols.apply(reenter, 1);`,
    'bye',
  ],
  'a worker terminated while it calls in a loop does no harm': [
    `const { Worker } = require('node:worker_threads');
     const source = 'const { dlopen } = require(' + JSON.stringify(${JSON.stringify(require.resolve('../index.js'))}) + ');' +
       'const { length } = dlopen(' + JSON.stringify(file) + ', { length: { args: ["cstring"], returns: "size_t" } }).symbols;' +
       'require("node:worker_threads").parentPort.postMessage("ready"); const text = "x".repeat(300000); for (;;) length(text);';
     (async () => {
       for (let round = 0; round < 10; round++) {
         const worker = new Worker(source, { eval: true });
         await new Promise((resolve) => worker.once('message', resolve));
         await worker.terminate();
       }
       console.log(symbols.add(1, 2));
     })();`,
    '3',
  ],
  'the package loaded again beside itself works, both ways': [
    `for (const key of Object.keys(require.cache)) if (!key.endsWith('.node')) delete require.cache[key];
     const again = require(${JSON.stringify(require.resolve('../index.js'))});
     const other = again.dlopen(file, { echo: { args: ['cstring'], returns: 'cstring' } }).symbols;
     let error;
     try { again.dlopen('/no/such.so', {}); } catch (thrown) { error = thrown; }
     console.log(again !== arkffi, error instanceof again.FFIError, error instanceof arkffi.FFIError, other.echo('new'), symbols.echo('old'), code(() => other.echo(5.5)), code(() => symbols.add('x', 1)));`,
    'true true true new old ERR_OUT_OF_RANGE ERR_INVALID_ARG_TYPE',
  ],
  'functions, libraries and buffers dropped under constant collection do no harm': [
    `for (let i = 0; i < 3000; i++) {
       const library = dlopen(file, { sum: { args: ['buffer', 'i32'], returns: 'i32' } });
       const bytes = new Uint8Array(1 + (i % 300)).fill(1);
       if (library.symbols.sum(bytes, bytes.length) !== bytes.length) throw new Error('wrong sum');
       if (i % 3) library.close();
       if (i % 50 === 0) gc();
     }
     const dropped = (rounds) => {
       gc();
       if (arkffi.stats().functions > 1000 && rounds > 0) setTimeout(dropped, 1, rounds - 1);
       else console.log(rounds > 0 ? 'dropped' : 'kept');
     };
     dropped(500);`,
    'dropped',
    ['--expose-gc'],
  ],
  'a string result of a library that its own call closes is read before that is unloaded': [
    `const { setFunction, reenter } = openReentry();
     const library = dlopen(closing, { name_after: { args: ['function'], returns: 'cstring' } });
     setFunction((value) => { library.close(); return value; });
     console.log(library.symbols.name_after(reenter), code(() => library.symbols.name_after(reenter)));`,
    'a string of the library ERR_LIBRARY_CLOSED',
  ],
  'a destructor that gets back into JavaScript, calls and closes, changes no result': [
    `const { setFunction, reenter } = openReentry();
     const library = dlopen(closing, {
       set_at_unload: { args: ['function'] }, number_after: { args: ['function', 'i32'], returns: 'i32' },
     });
     const other = dlopen(file, { add: { args: ['i32', 'i32'], returns: 'i32' } });
     const seen = [];
     setFunction((value) => {
       seen.push(value, symbols.add(400, 400), symbols.length('text'));
       if (value === 1) library.close();
       else other.close();
       return value;
     });
     library.symbols.set_at_unload(reenter);
     console.log(library.symbols.number_after(reenter, 123), seen.join(), code(() => other.symbols.add(1, 2)));`,
    '123 1,800,4,2,800,4 ERR_LIBRARY_CLOSED',
  ],
  'strings on the heap live until the call that they belong to returns, however full the scratch stack is': [
    `const { setFunction, reenter } = openReentry();
     setFunction((value) => { symbols.length('x'); symbols.length('y'.repeat(400000)); return value; });
     const second = 'b'.repeat(300000);
     let right = 0;
     for (let length = 262000; length < 262160; length++) right += symbols.second_after('a'.repeat(length), second, reenter) === second;
     console.log(right);`,
    '160',
  ],
  'calls that the engine terminates leave no copies behind': [
    `const vm = require('node:vm');
     const { sleep_with } = dlopen(file, { sleep_with: { args: ['cstring', 'i32'], returns: 'i32' } }).symbols;
     Object.assign(globalThis, { sleep_with, long: 'x'.repeat(20_000_000), short: 'y'.repeat(60_000) });
     const codes = new Set();
     for (let i = 0; i < 15; i++) {
       for (const name of ['long', 'short']) codes.add(code(() => vm.runInThisContext('sleep_with(' + name + ', 30)', { timeout: 10 })));
     }
     const first = symbols.length('a new call');
     console.log(...codes, process.memoryUsage().rss < 250e6, symbols.echo('text'));`,
    'ERR_SCRIPT_EXECUTION_TIMEOUT true text',
  ],
  'built-ins that are changed after loading change no call': [
    `const view = new Uint8Array([1, 2, 3]);
     const broken = () => { throw new Error('changed'); };
     const iterator = Array.prototype[Symbol.iterator];
     Array.prototype[Symbol.iterator] = function () { symbols.add(500, 500); return iterator.call(this); };
     for (const name of ['Uint8Array', 'Number', 'BigInt', 'DataView', 'Reflect']) globalThis[name] = broken;
     for (const name of ['charCodeAt', 'includes']) String.prototype[name] = broken;
     Math.fround = Math.floor = broken;
     const results = [ffi.callPtr(symbols.add.ptr, 'ii', 'i', [30, 12], []), symbols.sum(view, 3), symbols.echo('text'), symbols.add(3, 4)];
     Array.prototype[Symbol.iterator] = iterator;
     console.log(results.join());`,
    '42,6,text,7',
  ],
  'what the program puts in the place of built-ins is not given what stubs refer to': [
    `const { bind, call, apply } = Function.prototype;
     let seen = 0;
     const spy = (real) => function (...given) {
       if (given.flat(2).some((value) => ArrayBuffer.isView(value))) seen++;
       return Reflect.apply(real, this, given);
     };
     for (const [name, real] of Object.entries({ bind, call, apply })) Function.prototype[name] = spy(real);
     const opened = dlopen(file, { add: { args: ['i16', 'i32'], returns: 'i64' } });
     for (const [name, real] of Object.entries({ bind, call, apply })) Function.prototype[name] = real;
     console.log(opened.symbols.add(1, 2), seen);`,
    '3 0',
  ],
  'no property of the program is asked while a string is copied': [
    `const { call } = Function.prototype;
     let asked = 0;
     const spy = { get: () => { asked++; symbols.echo('another'); return call; }, configurable: true };
     const results = [];
     const { charCodeAt } = String.prototype;
     for (let i = 0; i < 3; i++) {
       Object.defineProperty(String.prototype, 'charCodeAt', spy);
       Object.defineProperty(Function.prototype, 'call', spy);
       results[i] = symbols.echo('text' + i);
       Object.defineProperty(Function.prototype, 'call', { value: call, configurable: true, writable: true });
       Object.defineProperty(String.prototype, 'charCodeAt', { value: charCodeAt, configurable: true, writable: true });
     }
     console.log(results.join(), asked);`,
    'text0,text1,text2 0',
  ],
  'what is put on Object.prototype changes neither bindings nor calls': [
    `const keys = ['read', 'string', 'scratch', 'keeps', 'load', 'symbol', 'args', 'optional', 'returns', 'ptr', 'get', 'value'];
     for (const key of keys) Object.prototype[key] = key === 'get' ? () => 5 : true;
     const polluted = dlopen(file, { add: { args: ['i32', 'i32'], returns: 'i32' }, nothing: {} }).symbols;
     const results = [polluted.add(1, 2), polluted.nothing(), symbols.add(3, 4), symbols.echo('text'), code(() => CFunction({}))];
     for (const key of keys) delete Object.prototype[key];
     console.log(results.join(), polluted.add(5, 6), polluted.add.ptr > 65536);`,
    '3,,7,text,ERR_INVALID_ARG_TYPE 11 true',
  ],
  'a library name of any length is an error': [
    `console.log(code(() => dlopen('x'.repeat(9_000_000), {})), code(() => dlopen('/' + 'x'.repeat(9_000_000), {})));`,
    'ERR_INVALID_ARG_VALUE ERR_INVALID_ARG_VALUE',
  ],
  'errors thrown while the code of a stub is inlined are right': [
    `const run = (n, value) => { let total = 0; for (let i = 0; i < n; i++) total += symbols.add(i, value); return total; };
     for (let i = 0; i < 50; i++) run(10000, 1);
     console.log(code(() => run(10, 0.5)), code(() => run(10, '1')), run(3, 1));`,
    'ERR_OUT_OF_RANGE ERR_INVALID_ARG_TYPE 6',
  ],
  'a hundred thousand random operations give results or errors of arkffi': [
    `require(${JSON.stringify(fileURLToPath(new URL('./hostile/random.cjs', import.meta.url)))})(arkffi, file, Number(process.env.ARKFFI_SEED ?? 1), 100_000);`,
    'done',
  ],
};

describe('in a process of its own', () => {
  it.each(Object.entries(programs))('%s', (_, [program, expected, extraFlags]) => {
    expect(outcome(`${prelude}\n${program}`, extraFlags)).toBe(expected);
  });
});
