'use strict';
// What definitions say about the way into C.

const { createError } = require('../errors.js');

/** @typedef {import('../signature.js').Signature} Signature */

/**
 * Copies of a signature, each with one more thing said: functions of one have the same code.
 * @type {Record<'isSlow' | 'isLeaf' | 'isBrief' | 'mayCall', WeakMap<Signature, Signature>>}
 */
const copies = { isSlow: new WeakMap(), isLeaf: new WeakMap(), isBrief: new WeakMap(), mayCall: new WeakMap() };

/** @param {Signature} signature @param {keyof typeof copies} said @returns {Signature} */
function saying(signature, said) {
  if (signature[said]) return signature;
  let copy = copies[said].get(signature);
  if (!copy) copies[said].set(signature, (copy = { ...signature, [said]: true }));
  return copy;
}

/** The signature for functions whose calls go through Node-API. @param {Signature} signature */
const withoutFast = (signature) => saying(signature, 'isSlow');

/** The signature for functions that are leaves, or that are said not to be. @param {Signature} signature @param {boolean} isLeaf */
const withLeaf = (signature, isLeaf) => saying(signature, isLeaf ? 'isLeaf' : 'mayCall');

/** The signature for leaves that are brief. @param {Signature} signature */
const withBrief = (signature) => saying(withLeaf(signature, true), 'isBrief');

/**
 * A signature with what a definition says about the way into C.
 * @param {Signature} signature
 * @param {string} caller
 * @param {string} name of the function
 * @param {any} definition
 * @returns {Signature}
 */
function withWay(signature, caller, name, { fast, leaf }) {
  if (fast !== undefined && typeof fast !== 'boolean') throw invalid(caller, name, 'fast');
  if (leaf !== undefined && typeof leaf !== 'boolean') throw invalid(caller, name, 'leaf');
  const said = leaf === undefined ? signature : withLeaf(signature, leaf);
  return fast === false ? withoutFast(said) : said;
}

/** @param {string} caller @param {string} name @param {string} key */
const invalid = (caller, name, key) =>
  createError('ERR_INVALID_ARG_TYPE', `${caller}: ${key} of ${name} must be a boolean`, name);

module.exports = { withBrief, withLeaf, withWay, withoutFast };
