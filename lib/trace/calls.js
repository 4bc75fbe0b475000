'use strict';
// Functions and callbacks that print their calls.

const { functionName } = require('../describe.js');
const { defineValue } = require('../property.js');
const { begin, end, list, quietly, whole } = require('./lines.js');
const { show, showError } = require('./values.js');

const { apply } = Reflect;

/** @typedef {import('../signature.js').Signature} Signature */

/**
 * Runs a call between the two halves of its line.
 * @param {string} name
 * @param {Signature} signature
 * @param {Function} fn
 * @param {unknown[]} args
 * @param {string} [arrow]
 * @returns {unknown}
 */
function run(name, { params, result }, fn, args, arrow) {
  const line = quietly(() => begin(`${name}(${list(args, params)})`, arrow));
  let value;
  try {
    value = apply(fn, undefined, args);
  } catch (error) {
    quietly(() => line && end(line, `throws ${showError(error)}`));
    throw error;
  }
  quietly(() => line && end(line, show(value, result)));
  return value;
}

/**
 * A function that calls another, and prints that.
 * @param {Function} stub
 * @param {string} name
 * @param {Signature} signature
 * @returns {Function}
 */
function tracedStub(stub, name, signature) {
  const traced = function (/** @type {unknown[]} */ ...args) {
    return run(name, signature, stub, args);
  };
  return defineValue(traced, 'length', signature.params.length, 'configurable');
}

/**
 * The user's function of a callback, printing its calls.
 * @param {Function} fn
 * @param {Signature} signature
 * @returns {Function}
 */
function tracedCallback(fn, signature) {
  const name = functionName(fn) ?? 'callback';
  const traced = (/** @type {unknown[]} */ ...args) => run(name, signature, fn, args, '<- ');
  return defineValue(traced, 'name', functionName(fn) ?? '', 'configurable');
}

/**
 * What settles the promise of an asynchronous call, printing that; the start of the call is printed now.
 * @param {string} name
 * @param {Signature} signature
 * @param {unknown[]} args
 * @param {(value: unknown) => void} resolve
 * @param {(error: unknown) => void} reject
 */
function tracedPromise(name, { params, result }, args, resolve, reject) {
  const text = quietly(() => `${name}.async(${list(args, params)})`) ?? name;
  quietly(() => whole(`${text} <unfinished ...>`));
  const resumed = (/** @type {() => string} */ outcome) => {
    quietly(() => whole(`<... ${text} resumed> = ${outcome()}`));
  };
  return {
    resolve: (/** @type {unknown} */ value) => {
      resumed(() => show(value, result));
      resolve(value);
    },
    reject: (/** @type {unknown} */ error) => {
      resumed(() => `throws ${showError(error)}`);
      reject(error);
    },
  };
}

module.exports = { tracedCallback, tracedPromise, tracedStub };
