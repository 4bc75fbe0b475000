'use strict';
// From definitions to functions: types are resolved, plans asked for, symbols bound, stubs made.

const native = require('./binding.js');
const { createError } = require('./errors.js');
const { takeAddress, putAddress } = require('./frame.js');
const { describeBound, release, releaseWithStub } = require('./bound.js');
const { closureStub } = require('./closure-stub.js');
const { defineValue } = require('./property.js');
const { makeStubs } = require('./stub.js');
const { resolveType } = require('./types.js');

/**
 * A signature and its plan.
 * @typedef {object} Planned
 * @property {number} plan number of the plan
 * @property {string[]} params canonical type names
 * @property {number[]} paramOffsets
 * @property {string} result canonical type name
 * @property {number} resultOffset
 */

/** No function of JavaScript has more; Rust draws a closer line. */
const MOST_PARAMETERS = 65_535;

/** Plans by the numbers of their types. @type {Map<string, Planned>} */
const planned = new Map();

/**
 * @param {string} symbol for messages
 * @param {unknown} args type names; none means no parameters
 * @param {unknown} returns type name; none means void
 * @returns {Planned}
 */
function planSignature(symbol, args = [], returns = 'void') {
  if (!Array.isArray(args)) {
    throw createError('ERR_INVALID_ARG_TYPE', `${symbol}: args must be an array of types`, symbol);
  }
  if (args.length > MOST_PARAMETERS) {
    throw createError('ERR_UNSUPPORTED_ARGS', `${symbol}: ${args.length} parameters are too many`, symbol);
  }
  const params = Array.from(args, (type, index) => resolveType(type, `${symbol}: args[${index}]`, symbol, index));
  const result = resolveType(returns, `${symbol}: returns`, symbol);
  const key = String.fromCharCode(result.number, ...params.map((type) => type.number));
  const known = planned.get(key);
  if (known) return known;
  try {
    const numbers = Uint8Array.of(result.number, ...params.map((type) => type.number));
    const [plan, resultOffset, ...paramOffsets] = native.plan(numbers);
    const made = { plan, params: params.map((type) => type.name), paramOffsets, result: result.name, resultOffset };
    planned.set(key, made);
    return made;
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    if (!code) throw error;
    throw createError(code, `${symbol}: ${message}`, symbol);
  }
}

/**
 * A function that Rust knows by number, before it has a stub.
 * @typedef {object} Binding
 * @property {number} number
 * @property {number | bigint} address
 * @property {string} name shown in errors and as the function's name
 * @property {Planned} planned
 */

/**
 * @param {number} library
 * @param {string} symbol the C name
 * @param {Planned} planned
 * @param {string} name
 * @returns {Binding}
 */
function bindSymbol(library, symbol, planned, name) {
  const number = native.bindSymbol(library, symbol, name, planned.plan);
  return { number, address: takeAddress(), name, planned };
}

/**
 * @param {number | bigint} address
 * @param {Planned} planned
 * @param {string} name
 * @returns {Binding}
 */
function bindAddress(address, planned, name) {
  putAddress(address);
  const number = native.bindAddress(name, planned.plan);
  return { number, address, name, planned };
}

/** @param {Binding} binding */
function stubPlan({ number, planned }) {
  return { number, signature: planned };
}

/**
 * Binds some functions: all of them or, when one fails, none.
 * @param {(() => Binding | null)[]} binders null is for a function that may be missing
 * @returns {{ bindings: (Binding | null)[], functions: (Function | null)[] }}
 */
function bindAll(binders) {
  /** @type {(Binding | null)[]} */
  const bindings = [];
  try {
    for (const bind of binders) bindings.push(bind());
    const present = bindings.filter((binding) => binding !== null);
    const functions = makeFunctions(/** @type {Binding[]} */ (present));
    return {
      bindings,
      functions: bindings.map((binding) => (binding ? /** @type {Function} */ (functions.shift()) : null)),
    };
  } catch (error) {
    for (const binding of bindings) if (binding) release(binding.number);
    throw error;
  }
}

/**
 * The functions for some bindings, with their name and `ptr`.
 * @param {Binding[]} bindings
 * @returns {Function[]}
 */
function makeFunctions(bindings) {
  const stubs = makeStubs(bindings.map(stubPlan));
  stubs.forEach((stub, index) => {
    const { number, address, name, planned } = bindings[index];
    describeBound(number, name, planned.params);
    defineValue(stub, 'name', name, 'configurable');
    defineValue(stub, 'ptr', address, 'enumerable');
  });
  // Last, when nothing can fail any more: a number must not be released twice.
  stubs.forEach((stub, index) => releaseWithStub(stub, bindings[index].number));
  return stubs;
}

/**
 * The function for a binding that is called once; the caller releases its number afterwards.
 * @param {Binding} binding
 * @returns {Function}
 */
function makeOneShot(binding) {
  describeBound(binding.number, binding.name, binding.planned.params);
  return closureStub(stubPlan(binding));
}

module.exports = { planSignature, bindSymbol, bindAddress, bindAll, makeOneShot };
