'use strict';
// Callers of the engine's: V8 functions whose calls its compiler makes calls of Rust's entries; see src/fast/engine.rs.

const native = require('../binding.js');
const { views, offsets } = require('../frame.js');
const { copyBy } = require('../scratch.js');
const { apart, isKept } = require('./apart.js');

/** The numbers of kinds, which are V8's. */
const NUMBERS = { void: 0, i32: 3, u32: 4, i64: 5, u64: 6, f32: 7, f64: 8 };

/** What a probe passes, and gets; see src/fast/slow.rs. */
const [PROBE, INT, FLOAT, ANSWER] = [0xffffffff, -5, 0.5, 42];

/** @type {import('./provider.js').Provider['caller']} */
function caller(values, result, kept, inFloat = false) {
  return native.engineCaller(
    Uint8Array.from([result, ...values], (kind) => NUMBERS[kind]),
    kept,
    false,
    inFloat,
  );
}

/** @type {NonNullable<import('./provider.js').Provider['frameCaller']>} */
function frameCaller(kept, isApart) {
  const made = native.engineCaller(Uint8Array.of(NUMBERS.void), kept, true, false);
  return made && isApart ? apart(made, kept) : made;
}

/** When JavaScript may run inside of calls, by the number that Rust has for it. */
const reentering = /** @type {const} */ (['never', 'apart', 'void']);

/** Whether a caller finds its values where they should be. */
function findsValues() {
  const status = offsets.status / 4;
  views.u32[status] = 0;
  // Never called before, and so not compiled yet.
  caller(['i32', 'f64'], 'i32', 0)?.(PROBE, INT, FLOAT);
  return views.u32[status] === 2 && views.i32[offsets.scalarResult / 4] === ANSWER;
}

/** @returns {import('./provider.js').Provider | import('./provider.js').Absence} */
function engineProvider() {
  const { release, versions } = process;
  if (release?.name !== 'node' || versions.electron || versions.nw) return { reason: 'only on Node itself' };
  const state = native.engineState(Number(versions.modules), String(versions.v8));
  if (typeof state === 'string') return { reason: state };
  if (!findsValues()) return { reason: 'V8 calls functions otherwise than is known of this version' };
  copyBy(native.engineCopier() ?? undefined);
  const known = reentering[state];
  const reenters = known === 'apart' && !isKept() ? 'never' : known;
  return { name: 'fast', reenters, readsFloats: true, caller, frameCaller };
}

module.exports = { engineProvider };
