'use strict';
// JSCallback: a JavaScript function as a C function pointer.

const native = require('../binding.js');
const { bindAddress, bindAll } = require('../bind.js');
const { describe } = require('../describe.js');
const { createError } = require('../errors.js');
const { checkDefinition, dispose } = require('../library.js');
const { INVALID, callbacks, registerWrapper } = require('../pointer.js');
const { planCall, planCallback } = require('../signature.js');
const { closeCallback } = require('./close.js');
const { entries } = require('./entries.js');
const { USUAL, openCallback } = require('./open.js');

const { hasOwn } = Object;

/** What a definition may have. */
const KEYS = ['args', 'returns', 'threadsafe', 'onError', 'timeout'];

/** The longest wait in milliseconds, as of timers. */
const LONGEST = 2 ** 31 - 1;

const CLOSED = 'invalid or closed callback handle';

/** @param {string} code @param {string} text */
const refuse = (code, text) => createError(code, `JSCallback: ${text}`, 'JSCallback');

/** @param {any} value @param {any} fallback */
const or = (value, fallback) => (value === undefined ? fallback : value);

/**
 * @param {unknown} threadsafe
 * @param {unknown} timeout
 * @returns {import('./open.js').Manner}
 */
function mannerOf(threadsafe, timeout) {
  if (typeof threadsafe !== 'boolean' && threadsafe !== 'listener') {
    throw refuse('ERR_INVALID_ARG_TYPE', `threadsafe must be true, false or 'listener', got ${describe(threadsafe)}`);
  }
  if (typeof timeout !== 'number') {
    throw refuse('ERR_INVALID_ARG_TYPE', `timeout must be a number of milliseconds, got ${describe(timeout)}`);
  }
  if (!Number.isInteger(timeout) || timeout < 0 || timeout > LONGEST) {
    throw refuse('ERR_OUT_OF_RANGE', `timeout must be an integer from 0 to ${LONGEST}, got ${describe(timeout)}`);
  }
  return { isListener: threadsafe === 'listener', timeout };
}

/** Open callbacks whose handle somebody has asked for: the raw bridge takes it. @type {Map<unknown, JSCallback>} */
const byHandle = new Map();

/** The signature of calls of a callback. @type {(callback: JSCallback, symbol: string) => import('../signature.js').Signature} */
let signatureOf;

class JSCallback {
  /** @type {number} by which Rust knows it; -1 when it is closed */
  #number = -1;
  /** @type {number} */
  #address = 0;
  #threadsafe;
  /** @type {import('../signature.js').Signature} */
  #signature;
  #keepsAlive = false;
  /** @type {{ call: Function, number: number } | undefined} */
  #bound;

  static {
    signatureOf = (callback, symbol) => planCall(symbol, callback.#signature);
  }

  /**
   * @param {unknown} fn
   * @param {unknown} definition `{ args, returns, threadsafe, onError, timeout }`
   */
  constructor(fn, definition) {
    if (typeof fn !== 'function') {
      const message = `JSCallback: argument 0: expected a function, got ${describe(fn)}`;
      throw createError('ERR_INVALID_ARG_TYPE', message, 'JSCallback', 0);
    }
    checkDefinition(definition, 'JSCallback', KEYS);
    // What the definition itself says, not what `Object.prototype` has come to say. Engines know at once what is not in
    // an object, and each place has one key, which they learn.
    const its = /** @type {any} */ (definition);
    const args = 'args' in its && hasOwn(its, 'args') ? its.args : undefined;
    const returns = 'returns' in its && hasOwn(its, 'returns') ? its.returns : undefined;
    const onError = or('onError' in its && hasOwn(its, 'onError') ? its.onError : undefined, 0);
    const threadsafe = or('threadsafe' in its && hasOwn(its, 'threadsafe') ? its.threadsafe : undefined, false);
    const timeout = or('timeout' in its && hasOwn(its, 'timeout') ? its.timeout : undefined, USUAL.timeout);
    const manner = threadsafe === false && timeout === USUAL.timeout ? USUAL : mannerOf(threadsafe, timeout);
    this.#signature = planCallback('JSCallback', args, returns);
    const number = openCallback(fn, this.#signature, 'JSCallback', onError, manner);
    this.#number = number;
    this.#address = /** @type {import('./entries.js').Entry} */ (entries[number]).address;
    this.#threadsafe = threadsafe;
  }

  /** The address for C; 0 when closed. */
  get ptr() {
    return this.#address;
  }

  /** The same as `ptr`; the functions of the raw bridge that take handles take it too. */
  getHandle() {
    if (this.#number !== -1) byHandle.set(this.#address, this);
    return this.#address;
  }

  /** What was asked for. */
  get threadsafe() {
    return this.#threadsafe;
  }

  /**
   * Calls the function as C does, with arguments and result as C sees them.
   * @param {unknown[]} args
   */
  call(...args) {
    if (this.#number === -1) throw createError('ERR_CALLBACK_CLOSED', CLOSED, 'JSCallback');
    if (this.#bound === undefined) {
      const signature = signatureOf(this, 'JSCallback');
      const { functions, bindings } = bindAll([() => bindAddress(this.#address, signature, 'JSCallback')]);
      this.#bound = {
        call: /** @type {Function} */ (functions[0]),
        number: /** @type {import('../bind.js').Binding} */ (bindings[0]).number,
      };
    }
    return Reflect.apply(this.#bound.call, undefined, args);
  }

  /** From now on C gets `onError`. */
  close() {
    const number = this.#number;
    if (number === -1) return;
    if (this.#keepsAlive) this.unref();
    // Before its address can be another's.
    if (byHandle.size > 0) byHandle.delete(this.#address);
    const bound = this.#bound;
    this.#number = -1;
    this.#address = 0;
    this.#bound = undefined;
    closeCallback(number);
    if (bound) native.closeBound(bound.number);
  }

  /** Keeps the process running while this is open. */
  ref() {
    if (this.#number !== -1 && !this.#keepsAlive) native.keepAlive(1);
    this.#keepsAlive = this.#number !== -1;
    return this;
  }

  /** Lets the process end, as it may from the start. */
  unref() {
    if (this.#keepsAlive) native.keepAlive(-1);
    this.#keepsAlive = false;
    return this;
  }

  [dispose]() {
    this.close();
  }

  static {
    callbacks.addressOf = (/** @type {any} */ value) => {
      if (!(#address in value)) return undefined;
      return value.#number === -1 ? INVALID : value.#address;
    };
    callbacks.numberOf = (/** @type {any} */ value) => (#address in value ? value.#number : undefined);
    callbacks.signatureOf = (/** @type {JSCallback} */ value) => value.#signature;
    registerWrapper(
      callbacks.addressOf,
      (value) => (#address in value ? 'a JSCallback' : undefined),
      (value) =>
        #address in value && value.#number === -1 ? { code: 'ERR_CALLBACK_CLOSED', text: CLOSED } : undefined,
    );
  }
}

module.exports = { JSCallback, CLOSED, byHandle, signatureOf };
