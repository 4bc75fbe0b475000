'use strict';
// Units as text in which each declaration is a line, so that what is not used is not parsed.

const { LISTS, declarationsBy } = require('./declarations.js');

/** @typedef {import('./format.js').CUnit} CUnit */
/** @typedef {import('./declarations.js').Unit} Unit */

/** What only people and generators read. */
const FOR_READERS = new Set(['doc', 'at']);

/** What JSON has no numbers for, or others: as text, and whether it is a BigInt. @typedef {[name: string, text: string, isBig: boolean][]} Odd */

/** @param {unknown} value */
const isOdd = (value) =>
  typeof value === 'bigint' || (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)));

/** @param {unknown} value */
const json = (value) => JSON.stringify(value, (key, each) => (FOR_READERS.has(key) ? undefined : each));

/**
 * The lines of a unit.
 * @param {CUnit} parsed
 * @param {Unit} unit the same
 */
function linesOf(parsed, { summary }) {
  const { diagnostics, constants, ...names } = summary;
  /** @type {Odd} */
  const odd = [];
  const plain = Object.create(null);
  for (const [name, value] of Object.entries(constants)) {
    plain[name] = isOdd(value) ? 0 : value;
    if (isOdd(value)) odd.push([name, Object.is(value, -0) ? '-0' : String(value), typeof value === 'bigint']);
  }
  const lengths = LISTS.map((list) => parsed[list].length);
  const reasons = parsed.macros.map(({ name, reason }) => [name, reason]);
  const head = [names, lengths, plain, odd, diagnostics, reasons].map((each) => JSON.stringify(each));
  return [...head, ...LISTS.flatMap((list) => parsed[list].map(json))];
}

/** @param {string[]} lines that `linesOf` gave @returns {Unit} */
function unitFrom([names, lengths, plain, odd, diagnostics, reasons, ...lines]) {
  const constants = JSON.parse(plain);
  for (const [name, text, isBig] of /** @type {Odd} */ (JSON.parse(odd))) {
    const value = isBig ? BigInt(text) : Number(text);
    Object.defineProperty(constants, name, { value, enumerable: true });
  }
  const starts = Object.create(null);
  let start = 0;
  JSON.parse(lengths).forEach((/** @type {number} */ length, /** @type {number} */ index) => {
    starts[LISTS[index]] = start;
    start += length;
  });
  /** @type {any[]} */
  const read = [];
  return {
    summary: { ...JSON.parse(names), constants, diagnostics: JSON.parse(diagnostics) },
    declarations: declarationsBy((list, number) => {
      const index = starts[list] + number;
      return (read[index] ??= JSON.parse(lines[index]));
    }),
    macros: () => JSON.parse(reasons).map((/** @type {string[]} */ [name, reason]) => ({ name, reason })),
  };
}

module.exports = { linesOf, unitFrom };
