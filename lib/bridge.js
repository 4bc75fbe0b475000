'use strict';
// ArkFFI's raw bridge: handles are bigints, types one letter each, numbers and strings come in two
// arrays in their order.

const native = require('./binding.js');
const { bindAddress, bindAll, bindSymbol, makeOneShot } = require('./bind.js');
const { release } = require('./bound.js');
const { byteCount, pointerValue } = require('./address.js');
const { readCString } = require('./cstring.js');
const { createError } = require('./errors.js');
const { takeAddress } = require('./frame.js');
const { closeHandle, handleNumber, openHandle } = require('./library.js');
const { copyMemory, ptr } = require('./memory.js');
const { planSignature } = require('./signature.js');

/** The letter of a result of two doubles, and its type. */
const PAIR_LETTER = '2';
/** @type {unknown} */
let pair;
// Declared when it is first needed: most programs have no records.
const pairType = () => (pair ??= require('./record/schema.js').Struct({ first: 'f64', second: 'f64' }).object);

/** @param {any} value @returns {any} a pair as its bytes */
const asBytes = (value) =>
  typeof value === 'object' && value !== null ? Float64Array.of(value.first, value.second).buffer : value;

/** Functions defined on each handle, with their type letters. @type {Map<bigint, Map<string, { call: Function, types: string, isPair: boolean }>>} */
const defined = new Map();

/** @param {unknown} handle @returns {number} */
function openNumber(handle) {
  if (typeof handle !== 'bigint' || !defined.has(handle)) {
    throw createError('ERR_INVALID_HANDLE', 'invalid or closed library handle');
  }
  return handleNumber(handle);
}

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

/**
 * Calls a function that is bound for this call only.
 * @param {import('./bind.js').Binding} binding
 * @param {string} types
 * @param {unknown} nums
 * @param {unknown} strs
 */
function callOnce(binding, types, nums, strs) {
  try {
    return asBytes(makeOneShot(binding)(...mergeArguments(binding.name, types, nums, strs)));
  } finally {
    release(binding.number);
  }
}

/** @param {unknown} path @returns {bigint} */
function load(path) {
  const handle = openHandle('load', path);
  defined.set(handle, new Map());
  return handle;
}

/** @param {unknown} handle `0n`, unknown and closed handles are ignored */
function close(handle) {
  defined.delete(/** @type {bigint} */ (handle));
  closeHandle(handle);
}

/** @param {unknown} handle @param {unknown} name @param {unknown} argTypes @param {unknown} returnType */
function defineFunction(handle, name, argTypes, returnType) {
  const library = openNumber(handle);
  const symbol = symbolName(name);
  const signature = planLetters(symbol, argTypes, returnType);
  const { functions } = bindAll([() => bindSymbol(library, symbol, signature, symbol)]);
  const call = /** @type {Function} */ (functions[0]);
  const isPair = returnType === PAIR_LETTER;
  defined.get(/** @type {bigint} */ (handle))?.set(symbol, { call, types: /** @type {string} */ (argTypes), isPair });
}

/** @param {unknown} handle @param {unknown} name @param {unknown} nums @param {unknown} strs */
function callBySig(handle, name, nums, strs) {
  openNumber(handle);
  const symbol = symbolName(name);
  const found = defined.get(/** @type {bigint} */ (handle))?.get(symbol);
  if (!found) {
    throw createError('ERR_INVALID_SYMBOL', `Function '${symbol}' not defined. Call defineFunction first.`, symbol);
  }
  return asBytes(found.call(...mergeArguments(symbol, found.types, nums, strs)));
}

/**
 * Calls a function that was defined to return two doubles.
 * @param {unknown} handle
 * @param {unknown} name
 * @param {unknown} nums
 * @param {unknown} strs
 * @returns {ArrayBuffer} 16 bytes
 */
function callBySigAsArrayBuffer(handle, name, nums, strs) {
  openNumber(handle);
  const symbol = symbolName(name);
  const known = defined.get(/** @type {bigint} */ (handle))?.get(symbol);
  if (!known || known.isPair) return callBySig(handle, name, nums, strs);
  const message = `${symbol}: defined to return something else than '${PAIR_LETTER}', two doubles`;
  throw createError('ERR_INVALID_ARG_TYPE', message, symbol);
}

/**
 * @param {unknown} handle
 * @param {unknown} name
 * @param {unknown} argTypes
 * @param {unknown} returnType
 * @param {unknown} nums
 * @param {unknown} strs
 */
function callMixed(handle, name, argTypes, returnType, nums, strs) {
  const library = openNumber(handle);
  const symbol = symbolName(name);
  const binding = bindSymbol(library, symbol, planLetters(symbol, argTypes, returnType), symbol);
  return callOnce(binding, /** @type {string} */ (argTypes), nums, strs);
}

/** @param {unknown} handle @param {unknown} name @returns {string} `''` for NULL */
function callString(handle, name) {
  return callMixed(handle, name, '', 's', [], []) ?? '';
}

/**
 * @param {unknown} pointer
 * @param {unknown} argTypes
 * @param {unknown} returnType
 * @param {unknown} nums
 * @param {unknown} strs
 */
function callPtr(pointer, argTypes, returnType, nums, strs) {
  const address = pointerValue('callPtr', pointer);
  const binding = bindAddress(address, planLetters('callPtr', argTypes, returnType), 'callPtr');
  return callOnce(binding, /** @type {string} */ (argTypes), nums, strs);
}

/** @param {unknown} handle @param {unknown} name @returns {number} */
function getSymbolPtr(handle, name) {
  native.findSymbol(openNumber(handle), symbolName(name));
  return takeAddress();
}

module.exports = {
  load,
  close,
  defineFunction,
  callBySig,
  callBySigAsArrayBuffer,
  callMixed,
  callString,
  callPtr,
  getSymbolPtr,
  /** @param {unknown} pointer @returns {string} `''` for NULL */
  readCString: (pointer) => readCString('readCString', pointerValue('readCString', pointer)) ?? '',
  /** @param {unknown} pointer @param {unknown} length in bytes @returns {ArrayBuffer} a copy */
  readMemory: (pointer, length) =>
    copyMemory('readMemory', pointerValue('readMemory', pointer), byteCount('readMemory', length, 1)),
  ptr: (/** @type {unknown} */ buffer) => ptr(buffer),
};
