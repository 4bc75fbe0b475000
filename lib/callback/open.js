'use strict';
// Opening callbacks.

const native = require('../binding.js');
const { ADDRESS, TWO_32, views, offsets } = require('../frame.js');
const { refusal } = require('../refuse.js');
const { here } = require('../tracking.js');
const { tracing } = require('../tracing.js');
const { entries, none } = require('./entries.js');
const { listen } = require('./listen.js');
const { runnerOf } = require('./runner.js');

/** @typedef {import('./entries.js').Entry} Entry */

const { u32 } = views;
const PLAN = offsets.plan / 4;
const RUNNER = offsets.runner / 4;
const LISTENER = offsets.listener / 4;
const LENGTH = offsets.length / 4;
const OPENED = offsets.opened / 4;
const VALUE = offsets.value / 4;
const SCALAR_RESULT = offsets.scalarResult / 4;

/**
 * How other threads call it.
 * @typedef {object} Manner
 * @property {boolean} isListener they do not wait
 * @property {number} timeout in milliseconds; 0 for ever
 */

/** @type {Manner} */
const USUAL = { isListener: false, timeout: 1000 };

/**
 * Opens a callback.
 * @param {Function} fn
 * @param {import('../signature.js').Signature} signature from planCallback
 * @param {string} symbol what messages call it
 * @param {unknown} onError what C gets when there is no result; 0 is zero of every type
 * @param {Manner} manner
 * @returns {number} by which Rust knows it; `entries` has its address
 */
function openCallback(fn, signature, symbol, onError = 0, manner = USUAL) {
  const listener = listen();
  const { run, invoke, give, number: runner } = runnerOf(signature);
  /** @type {Entry} */
  const entry = {
    fn: tracing.calls ? require('../trace/calls.js').tracedCallback(fn, signature) : fn,
    symbol,
    run,
    invoke,
    give,
    place: 'onError',
    address: 0,
    held: none,
    defaults: none,
    kept: none,
    next: 0,
    stack: here(),
    onError,
  };
  // The last that it calls is what stores the default.
  leaveDefault(entry, signature.result, onError);
  entry.place = 'result';
  u32[PLAN] = signature.plan;
  u32[RUNNER] = runner;
  u32[LISTENER] = listener;
  u32[VALUE] = manner.isListener ? 1 : 0;
  u32[VALUE + 1] = 0;
  u32[LENGTH] = manner.timeout;
  u32[LENGTH + 1] = 0;
  native.openCallback();
  const number = u32[OPENED];
  entry.address = u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
  entries[number] = entry;
  return number;
}

/** @param {Entry} entry @param {import('../types.js').CType} type @param {unknown} onError */
function leaveDefault(entry, type, onError) {
  if (!Object.is(onError, 0)) {
    if (type.base === 'void') throw refusal('void', onError, undefined, entry.symbol, entry.place);
    entry.give(entry, onError);
    entry.defaults = entry.kept;
    entry.kept = none;
    entry.next = 0;
  } else if (type.record) entry.give(entry, new Uint8Array(type.size));
  else u32[SCALAR_RESULT] = u32[SCALAR_RESULT + 1] = 0;
}

module.exports = { USUAL, openCallback };
