'use strict';
// One prototype of C as a definition: `'int add(int, double)'` is `{ args: ['int', 'double'], returns: 'int' }`.

const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { declarationsOf } = require('./declarations.js');
const { firstError, parse, syntaxError } = require('./parse.js');
const { Unmapped } = require('./mapping.js');
const { Schemas } = require('./schemas.js');
const { definitionOf, uncallable } = require('./symbols.js');

/** @typedef {{ symbol: string, args: unknown[], returns: unknown }} Definition */

/** By their text; the oldest goes first. @type {Map<string, Definition>} */
const known = new Map();
const MOST_KNOWN = 1000;

/** @param {string} caller @param {string} text @param {string} [name] @returns {Definition} */
function readPrototype(caller, text, name) {
  // A prototype is given without its semicolon, too; what ends it may be a comment.
  const unit = parse(`${text}\n;`, { file: '<prototype>' });
  const failure = firstError(unit);
  if (failure) throw syntaxError(caller, failure, name);
  const [declared, ...others] = unit.functions;
  if (declared === undefined || others.length > 0 || unit.globals.length > 0) {
    const message = `${caller}: expected the prototype of one function, got ${describe(text)}`;
    throw createError('ERR_C_SYNTAX', message, name);
  }
  try {
    return {
      symbol: declared.symbol ?? declared.name,
      ...definitionOf(declared, new Schemas(declarationsOf(unit)).mapping),
    };
  } catch (error) {
    throw error instanceof Unmapped ? uncallable(declared.name, error.message) : error;
  }
}

/**
 * The definition that a prototype is.
 * @param {string} caller
 * @param {string} text
 * @param {string} [name] of what is defined, for errors
 * @returns {Definition} frozen; the same one for the same text
 */
function prototypeDefinition(caller, text, name) {
  const found = known.get(text);
  if (found) return found;
  const definition = Object.freeze(readPrototype(caller, text, name));
  if (known.size >= MOST_KNOWN) known.delete(/** @type {string} */ (known.keys().next().value));
  known.set(text, definition);
  return definition;
}

module.exports = { prototypeDefinition };
