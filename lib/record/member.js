'use strict';
// One value in memory, of any type.

const marshallers = require('../marshal.generated.js');
const { refused, within } = require('../refused.js');
const { acceptOf, isUnfit } = require('./accept.js');
const { marshalOf } = require('./marshal.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./cold.js').Keep} Keep */
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
 * The form of a scalar that is stored.
 * @param {Placed} member
 * @param {unknown} value
 * @param {Keep} keep
 * @param {string} step the value's part of the path for messages
 */
function acceptMember({ type }, value, keep, step) {
  try {
    const accepted = acceptOf(type)(value, keep);
    if (isUnfit(type, accepted)) throw refused(type, value);
    return accepted;
  } catch (error) {
    throw within(error, step);
  }
}

/** @param {Placed} member @param {DataView} view @param {number} at @param {any} accepted */
function putMember({ type, first }, view, at, accepted) {
  if (type.bits) type.bits.put(view, at, first, accepted);
  else marshallers[type.base].put(view, at, accepted);
}

/**
 * @param {Placed} member
 * @param {DataView} view
 * @param {number} at
 * @param {unknown} value
 * @param {Keep} keep
 * @param {string} step the value's part of the path for messages
 */
function writeMember(member, view, at, value, keep, step) {
  const { type } = member;
  if (!type.record && !type.array) return putMember(member, view, at, acceptMember(member, value, keep, step));
  try {
    marshalOf(type).put(view, at, value, keep);
  } catch (error) {
    throw within(error, step);
  }
}

/** The bytes that a value touches. @param {Placed} member */
const extentOf = ({ type, first }) => (type.bits ? Math.ceil((first + type.bits.width) / 8) : type.size);

module.exports = { readOne, readMember, acceptMember, putMember, writeMember, extentOf };
