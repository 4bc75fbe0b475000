'use strict';
// Callers of Deno's: functions of its own FFI. Those that it has looked up itself it calls from compiled code, those at
// an address not: so the entries are exported, and the addon is opened once more for each shape.

const native = require('../binding.js');
const { holding, ordered, passing, passingOneWide } = require('./holding.js');
const { probed } = require('./probe.js');

/** @typedef {import('./provider.js').Kind} Kind */

/**
 * What Deno calls the kinds. 64-bit integers are fast there only as BigInts, and are passed as doubles.
 * @type {Partial<Record<Kind | 'void', string>>}
 */
const types = { void: 'void', i32: 'i32', u32: 'u32', f32: 'f32', f64: 'f64', address: 'f64' };
Object.setPrototypeOf(types, null);

/** @returns {import('./provider.js').Provider | import('./provider.js').Absence} */
function denoProvider() {
  const { Deno } = /** @type {any} */ (globalThis);
  const entries = native.hostEntries();
  if (entries === null) return { reason: 'there are no entries on this system, or for so many threads' };
  const { file } = native;
  // It can be taken away at any time; then new functions go another way.
  const isAllowed = () => Deno.permissions.querySync({ name: 'ffi', path: file }).state === 'granted';
  if (!isAllowed()) return { reason: 'Deno does not allow arkffi to use its FFI' };
  /** @type {(entry: string, parameters: string[], result: string) => Function} */
  const open = (entry, parameters, result) =>
    Deno.dlopen(file, { call: { name: `arkffi_${entry}_${entries.place}`, parameters, result } }).symbols.call;
  /** @type {import('./provider.js').Provider} */
  const provider = {
    name: 'Deno.dlopen',
    reenters: 'void',
    readsFloats: true,
    // It makes all NaNs of this type one; in the frame they are what C has returned.
    unreturned: 'f32',
    caller(values, result, { kept = 0, hasTexts = false, inFloat = false, isBrief = false }) {
      /** @type {Parameters<typeof passing>} */
      const given = [values, inFloat ? 'f64' : result, hasTexts, isBrief, (kind) => types[kind] === undefined];
      const way = passingOneWide(...given) ?? passing(...given);
      const returns = types[result];
      if (way === undefined || returns === undefined || !isAllowed()) return null;
      const args = ['i32', ...way.kinds.map((kind) => /** @type {string} */ (types[kind]))];
      return ordered(open(way.entry, args, returns), way.order, kept);
    },
    frameCaller: (kept, texts) =>
      texts === 0 && isAllowed() ? holding(open('frame', ['i32'], 'void'), 0, kept) : null,
  };
  return probed(provider, entries);
}

module.exports = { denoProvider };
