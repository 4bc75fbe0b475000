'use strict';
// Random numbers that are the same for the same seed.

/** A small generator of 32-bit numbers (xorshift): `below => number`. @param {number} seed */
function generator(seed) {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

module.exports = { generator };
