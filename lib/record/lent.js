'use strict';
// Pointers to values: objects and arrays are lent to C as copies, and given back.

const { FIRST_ADDRESS } = require('../address.js');
const { clear } = require('../memory-view.js');
const { INVALID, addressOf, anyAddress, extent, isBuffer, isWrapper, typedName, views } = require('../pointer.js');
const { Refused, refused } = require('../refused.js');
const { kinds, listLength } = require('./array-type.js');
const { flexibleBytes, wholeSize } = require('./flexible.js');
const { lendBack } = require('./loan.js');
const { elementsOf, marshalOf } = require('./marshal.js');

const { isSafeInteger } = Number;
const { isArray } = Array;
const { getPrototypeOf, isFrozen, prototype: plainPrototype } = Object;

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./cold.js').Keep} Keep */

/** The typed arrays whose elements are those of a scalar. @param {string} base */
const arraysOf = (base) =>
  base === 'u8' ? [kinds.u8, 'Uint8ClampedArray'] : base in kinds ? [kinds[base]] : undefined;

/** How many pointers deep objects may nest; deeper ones are probably cyclic. */
const DEEPEST = 500;

/** @param {CType} type @param {string} key */
const isMember = (type, key) => type.record?.members.some((member) => member.key === key);

/** @typedef {'in' | 'out' | 'inout'} Direction */

/** How values of one pointer type are passed. */
class Lent {
  /** Calls have nothing to close for it. */
  opens = false;
  /** @type {CType | undefined} */
  #target;
  #resolve;
  /** @type {import('../types.js').CType} set by whoever declares the type */
  type = /** @type {any} */ (undefined);

  /**
   * @param {() => CType} resolve what it points to; asked when first needed, so that types can refer to themselves
   * @param {Direction} direction
   */
  constructor(resolve, direction) {
    this.#resolve = resolve;
    this.direction = direction;
  }

  get target() {
    this.#target ??= this.#resolve();
    return this.#target;
  }

  /**
   * Copies an object or array for C; code of the user's may run. Other values are left to `address`.
   * @param {any} value
   * @param {Keep} keep
   * @returns {number} the address of the copy; INVALID when none was made
   */
  lend(value, keep) {
    if (typeof value !== 'object' || value === null) return INVALID;
    const { target } = this;
    // The usual case first: nothing else here has this prototype.
    if (target.record && getPrototypeOf(value) === plainPrototype && value.length === undefined) {
      return this.#copy(value, target, -1, keep);
    }
    if (isWrapper(value) || isBuffer(value)) return INVALID;
    // A record may have a length that counts nothing.
    const hasOwnLength = isMember(target, 'length') && !isArray(value);
    const length = hasOwnLength ? undefined : listLength(value);
    if (length === undefined) {
      if (!target.record || isArray(value)) throw refused(this.type, value);
      return this.#copy(value, target, -1, keep);
    }
    if (target.base === 'void') throw refused(this.type, value);
    if (target.array?.isText && this.direction !== 'in') {
      throw new Refused('ERR_INVALID_ARG_TYPE', 'text can only be written to a buffer: pass a Uint8Array');
    }
    // An array type is one whole array; to anything else C points with the first of many.
    return this.#copy(value, target, target.array ? -1 : length, keep);
  }

  /**
   * @param {any} value
   * @param {CType} target
   * @param {number} count of elements; -1 for one value
   * @param {Keep} keep
   */
  #copy(value, target, count, keep) {
    if (this.direction !== 'in' && isFrozen(value)) {
      throw new Refused('ERR_INVALID_ARG_VALUE', 'the object is frozen: what C leaves there could not be put into it');
    }
    const room = count === -1 ? flexibleBytes(target, value) : 0;
    const size = count === -1 ? wholeSize(target, room) : target.size * count;
    if (size === 0 && this.direction !== 'in') {
      throw new Refused('ERR_INVALID_ARG_VALUE', 'expected room for at least one element');
    }
    if (!isSafeInteger(size)) throw new Refused('ERR_INVALID_ARG_VALUE', `${count} elements are too many`);
    const at = keep.take(size, target.align);
    const { view, address } = keep;
    if (this.direction === 'out') clear(view, at, size);
    else this.#put(view, at, value, target, count, room, keep);
    if (this.direction !== 'in') {
      const { argument } = /** @type {InstanceType<typeof import('../call.js').Call>} */ (keep);
      lendBack(keep, { owner: value, target, view, at, size, count, room, argument }, this.direction);
    }
    return address;
  }

  /**
   * @param {DataView} view
   * @param {number} at
   * @param {any} value
   * @param {CType} target
   * @param {number} count
   * @param {number} room
   * @param {Keep} keep
   */
  #put(view, at, value, target, count, room, keep) {
    if (keep.depth++ > DEEPEST) {
      const text = `objects are more than ${DEEPEST} pointers deep, or refer to themselves`;
      throw new Refused('ERR_INVALID_ARG_VALUE', text);
    }
    const outer = keep.room;
    keep.room = room;
    if (count === -1) marshalOf(target).put(view, at, value, keep);
    else elementsOf(target).put(view, at, value, keep, count);
    keep.room = outer;
    keep.depth--;
  }

  /**
   * The address of what is no copy. Runs no code of the user's.
   * @param {any} value
   * @returns {number | bigint} INVALID for what is none
   */
  address(value) {
    this.checkMemory(value);
    return anyAddress(value);
  }

  /**
   * Refuses a Number that can be no address as an argument of a function of C, which uses what is there: a value whose brackets
   * were forgotten, most likely. Of records, and where nothing is known of the target, C may mean something else by it: a handle.
   * @param {any} value
   */
  checkNumber(value) {
    if (!isSafeInteger(value) || value < 1 || value >= FIRST_ADDRESS) return;
    const { target } = this;
    if (target.size === 0 || (target.record && this.direction === 'in')) return;
    const text = `${value} cannot be a valid address: expected ${this.type.expects}`;
    throw new Refused('ERR_INVALID_POINTER', text);
  }

  /** Refuses memory that is too small, or of other numbers. @param {any} value */
  checkMemory(value) {
    const isBytes = isBuffer(value);
    const length = isBytes ? extent(value)?.length : views.placeOf(value)?.length;
    if (length === undefined) return;
    const { target } = this;
    const name = isBytes ? typedName(value) : undefined;
    let element = target;
    while (element.array) element = element.array.element;
    const fitting = arraysOf(element.base);
    if (name !== undefined && name !== 'Uint8Array' && fitting && !fitting.includes(name)) {
      throw new Refused('ERR_INVALID_ARG_TYPE', `expected ${fitting[0]}, bytes or ${this.type.expects}, got a ${name}`);
    }
    if (length < target.size && (length > 0 || addressOf(value) !== INVALID)) {
      throw new Refused('ERR_OUT_OF_BOUNDS', `expected a buffer of at least ${target.size} bytes, got ${length}`);
    }
  }

  /** Inside of a record: the address of a copy, or of what is none. @type {(value: any, keep: Keep) => number | bigint} */
  accept = (value, keep) => {
    const copy = this.lend(value, keep);
    if (copy !== INVALID) return copy;
    this.checkMemory(value);
    return keep.pointer(value);
  };
}

module.exports = { Lent };
