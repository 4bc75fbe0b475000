'use strict';
// Things that were declared and cannot be had: whoever uses one is told why.

const { createError } = require('../errors.js');
const { defineLazily, defineValue } = require('../property.js');

const { freeze, create } = Object;

/**
 * A prototype for an object whose missing names may have a reason: reading one throws it, and so does writing to it.
 * @param {string} what the object is called
 * @param {(name: string) => unknown} look throws for names that have a reason; else gives what is there, or
 *   undefined
 */
const explaining = (what, look) =>
  new Proxy(freeze(create(null)), {
    get: (_, name) => (typeof name === 'string' ? look(name) : undefined),
    set: (_, name) => {
      if (typeof name === 'string') look(name);
      throw createError('ERR_INVALID_ARG_VALUE', `${what}: there is no variable '${String(name)}' to write to`, what);
    },
  });

/**
 * A function that cannot be called.
 * @param {string} name
 * @param {() => Error} why
 */
function refusing(name, why) {
  const fail = () => {
    throw why();
  };
  const refuse = () => fail();
  Object.defineProperty(refuse, 'ptr', { get: fail, enumerable: true });
  defineValue(refuse, 'name', name);
  return defineValue(refuse, 'async', async () => fail(), 'enumerable');
}

/**
 * Defines properties whose values are made when they are first read.
 * @param {object} target
 * @param {string[]} names
 * @param {(index: number, name: string) => unknown} make
 */
function defineLater(target, names, make) {
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    defineLazily(target, name, () => make(index, name));
  }
}

module.exports = { defineLater, explaining, refusing };
