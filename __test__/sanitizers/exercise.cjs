'use strict';
// A bit of everything, without a mistake: sanitizers must have nothing to say. `node --expose-gc exercise.cjs [rounds]`

const assert = require('node:assert');
const path = require('node:path');
const { Worker, isMainThread, workerData } = require('node:worker_threads');
const arkffi = require('../../index.js');

const {
  alloc,
  attachFinalizer,
  callback,
  dlopen,
  errno,
  ffi,
  inout,
  leaks,
  out,
  ptr,
  read,
  releasePtr,
  strdup,
  write,
} = arkffi;
const { Arena, CFunction, CString, JSCallback, Struct, Union, array } = arkffi;
const rounds = isMainThread ? Number(process.argv[2] ?? 20) : workerData;
const built = (/** @type {string} */ name) =>
  path.join(__dirname, '../.build', process.env.ARKFFI_TEST_ARCH ?? process.arch, `${name}.so`);

const Point = Struct({ x: 'f64', y: 'i32' });
const Nested = Struct({ name: 'cstring', points: array(Point, 3), either: Union({ i: 'i32', d: 'f64' }) });
const Division = Struct({ quot: 'int', rem: 'int' });

const process_ = dlopen(null, {
  strlen: { args: ['cstring'], returns: 'size_t' },
  strchr: { args: ['cstring', 'int'], returns: 'cstring' },
  div: { args: ['int', 'int'], returns: Division },
  divide: { symbol: 'div', args: ['int', 'int'], returns: Division.object },
  malloc: { args: ['size_t'], returns: 'ptr' },
  free: { args: ['ptr'] },
  memset: { args: ['ptr', 'int', 'size_t'], returns: 'ptr' },
  memcpy: { args: [inout(Point), 'ptr', 'size_t'] },
  strtod: { args: ['cstring', out('ptr')], returns: 'f64' },
  qsort: { args: ['buffer', 'size_t', 'size_t', callback(['ptr', 'ptr'], 'int')] },
  close: { args: ['int'], returns: 'int' },
});
const { symbols: c } = process_;
const threads = dlopen(built('threads'), {
  call_on_thread: { args: ['function', 'int'], returns: 'int' },
  call: { args: [callback(['int'], 'int'), 'int'], returns: 'int' },
});

function scalarsAndStrings() {
  for (const length of [0, 1, 100, 300_000]) assert.equal(c.strlen('x'.repeat(length)), length);
  assert.equal(c.strchr('a=b', 61), '=b');
  assert.throws(() => c.strlen(1.5));
  assert.throws(() => c.strlen('a', 'b'));
  assert.equal(c.close(-1), -1);
  assert.equal(errno(), 9);
}

function records() {
  assert.deepEqual(c.divide(7, 2), { quot: 3, rem: 1 });
  const retained = c.div(9, 4);
  assert.deepEqual(Division.fromPtr(retained), { quot: 2, rem: 1 });
  releasePtr(retained);
  const nested = Nested.create({ name: 'a name', points: [{ x: 1, y: 2 }], either: { d: 0.5 } });
  assert.equal(new CString(Nested.get(nested, 'name')).toString(), 'a name');
  const point = { x: 1, y: 2 };
  c.memcpy(point, ptr(Point.create({ x: 3, y: 4 })), 16);
  assert.deepEqual(point, { x: 3, y: 4 });
}

function memory() {
  const address = c.malloc(64);
  c.memset(address, 7, 64);
  write.u32(address, 60, 5);
  assert.equal(read.u32(address, 60) + read.u8(address), 12);
  c.free(address);
  const block = alloc('i32', 16);
  block.set(15, 9);
  assert.equal(read.i32(block.ptr, 60), 9);
  c.memset(block, 1, 64);
  block.free();
  assert.throws(() => c.memset(block, 1, 64), { code: 'ERR_INVALID_MEM_ID' });
  Arena.run((arena) => {
    for (let size = 1; size < 20_000; size *= 3) arena.alloc(size).view().fill(1);
    assert.equal(c.strlen(arena.strdup('text')), 4);
  });
  const text = strdup('a text');
  assert.equal(text.toString(), 'a text');
  text.free();
  attachFinalizer({}, c.malloc(100), c.free, { size: 100 });
  attachFinalizer({}, c.malloc(100), c.free).run();
}

async function callbacksAndThreads() {
  const numbers = Int32Array.of(3, 1, 2);
  c.qsort(numbers, 3, 4, (a, b) => read.i32(a) - read.i32(b));
  assert.deepEqual([...numbers], [1, 2, 3]);
  const double = new JSCallback((n) => 2 * n, { args: ['int'], returns: 'int' });
  assert.equal(double.call(21), 42);
  assert.equal(await threads.symbols.call_on_thread.async(double, 4), 8);
  const bad = () => {
    throw new Error('mine');
  };
  assert.throws(() => threads.symbols.call(bad, 1), /mine/);
  assert.equal(CFunction({ ptr: double.ptr, args: ['int'], returns: 'int' })(3), 6);
  double.close();
  const bytes = new Uint8Array(64);
  await Promise.all([c.memset.async(bytes, 1, 64), c.strlen.async('text'), c.divide.async(1, 1)]);
  assert.equal(bytes[63], 1);
}

function libraries() {
  const library = dlopen(built('basics'), { add: { args: ['i32', 'i32'], returns: 'i32' } });
  assert.equal(library.symbols.add(1, 2), 3);
  library.close();
  assert.throws(() => library.symbols.add(1, 2), { code: 'ERR_LIBRARY_CLOSED' });
  assert.throws(() => dlopen('/no/such/library.so', {}), { code: 'ERR_DLOPEN_FAILED' });
  const handle = ffi.load(built('basics'));
  assert.equal(ffi.callMixed(handle, 'add', 'ii', 'i', [3, 4], []), 7);
  ffi.close(handle);
}

async function main() {
  for (let round = 0; round < rounds; round++) {
    scalarsAndStrings();
    records();
    memory();
    await callbacksAndThreads();
    libraries();
  }
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 10));
  if (isMainThread) {
    const worker = new Worker(__filename, { workerData: Math.ceil(rounds / 10) });
    assert.equal(await new Promise((resolve) => worker.on('exit', resolve)), 0);
  }
  threads.close();
  process_.close();
  assert.deepEqual(leaks(), []);
  if (isMainThread) console.log('done');
}
main();
