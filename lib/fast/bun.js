'use strict';
// Callers of Bun's: functions of its own FFI, which its engine calls from compiled code.

const native = require('../binding.js');
const { offsets, views } = require('../frame.js');
const { bufferAddress } = require('../pointer.js');
const { ordered, passing } = require('./holding.js');
const { probed } = require('./probe.js');

/** @typedef {import('./provider.js').Kind} Kind */

/**
 * What Bun calls the kinds. A `ptr` is any Number; signed 64-bit integers take long, and are passed as doubles.
 * @type {Partial<Record<Kind | 'void', string>>}
 */
const types = {
  void: 'void',
  i32: 'i32',
  u32: 'u32',
  u64: 'ptr',
  f32: 'f32',
  f64: 'f64',
  address: 'f64',
  buffer: 'buffer',
};
Object.setPrototypeOf(types, null);

/**
 * Bun makes short strings sooner of bytes that it has.
 * @param {() => number} copyText copies one to the frame and returns its length, or why not: see src/fast/returned_texts.rs
 * @returns {import('./provider.js').Texts}
 */
function textsBy(copyText) {
  const { u8, u32 } = views;
  /** @type {any} */
  const bytes = Buffer.from(u8.buffer);
  const { scalarResult, returnedText, target } = offsets;
  const { returnedText: makeText } = native;
  // Its own: programs may change the prototype's.
  bytes.latin1Slice = bytes.latin1Slice;
  return {
    quickText() {
      const length = copyText();
      return length < 0 ? undefined : bytes.latin1Slice(returnedText, returnedText + length);
    },
    otherText(number, ...kept) {
      if (u32[scalarResult / 4] === 0 && u32[scalarResult / 4 + 1] === 0) return null;
      u32[target / 4] = number;
      return makeText(...kept);
    },
  };
}

/**
 * Whether the FFI gives C the addresses of views, which not every version may.
 * @param {() => (view: Uint8Array) => unknown} make a function that returns what it is given
 */
function givesAddresses(make) {
  try {
    const view = new Uint8Array(new ArrayBuffer(16), 8, 4);
    return make()(view) === bufferAddress(view);
  } catch {
    return false;
  }
}

/** @returns {import('./provider.js').Provider | import('./provider.js').Absence} */
function bunProvider() {
  const entries = native.hostEntries();
  if (entries === null) return { reason: 'there are no entries on this system, or for so many threads' };
  /** @type {(name: string) => any} */
  const load = require;
  const { CFunction } = load('bun:ffi');
  /** @type {import('./provider.js').Provider} */
  const provider = {
    name: 'bun:ffi',
    reenters: 'always',
    quickCallbacks: true,
    // Such values are on the stack, where the collector looks for whatever may be a reference.
    keepsRest: true,
    takesBuffers: givesAddresses(() => CFunction({ ptr: entries.same, args: ['buffer'], returns: 'ptr' })),
    caller(values, result, { hasTexts = false, isBrief = false }) {
      const way = passing(values, result, hasTexts, isBrief, (kind) => kind === 'i64');
      const returns = types[result];
      if (way === undefined || returns === undefined) return null;
      const args = ['i32', ...way.kinds.map((kind) => types[kind])];
      return ordered(CFunction({ ptr: entries[way.entry], args, returns }), way.order, 0);
    },
    texts: textsBy(CFunction({ ptr: entries.returnedText, args: [], returns: 'i32' })),
    frameCaller: (_kept, texts) =>
      texts === 0 ? CFunction({ ptr: entries.frame, args: ['i32'], returns: 'void' }) : null,
  };
  return probed(provider, entries);
}

module.exports = { bunProvider };
