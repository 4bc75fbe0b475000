// What is done to memory, on both sides.
import { createRequire } from 'node:module';
import { both, Disagreement, outcome, same } from './agreement.mjs';
import { below, chance, one } from './chance.mjs';
import { allocator, arenas, goneAddresses, keep, pairs, raws, views } from './memories.mjs';
import { ModelError, Region, scalars, sizeCode, Window } from './model.mjs';
import { alloc, c, isIsolated, isolate, strdup } from './place.mjs';
import { lengthIn, offsetIn, oddSizes, typeNames, valueOf } from './values.mjs';

const { Arena, attachFinalizer, free, malloc, read, realloc, reinterpret, write } = createRequire(import.meta.url)(
  '../../index.js',
);

function allocate() {
  const type = chance(0.4) ? one(typeNames) : undefined;
  const size = chance(0.03) ? one(oddSizes) : below(chance(0.05) ? 5000 : 200);
  const ownAllocator = isIsolated ? undefined : { allocator };
  const options = chance(0.1) ? { align: 2 ** below(10) } : chance(0.1) ? ownAllocator : undefined;
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
    // Views are gone then; what C is using stays for it.
    const seen = chance(0.5) && size > 0 ? reinterpret(address, size) : undefined;
    const view = seen?.view();
    if (seen && chance(0.2)) void c.memset.async(seen, 0, 0);
    const moved = realloc(address, wanted);
    if (seen && !(seen.freed && view.length === 0)) throw new Disagreement('a view is there after realloc');
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

/** An asynchronous call, before the end of which the memory may be freed. */
export async function call() {
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

/** The helper dies: nothing of its memory is there any more. */
export function crash() {
  process.kill(isolate.status().pid, 'SIGKILL');
  // It may still be dying when the next operation begins; this one waits.
  const { code } = outcome(() => c.memset(null, 0, 0));
  if (code !== 'ERR_HELPER_CRASHED') throw new Disagreement(`a call of a helper that is killed: ${code}`);
  for (const { window } of pairs) window.region.alive = false;
}

/** What is done to memory of a helper too. */
const everywhere = [allocate, duplicate, useScalar, useElement, useBytes, derive, look, release];

/** How often each is done, of all. */
export const operations = [
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
]
  .filter(([, operation]) => !isIsolated || everywhere.includes(operation))
  .flatMap(([times, operation]) => new Array(times).fill(operation));
