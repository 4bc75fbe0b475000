'use strict';
// The open callbacks of this environment.

const { functionName } = require('../describe.js');
const { listLive } = require('../leaks.js');

/**
 * An open callback.
 * @typedef {object} Entry
 * @property {Function} fn the user's
 * @property {string} symbol what messages call it
 * @property {() => void} run takes the arguments, calls the function and leaves its result, of the callback
 *   that is the frame's subject
 * @property {(entry: Entry) => unknown} invoke takes the arguments and calls the function
 * @property {(entry: Entry, value: any) => void} give leaves a result in the frame
 * @property {'onError' | 'result'} place what messages call a result
 * @property {number} address
 * @property {unknown[]} held where the arguments of the last run were: what is stored after a run is kept during it
 * @property {unknown[]} defaults what the default points to
 * @property {unknown[]} kept what C may still use of earlier results, in a ring
 * @property {number} next where in the ring
 * @property {unknown} onError what C gets when there is no result, as the program gave it
 * @property {string | undefined} stack of what opened it, when tracking
 * @property {{ isAlive: boolean }[]} [isolates] helper processes that have it, which are not collected meanwhile
 */

/** What is of no entry's own: nothing is ever in it. @type {unknown[]} */
const none = [];

/** By number. @type {(Entry | undefined)[]} */
const entries = [];

listLive('callback', function* list() {
  for (const entry of entries) {
    if (entry) yield { ptr: entry.address, name: functionName(entry.fn), stack: entry.stack };
  }
});

module.exports = { entries, none };
