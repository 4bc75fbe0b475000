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

/**
 * The constants of a unit. Reading a macro that is none throws why.
 * @param {CUnit} unit
 * @returns {Record<string, unknown>}
 */
function constantsOf(unit) {
  /** @type {Map<string, string> | undefined} */
  let reasons;
  const look = (/** @type {string} */ name) => {
    reasons ??= new Map(unit.macros.map((macro) => [macro.name, macro.reason]));
    const reason = reasons.get(name);
    if (reason !== undefined) throw unusable('constants', name, reason);
  };
  const constants = Object.create(null);
  for (const constant of unit.constants) constants[constant.name] = valueOf(constant);
  return Object.freeze(Object.setPrototypeOf(constants, explaining('constants', look)));
}

module.exports = { constantsOf, valueOf };
