'use strict';
// Pointers of a helper: objects that only it can resolve. The address is in a private field, and means nothing here.

const { INVALID, registerWrapper } = require('../pointer.js');
const { createError } = require('../errors.js');

/** Whoever has it may make pointers. */
const SECRET = {};

/** @typedef {InstanceType<typeof import('./helper.js').Helper>} Helper */

class IsolatedPointer {
  /** @type {Helper} */
  #helper;
  /** @type {number | bigint} */
  #address;
  /** What it points to, of an opaque type. @type {string | undefined} */
  #name;
  /** What lends the memory that it points to. @type {import('./arena.js').Lender | undefined} */
  #lender;

  /**
   * @param {object} secret
   * @param {Helper} helper
   * @param {number | bigint} address
   * @param {string | undefined} name
   * @param {import('./arena.js').Lender | undefined} lender
   */
  constructor(secret, helper, address, name, lender) {
    if (secret !== SECRET) {
      const text = 'IsolatedPointer: only functions of an isolated library return one';
      throw createError('ERR_INVALID_ARG_TYPE', text, 'IsolatedPointer');
    }
    this.#helper = helper;
    this.#address = address;
    this.#name = name;
    this.#lender = lender;
    Object.freeze(this);
  }

  /** Whether its helper is gone, or the call that had lent what it points to: then nothing is there any more. */
  get freed() {
    return !this.#helper.isAlive || this.#lender?.isOver === true;
  }

  /** The name of the type it points to, where that is opaque. */
  get name() {
    return this.#name;
  }

  /** Whether another points to the same. @param {unknown} other */
  equals(other) {
    return (
      typeof other === 'object' &&
      other !== null &&
      #address in other &&
      other.#helper === this.#helper &&
      other.#address === this.#address
    );
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `IsolatedPointer { ${this.#name ? `${this.#name} * ` : ''}${this.freed ? 'gone' : 'in the helper'} }`;
  }

  /**
   * @param {any} value
   * @param {Helper} helper
   * @param {string} [name] what it must point to
   * @returns {number | bigint | undefined} undefined for what is no pointer; INVALID for one that is not this helper's
   */
  static addressIn(value, helper, name) {
    if (typeof value !== 'object' || value === null || !(#address in value)) return undefined;
    const pointer = /** @type {IsolatedPointer} */ (value);
    if (pointer.#helper !== helper || pointer.freed) return INVALID;
    return name !== undefined && pointer.#name !== name ? INVALID : pointer.#address;
  }

  /** @param {any} value @returns {{ code: string, text: string } | undefined} */
  static problem(value) {
    if (!(#address in value) || !value.freed) return undefined;
    const isLent = /** @type {IsolatedPointer} */ (value).#helper.isAlive;
    const why = isLent
      ? 'this pointer is to what was lent to a call, which has returned'
      : 'the helper process that this pointer is of has ended';
    return { code: 'ERR_INVALID_MEM_ID', text: why };
  }

  /** @param {any} value */
  static isOne(value) {
    return #address in value;
  }
}

const { addressIn, isOne, problem } = IsolatedPointer;
for (const name of ['addressIn', 'isOne', 'problem']) Reflect.deleteProperty(IsolatedPointer, name);

// To functions of this process it is an object that is no pointer.
registerWrapper(
  (value) => (isOne(value) ? INVALID : undefined),
  (value) => (isOne(value) ? 'a pointer of an isolated library' : undefined),
  problem,
);

/**
 * @param {Helper} helper
 * @param {number | bigint} address not NULL
 * @param {string} [name]
 * @param {import('./arena.js').Lender} [lender]
 */
const pointerIn = (helper, address, name, lender) => new IsolatedPointer(SECRET, helper, address, name, lender);

module.exports = { addressIn, IsolatedPointer, pointerIn, problem };
