'use strict';
// What is live in this environment: each kind of thing has a lister, which the module that makes such things adds.

const native = require('./binding.js');
const { isTracking } = require('./tracking.js');

/**
 * A live thing, as its lister tells it.
 * @typedef {object} Live
 * @property {number | bigint} [ptr] its address
 * @property {number} [size] in bytes
 * @property {string} [name]
 * @property {string} [type] of memory
 * @property {string} [stack] of the call that made it, from `here()` of lib/tracking.js
 */

/** @typedef {() => Iterable<Live>} Lister */
/** @typedef {() => { blocks: number, bytes: number }} Counter */

/** Those of all copies of the package. @type {{ kind: string, lister: Lister, counter: Counter | undefined }[]} */
const listers = native.listers;

/**
 * Adds the lister of one kind of live thing to what `leaks()` lists.
 * @param {string} kind
 * @param {Lister} lister
 * @param {Counter} [counter] for memory: how much the lister would list, for `stats()`
 */
function listLive(kind, lister, counter) {
  listers.push({ kind, lister, counter });
}

/**
 * Everything that is live: made, and not yet freed, closed, released or settled.
 * @returns {(Live & { kind: string })[]}
 */
function leaks() {
  return listers.flatMap(({ kind, lister }) =>
    Array.from(lister(), (live) => {
      const told = Object.entries(live).filter(([, value]) => value !== undefined);
      return { kind, ...Object.fromEntries(told) };
    }),
  );
}

/** How many blocks of memory are not freed. @returns {{ blocks: number, bytes: number }} */
function countMemory() {
  const total = { blocks: 0, bytes: 0 };
  for (const { counter } of listers) {
    const { blocks, bytes } = counter?.() ?? { blocks: 0, bytes: 0 };
    total.blocks += blocks;
    total.bytes += bytes;
  }
  return total;
}

/** How many live things of a kind there are. @param {string} kind */
function countLive(kind) {
  return listers.reduce((sum, { kind: other, lister }) => (other === kind ? sum + [...lister()].length : sum), 0);
}

// What all copies of the package share is listed once.
if (listers.length === 0) {
  listLive('library', () => native.opened.values());
  listLive('async', function* list() {
    for (const { symbol, stack } of native.pending.values()) yield { name: symbol, stack };
  });
}

if (isTracking && !native.reporting.isOn) {
  native.reporting.isOn = true;
  require('./leak-report.js').reportAtExit(leaks);
}

module.exports = { listLive, leaks, countLive, countMemory };
