'use strict';
// Pointers to types that nothing is known of but their name.

const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { pointerValue } = require('../address.js');
const { INVALID, anyAddress, registerWrapper } = require('../pointer.js');
const { declareType, resolveType } = require('../types.js');

/** A pointer that C gave, with the name of what it points to. */
class OpaquePointer {
  /** @type {number | bigint} */
  #address;
  /** @type {string} */
  #name;

  /** @param {string} name @param {number | bigint} address */
  constructor(name, address) {
    this.#name = name;
    this.#address = address;
  }

  /** The address. */
  get ptr() {
    return this.#address;
  }

  /** The name of the type it points to. */
  get name() {
    return this.#name;
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `${this.#name} * 0x${this.#address.toString(16)}`;
  }

  /** @param {any} value @param {string} name @returns {number | bigint} its address if it is a pointer to that, else INVALID */
  static addressOf(value, name) {
    if (typeof value === 'object' && value !== null) {
      return #address in value && value.#name === name ? value.#address : INVALID;
    }
    return anyAddress(value);
  }

  static {
    registerWrapper(
      (value) => (#address in value ? value.#address : undefined),
      (value) => (#address in value ? `a pointer to ${value.#name}` : undefined),
    );
  }
}

/** The type of pointers to something of a name. */
class OpaqueType {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
    Object.freeze(this);
  }

  /**
   * The pointer to an address.
   * @param {unknown} address Number, BigInt or null
   * @returns {OpaquePointer | null} null for NULL
   */
  at(address) {
    const value = pointerValue('at', address);
    return value === 0 ? null : new OpaquePointer(this.name, value);
  }
}

/**
 * A pointer to an incomplete type, as `sqlite3 *`. Results are OpaquePointers, or null; parameters take
 * only pointers of the same name, null, and plain addresses.
 * @param {unknown} name
 */
function opaque(name) {
  if (typeof name !== 'string' || name === '') {
    const message = `opaque: argument 0: expected a name, got ${describe(name)}`;
    throw createError('ERR_INVALID_ARG_TYPE', message, 'opaque', 0);
  }
  return declareType(new OpaqueType(name), {
    ...resolveType('ptr', 'opaque'),
    opaque: name,
    expects: `a pointer to ${name} (an OpaquePointer of that name, an address or null)`,
    accept: (value) => OpaquePointer.addressOf(value, name),
    make: (address) => (address === 0 ? null : new OpaquePointer(name, address)),
  });
}

module.exports = { opaque };
