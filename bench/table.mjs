// The results as text.

/** @param {number} nanoseconds */
export function duration(nanoseconds) {
  if (nanoseconds < 1e3) return `${nanoseconds.toFixed(nanoseconds < 100 ? 1 : 0)} ns`;
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(nanoseconds < 1e5 ? 1 : 0)} µs`;
  return `${(nanoseconds / 1e6).toFixed(1)} ms`;
}

/** @param {number} value a ratio, with three digits that mean something */
export const times = (value) => (value < 0.1 ? value.toFixed(3) : value < 10 ? value.toFixed(2) : value.toFixed(0));

const titleWidth = 31;

/** @param {import('./contenders.mjs').Contender[]} contenders arkffi first */
export function tableHead([arkffi, ...peers]) {
  const cells = [arkffi, ...peers].map(({ id }) => id.padStart(13));
  const ratios = peers.map(({ id }) => `arkffi/${id}`.padStart(23));
  const head = [''.padEnd(titleWidth), ...cells, ...ratios].join('');
  return `${head}\n${'-'.repeat(head.length)}`;
}

/**
 * @param {import('./spread.mjs').Result} result
 * @param {import('./contenders.mjs').Contender[]} contenders arkffi first
 */
export function tableRow({ title, nanoseconds, ratios }, [arkffi, ...peers]) {
  const cells = [arkffi, ...peers].map(({ id }) => (id in nanoseconds ? duration(nanoseconds[id]) : '–').padStart(13));
  const compared = peers.map(({ id }) => {
    if (!(id in ratios)) return '–'.padStart(23);
    const { median, p10, p90 } = ratios[id];
    return `${times(median)} (${times(p10)}–${times(p90)})`.padStart(23);
  });
  return [title.padEnd(titleWidth), ...cells, ...compared].join('');
}
