'use strict';
// The functions of an isolated library, as programs call them.

const { describeBound } = require('../bound.js');
const { defineValue } = require('../property.js');
const { makeStubs } = require('../stub.js');
const { tracing } = require('../tracing.js');
const { closed } = require('./death.js');
const { forgetFunction } = require('./isolation.js');

/** @typedef {InstanceType<typeof import('./isolation.js').Isolation>} Isolation */
/** @typedef {import('./isolation.js').OpenLibrary} OpenLibrary */
/** @typedef {import('../signature.js').Signature} Signature */

/** What is known of functions that nobody can call any more. */
const collected = new FinalizationRegistry((/** @type {number} */ number) => forgetFunction(number));

/**
 * @param {Isolation} isolation
 * @param {OpenLibrary} library
 * @param {{ number: number, name: string, signature: Signature }[]} plans
 * @returns {Function[]}
 */
function makeFunctions(isolation, library, plans) {
  const stubs = makeStubs(plans);
  return plans.map((plan, index) => makeFunction(isolation, library, plan, stubs[index]));
}

/**
 * @param {Isolation} isolation
 * @param {OpenLibrary} library
 * @param {{ number: number, name: string, signature: Signature }} plan
 * @param {Function} made
 */
function makeFunction(isolation, library, plan, made) {
  const { number, name, signature } = plan;
  describeBound(number, name, signature.params);
  const stub = tracing.calls ? require('../trace/calls.js').tracedStub(made, name, signature) : made;
  const check = () => {
    if (!library.isOpen) throw closed(name);
  };
  const fn = (/** @type {unknown[]} */ ...args) => {
    check();
    return isolation.call(name, stub, args);
  };
  defineValue(fn, 'length', signature.params.length, 'configurable');
  defineValue(fn, 'name', name, 'configurable');
  const lazily = (/** @type {string} */ key, /** @type {() => unknown} */ make) =>
    Object.defineProperty(
      fn,
      key,
      Object.setPrototypeOf(
        {
          configurable: true,
          enumerable: true,
          get() {
            const value = make();
            defineValue(fn, key, value, 'enumerable');
            return value;
          },
        },
        null,
      ),
    );
  const { symbol } = isolation.functionAt(number);
  const get = () => isolation.pointerTo(name, library, symbol);
  Object.defineProperty(fn, 'ptr', Object.setPrototypeOf({ enumerable: true, get }, null));
  lazily('async', () => {
    const { asyncStub } = require('../async/stub.js');
    const asyncForm = asyncStub(plan, fn);
    const checked = async (/** @type {unknown[]} */ ...args) => {
      check();
      isolation.ready(name);
      isolation.log.info?.('call', name);
      return asyncForm(...args);
    };
    defineValue(checked, 'length', signature.params.length, 'configurable');
    return defineValue(checked, 'name', name, 'configurable');
  });
  collected.register(fn, number);
  return fn;
}

module.exports = { makeFunctions };
