'use strict';
// Callers of the engine's: V8 functions whose calls its compiler makes calls of Rust's entries; see src/fast/engine.rs.

const native = require('../binding.js');
const { views, offsets } = require('../frame.js');
const { isStored } = require('./holding.js');
const { CALLS, FLOOR, HEAP_FLOOR, copyBy } = require('../scratch.js');
const { MOVED } = require('../slots.js');

/** The numbers of kinds, which are V8's but for the last. @type {Record<string, number>} */
const NUMBERS = { void: 0, i32: 3, u32: 4, i64: 5, u64: 6, f32: 7, f64: 8, text: 11, address: 64 };

/** How callers pass what C gets and returns, by the numbers of Rust's `Passing`. */
const PASSING = { values: 0, floatUnread: 1, frame: 2, frameNoted: 3, watched: 4, brief: 5, briefStores: 6 };

/** What a probe passes, and gets; see src/fast/slow.rs. */
const [PROBE, INT, FLOAT, ANSWER] = [0xffffffff, -5, 0.5, 42];

/** @type {(result: import('./provider.js').Kind | 'void', more: import('./provider.js').More) => number} */
function passingOf(result, { inFloat, isWatched, isBrief }) {
  if (isBrief) return isStored(result) ? PASSING.briefStores : PASSING.brief;
  if (isWatched) return PASSING.watched;
  return inFloat ? PASSING.floatUnread : PASSING.values;
}

/** Whether callers return addresses: V8 has doubles that calls return sooner than those in the frame from 13 on, in Node 24. */
const hasAddresses = Number(process.versions.modules) >= 137;

/** @type {import('./provider.js').Provider['caller']} */
function caller(values, result, more) {
  if (result === 'address' && !hasAddresses) return null;
  const { kept = 0, hasTexts = false } = more;
  const kinds = [result, ...values].map((kind) => NUMBERS[kind]);
  const made = native.engineCaller(kinds, hasTexts, kept, passingOf(result, more));
  return made && { caller: made, order: [...values.keys()] };
}

/** @type {NonNullable<import('./provider.js').Provider['frameCaller']>} */
function frameCaller(kept, texts, how) {
  const values = texts > 0 ? [NUMBERS.u32, ...Array(texts).fill(NUMBERS.text)] : [];
  const passing = how.isApart ? PASSING.frameNoted : PASSING.frame;
  const made = native.engineCaller([NUMBERS.void, ...values], texts > 0, kept, passing);
  return made && how.isApart ? apart(made, values.length + kept, texts > 0, how) : made;
}

/** A sum of more than 1,200 bytes of bytecode: V8 puts no function where it is called that has more than 460. */
const PADDING = 'callee' + '+1e9'.repeat(120);

/**
 * A caller that is a function of its own in compiled code. V8 13.6 lets JavaScript run inside of a fast call, but the code
 * that has made the call goes on afterwards even when it was compiled for what JavaScript has changed meanwhile. So that
 * code must be left then (watch.js), or be none of the program's: it is this, which relies on nothing that changes. The code
 * around the call of *this* function is taken care of, as around all functions of JavaScript.
 * @param {import('./provider.js').Caller} made whose calls are made through the frame
 * @param {number} more how many arguments it has besides the callee
 * @param {boolean} hasTexts
 * @param {import('./provider.js').Apart} how
 * @returns {import('./provider.js').Caller} that takes the count of calls, too, as it was before the frame was filled
 */
function apart(made, more, hasTexts, { clears, lowers }) {
  const kept = Array.from({ length: more }, (_, index) => `k${index}`);
  const given = ['callee', ...kept].join(', ');
  // A debugger may have had others make calls when this began.
  const check = `if (u32[${CALLS}] !== calls) { u32[${offsets.status / 4}] = ${hasTexts ? 1 : MOVED}; return; }`;
  const clear = clears ? `i32[${offsets.errno / 4}] = 0;` : '';
  const [floors, lower] = lowers
    ? [['floor', 'heapFloor'], `u32[${FLOOR}] = floor; u32[${HEAP_FLOOR}] = heapFloor;`]
    : [[], ''];
  // No callee is below 0.
  const body = `${check} ${clear} ${lower} made(${given}); if (callee < 0) return ${PADDING};`;
  const text = `'use strict'; return function (${['callee', 'calls', ...floors, ...kept].join(', ')}) { ${body} };`;
  return new Function('made', 'i32', 'u32', text)(made, views.i32, views.u32);
}

/** When JavaScript may run inside of calls, by the number that Rust has for it. */
const reentering = /** @type {const} */ (['never', 'apart', 'void']);

/** Whether a caller finds its values where they should be. */
function findsValues() {
  const status = offsets.status / 4;
  views.u32[status] = 1;
  // Never called before, and so not compiled yet.
  const result = caller(['i32', 'f64'], 'i32', {})?.caller(PROBE, INT, FLOAT);
  return views.u32[status] === 0 && result === ANSWER;
}

/** @returns {import('./provider.js').Provider | import('./provider.js').Absence} */
function engineProvider() {
  const { execArgv, release, versions } = process;
  if (release?.name !== 'node' || versions.electron || versions.nw) return { reason: 'only on Node itself' };
  const state = native.engineState(Number(versions.modules), String(versions.v8), execArgv.map(String));
  if (typeof state === 'string') return { reason: state };
  if (!findsValues()) return { reason: 'V8 calls functions otherwise than is known of this version' };
  native.openEntries();
  copyBy(native.engineCopier() ?? undefined);
  return { name: 'fast', reenters: reentering[state], readsFloats: true, takesNumbers: true, caller, frameCaller };
}

module.exports = { engineProvider };
