'use strict';
// Functions of ours (src/own.rs) that are called as functions of C are, where that takes less than Node-API.

const native = require('./binding.js');
const { describeBound } = require('./bound.js');
const { withBrief, withLeaf } = require('./fast/options.js');
const { provider } = require('./fast/provider.js');
const { planSignature } = require('./signature.js');
const { makeStubs } = require('./stub.js');

/** Where src/own.rs has the function that reads a type; that which writes it is so many behind it. @type {Record<string, number>} */
const PLACES = {
  __proto__: /** @type {any} */ (null),
  u8: 0,
  i8: 0,
  bool: 0,
  u16: 1,
  i16: 1,
  u32: 2,
  i32: 2,
  u64: 3,
  i64: 3,
  ptr: 3,
  intptr: 3,
  f32: 4,
  f64: 5,
};
const READERS = 6;

/**
 * @param {number} index in src/own.rs
 * @param {string} name
 * @param {import('./signature.js').Signature} signature of a leaf
 * @returns {((...args: any[]) => any) | undefined} undefined where there are no such calls
 */
function ownFunction(index, name, signature) {
  if ('reason' in provider()) return undefined;
  const number = native.bindOwn(index, name, signature.plan);
  describeBound(number, name, signature.params);
  return /** @type {any} */ (makeStubs([{ number, signature }])[0]);
}

/** Reads at addresses. @param {string} name @param {string} type */
const readerOf = (name, type) => ownFunction(PLACES[type], name, withBrief(planSignature(name, ['ptr'], type)));

/** Writes at addresses. @param {string} name @param {string} type */
const writerOf = (name, type) =>
  ownFunction(READERS + PLACES[type], name, withLeaf(planSignature(name, ['ptr', type], 'void'), true));

module.exports = { readerOf, writerOf };
