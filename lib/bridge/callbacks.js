'use strict';
// The callbacks of the raw bridge: handles are bigints, types one letter each.

const { bindAddress, makeOneShotAsync } = require('../bind.js');
const { CLOSED, JSCallback, byHandle, signatureOf } = require('../callback/callback.js');
const { createError } = require('../errors.js');
const { PAIR_LETTER, asBytes, pairType } = require('./letters.js');

/** Open callbacks by handle. @type {Map<unknown, InstanceType<typeof JSCallback>>} */
const opened = new Map();
let lastHandle = 0n;

/** @param {unknown} letter */
const typeOf = (letter) => (letter === PAIR_LETTER ? pairType() : letter);

/**
 * @param {unknown} fn
 * @param {unknown} argTypes a letter for each parameter
 * @param {unknown} returnType a letter
 * @param {unknown} [threadsafe]
 * @returns {bigint} its handle
 */
function createCallback(fn, argTypes, returnType, threadsafe = false) {
  if (typeof argTypes !== 'string') {
    throw createError('ERR_INVALID_ARG_TYPE', 'createCallback: the argument types must be a string of letters');
  }
  const args = Array.from(argTypes, typeOf);
  // A pair is its bytes for whoever uses letters; what is no function, JSCallback refuses.
  const taking = (/** @type {unknown[]} */ ...given) =>
    Reflect.apply(/** @type {any} */ (fn), undefined, given.map(asBytes));
  const plain = typeof fn !== 'function' || !argTypes.includes(PAIR_LETTER);
  const callback = new JSCallback(plain ? fn : taking, { args, returns: typeOf(returnType), threadsafe });
  const handle = ++lastHandle;
  opened.set(handle, callback);
  return handle;
}

/** @param {unknown} handle one of `createCallback`, or of a JSCallback */
function find(handle) {
  const found = opened.get(handle) ?? byHandle.get(handle);
  if (!found) throw createError('ERR_CALLBACK_CLOSED', CLOSED);
  return found;
}

/** @param {unknown} handle unknown and closed ones are ignored */
function destroyCallback(handle) {
  (opened.get(handle) ?? byHandle.get(handle))?.close();
  opened.delete(handle);
}

/** @param {unknown} handle @param {unknown[]} args */
const invokeCallback = (handle, args) => asBytes(find(handle).call(...args));

/**
 * Calls a callback of one parameter from a thread of the pool, as a native thread does.
 * @param {unknown} handle
 * @param {unknown} argument
 * @returns {Promise<unknown>}
 */
function callCallbackThreadSafe(handle, argument) {
  try {
    const callback = find(handle);
    const signature = signatureOf(callback, 'callCallbackThreadSafe');
    const binding = bindAddress(callback.ptr, signature, 'callCallbackThreadSafe');
    return makeOneShotAsync(binding, asBytes)(argument);
  } catch (error) {
    return Promise.reject(error);
  }
}

module.exports = {
  createCallback,
  destroyCallback,
  invokeCallback,
  callCallbackThreadSafe,
  find,
};
