'use strict';
// Text for people, on stderr: written at once, also in workers and when the process ends, past whatever the
// program has made of `process.stderr`.

const { writeSync } = require('node:fs');

const STDERR = 2;

/** How often a full pipe is tried again, and the milliseconds in between. */
const TRIES = 1000;
const PAUSE = 1;

// Taken once: what becomes of the globals later changes nothing.
const { Atomics, Buffer, Int32Array, SharedArrayBuffer } = globalThis;
const { wait } = Atomics;
const { from } = Buffer;

/** @type {Int32Array | undefined} what is waited on, in vain */
let nothing;

/**
 * Writes text. Never throws: what cannot be written is lost.
 * @param {string} text
 * @returns {boolean} whether all of it was written; at the end of the stack it may not be
 */
function print(text) {
  try {
    const bytes = from(text);
    let [at, tries] = [0, TRIES];
    while (at < bytes.length && tries > 0) {
      try {
        at += writeSync(STDERR, bytes, at, bytes.length - at);
      } catch (error) {
        if (/** @type {any} */ (error).code !== 'EAGAIN') return false;
        tries--;
        nothing ??= new Int32Array(new SharedArrayBuffer(4));
        wait(nothing, 0, 0, PAUSE);
      }
    }
    return at === bytes.length;
  } catch {
    return false;
  }
}

module.exports = { print };
