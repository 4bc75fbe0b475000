'use strict';
// The asynchronous forms of functions: the same values and errors, through a promise.

const { refuseCount, symbolOf } = require('../bound.js');
const { listen } = require('../callback/listen.js');
const { RESULTS, loadRecord, passerOf } = require('../closure-objects.js');
const { describe } = require('../describe.js');
const { createError } = require('../errors.js');
const marshallers = require('../marshal.generated.js');
const { giveBackLoans, resultReader } = require('../passing.js');
const { defineValue } = require('../property.js');
const { acceptOf } = require('../record/accept.js');
const { here } = require('../tracking.js');
const { tracing } = require('../tracing.js');
const { AsyncCall: LocalCall } = require('./call.js');
const settle = require('./settle.js');
const { isAborted, isSignal, reasonOf, watch } = require('./signal.js');

/** Whether an argument is a plain object. @param {unknown} value */
function isOptions(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/**
 * The signal in the options that may follow the arguments.
 * @param {any} options
 * @param {string} symbol
 * @param {number} index
 * @returns {AbortSignal | undefined}
 */
function signalOf(options, symbol, index) {
  const refuse = (/** @type {string} */ expected, /** @type {unknown} */ value) => {
    const message = `${symbol}: argument ${index}: expected ${expected}, got ${describe(value)}`;
    return createError('ERR_INVALID_ARG_TYPE', message, symbol, index);
  };
  const unknown = Object.keys(options).find((key) => key !== 'signal');
  if (unknown !== undefined) throw refuse('options with no key but signal', options);
  const { signal } = options;
  if (signal === undefined || isSignal(signal)) return signal;
  throw refuse('an AbortSignal', signal);
}

/** For C in this process. */
const local = { AsyncCall: LocalCall, ...settle };

/**
 * @param {import('../stub.js').StubPlan} plan
 * @param {object} stub the synchronous form, which keeps the function's number
 * @param {(value: any) => unknown} [map] what becomes of a result
 * @param {() => void} [settled] called when a call has settled
 * @returns {(...args: unknown[]) => Promise<unknown>}
 */
function asyncStub(plan, stub, map, settled) {
  const { number, signature } = plan;
  const { params, result, resultSpot, outcome } = signature;
  const count = params.length;
  const { AsyncCall, start, stringResult, withdraw } = signature.crossing?.async ?? local;
  const accepts = params.map((type) => (type.record ? undefined : acceptOf(type)));
  const pass = passerOf(plan, (index, argument, call) => {
    params[index].lent?.checkNumber(argument);
    return /** @type {any} */ (accepts[index])(argument, call);
  });
  const { string, get } = marshallers[result.base] ?? {};
  const readRecord = result.record && resultReader(result);
  const resultAt = 'offset' in resultSpot ? resultSpot.offset - RESULTS : 0;

  /** @param {string} symbol @param {ReturnType<typeof pass.read>} image @param {DataView} results */
  function readResult(symbol, image, results) {
    const value = readRecord
      ? loadRecord(resultSpot, image, readRecord, results)
      : string
        ? stringResult(symbol, marshallers.ptr.get(results, resultAt), signature)
        : get?.(results, resultAt);
    const made = result.make && !string ? result.make(value) : value;
    return map ? map(made) : made;
  }

  /**
   * @param {unknown[]} args
   * @param {(value: unknown) => void} resolve
   * @param {(error: unknown) => void} reject
   */
  function begin(args, resolve, reject) {
    const symbol = symbolOf(number);
    const options = args.length === count + 1 && isOptions(args[count]) ? args.pop() : undefined;
    if (args.length === count + 1 && args[count] === undefined) args.pop();
    const signal = options === undefined ? undefined : signalOf(options, symbol, count);
    if (args.length !== count) refuseCount(number, args.length);
    if (signal && isAborted(signal)) throw reasonOf(signal);
    listen();
    const stack = here();
    const call = new AsyncCall();
    let started = 0;
    const unwatch = signal && watch(signal, () => withdraw(started, reasonOf(signal)));
    const end = () => {
      call.end();
      unwatch?.();
    };
    try {
      // Not an array of doubles, which does not keep signalling NaNs.
      /** @type {any[]} */
      const values = [undefined];
      const image = pass.read(values, args, call);
      pass.readRest(values, args, call);
      // The closure keeps the arguments and their copies, and the function's number.
      const giveBack = () => {
        call.copyBack(symbol);
        if (call.loans) giveBackLoans(call.loans, symbol);
        return [args, values, stub];
      };
      const read = (/** @type {DataView} */ results) => readResult(symbol, image, results);
      const release = () => {
        end();
        settled?.();
      };
      // A getter may have aborted it.
      if (signal && isAborted(signal)) throw reasonOf(signal);
      const isText = string === true;
      const thrown = undefined;
      const pending = { symbol, isText, resolve, reject, read, giveBack, outcome, release, stack, thrown };
      started = start(pending, call, () => pass.store(values, image));
    } catch (error) {
      end();
      throw error;
    }
  }

  const asyncForm = (/** @type {unknown[]} */ ...args) =>
    new Promise((fulfil, refuse) => {
      const { resolve, reject } = tracing.calls
        ? require('../trace/calls.js').tracedPromise(symbolOf(number), signature, args, fulfil, refuse)
        : { resolve: fulfil, reject: refuse };
      try {
        begin(args, resolve, reject);
      } catch (error) {
        settled?.();
        reject(error);
      }
    });
  return defineValue(asyncForm, 'length', count, 'configurable');
}

module.exports = { asyncStub, isOptions };
