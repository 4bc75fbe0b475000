'use strict';
// Opaque ids, which are strings.

const { describe } = require('../describe.js');
const { createError } = require('../errors.js');

/** Things by their ids, which are not given again. @template T */
class Ids {
  /** @type {Map<unknown, T>} */
  #things = new Map();
  #count = 0;

  /** @param {string} prefix @param {string} code of the error for what is no id @param {string} what in words */
  constructor(prefix, code, what) {
    this.prefix = prefix;
    this.code = code;
    this.what = what;
  }

  /** @param {T} thing @returns {string} */
  add(thing) {
    const id = `${this.prefix}-${++this.#count}`;
    this.#things.set(id, thing);
    return id;
  }

  /** @param {string} caller @param {unknown} id @param {number} index which argument of `caller` it is @returns {T} */
  find(caller, id, index) {
    if (this.#things.has(id)) return /** @type {T} */ (this.#things.get(id));
    const message = `${caller}: argument ${index}: ${describe(id)} is no id of ${this.what}`;
    throw createError(this.code, message, caller, index);
  }

  /** @param {unknown} id */
  remove(id) {
    this.#things.delete(id);
  }
}

module.exports = { Ids };
