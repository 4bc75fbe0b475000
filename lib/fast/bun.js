'use strict';
// Callers of Bun's: functions of its own FFI, which its engine calls from compiled code.

const native = require('../binding.js');
const { holding, passing } = require('./holding.js');
const { probed } = require('./probe.js');

/** @typedef {import('./provider.js').Kind} Kind */

/**
 * What Bun calls the kinds. A `ptr` is any Number; signed 64-bit integers take long, and are passed as doubles.
 * @type {Partial<Record<Kind | 'void', string>>}
 */
const types = { void: 'void', i32: 'i32', u32: 'u32', u64: 'ptr', f32: 'f32', f64: 'f64' };
Object.setPrototypeOf(types, null);

/** @returns {import('./provider.js').Provider | import('./provider.js').Absence} */
function bunProvider() {
  const entries = native.hostEntries();
  if (entries === null) return { reason: 'there are no entries on this system, or for so many threads' };
  /** @type {(name: string) => any} */
  const load = require;
  const { CFunction } = load('bun:ffi');
  return probed({
    name: 'bun:ffi',
    reenters: 'always',
    // Such values are on the stack, where the collector looks for whatever may be a reference.
    keepsRest: true,
    caller(values, result, { hasTexts = false }) {
      const way = passing(values, result, hasTexts, (kind) => kind === 'i64');
      const returns = types[result];
      if (way === undefined || returns === undefined) return null;
      const args = ['i32', ...way.kinds.map((kind) => types[kind])];
      return holding(CFunction({ ptr: entries[way.entry], args, returns }), way.texts, values.length, 0);
    },
    frameCaller: (_kept, _isApart, texts) =>
      texts === 0 ? CFunction({ ptr: entries.frame, args: ['i32'], returns: 'void' }) : null,
  });
}

module.exports = { bunProvider };
