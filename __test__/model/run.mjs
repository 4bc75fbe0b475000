// Random operations on memory, the same on arkffi and on the model: results and codes of errors must agree.
//   node --expose-gc __test__/model/run.mjs [--seed 1] [--count 1000000]
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { ModelError, Region, scalars, sizeCode, Window } from './model.mjs';

const arkffi = createRequire(import.meta.url)('../../index.js');
const { alloc, Arena, attachFinalizer, dlopen, free, leaks, malloc, read, realloc, stats, strdup, write } = arkffi;

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '1000000' } },
});
const seed = Number(values.seed);
const count = Number(values.count);
const { symbols: c } = dlopen(null, {
  memset: { args: ['ptr', 'i32', 'size_t'], returns: 'ptr' },
  malloc: { args: ['size_t'], returns: 'ptr' },
  aligned_alloc: { args: ['size_t', 'size_t'], returns: 'ptr' },
  free: { args: ['ptr'] },
});

// ---- chance ----------------------------------------------------------------------------------------

let state = (seed * 2_654_435_761) >>> 0 || 1;
function next() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}
const below = (limit) => Math.floor(next() * limit);
const one = (list) => list[below(list.length)];
const chance = (part) => next() < part;

const odd = [
  NaN,
  -1,
  0.5,
  -0,
  Infinity,
  2 ** 53,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
  1n,
  '1',
  null,
  {},
  [],
  true,
  2 ** 31,
  2 ** 32,
];
// No objects, which are options, and nothing that there may just be memory for.
const oddSizes = odd.filter((value) => typeof value !== 'object' && value !== 2 ** 31 && value !== 2 ** 32);
const offsetIn = (size) => (chance(0.03) ? one(odd) : below(size + 4) - (chance(0.02) ? 3 : 0));
const lengthIn = (size) => (chance(0.2) ? undefined : offsetIn(size));
const typeNames = Object.keys(scalars);

function valueOf(type) {
  if (chance(0.05)) return one([...odd, 2n ** 64n, -(2n ** 63n), 1e300]);
  if (type === 'f64') return next() * 2 ** below(100);
  if (type === 'f32') return Math.fround(next() * 100);
  const [size] = scalars[type];
  const raw = BigInt(Math.floor(next() * 2 ** 32)) * 2n ** 32n + BigInt(Math.floor(next() * 2 ** 32));
  const isSigned = type.startsWith('i') || type === 'bigint64';
  const fitting = isSigned ? BigInt.asIntN(8 * size, raw) : BigInt.asUintN(8 * size, raw);
  return size === 8 ? fitting : Number(fitting);
}

// ---- what there is ---------------------------------------------------------------------------------

/** Memory and its model; dead ones stay for a while, to be used after they were freed. */
const pairs = [];
const MOST = 300;
/** @type {{ arena: InstanceType<typeof Arena>, regions: Region[] }[]} */
const arenas = [];
/** Views that were given out. */
const views = [];
/** By address: what malloc gave. */
const raws = new Map();
/** Addresses that are freed. */
const goneAddresses = [];

function keep(memory, window) {
  const pair = { memory, window };
  if (pairs.length < MOST) pairs.push(pair);
  else {
    const at = below(MOST);
    // What is forgotten is freed first.
    const { memory: old, window: known } = pairs[at];
    pairs[at] = pair;
    if (known.region.alive && !known.isPart && known.region.kind === 'own') {
      old.free();
      known.free();
    }
  }
  return pair;
}

const allocator = {
  given: new Set(),
  allocate(size, align) {
    const address = c.aligned_alloc(Math.max(align, 16), Math.ceil(size / Math.max(align, 16)) * Math.max(align, 16));
    this.given.add(address);
    return address;
  },
  free(address) {
    if (!this.given.delete(address)) throw new Error('the allocator got what it never gave');
    c.free(address);
  },
};

// ---- comparison ------------------------------------------------------------------------------------

class Disagreement extends Error {}

/** What an action gives, or the code of its error. */
function outcome(action) {
  try {
    return { value: action() };
  } catch (error) {
    if (error instanceof ModelError || error instanceof arkffi.FFIError) return { code: error.code };
    throw error;
  }
}

const shown = ({ code, value }) =>
  code ?? String(value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value);

/** Does the same on both sides, and gives both results; undefined when both are the same error. */
function both(name, real, model) {
  const [got, expected] = [outcome(real), outcome(model)];
  if (got.code !== expected.code) throw new Disagreement(`${name}: ${shown(got)} instead of ${shown(expected)}`);
  return got.code ? undefined : [got.value, expected.value];
}

/** The same, for results that can be compared. */
function same(name, real, model) {
  const results = both(name, real, model);
  if (!results) return;
  const [got, expected] = results.map((value) => shown({ value }));
  if (got !== expected) throw new Disagreement(`${name}: ${got} instead of ${expected}`);
}

// ---- operations ------------------------------------------------------------------------------------

