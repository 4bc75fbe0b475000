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

  /**
   * @param {object} secret
   * @param {Helper} helper
   * @param {number | bigint} address
   * @param {string | undefined} name
   */
  constructor(secret, helper, address, name) {
    if (secret !== SECRET) {
      const text = 'IsolatedPointer: only functions of an isolated library return one';
      throw createError('ERR_INVALID_ARG_TYPE', text, 'IsolatedPointer');
    }
    this.#helper = helper;
    this.#address = address;
    this.#name = name;
    Object.freeze(this);
  }

  /** Whether its helper is gone: then nothing is there any more. */
  get freed() {
    return !this.#helper.isAlive;
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
    if (pointer.#helper !== helper || !helper.isAlive) return INVALID;
    return name !== undefined && pointer.#name !== name ? INVALID : pointer.#address;
  }

  /** @param {any} value @returns {{ code: string, text: string } | undefined} */
  static problem(value) {
    if (!(#address in value)) return undefined;
    if (/** @type {IsolatedPointer} */ (value).#helper.isAlive) return undefined;
    return { code: 'ERR_INVALID_MEM_ID', text: 'the helper process that this pointer is of has ended' };
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
 */
const pointerIn = (helper, address, name) => new IsolatedPointer(SECRET, helper, address, name);

module.exports = { IsolatedPointer, addressIn, pointerIn };
