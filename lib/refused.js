'use strict';
// A value that cannot be marshalled, on its way to whoever knows which argument of which function it is in.

const { problem } = require('./refuse.js');
const { createError } = require('./errors.js');

/** Longer paths are of objects that refer to themselves. */
const LONGEST_PATH = 200;

/** Thrown inside, never to users. */
class Refused {
  /** Where the value is: `points[3].y` is `.points[3].y` here. */
  path = '';
  /** @type {number | undefined} the argument, where that is not the one being read */
  argument = undefined;

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
function worded(error, symbol, index, place) {
  if (!(error instanceof Refused)) return error;
  const argument = error.argument ?? index;
  const where = place ?? (argument === undefined ? '' : `argument ${argument}`);
  const whole = error.path.startsWith('.') ? error.path.slice(1) : error.path;
  const path = whole.length > LONGEST_PATH ? `${whole.slice(0, LONGEST_PATH)}…` : whole;
  const message = [symbol, where, path, error.text].filter((part) => part !== '').join(': ');
  return createError(error.code, message, symbol, argument);
}

module.exports = { Refused, refused, within, worded };
