'use strict';
// Bit-fields.

const { getBits, putBits } = require('../memory-view.js');
const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { declareType, resolveType } = require('../types.js');

const { asIntN, asUintN } = BigInt;
const { isSafeInteger } = Number;

/**
 * @typedef {object} BitsType
 * @property {import('../types.js').CType} of the declared type
 * @property {number} width
 * @property {(value: any) => any} accept the value to put; undefined when it does not fit
 * @property {(view: DataView, at: number, first: number, value: any) => void} put
 * @property {(view: DataView, at: number, first: number) => any} get
 */

/** A bool, or at most 32 bits. @param {number} width @param {boolean} isSigned @returns {Pick<BitsType, 'accept' | 'put' | 'get'>} */
function narrow(width, isSigned) {
  const range = 2 ** width;
  const least = isSigned ? -range / 2 : 0;
  return {
    accept: (value) =>
      isSafeInteger(value) && value >= least && value < least + range ? (value < 0 ? value + range : value) : undefined,
    put: (view, at, first, value) => putBits(view, at, first, width, value),
    get: (view, at, first) => {
      const value = getBits(view, at, first, width);
      return value >= least + range ? value - range : value;
    },
  };
}

/** More than 32 bits. @param {number} width @param {boolean} isSigned @returns {Pick<BitsType, 'accept' | 'put' | 'get'>} */
function wide(width, isSigned) {
  const wrap = isSigned ? asIntN : asUintN;
  return {
    accept: (value) => {
      if (typeof value !== 'bigint' && !isSafeInteger(value)) return undefined;
      const exact = BigInt(value);
      return wrap(width, exact) === exact ? asUintN(width, exact) : undefined;
    },
    put: (view, at, first, value) => {
      putBits(view, at, first, 32, Number(asUintN(32, value)));
      putBits(view, at + 4, first, width - 32, Number(value >> 32n));
    },
    get: (view, at, first) => {
      const high = BigInt(getBits(view, at + 4, first, width - 32));
      const value = wrap(width, (high << 32n) | BigInt(getBits(view, at, first, 32)));
      return isSafeInteger(Number(value)) ? Number(value) : value;
    },
  };
}

/** @type {Pick<BitsType, 'accept' | 'put' | 'get'>} */
const bool = {
  accept: (value) => (value === true || value === 1 ? 1 : value === false || value === 0 ? 0 : undefined),
  put: (view, at, first, value) => putBits(view, at, first, 1, value),
  get: (view, at, first) => getBits(view, at, first, 1) === 1,
};

/**
 * A bit-field: a member of a record that has `width` bits of an integer type. Width 0 ends the unit.
 * @param {unknown} type
 * @param {unknown} width
 */
function bits(type, width) {
  const of = resolveType(type, 'bits: argument 0', 'bits', 0);
  if (of.kind !== 'scalar') {
    throw createError('ERR_INVALID_ARG_TYPE', 'bits: argument 0: a bit-field must be of an integer type', 'bits', 0);
  }
  if (!isSafeInteger(width) || /** @type {number} */ (width) < 0 || /** @type {number} */ (width) > 64) {
    const message = `bits: argument 1: expected a number of bits, got ${describe(width)}`;
    const code = typeof width === 'number' ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARG_TYPE';
    throw createError(code, message, 'bits', 1);
  }
  const count = /** @type {number} */ (width);
  const isSigned = of.base.includes('i') && !of.base.includes('u');
  const marshal = of.base === 'bool' ? bool : count > 32 ? wide(count, isSigned) : narrow(count, isSigned);
  const range = 2n ** BigInt(count);
  const least = isSigned ? -range / 2n : 0n;
  const expects =
    of.base === 'bool' ? undefined : `an integer of ${count} bits (from ${least} to ${least + range - 1n})`;
  return declareType(Object.freeze({ type, width }), {
    kind: 'bits',
    number: of.number,
    base: of.base,
    size: of.size,
    align: of.align,
    expects,
    bits: {
      of,
      width: count,
      ...marshal,
      accept: of.accept ? (value) => marshal.accept(of.accept?.(value)) : marshal.accept,
    },
  });
}

module.exports = { bits };
