'use strict';
// Flexible array members: how many elements there are, and how many bytes they make the record.

const { createError } = require('../errors.js');
const { byteCount } = require('../address.js');
const { offsetBy, readAt } = require('./access.js');
const { MOST_ELEMENTS, elementCount, fitting } = require('./array-type.js');
const { within } = require('../refused.js');
const { elementsOf } = require('./marshal.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./declare.js').Member} Member */

/** @param {Member} member @returns {CType} */
const elementOf = ({ type }) => /** @type {import('./array-type.js').ArrayType} */ (type.array).element;

/**
 * The bytes of the elements that an object has for the flexible member of its record; 0 without one.
 * @param {CType} type
 * @param {any} value
 * @returns {number}
 */
function flexibleBytes(type, value) {
  const flexible = type.record?.flexible;
  if (!flexible || typeof value !== 'object' || value === null) return 0;
  try {
    return elementCount(flexible.type, value[flexible.key]) * elementOf(flexible).size;
  } catch (error) {
    throw within(error, `.${flexible.key}`);
  }
}

/** The size of a record with so many bytes of elements. @param {CType} type @param {number} room */
function wholeSize(type, room) {
  const flexible = type.record?.flexible;
  return flexible ? Math.max(type.size, flexible.offset + room) : type.size;
}

/** Where the elements end of records that `create` made: behind them there may be padding. @type {WeakMap<object, number>} */
const ends = new WeakMap();

/**
 * @param {CType} type
 * @param {object} buffer that `create` made
 * @param {number} room
 */
function rememberEnd(type, buffer, room) {
  const flexible = type.record?.flexible;
  if (flexible) ends.set(buffer, flexible.offset + room);
}

/**
 * The bytes up to the end of the elements.
 * @param {any} memory
 * @param {unknown} byteOffset
 * @param {number} length bytes up to the end of the memory
 */
const lengthOf = (memory, byteOffset, length) =>
  byteOffset === 0 && typeof memory === 'object' && memory !== null ? (ends.get(memory) ?? length) : length;

/** The bytes for elements where a record has so many. @param {CType} type @param {number} length */
function roomIn(type, length) {
  const flexible = type.record?.flexible;
  if (!flexible || length === Infinity) return 0;
  const element = elementOf(flexible);
  return fitting(length - flexible.offset, element) * element.size;
}

/**
 * Reads the elements.
 * @param {string} caller
 * @param {Member} member
 * @param {number | bigint} address of the record
 * @param {number} length bytes there are; Infinity where that is not known
 * @param {unknown} count as asked for
 * @param {boolean} isChecked
 * @param {unknown} kept whose memory it is
 */
function readFlexible(caller, member, address, length, count, isChecked, kept) {
  const element = elementOf(member);
  const there = length === Infinity ? 0 : fitting(length - member.offset, element);
  const wanted = count === undefined ? there : byteCount(caller, count, 2);
  if (wanted > there && (length !== Infinity || wanted > MOST_ELEMENTS)) {
    throw createError('ERR_OUT_OF_BOUNDS', `${caller}: there are ${there} elements, not ${wanted}`, caller, 2);
  }
  const { get } = elementsOf(element);
  const size = wanted * element.size;
  const read = (/** @type {DataView} */ view, /** @type {number} */ at) => get(view, at, wanted);
  return readAt(offsetBy(address, member.offset), size, read, caller, isChecked, 0, kept);
}

module.exports = { rememberEnd, lengthOf, flexibleBytes, wholeSize, roomIn, readFlexible };
