'use strict';
// One value in memory, of any type.

const marshallers = require('../marshal.generated.js');
const { refused } = require('../refused.js');
const { acceptOf, isUnfit } = require('./accept.js');
const { marshalOf } = require('./marshal.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {{ type: CType, first: number }} Placed a type, and of a bit-field its first bit */

/** @param {CType} type @param {DataView} view @param {number} at */
function readOne(type, view, at) {
  if (type.record || type.array) return marshalOf(type).get(view, at);
  const value = marshallers[type.base].get(view, at);
  return type.make ? type.make(value) : value;
}

/** @param {Placed} member @param {DataView} view @param {number} at */
const readMember = ({ type, first }, view, at) =>
  type.bits ? type.bits.get(view, at, first) : readOne(type, view, at);

/**
 * @param {Placed} member
 * @param {DataView} view
 * @param {number} at
 * @param {unknown} value
 * @param {import('./cold.js').Keep} keep
 */
function writeMember({ type, first }, view, at, value, keep) {
  if (type.record || type.array) return marshalOf(type).put(view, at, value, keep);
  const accepted = acceptOf(type)(value, keep);
  if (isUnfit(type, accepted)) throw refused(type, value);
  if (type.bits) type.bits.put(view, at, first, accepted);
  else marshallers[type.base].put(view, at, accepted);
}

/** The bytes that a value touches. @param {Placed} member */
const extentOf = ({ type, first }) => (type.bits ? Math.ceil((first + type.bits.width) / 8) : type.size);

module.exports = { readOne, readMember, writeMember, extentOf };
