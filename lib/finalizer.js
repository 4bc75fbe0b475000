'use strict';
// attachFinalizer: native functions that run when an object is collected.

const native = require('./binding.js');
const { byteCount, pointerValue, usable } = require('./address.js');
const { boundNumber, takesPointer } = require('./bound.js');
const { describe } = require('./describe.js');
const { createError } = require('./errors.js');
const { putCopy } = require('./frame.js');
const { dispose } = require('./library.js');
const { ownOptions } = require('./options.js');
const { isBuffer, views } = require('./pointer.js');
const { Address, trace, tracing } = require('./tracing.js');

const { BigInt } = globalThis;
const ME = 'attachFinalizer';

/** What options may have. */
const KEYS = ['size'];

/** @param {string} code @param {number} index @param {string} text */
const refuse = (code, index, text) => createError(code, `${ME}: argument ${index}: ${text}`, ME, index);

/** Something to run once. */
class Finalizer {
  /** @type {number} by which Rust knows it */
  #number;

  /** @param {number} number */
  constructor(number) {
    this.#number = number;
  }

  /**
   * Runs the function now, if it has not run. Throws what a callback has thrown that it calls.
   * @returns {boolean} whether it ran
   */
  run() {
    if (tracing.memory) trace('Finalizer.run', []);
    return native.runFinalizer(this.#number);
  }

  /**
   * Takes it back: the function will not run.
   * @returns {boolean} whether it would have
   */
  detach() {
    if (tracing.memory) trace('Finalizer.detach', []);
    return native.detachFinalizer(this.#number);
  }

  [dispose]() {
    this.run();
  }
}

/**
 * The number of a bound function, or an address, which is put into the frame.
 * @param {any} nativeFree
 * @returns {{ number: number | null, address: number | bigint }}
 */
function freeingOf(nativeFree) {
  const number = boundNumber(nativeFree);
  if (number !== undefined) {
    if (!takesPointer(number)) {
      throw refuse('ERR_INVALID_ARG_VALUE', 2, 'the function must take one argument, a pointer');
    }
    return { number, address: 0 };
  }
  const address = typeof nativeFree === 'function' ? nativeFree.ptr : nativeFree;
  if (typeof address !== 'number' && typeof address !== 'bigint') {
    throw refuse('ERR_INVALID_ARG_TYPE', 2, `expected a bound function or an address, got ${describe(nativeFree)}`);
  }
  return { number: null, address: usable(ME, pointerValue(ME, address, 2), 2) };
}

/**
 * Runs a native function with `ptr`, once: when the object is collected, or when the environment ends.
 * @param {unknown} object
 * @param {unknown} ptr
 * @param {unknown} nativeFree a bound function that takes a pointer, or the address of one
 * @param {unknown} [options] `{ size }`: the bytes to tell the engine of
 * @returns {Finalizer}
 */
function attachFinalizer(object, ptr, nativeFree, options) {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) {
    throw refuse('ERR_INVALID_ARG_TYPE', 0, `expected an object, got ${describe(object)}`);
  }
  const { size = 0 } = ownOptions(ME, options, KEYS, 3);
  const bytes = byteCount(ME, size, 3);
  const { number, address } = freeingOf(nativeFree);
  if (isBuffer(ptr) || views.placeOf(ptr)) {
    throw refuse('ERR_INVALID_ARG_TYPE', 1, `expected an address of memory that C made, got ${describe(ptr)}`);
  }
  const pointer = usable(ME, pointerValue(ME, ptr, 1), 1);
  if (native.allocations.has(pointer)) {
    throw refuse('ERR_INVALID_ARG_VALUE', 1, 'memory that was allocated here is freed with free, or with its arena');
  }
  if (tracing.memory) trace(ME, [object, new Address(pointer), nativeFree, bytes]);
  putCopy(pointer, address, 0);
  return new Finalizer(native.attachFinalizer(object, number, bytes));
}

module.exports = { attachFinalizer };
