'use strict';
// The type of function pointers with a signature.

const { INVALID, anyAddress, callbacks } = require('../pointer.js');
const { Refused } = require('../refused.js');
const { planCallback } = require('../signature.js');
const { declareType, resolveType } = require('../types.js');
const { entries } = require('./entries.js');
const { openCallback } = require('./open.js');

/** @typedef {import('../signature.js').Signature} Signature */

const { isSafeInteger } = Number;

/**
 * How functions of one signature are passed: a plain function is opened for the call.
 */
class LentFunction {
  /** @type {'in'} */
  direction = 'in';
  /** Calls that were given a plain function close it when they end. */
  opens = true;
  /** @type {import('../types.js').CType} set by whoever declares the type */
  type = /** @type {any} */ (undefined);

  /** @param {Signature} signature from planCallback */
  constructor(signature) {
    this.signature = signature;
  }

  /**
   * @param {unknown} value
   * @param {InstanceType<typeof import('../call.js').Call>} call
   * @returns {number} the address; INVALID for what is no plain function
   */
  lend(value, call) {
    if (typeof value !== 'function') return INVALID;
    const number = openCallback(value, this.signature, 'callback');
    call.opens(number);
    return /** @type {import('./entries.js').Entry} */ (entries[number]).address;
  }

  /** @param {any} value @returns {number | bigint} INVALID for what is no function pointer */
  address(value) {
    if (typeof value === 'object' && value !== null) {
      const address = callbacks.addressOf(value) ?? INVALID;
      if (address !== INVALID) this.compare(value);
      return address;
    }
    if (typeof value === 'number') return isSafeInteger(value) && value >= 0 ? value : INVALID;
    return anyAddress(value);
  }

  /** Numbers that can be no address mean something of their own to C, as SIG_IGN. */
  checkNumber() {}

  /** Refuses a JSCallback that C would call wrongly. @param {object} value */
  compare(value) {
    const given = callbacks.addressOf(value) === undefined ? undefined : callbacks.signatureOf(value);
    if (given === undefined) return;
    const { params, result } = given;
    const own = this.signature;
    const isLike =
      params.length === own.params.length && params.every((type, index) => isAlike(type, own.params[index]));
    if (isLike && isAlike(result, own.result)) return;
    throw new Refused('ERR_INVALID_ARG_TYPE', 'this JSCallback has another signature');
  }

  /** Inside of a record nothing would tell when to close a function. @param {any} value */
  accept = (value) => this.address(value);
}

/**
 * Whether two types are the same to C.
 * @param {import('../types.js').CType} one
 * @param {import('../types.js').CType} other
 */
function isAlike(one, other) {
  if (one.record || other.record) return one.number === other.number;
  const isFloat = (/** @type {{ base: string }} */ { base }) => base === 'f32' || base === 'f64';
  return one.size === other.size && isFloat(one) === isFloat(other);
}

/**
 * A function pointer of a signature. A parameter takes a JSCallback, an address, null, or a JavaScript
 * function, which C can call until the call returns.
 * @param {unknown[]} [args] types of the parameters
 * @param {unknown} [returns] type of the result
 */
function callback(args = [], returns = 'void') {
  const lent = new LentFunction(planCallback('callback', args, returns));
  const expects = 'a function (as an argument), a JSCallback, or a function pointer (Number, BigInt or null)';
  lent.type = { ...resolveType('function', 'callback'), expects, lent: /** @type {any} */ (lent) };
  return declareType(Object.freeze({ args: Object.freeze(Array.from(args)), returns }), lent.type);
}

module.exports = { callback };
