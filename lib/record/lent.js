'use strict';
// Pointers to values: objects and arrays are lent to C as copies, and given back.

const { clear } = require('../memory-view.js');
const { INVALID, addressOf, extent, isBuffer, isWrapper, typedName } = require('../pointer.js');
const { Refused, refused } = require('../refused.js');
const { isList } = require('./array-type.js');
const { elementsOf, marshalOf } = require('./marshal.js');
const { readOne } = require('./member.js');

const { isSafeInteger } = Number;
const { getPrototypeOf, prototype: plainPrototype } = Object;

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./cold.js').Keep} Keep */

/**
 * A copy whose content goes back into the user's object when C has returned.
 * @typedef {object} Loan
 * @property {any} owner the object or array
 * @property {CType} target
 * @property {DataView} view
 * @property {number} at
 * @property {number} count of elements; -1 for one object
 */

/** The kinds of typed arrays whose elements are those of a scalar. @type {Record<string, string[]>} */
const arraysOf = {
  __proto__: /** @type {any} */ (null),
  i8: ['Int8Array'],
  u8: ['Uint8Array', 'Uint8ClampedArray'],
  bool: ['Uint8Array'],
  i16: ['Int16Array'],
  u16: ['Uint16Array'],
  i32: ['Int32Array'],
  u32: ['Uint32Array'],
  i64: ['BigInt64Array'],
  bigint64: ['BigInt64Array'],
  u64: ['BigUint64Array'],
  biguint64: ['BigUint64Array'],
  f32: ['Float32Array'],
  f64: ['Float64Array'],
};

/** How many pointers deep objects may nest; deeper ones are probably cyclic. */
const DEEPEST = 500;

/** @typedef {'in' | 'out' | 'inout'} Direction */

/** How values of one pointer type are passed. */
class Lent {
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
    if (target.record && getPrototypeOf(value) === plainPrototype) return this.#copy(value, target, -1, keep);
    if (isWrapper(value) || isBuffer(value)) return INVALID;
    const isArray = target.array !== undefined;
    if (!isList(value)) {
      if (!target.record) throw refused(this.type, value);
      return this.#copy(value, target, -1, keep);
    }
    if (target.base === 'void') throw refused(this.type, value);
    if (target.array?.isText && this.direction !== 'in') {
      throw new Refused('ERR_INVALID_ARG_TYPE', 'text can only be written to a buffer: pass a Uint8Array');
    }
    // An array type is one whole array; to anything else C points with the first of many.
    if (isArray) return this.#copy(value, target, -1, keep);
    return this.#copy(value, target, value.length, keep);
  }

  /**
   * @param {any} value
   * @param {CType} target
   * @param {number} count
   * @param {Keep} keep
   */
  #copy(value, target, count, keep) {
    const size = count === -1 ? target.size : target.size * count;
    if (size === 0 && this.direction !== 'in') {
      throw new Refused('ERR_INVALID_ARG_VALUE', 'expected room for at least one element');
    }
    if (!isSafeInteger(size)) throw refused(this.type, value);
    const at = keep.take(size, target.align);
    const { view, address } = keep;
    if (this.direction === 'out') clear(view, at, size);
    else {
      if (keep.depth++ > DEEPEST) {
        const text = `objects are more than ${DEEPEST} pointers deep, or refer to themselves`;
        throw new Refused('ERR_INVALID_ARG_VALUE', text);
      }
      if (count === -1) marshalOf(target).put(view, at, value, keep);
      else elementsOf(target).put(view, at, value, keep, count);
      keep.depth--;
    }
    if (this.direction !== 'in') {
      const call = /** @type {InstanceType<typeof import('../call.js').Call>} */ (keep);
      /** @type {Loan} */
      const loan = { owner: value, target, view, at, count };
      if (call.loans) call.loans.push(loan);
      else call.loans = [loan];
    }
    return address;
  }

  /**
   * The address of what is no copy. Runs no code of the user's.
   * @param {any} value
   * @returns {number | bigint} INVALID for what is none
   */
  address(value) {
    if (typeof value === 'number') return isSafeInteger(value) && value >= 0 ? value : INVALID;
    if (isBuffer(value)) this.#checkBuffer(value);
    return addressOf(value);
  }

  /** @param {any} buffer */
  #checkBuffer(buffer) {
    const { target } = this;
    const name = typedName(buffer);
    const element = target.array?.element ?? target;
    const fitting = arraysOf[element.base];
    if (name !== undefined && name !== 'Uint8Array' && fitting && !fitting.includes(name)) {
      throw new Refused('ERR_INVALID_ARG_TYPE', `expected ${fitting[0]}, bytes or ${this.type.expects}, got a ${name}`);
    }
    const length = extent(buffer)?.length ?? 0;
    if (length < target.size && (length > 0 || addressOf(buffer) !== INVALID)) {
      throw new Refused('ERR_OUT_OF_BOUNDS', `expected a buffer of at least ${target.size} bytes, got ${length}`);
    }
  }

  /** Inside of a record: the address of a copy, or of what is none. @type {(value: any, keep: Keep) => number | bigint} */
  accept = (value, keep) => {
    const copy = this.lend(value, keep);
    if (copy !== INVALID) return copy;
    if (isBuffer(value)) this.#checkBuffer(value);
    return keep.pointer(value);
  };
}

/**
 * Gives what C left in the copies back to their owners. All is read before the first owner is written to,
 * because writing may run code of the user's, which may call C.
 * @param {Loan[]} loans
 */
function giveBackLoans(loans) {
  const values = loans.map(({ target, view, at, count }) =>
    count === -1 ? readOne(target, view, at) : elementsOf(target).get(view, at, count),
  );
  loans.forEach(({ owner }, index) => {
    const value = values[index];
    if (Array.isArray(value)) for (let at = 0; at < value.length; at++) owner[at] = value[at];
    else for (const key of Object.keys(value)) owner[key] = value[key];
  });
}

module.exports = { Lent, giveBackLoans };
