'use strict';
// The pipe for what the program does not wait for. Writing to it never waits: what does not fit is kept, and tried again
// whenever this side looks for requests, because the program may read only once it has the answer to one.

const { writeSync } = require('node:fs');

const PIPE = 6;

/** So many messages are written at once. */
const MOST = 512;

/** @type {Uint8Array[]} */
let waiting = [];
/** Where those start that are not taken. */
let head = 0;
/** What was taken, as far as it is not written. @type {Uint8Array | undefined} */
let rest;

/** Whether the event loop has not turned yet: before, it cannot be waited for. */
let isStale = true;

/** @param {Uint8Array} message */
function sendEvent(message) {
  waiting.push(message);
  // What comes after something that had to wait, waits too.
  if (rest === undefined) flush();
}

/** Writes what can be written. @returns {boolean} whether that is all */
function flush() {
  for (;;) {
    rest ??= take();
    if (rest === undefined) return true;
    try {
      const written = writeSync(PIPE, rest);
      rest = written < rest.length ? rest.subarray(written) : undefined;
    } catch (error) {
      if (/** @type {any} */ (error).code === 'EAGAIN') return false;
      // The program is gone; whoever notices first ends this process.
      rest = undefined;
    }
  }
}

/** The next messages. @returns {Uint8Array | undefined} */
function take() {
  if (head === waiting.length) return undefined;
  const some = waiting.slice(head, head + MOST);
  head += some.length;
  if (head === waiting.length) {
    waiting = [];
    head = 0;
  }
  return some.length === 1 ? some[0] : Buffer.concat(some);
}

/** Whether the event loop has to turn before it can be waited for. */
function takeStale() {
  const was = isStale;
  isStale = false;
  return was;
}

module.exports = { flush, sendEvent, takeStale };
