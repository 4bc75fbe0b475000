'use strict';
// What definitions say about the way into C.

const { createError } = require('../errors.js');

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
  /** @type {import('../signature.js').Signature} */
  const made = { ...signature };
  if (!fast) made.isSlow = true;
  if (leaf) made.isLeaf = true;
  return made;
}

/** @type {WeakMap<import('../signature.js').Signature, import('../signature.js').Signature>} */
const ofHosts = new WeakMap();

/**
 * The signature for functions of the host and of addons: they may use Node-API, and count on being called by it.
 * @param {import('../signature.js').Signature} signature
 * @returns {import('../signature.js').Signature}
 */
function ofHost(signature) {
  if (signature.isLeaf || signature.isSlow) return signature;
  let made = ofHosts.get(signature);
  if (!made) ofHosts.set(signature, (made = { ...signature, isSlow: true }));
  return made;
}

/** @param {string} caller @param {string} name @param {string} key */
const invalid = (caller, name, key) =>
  createError('ERR_INVALID_ARG_TYPE', `${caller}: ${key} of ${name} must be a boolean`, name);

module.exports = { ofHost, withWay };
