// Random numbers that are the same on every machine for the same seeds (sfc32).

/**
 * @param {number} seed
 * @param {number} [stream] another sequence for the same seed
 */
export function createRandom(seed, stream = 0) {
  let [a, b, c, counter] = [seed | 0, stream | 0, 0x9e3779b9 | 0, 1];

  function next() {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
  for (let warmUp = 0; warmUp < 16; warmUp++) next();

  const below = (limit) => Math.floor((next() / 2 ** 32) * limit);
  return {
    /** An integer from 0 to `limit` - 1. */
    below,
    /** An integer from `low` to `high`. */
    between: (low, high) => low + below(high - low + 1),
    pick: (list) => list[below(list.length)],
    chance: (probability) => next() < probability * 2 ** 32,
    /** 64 random bits. */
    bits: () => (BigInt(next()) << 32n) | BigInt(next()),
  };
}
