'use strict';
// errno: what the last call left, and what the next one starts with.

const native = require('./binding.js');
const { views, offsets } = require('./frame.js');
const marshallers = require('./marshal.generated.js');
const { refusal } = require('./refuse.js');

const { i32 } = views;
const ERRNO = offsets.errno / 4;

/**
 * @param {string} caller
 * @param {unknown} value
 * @returns {number}
 */
function checkNumber(caller, value) {
  if (marshallers.i32.invalid(value)) throw refusal('i32', value, 0, caller);
  return /** @type {number} */ (value);
}

/**
 * The errno of the last call in this environment, read before anything else could change it. With a
 * value, sets what the next call starts with, for functions that report errors only there.
 * @param {number} [value]
 * @returns {number} the errno before
 */
function errno(value) {
  const before = i32[ERRNO];
  if (value !== undefined) i32[ERRNO] = checkNumber('errno', value);
  return before;
}

/**
 * The system's text for an errno value.
 * @param {number} number
 * @returns {string}
 */
function strerror(number) {
  return native.strerror(checkNumber('strerror', number));
}

module.exports = { errno, strerror };
