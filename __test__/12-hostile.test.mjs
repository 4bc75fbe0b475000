// What could crash a process runs in a process of its own: it must end with status 0, and print what
// is expected, as its last line.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { fixture } from './fixtures/paths.mjs';
import { require } from './open.mjs';

const node = process.env.ARKFFI_TEST_NODE ?? process.execPath;
const flags = process.env.ARKFFI_TEST_NO_CODEGEN ? ['--disallow-code-generation-from-strings'] : [];
const prelude = `
  const arkffi = require(${JSON.stringify(require.resolve('../index.js'))});
  const { dlopen, CFunction, CString, ffi, ptr, read, write, toArrayBuffer, toBuffer } = arkffi;
  const file = ${JSON.stringify(fixture('basics'))};
  const code = (action) => { try { action(); return 'nothing was thrown'; } catch (error) { return error.code ?? error.constructor.name; } };
  const { symbols } = dlopen(file, {
    length: { args: ['cstring'], returns: 'size_t' }, echo: { args: ['cstring'], returns: 'cstring' },
    add: { args: ['i32', 'i32'], returns: 'i32' }, apply: { args: ['function', 'i32'], returns: 'i32' },
    id_ptr: { args: ['ptr'], returns: 'ptr' }, sum: { args: ['ptr', 'i32'], returns: 'i32' },
  });
`;

function outcome(program, extraFlags = []) {
  const result = spawnSync(node, [...flags, ...extraFlags, '-e', `${prelude}\n${program}`], {
    encoding: 'utf8',
    timeout: 100_000,
  });
  const { status, signal, stdout, stderr } = result;
  return status === 0 ? stdout.trim().split('\n').at(-1) : `status ${status}, signal ${signal}: ${stderr.slice(-500)}`;
}

const programs = {
  'a buffer of absurd length is an error': [
    `const address = ptr(new Uint8Array(8));
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
    `const addon = { exports: {} };
     process.dlopen(addon, ${JSON.stringify(fixture('reentry'))});
     addon.exports(() => { console.log('bye'); process.exit(0); });
     const { reenter } = dlopen(${JSON.stringify(fixture('reentry'))}, { reenter: { args: ['i32'], returns: 'i32' } }).symbols;
     symbols.apply(reenter.ptr, 1);`,
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
     console.log(again !== arkffi, other.echo('new'), symbols.echo('old'), code(() => other.echo(5.5)), code(() => symbols.add('x', 1)));`,
    'true new old ERR_OUT_OF_RANGE ERR_INVALID_ARG_TYPE',
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
  'errors thrown while the code of a stub is inlined are right': [
    `const run = (n, value) => { let total = 0; for (let i = 0; i < n; i++) total += symbols.add(i, value); return total; };
     for (let i = 0; i < 50; i++) run(10000, 1);
     console.log(code(() => run(10, 0.5)), code(() => run(10, '1')), run(3, 1));`,
    'ERR_OUT_OF_RANGE ERR_INVALID_ARG_TYPE 6',
  ],
  'a hundred thousand random operations give results or errors of arkffi': [
    `require(${JSON.stringify(new URL('./hostile/random.cjs', import.meta.url).pathname)})(arkffi, file, Number(process.env.ARKFFI_SEED ?? 1), 100_000);`,
    'done',
  ],
};

describe('in a process of its own', () => {
  it.concurrent.each(Object.entries(programs))('%s', async (_, [program, expected, extraFlags]) => {
    expect(outcome(program, extraFlags)).toBe(expected);
  });
});