function allocate() {
  const type = chance(0.4) ? one(typeNames) : undefined;
  const size = chance(0.03) ? one(oddSizes) : below(chance(0.05) ? 5000 : 200);
  const options = chance(0.1) ? { align: 2 ** below(10) } : chance(0.1) ? { allocator } : undefined;
  const unit = type ? scalars[type][0] : 1;
  const made = both(
    `alloc(${type}, ${String(size)})`,
    () => (type ? alloc(type, size, options) : alloc(size, 1, options)),
    () => {
      const code = sizeCode(size);
      if (code) throw new ModelError(code);
      return new Window(new Region(size * unit, 'own'), 0, size * unit, type, false);
    },
  );
  if (made) keep(...made);
}

function duplicate() {
  const text = Array.from({ length: below(50) }, () => String.fromCharCode(1 + below(255))).join('');
  const window = new Window(new Region(text.length + 1, 'own'), 0, text.length + 1, undefined, false);
  window.region.bytes.set(Buffer.from(text, 'latin1'));
  keep(strdup(text, 'latin1'), window);
}

function useArena() {
  if (arenas.length < 5 && chance(0.2))
    arenas.push({ arena: new Arena(chance(0.2) ? { allocator } : {}), regions: [] });
  if (arenas.length === 0) return;
  const { arena, regions } = one(arenas);
  if (chance(0.05)) {
    arena.end();
    regions.forEach((region) => (region.alive = false));
    // It stays among them now and then, to be used after its end.
    if (chance(0.7))
      arenas.splice(
        arenas.findIndex((known) => known.arena === arena),
        1,
      );
    return;
  }
  const type = chance(0.4) ? one(typeNames) : undefined;
  const size = chance(0.03) ? one(oddSizes) : below(chance(0.05) ? 20_000 : 100);
  const unit = type ? scalars[type][0] : 1;
  const made = both(
    'arena.alloc',
    () => (type ? arena.alloc(type, size) : arena.alloc(size)),
    () => {
      const code = sizeCode(size);
      if (code && code !== 'ERR_MALLOC_FAILED') throw new ModelError(code);
      if (arena.ended) throw new ModelError('ERR_INVALID_MEM_ID');
      if (code) throw new ModelError(code);
      const region = new Region(size * unit, 'arena');
      regions.push(region);
      return new Window(region, 0, size * unit, type, false);
    },
  );
  if (made) keep(...made);
}

function useScalar() {
  const { memory, window } = one(pairs);
  const type = one(typeNames);
  const offset = offsetIn(window.size);
  if (chance(0.5)) {
    const value = valueOf(type);
    same(
      `write(${type}, ${String(offset)}, ${String(value)})`,
      () => memory.write(type, offset, value),
      () => window.write(type, offset, value),
    );
  } else {
    same(
      `read(${type}, ${String(offset)})`,
      () => memory.read(type, offset),
      () => window.read(type, offset),
    );
  }
}

function useElement() {
  const { memory, window } = one(pairs);
  const index = offsetIn(window.count);
  if (chance(0.5)) {
    const value = valueOf(window.type ?? 'i32');
    same(
      'set',
      () => memory.set(index, value),
      () => {
        const at = window.element(index);
        window.write(window.type, at, value);
      },
    );
  } else {
    same(
      'at',
      () => memory.at(index),
      () => window.read(window.type ?? 'i32', window.element(index)),
    );
  }
}

function useBytes() {
  const { memory, window } = one(pairs);
  const offset = offsetIn(window.size);
  const length = lengthIn(window.size);
  const way = below(5);
  if (way === 0) {
    const source = Uint8Array.from({ length: below(50) }, () => below(256));
    same('setBytes', () => memory.setBytes(source, offset), () => window.setBytes(source, offset)); // prettier-ignore
  } else if (way === 1) {
    same('toString', () => memory.toString('latin1'), () => window.text()); // prettier-ignore
  } else if (way === 2) {
    const [byte, length] = [below(256), below(window.size + 1)];
    same('memset', () => void c.memset(memory, byte, length), () => window.fill(byte, length)); // prettier-ignore
  } else {
    same('bytes', () => memory.bytes(offset, length), () => window.bytes(offset, length)); // prettier-ignore
  }
}

function derive() {
  const { memory, window } = one(pairs);
  const offset = offsetIn(window.count);
  const length = lengthIn(window.size);
  const made = chance(0.5)
    ? both('slice', () => memory.slice(offset, length), () => window.slice(offset, length)) // prettier-ignore
    : both('add', () => memory.add(offset), () => window.add(offset)); // prettier-ignore
  if (made) keep(...made);
}

