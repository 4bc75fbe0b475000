'use strict';
// Where in the program something was made, when ARKFFI_TRACK=1 asks for it.

const path = require('node:path');

/** Whether things remember who made them. Decided when the package is loaded. */
const isTracking = process.env.ARKFFI_TRACK === '1';

/** As many frames of the program as engines show of an error. */
const DEPTH = 10;

/** Frames of ours come before those of the program, and in between when C calls back. */
const DEPTH_WITH_OURS = 30;

/** Frames of ours, and of the host and the engine themselves. */
const HIDDEN = [__dirname + path.sep, path.join(__dirname, '..', 'index.js'), 'node:internal/', 'new Promise (<anon'];

const { Error, Reflect } = globalThis;
const { captureStackTrace } = Error;

/**
 * Runs `work` while a property of `Error` is another, if it lets itself be changed. No setter of the user's runs.
 * @template T
 * @param {string} key
 * @param {unknown} value
 * @param {() => T} work
 * @returns {T}
 */
function withErrorSetting(key, value, work) {
  const before = Reflect.getOwnPropertyDescriptor(Error, key);
  const temporary = { __proto__: null, value, writable: true, enumerable: true, configurable: true };
  if (!Reflect.defineProperty(Error, key, temporary)) return work();
  try {
    return work();
  } finally {
    if (before) Reflect.defineProperty(Error, key, before);
    else Reflect.deleteProperty(Error, key);
  }
}

/** @returns {string | undefined} the stack of the program's call, without frames of this package and the host */
function capture() {
  const place = /** @type {{ stack?: unknown }} */ ({});
  const take = () => {
    captureStackTrace?.(place, capture);
    // Here the engine words it: what programs have words by themselves would be code of theirs.
    return place.stack;
  };
  const stack = withErrorSetting('stackTraceLimit', DEPTH_WITH_OURS, () =>
    withErrorSetting('prepareStackTrace', undefined, take),
  );
  if (typeof stack !== 'string') return undefined;
  const frames = stack.split('\n').slice(1);
  const isTheirs = (/** @type {string} */ frame) => !HIDDEN.some((part) => frame.includes(part));
  return frames.filter(isTheirs).slice(0, DEPTH).join('\n');
}

/** The stack of the program's call into this package; undefined unless tracking. */
const here = isTracking ? capture : () => undefined;

module.exports = { isTracking, here };
