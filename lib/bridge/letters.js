'use strict';
// How the raw bridge writes signatures and arguments: one letter for each type, numbers and strings in two
// arrays.

const { createError } = require('../errors.js');
const { planSignature } = require('../signature.js');

/** The letter of a result of two doubles, and its type. */
const PAIR_LETTER = '2';
/** @type {unknown} */
let pair;
// Declared when it is first needed: most programs have no records.
const pairType = () => (pair ??= require('../record/schema.js').Struct({ first: 'f64', second: 'f64' }).object);

/** @param {any} value @returns {any} a pair as its bytes */
const asBytes = (value) =>
  typeof value === 'object' && value !== null ? Float64Array.of(value.first, value.second).buffer : value;

/** @param {unknown} name @returns {string} */
function symbolName(name) {
  if (typeof name === 'string') return name;
  throw createError('ERR_INVALID_ARG_TYPE', `the name of a function must be a string, got ${typeof name}`);
}

/** @param {string} name @param {unknown} argTypes @param {unknown} returnType */
function planLetters(name, argTypes, returnType) {
  if (typeof argTypes !== 'string') {
    throw createError('ERR_INVALID_ARG_TYPE', `${name}: the argument types must be a string of letters`, name);
  }
  return planSignature(name, [...argTypes], returnType === PAIR_LETTER ? pairType() : returnType);
}

/**
 * The arguments in the order of their types: strings from one array, the rest from the other.
 * @param {string} name
 * @param {string} types
 * @param {unknown} nums
 * @param {unknown} strs
 * @returns {unknown[]}
 */
function mergeArguments(name, types, nums, strs) {
  if (!Array.isArray(nums) || !Array.isArray(strs)) {
    throw createError('ERR_INVALID_ARG_TYPE', `${name}: numbers and strings must come in two arrays`, name);
  }
  const strings = [...types].filter((letter) => letter === 's').length;
  const numbers = types.length - strings;
  if (nums.length !== numbers || strs.length !== strings) {
    const code = nums.length < numbers || strs.length < strings ? 'ERR_MISSING_ARGS' : 'ERR_INVALID_ARG_VALUE';
    const message = `${name}: expected ${numbers} numbers and ${strings} strings, got ${nums.length} and ${strs.length}`;
    throw createError(code, message, name);
  }
  let number = 0;
  let string = 0;
  return Array.from(types, (letter) => (letter === 's' ? strs[string++] : nums[number++]));
}

module.exports = { PAIR_LETTER, asBytes, mergeArguments, pairType, planLetters, symbolName };
