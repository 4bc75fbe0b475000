'use strict';
// Types of arkffi as text: expressions that make them, and what TypeScript calls those.

const { quote } = require('./names.js');

/** @typedef {import('../c/mapping.js').Maker<string>} TextMaker */

/**
 * What types are called in the module.
 * @typedef {object} Called
 * @property {(number: number) => string} record
 * @property {(number: number) => string | undefined} enumeration undefined for what has no name: its storage stands
 *   for it
 * @property {(number: number) => string} storage of an enumeration
 * @property {(tag: string) => string} opaque
 * @property {(number: number) => string | undefined} typedef undefined for what is not called by its typedef
 * @property {(target: () => string) => string} later a record that need not be declared before
 * @property {(name: string) => void} uses tells a name of arkffi's
 */

/**
 * Expressions. A record may be one that is declared further down, where `isEarly`.
 * @param {Called} called
 * @param {() => boolean} isEarly
 * @returns {TextMaker}
 */
function expressionMaker(called, isEarly) {
  const call = (/** @type {string} */ name, /** @type {string[]} */ ...values) => {
    called.uses(name);
    return `${name}(${values.join(', ')})`;
  };
  return {
    name: quote,
    record: (number, place) => {
      const name = called.record(number);
      return place === 'result' || place === 'argument' ? `${name}.object` : name;
    },
    enumeration: (number) => called.enumeration(number) ?? quote(called.storage(number)),
    opaque: (tag) => called.opaque(tag),
    typedef: (number) => called.typedef(number),
    pointer: (direction, target, isRecord) =>
      call(direction, isRecord && isEarly() ? `() => ${called.later(target)}` : target()),
    array: (of, length) => (length === null ? call('array', of) : call('array', of, String(length))),
    callback: (args, returns) => {
      if (returns !== "'void'") return call('callback', `[${args.join(', ')}]`, returns);
      return args.length === 0 ? call('callback') : call('callback', `[${args.join(', ')}]`);
    },
  };
}

/**
 * Types of TypeScript.
 * @param {Called} called
 * @returns {TextMaker}
 */
function typeMaker(called) {
  const generic = (/** @type {string} */ name, /** @type {string[]} */ ...values) => {
    called.uses(name);
    return `${name}<${values.join(', ')}>`;
  };
  return {
    name: quote,
    record: (number, place) => {
      const name = called.record(number);
      return place === 'result' || place === 'argument' ? `(typeof ${name})['object']` : `typeof ${name}`;
    },
    enumeration: (number) => {
      const name = called.enumeration(number);
      return name === undefined ? quote(called.storage(number)) : `typeof ${name}`;
    },
    opaque: (tag) => `typeof ${called.opaque(tag)}`,
    typedef: (number) => {
      const name = called.typedef(number);
      return name === undefined ? undefined : `typeof ${name}`;
    },
    pointer: (direction, target, isRecord) => {
      const to = isRecord ? `() => ${called.later(target)}` : target();
      return direction === 'inout' ? generic('OutType', to, "'changed'") : generic('PointerType', to);
    },
    array: (of, length) => generic('ArraySchema', of, length === null ? 'undefined' : String(length)),
    callback: (args, returns) => generic('CallbackType', `[${args.join(', ')}]`, returns),
  };
}

module.exports = { expressionMaker, typeMaker };
