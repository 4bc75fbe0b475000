'use strict';
// The three error classes. Which class a code is thrown as is decided by the table in src/error.rs.

/** Shared by copies of this package, because copies share the addon, which makes errors of one of them. */
/** @type {unique symbol} */
const OURS = Symbol.for('arkffi error');

/**
 * @param {any} error
 * @param {string} code
 * @param {string | undefined} symbol
 * @param {number | undefined} argument
 */
function describe(error, code, symbol, argument) {
  error.code = code;
  error.symbol = symbol;
  error.argument = argument;
}

/** An error of arkffi; also what `instanceof FFIError` holds for, whichever of the three classes it is. */
class FFIError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string} [symbol] the C function concerned
   * @param {number} [argument] the index of the argument concerned
   */
  constructor(code, message, symbol, argument) {
    super(message);
    describe(this, code, symbol, argument);
  }

  /** @param {any} value */
  static [Symbol.hasInstance](value) {
    if (this !== FFIError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && value[OURS] === true;
  }
}

/** A value of the wrong kind, or too few or too many arguments. */
class FFITypeError extends TypeError {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string} [symbol] the C function concerned
   * @param {number} [argument] the index of the argument concerned
   */
  constructor(code, message, symbol, argument) {
    super(message);
    describe(this, code, symbol, argument);
  }
}

/** A number outside the range of its type, or an offset outside its view. */
class FFIRangeError extends RangeError {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string} [symbol] the C function concerned
   * @param {number} [argument] the index of the argument concerned
   */
  constructor(code, message, symbol, argument) {
    super(message);
    describe(this, code, symbol, argument);
  }
}

const classes = { FFIError, FFITypeError, FFIRangeError };
for (const [name, constructor] of Object.entries(classes)) {
  Object.defineProperty(constructor.prototype, 'name', { value: name, writable: true, configurable: true });
  Object.defineProperty(constructor.prototype, OURS, { value: true });
}

/** @type {Map<string, typeof FFIError | typeof FFITypeError | typeof FFIRangeError>} */
const classByCode = new Map();

/** Names can be of any length; messages are for people. */
const LONGEST_MESSAGE = 1000;

/** @param {{ code: string, class: string }[]} rows */
function setErrorTable(rows) {
  for (const row of rows) classByCode.set(row.code, classes[/** @type {keyof typeof classes} */ (row.class)]);
}

/**
 * The error for `code`, of the class that belongs to it.
 * @param {string} code
 * @param {string} message
 * @param {string} [symbol] the C function concerned
 * @param {number} [argument] the index of the argument concerned
 */
function createError(code, message, symbol, argument) {
  const text = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
  const ErrorClass = classByCode.get(code) ?? FFIError;
  return new ErrorClass(code, text, symbol, argument);
}

module.exports = { FFIError, FFITypeError, FFIRangeError, setErrorTable, createError };
