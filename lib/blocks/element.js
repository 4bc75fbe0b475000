'use strict';
// Values of a type in memory, as quickly as they can be read and written there.

const { emitters } = require('../emitters.js');
const marshallers = require('../marshal.generated.js');
const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { specialAccept } = require('../record/accept.js');
const { marshalOf } = require('../record/marshal.js');
const { resolveType } = require('../types.js');

/** @typedef {import('../types.js').CType} CType */

/**
 * A type whose values are in memory.
 * @typedef {object} Element
 * @property {CType} type
 * @property {unknown} given the type as the program named it
 * @property {number} size in bytes
 * @property {boolean} isDouble
 * @property {(view: DataView, at: number) => any} get
 * @property {(view: DataView, at: number, value: any) => boolean} put writes the simple case and says whether that
 *   was done; runs no code of the user's
 */

const { isInteger } = Number;

/** @param {CType} type @returns {Element['get']} */
function reader(type) {
  if (type.record || type.array) return (view, at) => marshalOf(type).get(view, at);
  const { get } = marshallers[type.base];
  const { make } = type;
  return make ? (view, at) => make(get(view, at)) : get;
}

/** @param {CType} type @returns {Element['put']} */
function writer(type) {
  if (type.kind !== 'scalar' || (specialAccept(type) && !type.accept)) return () => false;
  const { read, invalid, put } = marshallers[type.base];
  const accept = type.accept ?? (emitters[type.base].read ? read : undefined);
  // Each call more counts: this is the same code for all types, which engines do not put in one piece.
  if (!accept) {
    return (view, at, value) => {
      if (invalid(value)) return false;
      put(view, at, value);
      return true;
    };
  }
  return (view, at, value) => {
    const accepted = accept(value);
    if (invalid(accepted)) return false;
    put(view, at, accepted);
    return true;
  };
}

/** More names than there are of types are spellings with spaces, which need not all be kept. */
const MOST_NAMES = 1000;
/** @type {Map<unknown, Element>} */
const byName = new Map();
/** @type {WeakMap<object, Element>} */
const byObject = new WeakMap();

/**
 * The type that a program names, for values in memory.
 * @param {string} caller
 * @param {unknown} given
 * @param {number} index which argument of `caller` it is
 * @returns {Element}
 */
function elementOf(caller, given, index) {
  return byName.get(given) ?? findElement(caller, given, index);
}

/** @param {string} caller @param {unknown} given @param {number} index */
function findElement(caller, given, index) {
  const isObject = typeof given === 'object' && given !== null;
  const known = isObject ? byObject.get(given) : undefined;
  if (known) return known;
  const type = resolveType(given, `${caller}: argument ${index}`, caller, index);
  const isParameter = type.lent !== undefined && type.lent.direction !== 'in';
  if (type.kind === 'bits' || type.base === 'void' || type.array?.isFlexible || isParameter) {
    const message = `${caller}: argument ${index}: ${describe(given)} is no type of values in memory`;
    throw createError('ERR_INVALID_ARG_TYPE', message, caller, index);
  }
  const isDouble = type.base === 'f64';
  const element = { type, given, size: type.size, isDouble, get: reader(type), put: writer(type) };
  if (isObject) byObject.set(given, element);
  else if (byName.size < MOST_NAMES) byName.set(given, element);
  return element;
}

/**
 * The room that a program asks for.
 * @param {string} caller
 * @param {unknown} type a type, or a size in bytes
 * @param {unknown} count so many of them; 1 when undefined
 * @param {number} [index] which argument of `caller` the type is; the count is the next
 * @returns {{ size: number, element: Element | undefined, count: number }} the size may be more than there can be
 */
function measure(caller, type, count, index = 0) {
  if (typeof type !== 'number' && typeof type !== 'string' && (typeof type !== 'object' || type === null)) {
    const message = `${caller}: argument ${index}: expected a type or a number of bytes, got ${describe(type)}`;
    throw createError('ERR_INVALID_ARG_TYPE', message, caller, index);
  }
  const element = typeof type === 'number' ? undefined : elementOf(caller, type, index);
  const unit = element ? element.size : amount(caller, type, index, 'a type or a number of bytes');
  const times = count === undefined ? 1 : amount(caller, count, index + 1, 'a number of elements');
  return { size: unit * times, element, count: times };
}

/** @param {string} caller @param {unknown} value @param {number} index @param {string} what @returns {number} */
function amount(caller, value, index, what) {
  // Larger ones than are exact are numbers too, of which there is no memory.
  if (typeof value === 'number' && isInteger(value) && value >= 0) return value + 0;
  const code = typeof value === 'number' ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARG_TYPE';
  const message = `${caller}: argument ${index}: expected ${what}, got ${describe(value)}`;
  throw createError(code, message, caller, index);
}

module.exports = { elementOf, measure, amount };
