'use strict';
// Where Rust comes in: callbacks that C calls, and asynchronous calls that have returned.

const { isPromise } = require('node:util').types;
const native = require('../binding.js');
const { views, offsets } = require('../frame.js');
const { entries } = require('./entries.js');

// Taken once: what becomes of the global later changes nothing.
const { queueMicrotask, setImmediate } = globalThis;
const { u32 } = views;
const SUBJECT = offsets.subject / 4;
const LETTER = offsets.letter / 4;
const SENDER = offsets.sender / 4;
const VERDICT = offsets.verdict / 4;

// What becomes of a callback; see src/frame.rs.
const ANSWERED = 0;
const THROWN = 1;
const PROMISED = 2;

/** @typedef {import('./entries.js').Entry} Entry */

/** Set by lib/async/settle.js. */
const hooks = {
  /** The asynchronous call that is the frame's subject has returned. */
  settle: () => {},
};

/** Runs the callback that another thread has called. Nothing may be thrown to Rust. */
function readLetter() {
  const entry = /** @type {Entry} */ (entries[u32[SUBJECT]]);
  const letter = u32[LETTER];
  // The asynchronous call that this is for, or 0.
  const sender = u32[SENDER];
  let verdict = ANSWERED;
  try {
    const value = entry.invoke(entry);
    if (isPromise(value)) {
      waitFor(value, entry, letter, sender);
      verdict = PROMISED;
    } else entry.give(entry, value);
  } catch (error) {
    report(sender, error);
    verdict = THROWN;
  }
  u32[VERDICT] = verdict;
}

/** @param {unknown} promise @param {Entry} entry @param {number} letter @param {number} sender */
async function waitFor(promise, entry, letter, sender) {
  let verdict = ANSWERED;
  try {
    const value = await promise;
    entry.give(entry, value);
  } catch (error) {
    report(sender, error);
    verdict = THROWN;
  }
  u32[LETTER] = letter;
  u32[VERDICT] = verdict;
  native.answerLetter();
}

/** @param {number} sender @param {unknown} error */
function report(sender, error) {
  // Calls of all copies of the package.
  const call = native.pending.get(sender);
  if (call) {
    call.thrown ??= { error };
    return;
  }
  // No call can throw it: it is nobody's.
  queueMicrotask(() => {
    throw error;
  });
}

const readMail = () => native.readMail();

/** By which Rust knows this copy of the package; there may be several in an environment. */
let listener = 0;

/**
 * Lets Rust come.
 * @returns {number} what openCallback and startAsync are told as the letter
 */
function listen() {
  if (listener !== 0) return listener;
  listener = native.listen(
    readLetter,
    () => hooks.settle(),
    () => {},
    // What `Array.prototype` comes to have must not see the elements.
    Object.setPrototypeOf([], null),
    // As long as Bun is woken, it does nothing else.
    typeof (/** @type {any} */ (globalThis).Bun) === 'object' ? () => setImmediate(readMail) : undefined,
  );
  // C that runs after the engine is gone must find no way back.
  if (typeof process === 'object') process.on('exit', () => native.noteExit());
  return listener;
}

module.exports = { hooks, listen };
