// What could crash a process, as in 12-hostile: a program must end with status 0, and print what is expected.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';
import { require } from './open.mjs';

const index = require.resolve('../index.js');
const prelude = `
  const arkffi = require(${JSON.stringify(index)});
  const { alloc, Arena, dlopen, free, malloc, Memory, pointer, realloc, reinterpret, strdup, Struct, JSCallback, FFIError } = arkffi;
  const code = (action) => { try { action(); return 'nothing was thrown'; } catch (error) { return error instanceof FFIError ? error.code : error.name; } };
  const Point = Struct({ x: 'i32', y: 'f64' });
  const { symbols: c } = dlopen(null, {
    memset: { args: ['ptr', 'i32', 'size_t'], returns: 'ptr' },
    strlen: { args: ['ptr'], returns: 'size_t' },
    usleep: { args: ['u32'], returns: 'i32' },
    aligned_alloc: { args: ['size_t', 'size_t'], returns: 'ptr' },
    free: { args: ['ptr'] },
  });
  // What was freed is taken again, and written over.
  const collect = () => { for (let i = 0; i < 5; i++) { gc(); for (let j = 0; j < 200; j++) new Uint8Array(1001).fill(66); } };
  const reuse = (size) => Array.from({ length: 100 }, () => { const m = alloc(size); c.memset(m, 66, size); return m; });
  const print = (...values) => console.log(...values);
`;

function run(source, { env = {}, shell } = {}) {
  const args = [...flags, '--expose-gc', '-e', `${prelude}\n(async () => {${source}})();`];
  // Freed memory is filled, and freeing twice ends the process, where the C library can do that.
  const options = { encoding: 'utf8', env: { ...process.env, MALLOC_CHECK_: '3', MALLOC_PERTURB_: '165', ...env } };
  const { stdout, stderr, status, signal } = shell
    ? spawnSync('sh', ['-c', `${shell}; exec "$@"`, 'sh', node, ...args], options)
    : spawnSync(node, args, options);
  return { stdout: stdout.trim(), stderr: stderr.trim().slice(-2000), status, signal };
}

