'use strict';
// A value that cannot be marshalled, on its way to whoever knows which argument of which function it is in.

const { problem } = require('./refuse.js');
const { createError } = require('./errors.js');

/** Thrown inside, never to users. */
class Refused {
  /** Where the value is: `points[3].y` is `.points[3].y` here. */
  path = '';

  /**
   * @param {string} code
   * @param {string} text what was expected and what came
   */
  constructor(code, text) {
    this.code = code;
    this.text = text;
  }
}

/**
 * @param {string | import('./types.js').CType} type
 * @param {unknown} value
 */
function refused(type, value) {
  const { code, text } = problem(type, value);
  return new Refused(code, text);
}

/**
 * The same error, one step further out. Errors of the user's own code pass through as they are.
 * @param {unknown} error
 * @param {string} step
 */
function within(error, step) {
  if (error instanceof Refused) error.path = step + error.path;
  return error;
}

/**
 * The error to throw to users.
 * @param {unknown} error
 * @param {string} symbol name of the function
 * @param {number | undefined} index of the argument
 * @param {string} [place] where the value was given
 */
function worded(error, symbol, index, place = index === undefined ? '' : `argument ${index}`) {
  if (!(error instanceof Refused)) return error;
  const path = error.path.startsWith('.') ? error.path.slice(1) : error.path;
  const message = [symbol, place, path, error.text].filter((part) => part !== '').join(': ');
  return createError(error.code, message, symbol, index);
}

module.exports = { Refused, refused, within, worded };
