'use strict';
// From signatures to functions: symbols and addresses are bound, stubs made.

const native = require('./binding.js');
const { ADDRESS, TWO_32, offsets, putAddress, views } = require('./frame.js');
const { findLeaves } = require('./fast/leaves.js');
const { ofHost } = require('./fast/way.js');
const { describeBound, release, releaseWithStub } = require('./bound.js');
const { closureStub } = require('./closure-stub.js');
const { defineLazily, defineValue } = require('./property.js');
const { hasOwnText } = require('./signature.js');
const { makeStubs } = require('./stub.js');
const { tracing } = require('./tracing.js');

const { u32 } = views;
const STATUS = offsets.status / 4;

/**
 * A function that Rust knows by number, before it has a stub.
 * @typedef {object} Binding
 * @property {number} number
 * @property {number | bigint} address
 * @property {string} name shown in errors and as the function's name
 * @property {import('./signature.js').Signature} signature
 * @property {number} [watched] the library that is told when the address is read
 * @property {Elsewhere} [elsewhere] of a variadic function of another process
 *
 * How that is bound for arguments of more types.
 * @typedef {object} Elsewhere
 * @property {(type: import('./types.js').CType) => import('./types.js').CType} typeOf a type as it is there
 * @property {(owner: object, more: import('./types.js').CType[]) => { number: number, signature: import('./signature.js').Signature }} bindVariant
 *   until the owner is collected
 */

/**
 * @param {number} library
 * @param {string} symbol the C name
 * @param {import('./signature.js').Signature} signature
 * @param {string} name
 * @param {boolean} [isWatched] whether it matters to the library that the address is read
 * @returns {Binding}
 */
function bindSymbol(library, symbol, signature, name, isWatched) {
  const bind = () => {
    const number = native.bindSymbol(library, symbol, name, signature.plan);
    const isOfHost = u32[STATUS] === 1;
    const address = u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
    const watched = isWatched ? library : undefined;
    return finishBinding({ number, address, name, signature, watched }, isOfHost, library);
  };
  if (!tracing.libraries) return bind();
  return require('./trace/look-up.js').tracedLookUp(library, symbol, bind, ({ address }) => address);
}

/**
 * @param {number | bigint} address
 * @param {import('./signature.js').Signature} signature
 * @param {string} name
 * @returns {Binding}
 */
function bindAddress(address, signature, name) {
  putAddress(address);
  const number = native.bindAddress(name, signature.plan);
  return finishBinding({ number, address, name, signature }, u32[STATUS] === 1);
}

/**
 * @param {Binding} binding that Rust has just made
 * @param {boolean} isOfHost the function is the host's or an addon's, as Rust has said
 * @param {number} [library] that it is of
 * @returns {Binding}
 */
function finishBinding(binding, isOfHost, library) {
  if (isOfHost) binding.signature = ofHost(binding.signature);
  const { number, name, signature } = binding;
  if (signature.isLeaf) native.markLeaf(number, true);
  if (!hasOwnText(signature)) return binding;
  try {
    require('./text-result.js').bindText(number, signature, name, library);
  } catch (error) {
    release(number);
    throw error;
  }
  return binding;
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
    const present = /** @type {Binding[]} */ (bindings.filter((binding) => binding !== null));
    findLeaves(present);
    const functions = makeFunctions(present);
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
 * Gives a function its asynchronous form, which is made when it is first asked for.
 * @param {Function} stub
 * @param {Binding} binding
 * @param {Function} made the same as the stub, or what that calls and traces
 */
function defineAsync(stub, binding, made) {
  defineLazily(stub, 'async', () => {
    const asyncForm = isVariadic(binding)
      ? variadic().variadicAsync(made, asyncModule())
      : asyncModule().asyncStub(binding, stub);
    return defineValue(asyncForm, 'name', binding.name, 'configurable');
  });
}

/**
 * Gives a function its address, and tells its library when that is first read.
 * @param {Function} stub
 * @param {Binding} binding
 */
function definePtr(stub, { address, watched }) {
  if (watched === undefined) {
    defineValue(stub, 'ptr', address, 'enumerable');
    return;
  }
  defineLazily(stub, 'ptr', () => {
    native.addressLeft(watched);
    return address;
  });
}

/**
 * Loaded when it is first needed, and then kept: a copy of the package whose modules the host forgets (as test
 * runners do) must not get those of another.
 * @type {typeof import('./async/stub.js') | undefined}
 */
let asyncStubs;

/** @type {typeof import('./variadic.js') | undefined} */
let variadics;

const variadic = () => (variadics ??= require('./variadic.js'));

/** @param {Binding} binding */
const isVariadic = ({ signature }) => signature.isVariadic === true;

/** @param {Binding[]} bindings @returns {Function[]} */
function stubsOf(bindings) {
  if (!bindings.some(isVariadic)) return makeStubs(bindings);
  const plain = makeStubs(bindings.filter((binding) => !isVariadic(binding)));
  return bindings.map((binding) =>
    isVariadic(binding) ? variadic().variadicStub(binding) : /** @type {Function} */ (plain.shift()),
  );
}

const asyncModule = () => (asyncStubs ??= require('./async/stub.js'));

/**
 * A stub that prints its calls.
 * @param {Function} stub
 * @param {Binding} binding
 * @returns {Function}
 */
const traced = (stub, { name, signature }) => require('./trace/calls.js').tracedStub(stub, name, signature);

/**
 * The functions for some bindings, with their name, `ptr` and `async`.
 * @param {Binding[]} bindings
 * @returns {Function[]}
 */
function makeFunctions(bindings) {
  const made = stubsOf(bindings);
  const stubs = tracing.calls ? made.map((stub, index) => traced(stub, bindings[index])) : made;
  stubs.forEach((stub, index) => {
    const { number, name, signature } = bindings[index];
    describeBound(number, name, signature.params);
    defineValue(stub, 'name', name, 'configurable');
    definePtr(stub, bindings[index]);
    defineAsync(stub, bindings[index], made[index]);
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
  describeBound(binding.number, binding.name, binding.signature.params);
  const stub = closureStub(binding);
  return tracing.calls ? traced(stub, binding) : stub;
}

/**
 * The asynchronous function for a binding that is called once. Its number is released when the call has
 * settled.
 * @param {Binding} binding
 * @param {(value: any) => unknown} map what becomes of the result
 * @returns {(...args: unknown[]) => Promise<unknown>}
 */
function makeOneShotAsync(binding, map) {
  const { number } = binding;
  describeBound(number, binding.name, binding.signature.params);
  return asyncModule().asyncStub(binding, binding, map, () => release(number));
}

module.exports = { bindSymbol, bindAddress, bindAll, makeOneShot, makeOneShotAsync };
