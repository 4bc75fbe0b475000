'use strict';
// array(): what programs see of an array type.

const native = require('../binding.js');
const { byteCount } = require('../address.js');
const { isCheckedCall } = require('../checked.js');
const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { keeperFor } = require('../keeper.js');
const { MemoryView } = require('../memory-view.js');
const { bufferAddress } = require('../pointer.js');
const { worded } = require('../refused.js');
const { newBuffer } = require('../retained.js');
const { declareType, isChar, resolveType } = require('../types.js');
const { declarations } = require('../types/declarations.js');
const { elementCount, getText } = require('./array-type.js');
const { holdsPointers } = require('./accept.js');
const { findAddress, readAt } = require('./access.js');
const { demandLocal } = require('./addresses.js');
const { elementsOf, marshalOf } = require('./marshal.js');
const { viewArray } = require('./view.js');

/** @typedef {import('../types.js').CType} CType */

/** The most elements of an array: sizes are less than 2 ** 31. */
const MOST = 2 ** 31 - 1;

/** The type of an array, and its values in JavaScript. */
class ArraySchema {
  /** @type {CType & { array: import('./array-type.js').ArrayType }} */
  #type;

  /** @param {unknown} given @param {CType} element @param {number} count @param {boolean} isFlexible */
  constructor(given, element, count, isFlexible) {
    let laidOut;
    try {
      laidOut = native.declareArray(element.number, count);
    } catch (error) {
      const { code, message } = /** @type {any} */ (error);
      throw code ? createError(code, `array: ${message}`, 'array') : error;
    }
    const [number, size, align] = laidOut;
    declarations.set(number, { kind: 'array', parts: [element.number], words: [count] });
    const isText = isChar(given) && !isFlexible;
    const whole = `${isText ? 'a string, ' : ''}an array of ${count} elements, or a buffer of ${size} bytes`;
    const expects = isFlexible ? 'an array, or a buffer' : whole;
    const array = { element, count, isFlexible, isText };
    this.#type = { kind: 'array', number, base: 'array', size, align, expects, array };
    /** The type of the elements, as given. */
    this.element = given;
    /** Number of elements. */
    this.length = count;
    /** In bytes. */
    this.size = size;
    /** In bytes. */
    this.alignment = align;
    Object.freeze(declareType(this, this.#type));
  }

  /**
   * A buffer with the elements; missing ones are zero.
   * @param {any} [values]
   * @returns {ArrayBuffer}
   */
  create(values = []) {
    try {
      const { isFlexible, element } = this.#type.array;
      const room = isFlexible ? elementCount(this.#type, values) * element.size : 0;
      const buffer = newBuffer('create', this.size + room);
      const keeper = keeperFor(this.#type, buffer, true);
      keeper.room = room;
      marshalOf(this.#type).put(new MemoryView(buffer), 0, values, keeper);
      // To ask for an address takes as long as all the rest.
      if (holdsPointers(this.#type)) keeper.settle(bufferAddress(buffer), this.size);
      return buffer;
    } catch (error) {
      throw worded(error, 'create', 0, '');
    }
  }

  /**
   * The elements in memory.
   * @param {any} memory an address or a buffer; an array is returned as it is
   * @param {unknown} [byteOffset]
   * @param {unknown} [count] of elements, where that is not the array's length
   * @param {unknown} [options] `{ checked }`
   */
  fromPtr(memory, byteOffset = 0, count, options) {
    const isChecked = isCheckedCall('fromPtr', options, 3);
    if (Array.isArray(memory)) return memory;
    const length = this.#count('fromPtr', count);
    const { element, isText } = this.#type.array;
    const size = length * element.size;
    demandLocal('fromPtr', memory, element);
    const address = findAddress('fromPtr', memory, byteOffset, size);
    const { get } = elementsOf(element);
    /** @param {DataView} view @param {number} at */
    const read = (view, at) => (isText ? getText(view, at, size) : get(view, at, length));
    return readAt(address, size, read, 'fromPtr', isChecked, 0, memory);
  }

  /**
   * The elements in place.
   * @param {any} memory an address or a buffer
   * @param {unknown} [byteOffset]
   * @param {unknown} [count] of elements, where that is not the array's length
   * @param {unknown} [options] `{ checked }`
   */
  view(memory, byteOffset = 0, count, options) {
    const isChecked = isCheckedCall('view', options, 3);
    return viewArray('view', this.#type.array.element, this.#count('view', count), memory, byteOffset, isChecked);
  }

  /** @param {string} caller @param {unknown} count @returns {number} */
  #count(caller, count) {
    if (count === undefined) return this.length;
    const wanted = byteCount(caller, count, 2);
    if (wanted <= MOST) return wanted;
    throw createError('ERR_OUT_OF_RANGE', `${caller}: argument 2: ${wanted} elements are too many`, caller, 2);
  }
}

/**
 * `T[n]`; without `n` a flexible array member, `T name[]`. As a parameter it is a pointer to its first element.
 * @param {unknown} type
 * @param {unknown} [length]
 */
function array(type, length) {
  const element = resolveType(type, 'array: argument 0', 'array', 0);
  if (element.kind === 'bits' || element.array?.isFlexible || (element.lent && element.lent.direction !== 'in')) {
    throw createError(
      'ERR_INVALID_ARG_TYPE',
      `array: argument 0: there are no arrays of ${describe(type)}`,
      'array',
      0,
    );
  }
  if (length === undefined) return new ArraySchema(type, element, 0, true);
  if (typeof length === 'number' && Number.isInteger(length) && length >= 0 && length <= MOST) {
    return new ArraySchema(type, element, length, false);
  }
  const code = typeof length === 'number' ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARG_TYPE';
  throw createError(code, `array: argument 1: expected a number of elements, got ${describe(length)}`, 'array', 1);
}

module.exports = { array };
