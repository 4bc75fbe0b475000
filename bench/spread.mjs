// What many samples say.

/** @param {number[]} samples @param {number} share 0 to 1 */
function percentile(samples, share) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at - Math.floor(at));
}

/** @param {number[]} samples */
export const median = (samples) => percentile(samples, 0.5);

/** @param {number[]} samples @returns the median, and what four of five samples lie between */
export function spread(samples) {
  return { median: median(samples), p10: percentile(samples, 0.1), p90: percentile(samples, 0.9) };
}

/**
 * One contender's time to another's. It is taken round by round, so that a machine that is slow for a
 * while is slow for both.
 * @param {number[]} times
 * @param {number[]} others of the same rounds
 */
export const ratio = (times, others) => spread(times.map((time, round) => time / others[round]));

/**
 * @typedef {object} Samples of one case
 * @property {string} id
 * @property {string} title
 * @property {Record<string, number[]>} times nanoseconds of each contender, by round
 *
 * @typedef {object} Result
 * @property {string} id
 * @property {string} title
 * @property {Record<string, number>} nanoseconds of each contender, median
 * @property {Record<string, ReturnType<typeof spread>>} ratios arkffi's time to each peer's
 * @property {Record<string, ReturnType<typeof spread>>} toKoffi each contender's time to Koffi's
 */

/**
 * @param {Samples} samples
 * @returns {Result}
 */
export function summarize({ id, title, times: taken }) {
  const entries = Object.entries(taken);
  const each = (make, leftOut) =>
    Object.fromEntries(entries.filter(([who]) => who !== leftOut).map(([who, times]) => [who, make(times)]));
  return {
    id,
    title,
    nanoseconds: each(median),
    ratios: each((times) => ratio(taken.arkffi, times), 'arkffi'),
    toKoffi: each((times) => ratio(times, taken.koffi), 'koffi'),
  };
}
