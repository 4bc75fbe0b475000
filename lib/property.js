'use strict';
// Properties that cannot be written.

// Taken once, as they are used in getters.
const { defineProperty } = Reflect;

/** Without a prototype, so that `Object.prototype` is no part of it. Each has its own: see lib/frame.js. */
class Descriptor {
  /** @param {unknown} value @param {'configurable' | 'enumerable'} [attribute] what else it is than not writable */
  constructor(value, attribute) {
    this.value = value;
    this.configurable = attribute === 'configurable';
    this.enumerable = attribute === 'enumerable';
  }
}

/** Of a value that is made later. */
class Lazy {
  configurable = true;
  enumerable = true;

  /** @param {() => unknown} get */
  constructor(get) {
    this.get = get;
  }
}

for (const { prototype } of [Descriptor, Lazy]) Object.setPrototypeOf(prototype, null);

/**
 * Defines a property that cannot be written.
 * @template {object} T
 * @param {T} target
 * @param {string | symbol} key
 * @param {unknown} value
 * @param {'configurable' | 'enumerable'} [attribute] what else it is
 * @returns {T}
 */
const defineValue = (target, key, value, attribute) =>
  Object.defineProperty(target, key, new Descriptor(value, attribute));

/**
 * Defines a property that cannot be written, whose value is made when it is first read.
 * @param {object} target
 * @param {string} key
 * @param {() => unknown} make
 */
function defineLazily(target, key, make) {
  let isMade = false;
  /** @type {unknown} */
  let made;
  const get = () => {
    if (isMade) return made;
    const value = make();
    // A debugger may have read it meanwhile.
    if (!isMade) {
      made = value;
      isMade = true;
    }
    // Of what the program has frozen, it stays a getter.
    defineProperty(target, key, new Descriptor(made, 'enumerable'));
    return made;
  };
  Object.defineProperty(target, key, new Lazy(get));
}

module.exports = { defineLazily, defineValue };