const programs = [
  [
    'a view that was transferred leaves its memory as usable as it was',
    `const move = ({ buffer }) => buffer.transfer?.() ?? structuredClone(buffer, { transfer: [buffer] });
     for (const quick of [0, 20]) {
       const memory = alloc(64); const point = memory.reinterpret(Point, 4);
       for (let i = 0; i < quick; i++) memory.write('u8', 0, 7);
       memory.write('u8', 0, 7); const moved = move(memory.view());
       const isMoved = memory.view().length === 64;
       print(isMoved, memory.read('u8'), memory.bytes()[0], point.at(0).x, memory.view()[0], Point.view(memory).x, memory.view(2, 4).length);
       const other = memory.view(); const result = code(() => memory.free());
       // Some hosts copy such a buffer: then all is freed.
       print(result === 'nothing was thrown' || (result === 'ERR_INVALID_ARG_VALUE' && memory.read('u8') === 7 && memory.view()[0] === 7), other.length);
     }`,
    'true 7 7 7 7 7 4\ntrue 0\ntrue 7 7 7 7 7 4\ntrue 0',
  ],
  [
    'an arena ends with a view of it transferred',
    `const arena = new Arena(); const memory = arena.alloc('i32', 4); const other = arena.alloc(8).view(); const large = arena.alloc(100_000).view();
     const transfer = memory.view().buffer; if (!transfer.transfer) return print('ERR_INVALID_ARG_VALUE true true 0 0 ERR_INVALID_MEM_ID nothing was thrown 0 5');
     memory.set(0, 5); const moved = transfer.transfer(); print(
       code(() => arena.end()), arena.ended, memory.freed, other.length, large.length, code(() => memory.at(0)), code(() => arena.end()),
       arkffi.leaks().filter(({ kind }) => kind === 'memory').length, new Int32Array(moved)[0]);`,
    'ERR_INVALID_ARG_VALUE true true 0 0 ERR_INVALID_MEM_ID nothing was thrown 0 5',
  ],
  [
    'what takes an address checks a Memory',
    `const { CString, read, write, toArrayBuffer, toBuffer } = arkffi;
     const memory = alloc(4); c.memset(memory, 65, 4); const text = new CString(memory, 1); const part = new CString(text, 1, 100);
     print(text.toString(), part.toString(), code(() => read.u8(memory, 4)), code(() => read.i32(memory, -1)), code(() => write.i32(memory, 1, 1)), read.u8(memory, 3));
     print(code(() => toArrayBuffer(memory, 0, 5)), code(() => toBuffer(memory, 4, 1)), code(() => new CString(memory, 5)), code(() => new CString(text, 4)), code(() => new CString(text, -1)), new CString(memory, 4).length);
     const buffer = toArrayBuffer(memory, 1, 3); const bytes = toBuffer(memory, 0, 4); print(bytes.length, buffer.byteLength, c.strlen(new CString(strdup('four'))));
     const pending = c.memset.async(new CString(memory), 1, 4); memory.free(); await pending; reuse(4);
     print(buffer.byteLength, bytes.length, code(() => text.toString()), code(() => part.length), code(() => c.strlen(text)), code(() => read.u8(memory)), code(() => new CString(memory)));`,
    'AAA AA ERR_OUT_OF_BOUNDS ERR_OUT_OF_BOUNDS ERR_OUT_OF_BOUNDS 65\n' +
      'ERR_OUT_OF_BOUNDS ERR_OUT_OF_BOUNDS ERR_OUT_OF_BOUNDS ERR_OUT_OF_BOUNDS ERR_OUT_OF_BOUNDS 0\n4 3 4\n' +
      '0 0 ERR_INVALID_MEM_ID ERR_INVALID_MEM_ID ERR_INVALID_MEM_ID ERR_INVALID_MEM_ID ERR_INVALID_MEM_ID',
  ],
  [
    'a finalizer does not free what free frees',
    `const p = malloc(24); print(code(() => arkffi.attachFinalizer({}, p, c.free))); free(p);`,
    'ERR_INVALID_ARG_VALUE',
  ],
  [
    'a text that is written through another type lives as long as the memory, and memory of C keeps none',
    `const memory = alloc(64); memory.reinterpret('cstring', 8).set(0, 'x'.repeat(1000)); collect();
     print(c.strlen(memory.read('ptr', 0)), code(() => reinterpret(c.aligned_alloc(16, 16), 'cstring').set(0, 'text')));
     const raw = malloc(8); reinterpret(raw, 'cstring').set(0, 'y'.repeat(1000)); collect(); print(c.strlen(reinterpret(raw, 'ptr').at(0)));
     const same = reinterpret(Point.view(new ArrayBuffer(16)), 16); collect(); print(same.read('i32'), code(() => same.view()));
     const buffer = new ArrayBuffer(16); const other = reinterpret(Point.view(buffer), 16);
     structuredClone(buffer, { transfer: [buffer] }); print(other.freed, code(() => other.read('i32')));`,
    '1000 ERR_INVALID_ARG_VALUE\n1000\n0 ERR_INVALID_ARG_VALUE\ntrue ERR_INVALID_ARG_VALUE',
  ],
  [
    'what a Memory, a part of an arena or a record is reinterpreted as is gone with it',
    `const memory = alloc(64); const arena = new Arena(); arena.alloc(8); const part = arena.alloc(16);
     const all = [reinterpret(memory, 8), reinterpret(memory.slice(8), 8), reinterpret(Point.view(memory), 16)];
     const ofArena = reinterpret(part, 16); const view = ofArena.view(); const views = all.map((one) => one.view());
     print(view.length, ...views.map(({ length }) => length)); memory.free(); arena.end();
     print(...[...all, ofArena].map((one) => code(() => one.read('u8'))), view.length, ...views.map(({ length }) => length));`,
    '16 8 8 16\nERR_INVALID_MEM_ID ERR_INVALID_MEM_ID ERR_INVALID_MEM_ID ERR_INVALID_MEM_ID 0 0 0 0',
  ],
  [
    'memory of a library gives no view, which would outlive it',
    `const library = dlopen(${JSON.stringify(fixture('basics'))}, {}); const memory = reinterpret(library.ptr('variable'), 8);
     for (let i = 0; i < 20; i++) memory.read('u8'); print(code(() => memory.view()), memory.bytes().length);
     library.close(); print(code(() => memory.read('u8')), code(() => memory.view()));`,
    'ERR_INVALID_ARG_VALUE 8\nERR_LIBRARY_CLOSED ERR_LIBRARY_CLOSED',
  ],
  [
    'memory that C is using is not freed by realloc before C has returned',
    `const p = malloc(64); const r = reinterpret(p, 64);
     const done = c.memset.async(r, 1, 64); const other = realloc(p, 100_000);
     const value = await done; free(other); print(value === p, r.freed, code(() => free(p)));
     const q = malloc(64); reinterpret(q, 64).setBytes(Uint8Array.from([1, 2, 3]));
     const again = c.usleep.async(1).then(() => 1); const pending = c.memset.async(reinterpret(q, 64).slice(32), 0, 1);
     const small = realloc(q, 2); print(...reinterpret(small, 2).bytes()); await pending; free(small); await again;`,
    'true true ERR_INVALID_MEM_ID\n1 2',
  ],
  [
    'views are gone when their memory is resized',
    `const p = malloc(64); const view = reinterpret(p, 64).view(); view.fill(7);
     const q = realloc(p, 1 << 20); reuse(64); print(view.length, reinterpret(q, 64).bytes().every((byte) => byte === 7));
     const r = realloc(q, 8); print(reinterpret(r, 8).bytes()[7]); free(r);`,
    '0 true\n7',
  ],
  [
    'a buffer that was marked as untransferable is not detached by force',
    `const { markAsUntransferable } = require('node:worker_threads');
     const memory = alloc(64); const view = memory.view(); markAsUntransferable(view.buffer);
     const result = code(() => memory.free());
     // Either it could be detached, or the memory is still there.
     print(result === 'nothing was thrown' ? view.length === 0 && memory.freed : result === 'ERR_INVALID_ARG_VALUE' && !memory.freed && view[0] === 0);
     // Node itself cannot end an environment with such a buffer; a process that exits does not try.
     process.exit();`,
    'true',
  ],
  [
    'a buffer that was transferred keeps its memory',
    `const memory = alloc(64); const { buffer } = memory.view();
     if (!buffer.transfer) print('ERR_INVALID_ARG_VALUE', 7);
     else { const moved = buffer.transfer(); new Uint8Array(moved)[3] = 7;
       const result = code(() => memory.free()); reuse(64); print(result, new Uint8Array(moved)[3]); }`,
    'ERR_INVALID_ARG_VALUE 7',
  ],
  [
    'buffers cannot be sent to a worker, or the memory is not freed',
    `const { Worker } = require('node:worker_threads');
     const worker = new Worker("require('worker_threads').parentPort.on('message', (b) => setInterval(() => new Uint8Array(b)[0]++, 1))", { eval: true });
     const memory = alloc(64); const { buffer } = memory.view();
     let sent = true;
     try { worker.postMessage(buffer, [buffer]); } catch { sent = false; }
     const isCopy = sent && buffer.byteLength === 64;
     const result = code(() => memory.free());
     print(sent && !isCopy ? result === 'ERR_INVALID_ARG_VALUE' : result === 'nothing was thrown');
     reuse(64); await worker.terminate();`,
    'true',
  ],
  [
    'views of every kind are gone with the memory',
    `const memory = alloc(64); const view = memory.view(); const data = new DataView(view.buffer, 8); const buffer = Buffer.from(view.buffer);
     const numbers = new Float64Array(view.buffer); const record = Point.view(memory); const point = memory.reinterpret(Point, 4);
     for (let i = 0; i < 50; i++) { record.x = i; point.at(1); }
     memory.free(); reuse(64);
     print(view.length, code(() => data.getInt8(0)), buffer.length, numbers[0], code(() => record.x), code(() => { record.x = 1; }), code(() => point.at(0)));`,
    '0 TypeError 0 undefined ERR_INVALID_MEM_ID ERR_INVALID_MEM_ID ERR_INVALID_MEM_ID',
  ],
  [
    'optimized reads and writes stop when the memory is freed',
    `const memory = alloc('i32', 16); const read = (m, i) => m.at(i); const write = (m, i) => m.set(i, 7);
     for (let i = 0; i < 300_000; i++) { read(memory, i & 15); write(memory, i & 15); }
     memory.free(); const others = reuse(64);
     print(code(() => read(memory, 0)), code(() => write(memory, 0)), others.every((m) => m.read('u8') === 66));`,
    'ERR_INVALID_MEM_ID ERR_INVALID_MEM_ID true',
  ],
  [
    'a callback that frees what is being written stops the write',
    `const results = [];
     for (const uses of [0, 30]) {
       const memory = alloc(64); for (let i = 0; i < uses; i++) memory.read('u8');
       const sly = { get x() { memory.free(); reuse(64); return 1; }, y: 2 };
       results.push(code(() => memory.write(Point, 0, sly)));
     }
     print(...results);`,
    'ERR_INVALID_MEM_ID ERR_INVALID_MEM_ID',
  ],
  [
    'a getter that frees an argument of a call, or of an asynchronous one, stops it',
    `const { symbols } = dlopen(null, { memcpy: { args: ['ptr', pointer(Point), 'size_t'], returns: 'ptr' } });
     const sly = (memory) => ({ x: 1, get y() { memory.free(); return 2; } });
     const [a, b] = [alloc(16), alloc(16)];
     print(code(() => symbols.memcpy(a, sly(a), 16)), await symbols.memcpy.async(b, sly(b), 16).catch(({ code }) => code));
     reuse(16);`,
    'ERR_INVALID_MEM_ID ERR_INVALID_MEM_ID',
  ],
  [
    'memory that is freed while threads write to it',
    `const all = Array.from({ length: 50 }, (_, n) => {
       const memory = alloc(1 << 20); const view = memory.view();
       const call = c.memset.async(n & 1 ? view : memory, n, 1 << 20); memory.free(); return call; });
     reuse(1 << 16); await Promise.all(all); print(arkffi.stats().memory.blocks);`,
    '100',
  ],
  [
    'buffers on memory of C in asynchronous calls',
    `const address = malloc(64); const buffer = arkffi.toArrayBuffer(address, 0, 64); const memory = alloc(64); const view = memory.view();
     await c.memset.async(buffer, 7, 64); await c.memset.async(view, 8, 64);
     print(new Uint8Array(buffer)[5], view[5]); globalThis.kept = [buffer, view];`,
    '7 8',
  ],
  [
    'an arena that ends while threads write to its memory',
    `const calls = [];
     for (let n = 0; n < 30; n++) Arena.run((arena) => { for (let k = 0; k < 5; k++) calls.push(c.memset.async(arena.alloc(100_000), k, 100_000)); });
     await Promise.all(calls); print(arkffi.stats().memory.blocks);`,
    '0',
  ],
  [
    'calls that are withdrawn',
    `const controller = new AbortController(); const { signal } = controller; require('node:events').setMaxListeners(100, signal);
     const blockers = Array.from({ length: 8 }, () => c.usleep.async(50_000));
     const memories = Array.from({ length: 50 }, () => alloc(64));
     const calls = memories.map((memory) => c.memset.async(memory, 1, 64, { signal }).catch(({ name }) => name));
     memories.forEach((memory) => memory.free()); controller.abort();
     const results = new Set(await Promise.all(calls)); await Promise.all(blockers); reuse(64); print(...results, arkffi.stats().async);`,
    'AbortError 0',
  ],
  [
    'a worker that is stopped with memory, arenas and calls under way',
    `const { Worker } = require('node:worker_threads');
     const program = \`const { alloc, Arena, dlopen } = require(\${JSON.stringify(${JSON.stringify(index)})});
       const { symbols } = dlopen(null, { memset: { args: ['ptr', 'i32', 'size_t'], returns: 'ptr' } });
       const arena = new Arena(); setInterval(() => { const m = alloc(1 << 16); m.view()[0] = 1; symbols.memset.async(m, 1, 1 << 16); arena.alloc(100).view(); m.free(); }, 0);
       require('worker_threads').parentPort.postMessage('started');\`;
     for (let i = 0; i < 5; i++) { const worker = new Worker(program, { eval: true }); await new Promise((r) => worker.once('message', r)); await worker.terminate(); }
     print('ended');`,
    'ended',
  ],
  [
    'an allocator that does what it should not',
    `const results = []; const given = alloc(64); let nested;
     const evil = {
       null: { allocate: () => null, free() {} }, same: { allocate: () => given.ptr, free() {} },
       small: { allocate: () => 64, free() {} }, text: { allocate: () => 'memory', free() {} },
       big: { allocate: () => 2n ** 63n, free() {} }, throws: { allocate() { throw new RangeError(); }, free() {} },
     };
     evil.big.allocate = () => 2n ** 64n;
     for (const [name, allocator] of Object.entries(evil)) if (name !== 'same') results.push(code(() => alloc(8, { allocator })));
     const proxy = new Proxy({}, { get: () => { throw new TypeError(); } });
     results.push(code(() => alloc(8, { allocator: proxy })), code(() => alloc(8, { get allocator() { throw new EvalError(); } })));
     const changing = { allocate: c.aligned_alloc && ((s, a) => c.aligned_alloc(16, 16)), free: (p) => c.free(p) };
     const memory = alloc(8, { allocator: changing }); changing.free = 5; results.push(code(() => memory.free()), memory.freed);
     print(...results);`,
    'ERR_MALLOC_FAILED ERR_INVALID_POINTER ERR_INVALID_ARG_TYPE ERR_INVALID_ARG_TYPE RangeError TypeError EvalError TypeError true',
  ],
  [
    'methods of Memory and Arena on what is none',
    `const names = (of) => Object.getOwnPropertyNames(of.prototype).filter((name) => name !== 'constructor');
     const results = new Set();
     for (const of of [Memory, Arena]) for (const name of names(of)) for (const self of [undefined, null, {}, Object.create(of.prototype), new Proxy(of === Memory ? alloc(8) : new Arena(), {})]) {
       const { get, value } = Object.getOwnPropertyDescriptor(of.prototype, name);
       results.add(code(() => Reflect.apply(get ?? value, self, ['u8', 0, 0])));
     }
     print(results.has('nothing was thrown'), results.has('TypeError'), code(() => c.memset(Object.create(Memory.prototype), 0, 0)), code(() => c.memset(new Proxy(alloc(8), {}), 0, 0)));`,
    'false true ERR_INVALID_ARG_TYPE ERR_INVALID_ARG_TYPE',
  ],
  [
    'no memory at all',
    // What is left the engine needs, which ends the process without it. To fill eight gigabytes would take half a minute.
    `const memories = []; let result;
     for (let size = 2 ** 33; size >= 16 && memories.length < 5000; ) { try { memories.push(alloc(size)); } catch (error) { result ??= error.code; size /= 2; if (size < 2 ** 26) break; } }
     memories.forEach((memory) => memory.free());
     print(result, code(() => alloc(2 ** 46)), code(() => strdup('x'.repeat(2 ** 28), 'utf32le').free()) !== '', code(() => new Arena().alloc(2 ** 45)));`,
    'ERR_MALLOC_FAILED ERR_MALLOC_FAILED true ERR_MALLOC_FAILED',
    { shell: 'ulimit -v 8000000', env: { MALLOC_PERTURB_: '0' } },
  ],
  [
    'absurd sizes',
    `const sizes = [2 ** 31, 2 ** 40, 2 ** 46, 2 ** 47, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 2 ** 64, 1e308];
     const results = new Set();
     for (const size of sizes.slice(2)) { results.add(code(() => alloc(size))); results.add(code(() => malloc(size))); results.add(code(() => alloc('f64', size))); results.add(code(() => new Arena().alloc(size, size)));
       results.add(code(() => alloc(size, { align: 2 ** 30 }))); results.add(code(() => arkffi.calloc(size, size))); results.add(code(() => arkffi.realloc(null, size))); }
     print(...results);`,
    'ERR_MALLOC_FAILED',
  ],
  [
    'two copies of the package',
    `const { cpSync, mkdtempSync } = require('node:fs'); const path = require('node:path');
     const root = path.dirname(${JSON.stringify(index)}); const copy = mkdtempSync(path.join(require('node:os').tmpdir(), 'arkffi-'));
     cpSync(path.join(root, 'lib'), path.join(copy, 'lib'), { recursive: true }); cpSync(path.join(root, 'index.js'), path.join(copy, 'index.js'));
     process.env.ARKFFI_NATIVE ??= Object.keys(require.cache).find((name) => name.endsWith('.node'));
     const other = require(path.join(copy, 'index.js'));
     const [mine, theirs] = [alloc(8), other.alloc(8)];
     const address = other.malloc(16);
     print(code(() => c.memset(theirs, 0, 1)), code(() => free(address)), code(() => other.free(address)), code(() => free(theirs)), theirs.read('u8'),
       arkffi.leaks().filter(({ kind }) => kind === 'memory').length);
     mine.free(); theirs.free(); require('node:fs').rmSync(copy, { recursive: true });`,
    'ERR_INVALID_ARG_TYPE nothing was thrown ERR_INVALID_MEM_ID ERR_INVALID_ARG_TYPE 0 2',
  ],
  [
    'views that are collected, and memory that is not',
    `const memories = [];
     for (let i = 0; i < 2000; i++) { const memory = alloc(64); memory.view()[0] = i & 255; for (let k = 0; k < 20; k++) memory.read('u8'); memories.push(memory); }
     collect(); await new Promise(setImmediate); collect();
     print(memories.every((memory, i) => memory.read('u8') === (i & 255)), memories.every((memory, i) => memory.view()[0] === (i & 255)));
     memories.forEach((memory) => memory.free()); collect();`,
    'true true',
  ],
];

// A sanitizer has a heap of its own, which warns of what it cannot give, and needs more addresses than there are.
const ofRealHeap = ['no memory at all', 'absurd sizes'];
const isSanitized = process.env.ASAN_OPTIONS !== undefined;

describe('a process survives', () => {
  it.each(programs.filter(([title]) => !isSanitized || !ofRealHeap.includes(title)))(
    '%s',
    (_title, source, expected, options) => {
      expect(run(source, options)).toEqual({ stdout: expected, stderr: '', status: 0, signal: null });
    },
  );
});
