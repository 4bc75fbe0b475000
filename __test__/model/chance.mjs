// Chance that is the same for the same seed.

let state = 1;
/** Begins with this seed. */
export function begin(seed) {
  state = (seed * 2_654_435_761) >>> 0 || 1;
}

/** At least 0, and below 1. */
export function next() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}
/** An integer below a limit. */
export const below = (limit) => Math.floor(next() * limit);
export const one = (list) => list[below(list.length)];
export const chance = (part) => next() < part;
