// The cost of memory that programs allocate. Only arkffi and Koffi are compared; what Koffi allocates is not checked.
import assert from 'node:assert';
import { makeBody } from './cases.mjs';
import { measure } from './measure.mjs';

const SIZE = 64;
const MANY = 1000;
/** How many times the loop runs when it is tried. */
const TRIED = 100;

/** Texts of the expression that is timed, all with the same value. */
const cases = [
  { id: 'alloc', title: `alloc and free ${SIZE} bytes`, text: `allocAndFree(${SIZE})` },
  { id: 'alloc-many', title: `${MANY} blocks, each`, text: `allocMany(${MANY}, ${SIZE})`, blocks: MANY },
  { id: 'arena', title: `${MANY} blocks of an Arena, each`, text: `allocTogether(${MANY}, ${SIZE})`, blocks: MANY },
  { id: 'memory-read', title: 'memory.read, a double', text: 'read((i & 7) * 8)' },
  { id: 'memory-write', title: 'memory.write, a double', text: '(write((i & 7) * 8, (i & 7) * 8 + 0.5), i & 7)' },
  { id: 'memory-at', title: 'memory.at, an element', text: 'at(i & 7)' },
];

/** What each contender's texts refer to. */
const scopes = {
  model: () => ({
    allocAndFree: (size) => size,
    allocMany: (count) => count,
    allocTogether: (count) => count,
    read: (offset) => offset + 0.5,
    write() {},
    at: (index) => index * 8 + 0.5,
  }),

  arkffi({ alloc, Arena }) {
    const memory = alloc('f64', 8);
    for (let index = 0; index < 8; index++) memory.set(index, index * 8 + 0.5);
    const kept = new Array(MANY);
    return {
      allocAndFree(size) {
        const block = alloc(size);
        block.free();
        return block.size;
      },
      allocMany(count, size) {
        for (let index = 0; index < count; index++) kept[index] = alloc(size);
        for (let index = 0; index < count; index++) kept[index].free();
        return count;
      },
      allocTogether(count, size) {
        const arena = new Arena();
        for (let index = 0; index < count; index++) kept[index] = arena.alloc(size);
        arena.end();
        return count;
      },
      read: (offset) => memory.read('f64', offset),
      write: (offset, value) => memory.write('f64', offset, value),
      at: (index) => memory.at(index),
    };
  },

  koffi({ alloc, free, decode, encode }) {
    const memory = alloc('double', 8);
    for (let index = 0; index < 8; index++) encode(memory, index * 8, 'double', index * 8 + 0.5);
    const kept = new Array(MANY);
    const allocMany = (count, size) => {
      for (let index = 0; index < count; index++) kept[index] = alloc('uint8_t', size);
      for (let index = 0; index < count; index++) free(kept[index]);
      return count;
    };
    return {
      allocAndFree(size) {
        const block = alloc('uint8_t', size);
        free(block);
        return size;
      },
      allocMany,
      // It has nothing of the kind.
      allocTogether: allocMany,
      read: (offset) => decode(memory, offset, 'double'),
      write: (offset, value) => encode(memory, offset, 'double', value),
      at: (index) => decode(memory, index * 8, 'double'),
    };
  },
};

/**
 * @param {ReturnType<typeof import('./contenders.mjs').enlist>[]} enlisted
 * @param {import('./measure.mjs').Pace} pace
 * @param {number} first number of the first round
 * @returns {Generator<import('./spread.mjs').Samples>}
 */
export function* measureBlocks(enlisted, pace, first) {
  const compared = enlisted
    .filter(({ id }) => id in scopes)
    .map(({ id, module }) => ({ id, scope: scopes[id](module) }));
  const model = scopes.model();
  // All are tried before the first is timed: what the engine learns of memory is from all of it.
  const ready = cases.map((which) => {
    const expected = bodyOf(which, 'model', model)(TRIED);
    return compared.map(({ id, scope }) => {
      const body = bodyOf(which, id, scope);
      assert.strictEqual(body(TRIED), expected, `${id}: ${which.title}`);
      return [id, body];
    });
  });
  for (const [index, { id, title, blocks = 1 }] of cases.entries()) {
    const times = Object.entries(measure(Object.fromEntries(ready[index]), pace, first));
    yield { id, title, times: Object.fromEntries(times.map(([who, all]) => [who, all.map((time) => time / blocks)])) };
  }
}

/** @returns {(count: number) => number} */
function bodyOf({ id, text }, who, scope) {
  return makeBody({ id, args: [] }, who, () => text, scope);
}
