// What there is, and was, on both sides, and the allocator that some of it comes from.
import { below } from './chance.mjs';
import { c } from './place.mjs';

/** Memory and its model; dead ones stay for a while, to be used after they were freed. */
export const pairs = [];
const MOST = 300;
/** @type {{ arena: InstanceType<typeof import('../../index.js').Arena>, regions: import('./model.mjs').Region[] }[]} */
export const arenas = [];
/** Views that were given out. */
export const views = [];
/** By address: what malloc gave. */
export const raws = new Map();
/** Addresses that are freed. */
export const goneAddresses = [];

/** Lets operations use memory; when there is too much, another is forgotten. */
export function keep(memory, window) {
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

/** One of the program's own, which knows what it has given. */
export const allocator = {
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
