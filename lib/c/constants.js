'use strict';
// Enumerators and macros as values.

const { integer, unusable } = require('./schemas.js');
const { explaining } = require('./reasons.js');

/** @typedef {import('./format.js').CUnit} CUnit */
/** @typedef {import('./format.js').CConstant} CConstant */

/** @param {CConstant} constant */
function valueOf(constant) {
  switch (constant.kind) {
    case 'string':
    case 'char':
      return constant.value;
    case 'float':
      return Number(constant.value);
    case 'pointer': {
      const address = integer(constant.value);
      return address < 0 ? BigInt.asUintN(64, BigInt(address)) : address;
    }
    default:
      return integer(constant.value);
  }
}

/** The values of a unit's constants. @param {CUnit} unit @returns {Record<string, unknown>} */
function constantValues(unit) {
  const values = Object.create(null);
  for (const constant of unit.constants) values[constant.name] = valueOf(constant);
  return values;
}

/**
 * The constants of a unit. Reading a macro that is none, or an enumerator that was skipped, throws why.
 * @param {import('./declarations.js').Unit} unit
 * @param {Map<string, import('./cdef.js').Skipped>} skipped why names are missing
 * @returns {Record<string, unknown>}
 */
function constantsOf({ summary, macros }, skipped) {
  /** @type {Map<string, string> | undefined} */
  let reasons;
  const look = (/** @type {string} */ name) => {
    reasons ??= new Map(macros().map((macro) => [macro.name, macro.reason]));
    const reason = reasons.get(name) ?? skipped.get(name)?.reason;
    if (reason !== undefined) throw unusable('constants', name, reason);
  };
  return Object.freeze(Object.setPrototypeOf(summary.constants, explaining('constants', look)));
}

module.exports = { constantValues, constantsOf, valueOf };