function look() {
  const { memory, window } = one(pairs);
  const offset = offsetIn(window.size);
  const length = lengthIn(window.size);
  const made = both('view', () => memory.view(offset, length), () => window.range(offset, length)); // prettier-ignore
  if (made) views[below(50)] = { view: made[0], region: window.region, start: made[1][0], end: made[1][1] };
  const known = one(views.filter(Boolean).length > 0 ? views.filter(Boolean) : [undefined]);
  if (!known) return;
  const { view, region, start, end } = known;
  const expected = region.alive ? region.bytes.slice(start, end) : new Uint8Array(0);
  same('a view', () => (view.length === 0 ? view : Uint8Array.from(view)), () => expected); // prettier-ignore
  if (!region.alive || end === start) return;
  view[0] = region.bytes[start] = below(256);
}

function release() {
  const { memory, window } = one(pairs);
  // Memory of an allocator of ours is freed by itself, not by its address.
  same('free', () => (chance(0.5) ? memory.free() : free(memory)), () => window.free()); // prettier-ignore
}

function useRaw() {
  const way = below(4);
  if (way === 0 && raws.size < 50) {
    const size = below(300);
    const address = malloc(size);
    if (raws.has(address)) throw new Disagreement('malloc gave the same memory twice');
    for (let at = 0; at < size; at++) write.u8(address, at, at & 255);
    raws.set(address, size);
  } else if (way === 1 && raws.size > 0) {
    const [address, size] = one([...raws]);
    const wanted = below(600);
    const moved = realloc(address, wanted);
    raws.delete(address);
    for (let at = 0; at < Math.min(size, wanted); at++) {
      if (read.u8(moved, at) !== (at & 255)) throw new Disagreement('realloc did not keep what was there');
    }
    for (let at = size; at < wanted; at++) write.u8(moved, at, at & 255);
    raws.set(moved, wanted);
  } else if (way === 2 && raws.size > 0) {
    const [address] = one([...raws]);
    free(address);
    raws.delete(address);
    goneAddresses[below(50)] = address;
  } else {
    const address = chance(0.5) ? one(goneAddresses) : below(2 ** 40) * 16 + 8;
    if (address === undefined || raws.has(address) || isMemoryAt(address)) return;
    const { code } = outcome(() => (chance(0.5) ? free(address) : realloc(address, 8)));
    if (code === undefined) throw new Disagreement('freed what nobody allocated');
  }
}

/** An address that is freed may be a Memory's by now. */
const isMemoryAt = (address) =>
  pairs.some(({ memory, window }) => window.region.alive && !window.isPart && memory.ptr === address);

async function call() {
  const { memory, window } = one(pairs);
  const byte = below(256);
  const size = below(window.size + 1);
  const isAlive = window.region.alive;
  const isFreed = chance(0.5) && isAlive && !window.isPart && window.region.kind === 'own';
  const promise = c.memset.async(memory, byte, size).then(
    () => undefined,
    ({ code }) => code,
  );
  if (isFreed) {
    memory.free();
    window.free();
  } else if (isAlive) window.fill(byte, size);
  const code = await promise;
  if (code !== (isAlive ? undefined : 'ERR_INVALID_MEM_ID')) throw new Disagreement(`an asynchronous call: ${code}`);
}

const attach = () => void attachFinalizer({}, c.malloc(1 + below(100)), c.free, { size: 100 });

/** How often each is done, of all. */
const operations = [
  [10, allocate],
  [3, duplicate],
  [10, useArena],
  [40, useScalar],
  [20, useElement],
  [20, useBytes],
  [8, derive],
  [6, look],
  [8, release],
  [6, useRaw],
  [1, attach],
].flatMap(([times, operation]) => new Array(times).fill(operation));

// ---- the run ---------------------------------------------------------------------------------------

keep(alloc(64), new Window(new Region(64, 'own'), 0, 64, undefined, false));
let done = 0;
try {
  for (; done < count; done++) {
    if (done % 400 === 399) await call();
    else one(operations)();
    if (done % 5000 === 4999) {
      globalThis.gc?.();
      await new Promise(setImmediate);
    }
  }
  finish();
} catch (error) {
  console.error(`seed ${seed}, operation ${done}: ${error.stack}`);
  process.exitCode = 1;
}

async function settled() {
  for (let turn = 0; turn < 100 && stats().finalizers > 0; turn++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
}

/** Frees what is left: then nothing is live, and everything is given back. */
function finish() {
  for (const { memory, window } of pairs) {
    if (!window.region.alive || window.isPart || window.region.kind === 'arena') continue;
    memory.free();
    window.free();
  }
  for (const { arena } of arenas) arena.end();
  for (const address of raws.keys()) free(address);
}
await settled();
const left = leaks().filter(({ kind }) => kind !== 'library');
if (process.exitCode === undefined) {
  const lost = { left: left.length, given: allocator.given.size, finalizers: globalThis.gc ? stats().finalizers : 0 };
  if (Object.values(lost).some((number) => number > 0)) {
    console.error(`seed ${seed}: not given back: ${JSON.stringify({ ...lost, left: left.slice(0, 3) })}`);
    process.exitCode = 1;
  } else console.log(`seed ${seed}: ${done} operations agree`);
}
