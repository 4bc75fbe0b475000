'use strict';
// The functions of an isolated library, as programs call them.

const { describeBound } = require('../bound.js');
const { closureStub } = require('../closure-stub.js');
const { defineLazily, defineValue } = require('../property.js');
const { planCall } = require('../signature.js');
const { tracing } = require('../tracing.js');
const { closed } = require('./death.js');
const { forgetFunction } = require('./bound.js');

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
  return plans.map((plan) => {
    const stub = plan.signature.isVariadic
      ? variadic().variadicStub({ ...plan, address: 0, elsewhere: elsewhere(isolation, plan) })
      : closureStub(plan);
    return makeFunction(isolation, library, plan, stub);
  });
}

/** @returns {typeof import('../variadic.js')} */
const variadic = () => require('../variadic.js');

/**
 * What binds a variadic function for arguments of certain types.
 * @param {Isolation} isolation
 * @param {{ number: number, name: string, signature: Signature }} plan
 * @returns {import('../bind.js').Elsewhere}
 */
function elsewhere(isolation, { number, name, signature: { isVariadic: _, ...fixed } }) {
  /** @param {import('../types.js').CType} type */
  const typeOf = (type) => isolation.types.of(type);
  return {
    typeOf,
    bindVariant(owner, more) {
      const { params, result, isChecked } = fixed;
      const planned = planCall(name, { params: [...params, ...more.map(typeOf)], result, isNamed: false });
      const signature = { ...fixed, ...planned, isChecked };
      const variant = isolation.bindVariant(number, signature);
      collected.register(owner, variant);
      return { number: variant, signature };
    },
  };
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
  const { symbol } = isolation.functionAt(number);
  const get = () => isolation.pointerTo(name, library, symbol);
  Object.defineProperty(fn, 'ptr', Object.setPrototypeOf({ enumerable: true, get }, null));
  defineLazily(fn, 'async', () => {
    const asyncModule = require('../async/stub.js');
    const asyncForm = signature.isVariadic
      ? variadic().variadicAsync(made, asyncModule)
      : asyncModule.asyncStub(plan, fn);
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
