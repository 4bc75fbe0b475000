'use strict';
// Functions of ours (src/own.rs) that are called as functions of C are, where that takes less than Node-API.

const native = require('./binding.js');
const { describeBound } = require('./bound.js');
const { withBrief, withLeaf } = require('./fast/options.js');
const { provider } = require('./fast/provider.js');
const { planSignature } = require('./signature.js');
const { makeStubs } = require('./stub.js');

/** What is read and written alike, in the order of src/own.rs. */
const ALIKE = [['u8', 'i8', 'bool'], ['u16', 'i16'], ['u32', 'i32'], ['u64', 'i64', 'ptr', 'intptr'], ['f32'], ['f64']];

/** @param {string} type */
const placeOf = (type) => ALIKE.findIndex((types) => types.includes(type));

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
const readerOf = (name, type) => ownFunction(placeOf(type), name, withBrief(planSignature(name, ['ptr'], type)));

/** Writes at addresses. @param {string} name @param {string} type */
const writerOf = (name, type) =>
  ownFunction(ALIKE.length + placeOf(type), name, withLeaf(planSignature(name, ['ptr', type], 'void'), true));

module.exports = { readerOf, writerOf };
