'use strict';
// With ARKFFI_TRACK=1: what was never freed, printed when the process or the worker ends.

const { print } = require('./print.js');

/** What a thing of each kind is called, one and several, and what was not done with it. @type {Record<string, [string, string, string]>} */
const WORDS = {
  memory: ['block of memory', 'blocks of memory', 'never freed'],
  callback: ['callback', 'callbacks', 'never closed'],
  library: ['library', 'libraries', 'opened again and again and never closed'],
  retained: ['retained buffer', 'retained buffers', 'never released'],
  'retained view': ['retained view', 'retained views', 'never released'],
  async: ['asynchronous call', 'asynchronous calls', 'not settled'],
};

/**
 * @typedef {import('./leaks.js').Live & { kind: string }} Leak
 * @typedef {{ kind: string, what: string | undefined, stack: string, count: number, bytes: number }} Place
 */

/**
 * What was made at one place is told together.
 * @param {Leak[]} leaks
 * @returns {Place[]} the largest first
 */
function placesOf(leaks) {
  /** @type {Map<string, Place>} */
  const places = new Map();
  for (const { kind, name, type, size = 0, stack = '' } of leaks) {
    const what = name ?? type;
    const key = `${kind}\n${what}\n${stack}`;
    const place = places.get(key);
    if (place) {
      place.count++;
      place.bytes += size;
    } else places.set(key, { kind, what, stack, count: 1, bytes: size });
  }
  // A library that is opened once, at one place, is there to be used until the end.
  const told = [...places.values()].filter(({ kind, count }) => kind !== 'library' || count > 1);
  return told.sort((a, b) => b.bytes - a.bytes);
}

/** @param {Place} place */
function wording({ kind, what, stack, count, bytes }) {
  const [one, several, undone] = WORDS[kind] ?? [kind, kind, 'never freed'];
  const size = bytes > 0 ? ` (${bytes} byte${bytes === 1 ? '' : 's'})` : '';
  const title = `arkffi: ${count} ${count === 1 ? one : several}${size} ${undone}${what ? `: ${what}` : ''}`;
  return stack ? `${title}\n${stack}` : title;
}

/** Of the handlers of ours, the one that prints. */
let latest = 0;

/**
 * Prints what `leaks` lists when the environment ends, after what the program does then.
 * @param {() => Leak[]} leaks
 */
function reportAtExit(leaks) {
  const add = () => {
    const serial = ++latest;
    process.on('exit', () => {
      if (serial !== latest) return;
      const places = placesOf(leaks());
      if (places.length > 0) print(`${places.map(wording).join('\n')}\n`);
    });
  };
  add();
  let isAdding = false;
  // Handlers run in the order in which they were added: what others free must not be told.
  process.on('newListener', (event) => {
    if (event !== 'exit' || isAdding) return;
    isAdding = true;
    queueMicrotask(() => {
      add();
      isAdding = false;
    });
  });
}

module.exports = { reportAtExit };
