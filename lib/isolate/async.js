'use strict';
// Asynchronous calls of isolated libraries.

const native = require('../binding.js');
const { views, offsets } = require('../frame.js');
const { viewOf } = require('../closure-objects.js');
const { failureOf } = require('./answers.js');
const { closed, crashed, late } = require('./death.js');
const { IsolatedCall } = require('./isolated-call.js');
const { LATE, START, TEXT } = require('./kinds.js');
const { textOf } = require('./message.js');

/** @typedef {InstanceType<typeof import('./isolation.js').Isolation>} Isolation */
/** @typedef {InstanceType<typeof import('./helper.js').Helper>} Helper */
/** @typedef {import('../async/settle.js').Pending} Pending */

// Taken once: what becomes of the globals later changes nothing.
const { queueMicrotask } = globalThis;
const { i32, u32 } = views;
const TARGET = offsets.target / 4;
const ERRNO = offsets.errno / 4;

/** The result of the call that settles. @type {string | null} */
let text = null;

/**
 * @param {Isolation} isolation
 * @returns {import('../signature.js').Crossing['async']}
 */
function asyncWay(isolation) {
  class AsyncCall extends IsolatedCall {
    constructor() {
      super(isolation.inside.passage(false));
    }

    copyBack() {
      this.passage.giveBack();
    }

    end() {
      super.end();
      this.passage.close();
    }
  }

  /**
   * @param {Pending} call
   * @param {any} lending what its arguments were lent by
   * @param {() => void} store fills the frame
   * @returns {number} its number
   */
  function start(call, lending, store) {
    // Not one that was started while the arguments were read.
    const helper = /** @type {Helper} */ (lending.passage.helper);
    if (!helper.isAlive) throw helper.gone(call.symbol);
    // For the function's number; the arguments are stored once more when they are sent.
    store();
    const fn = isolation.functionAt(u32[TARGET]);
    if (!fn.library.isOpen) throw closed(call.symbol);
    helper.bind(fn);
    const { target, bytes } = fn;
    helper.events.listen();
    const errno = call.outcome ? 0 : i32[ERRNO];
    const id = helper.nextId();
    const { channel, limit } = helper;
    const flags = call.isText ? TEXT : 0;
    store();
    const code = native.isolateSend(channel, START, flags, id, target, bytes, errno, 0, limit, undefined);
    if (code !== 0) {
      if (code === LATE) {
        helper.end(`it took no call for ${limit} ms`, 0);
        throw late(call.symbol, limit);
      }
      helper.ended();
      throw crashed(call.symbol, helper.death);
    }
    // What callbacks exchange.
    call.passage = lending.passage;
    helper.events.add(id, call);
    return id;
  }

  /** @param {number} number @param {unknown} reason */
  function withdraw(number, reason) {
    const helper = isolation.inside;
    const call = helper.events.pending.get(number);
    if (!call || !helper.isAlive) return;
    try {
      if (!helper.ask(call.symbol, { op: 'withdraw', id: number })) return;
    } catch {
      // It has ended, and with it the call, which was rejected.
      return;
    }
    helper.events.take(number);
    call.release();
    call.reject(reason);
  }

  return { AsyncCall, start, withdraw, stringResult: () => text };
}

/**
 * Settles the asynchronous call that a message is of.
 * @param {Helper} helper
 * @param {import('./message.js').Message} message
 * @returns {boolean} false when there is none
 */
function settle(helper, message) {
  const { errno, flags } = message;
  const call = helper.events.take(message.id);
  if (!call) return false;
  try {
    const isFailure = (flags & TEXT) !== 0;
    const error = call.thrown?.error ?? (isFailure ? failureOf(message.body, call.symbol) : undefined);
    if (!isFailure && call.isText) text = textOf(message);
    const value = error === undefined ? call.read(viewOf(message.results), errno) : undefined;
    text = null;
    // Run before whatever waits for this call, and after what waits for the one before.
    queueMicrotask(() => {
      i32[ERRNO] = errno;
    });
    call.giveBack();
    if (error !== undefined) call.reject(error);
    else call.resolve(call.outcome ? call.outcome(value, errno) : value);
  } catch (error) {
    call.reject(error);
  } finally {
    call.release();
  }
  return true;
}

module.exports = { asyncWay, settle };
