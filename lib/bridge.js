'use strict';
// ArkFFI's raw bridge: handles are bigints, types one letter each, numbers and strings come in two
// arrays in their order.

const native = require('./binding.js');
const { bindAddress, bindAll, bindSymbol, makeOneShot, makeOneShotAsync } = require('./bind.js');
const { release } = require('./bound.js');
const { byteCount, pointerValue } = require('./address.js');
const { allChecked, isCheckedCall } = require('./checked.js');
const { readCString } = require('./cstring.js');
const { createError } = require('./errors.js');
const { ADDRESS, TWO_32, views } = require('./frame.js');
const { closeHandle, handleNumber, openHandle } = require('./library.js');
const { copyMemory, ptr } = require('./memory.js');
const { tracing } = require('./tracing.js');
const { asBytes, mergeArguments, planLetters, symbolName, PAIR_LETTER } = require('./bridge/letters.js');

const { u32 } = views;

/** Functions defined on each handle, with their type letters. @type {Map<bigint, Map<string, { call: Function, types: string, isPair: boolean }>>} */
const defined = new Map();

/** @param {unknown} handle @returns {number} */
function openNumber(handle) {
  if (typeof handle !== 'bigint' || !defined.has(handle)) {
    throw createError('ERR_INVALID_HANDLE', 'invalid or closed library handle');
  }
  return handleNumber(handle);
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

/**
 * The same on the thread pool. Whatever is wrong rejects the promise; it is the call's own, with nothing in
 * between, so that errno is the call's where it is awaited.
 * @param {() => import('./bind.js').Binding} bind
 * @param {unknown} types
 * @param {unknown} nums
 * @param {unknown} strs
 * @returns {Promise<unknown>}
 */
function callOnceAsync(bind, types, nums, strs) {
  try {
    const binding = bind();
    try {
      const args = mergeArguments(binding.name, /** @type {string} */ (types), nums, strs);
      return makeOneShotAsync(binding, asBytes)(...args);
    } catch (error) {
      release(binding.number);
      throw error;
    }
  } catch (error) {
    return Promise.reject(error);
  }
}

/** @param {unknown} path @param {unknown} [options] @returns {bigint} */
function load(path, options) {
  const handle = openHandle('load', path, options);
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

/**
 * As callMixed, on the thread pool.
 * @param {unknown} handle
 * @param {unknown} name
 * @param {unknown} argTypes
 * @param {unknown} returnType
 * @param {unknown} nums
 * @param {unknown} strs
 * @returns {Promise<unknown>}
 */
function callAsync(handle, name, argTypes, returnType, nums, strs) {
  const bind = () => {
    const library = openNumber(handle);
    const symbol = symbolName(name);
    return bindSymbol(library, symbol, planLetters(symbol, argTypes, returnType), symbol);
  };
  return callOnceAsync(bind, argTypes, nums, strs);
}

/** @param {unknown} handle @param {unknown} name @returns {string} `''` for NULL */
function callString(handle, name) {
  return callMixed(handle, name, '', 's', [], []) ?? '';
}

/** @param {string} caller @param {unknown} pointer @returns {number | bigint} */
function functionAt(caller, pointer) {
  const address = pointerValue(caller, pointer);
  if (allChecked) require('./executable.js').demandExecutable(address, caller);
  return address;
}

/**
 * @param {unknown} pointer
 * @param {unknown} argTypes
 * @param {unknown} returnType
 * @param {unknown} nums
 * @param {unknown} strs
 */
function callPtr(pointer, argTypes, returnType, nums, strs) {
  const address = functionAt('callPtr', pointer);
  const binding = bindAddress(address, planLetters('callPtr', argTypes, returnType), 'callPtr');
  return callOnce(binding, /** @type {string} */ (argTypes), nums, strs);
}

/**
 * As callPtr, on the thread pool.
 * @param {unknown} pointer
 * @param {unknown} argTypes
 * @param {unknown} returnType
 * @param {unknown} nums
 * @param {unknown} strs
 * @returns {Promise<unknown>}
 */
function callPtrAsync(pointer, argTypes, returnType, nums, strs) {
  const bind = () => {
    const address = functionAt('callPtrAsync', pointer);
    return bindAddress(address, planLetters('callPtrAsync', argTypes, returnType), 'callPtrAsync');
  };
  return callOnceAsync(bind, argTypes, nums, strs);
}

/** @param {unknown} handle @param {unknown} name @returns {number} */
function getSymbolPtr(handle, name) {
  const [library, symbol] = [openNumber(handle), symbolName(name)];
  const find = () => {
    native.findSymbol(library, symbol);
    return u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
  };
  if (!tracing.libraries) return find();
  return require('./trace/look-up.js').tracedLookUp(library, symbol, find, (address) => address);
}

/** @param {unknown} pointer @param {unknown} [options] `{ checked }` @returns {string} `''` for NULL */
function readString(pointer, options) {
  const isChecked = isCheckedCall('readCString', options, 1);
  return readCString('readCString', pointerValue('readCString', pointer), undefined, 0, isChecked) ?? '';
}

/**
 * @param {unknown} pointer
 * @param {unknown} length in bytes
 * @param {unknown} [options] `{ checked }`
 * @returns {ArrayBuffer} a copy
 */
function readMemory(pointer, length, options) {
  const isChecked = isCheckedCall('readMemory', options, 2);
  const address = pointerValue('readMemory', pointer);
  return copyMemory('readMemory', address, byteCount('readMemory', length, 1), isChecked);
}

/** Loaded when it is first asked for. @returns {any} */
const callbacks = () => require('./bridge/callbacks.js');

module.exports = {
  load,
  close,
  defineFunction,
  callBySig,
  callBySigAsArrayBuffer,
  callMixed,
  callAsync,
  callString,
  callPtr,
  callPtrAsync,
  getSymbolPtr,
  readCString: readString,
  readMemory,
  ptr: (/** @type {unknown} */ buffer) => ptr(buffer),
  createCallback: (/** @type {any[]} */ ...args) => callbacks().createCallback(...args),
  destroyCallback: (/** @type {unknown} */ handle) => callbacks().destroyCallback(handle),
  invokeCallback: (/** @type {unknown} */ handle, /** @type {unknown[]} */ ...args) =>
    callbacks().invokeCallback(handle, args),
  getCallbackPtr: (/** @type {unknown} */ handle) => callbacks().find(handle).ptr,
  getCallbackThreadsafe: (/** @type {unknown} */ handle) => callbacks().find(handle).threadsafe,
  callCallbackThreadSafe: (/** @type {unknown} */ handle, /** @type {unknown} */ argument) =>
    callbacks().callCallbackThreadSafe(handle, argument),
};
