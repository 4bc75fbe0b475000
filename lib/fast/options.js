'use strict';
// What definitions say about the way into C.

const { createError } = require('../errors.js');

/** The copies of a signature that are slow, leaves, or both: functions of one have the same code. @type {WeakMap<object, any[]>} */
const copies = new WeakMap();

/**
 * A signature with what a definition says about the way into C.
 * @param {import('../signature.js').Signature} signature
 * @param {string} caller
 * @param {string} name of the function
 * @param {any} definition
 * @returns {import('../signature.js').Signature}
 */
function withWay(signature, caller, name, { fast = true, leaf = false }) {
  if (fast === true && leaf === false) return signature;
  if (typeof fast !== 'boolean') throw invalid(caller, name, 'fast');
  if (typeof leaf !== 'boolean') throw invalid(caller, name, 'leaf');
  let known = copies.get(signature);
  if (!known) copies.set(signature, (known = [undefined, undefined, undefined, undefined]));
  const index = (fast ? 0 : 1) + (leaf ? 2 : 0);
  /** @type {import('../signature.js').Signature} */
  const made = (known[index] ??= { ...signature });
  if (!fast) made.isSlow = true;
  if (leaf) made.isLeaf = true;
  return made;
}

/** @param {string} caller @param {string} name @param {string} key */
const invalid = (caller, name, key) =>
  createError('ERR_INVALID_ARG_TYPE', `${caller}: ${key} of ${name} must be a boolean`, name);

module.exports = { withWay };
