'use strict';
// Where Rust comes in: callbacks that C calls, and asynchronous calls that have returned.

const { isPromise } = require('node:util').types;
const native = require('../binding.js');
const { createError } = require('../errors.js');
const { views, offsets } = require('../frame.js');
const { entries } = require('./entries.js');

const { u32 } = views;
const { then } = Promise.prototype;
const { apply } = Reflect;
const SUBJECT = offsets.subject / 4;
const LETTER = offsets.letter / 4;
const SENDER = offsets.sender / 4;
const VERDICT = offsets.verdict / 4;

// What becomes of a callback; see src/frame.rs.
const ANSWERED = 0;
const THROWN = 1;
const PROMISED = 2;

/** @typedef {import('./entries.js').Entry} Entry */

/** Set by lib/async.js. */
const hooks = {
  /** The asynchronous call that is the frame's subject has returned. */
  settle: () => {},
  /** A callback that was called by an asynchronous call has thrown. @type {(call: number, error: unknown) => void} */
  blame: () => {},
};

/** What was returned where a result was expected at once. @type {WeakMap<object, Promise<unknown>>} */
const promises = new WeakMap();

/**
 * The error for a promise in the place of a result. Calls from other threads wait for it instead.
 * @param {Entry} entry
 * @param {Promise<unknown>} promise
 */
function promiseRefusal({ symbol }, promise) {
  const text =
    'result: got a promise, but C on the JavaScript thread cannot wait for it; ' +
    'call the C function with .async, or return the value itself';
  const error = createError('ERR_INVALID_ARG_TYPE', `${symbol}: ${text}`, symbol);
  promises.set(error, promise);
  return error;
}

/** Runs the callback that another thread has called. */
function readLetter() {
  const entry = /** @type {Entry} */ (entries[u32[SUBJECT]]);
  const letter = u32[LETTER];
  // The asynchronous call that this is for, or 0.
  const sender = u32[SENDER];
  try {
    entry.run();
  } catch (error) {
    const promise = typeof error === 'object' && error !== null ? promises.get(error) : undefined;
    if (promise) {
      waitFor(promise, entry, letter, sender);
      u32[VERDICT] = PROMISED;
    } else {
      report(sender, error);
      u32[VERDICT] = THROWN;
    }
  }
}

/** @param {Promise<unknown>} promise @param {Entry} entry @param {number} letter @param {number} sender */
function waitFor(promise, entry, letter, sender) {
  const answer = (/** @type {() => void} */ give) => {
    let verdict = ANSWERED;
    try {
      give();
    } catch (error) {
      report(sender, error);
      verdict = THROWN;
    }
    u32[LETTER] = letter;
    u32[VERDICT] = verdict;
    native.answerLetter();
  };
  const settled = [
    (/** @type {unknown} */ value) => answer(() => entry.give(entry, value)),
    (/** @type {unknown} */ error) =>
      answer(() => {
        throw error;
      }),
  ];
  apply(then, promise, settled);
}

/** @param {number} sender @param {unknown} error */
function report(sender, error) {
  if (sender !== 0) hooks.blame(sender, error);
  else {
    // No call can throw it: it is nobody's.
    queueMicrotask(() => {
      throw error;
    });
  }
}

let isListening = false;

/** Lets Rust come; once in an environment. */
function listen() {
  if (isListening) return;
  native.listen(readLetter, () => hooks.settle(), []);
  isListening = true;
  // C that runs after the engine is gone must find no way back.
  if (typeof process === 'object') process.on('exit', () => native.stopCallingBack());
}

module.exports = { hooks, isPromise, listen, promiseRefusal };
