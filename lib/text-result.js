'use strict';
// Functions whose result is a string that is more than UTF-8 which belongs to C.

const native = require('./binding.js');
const { createError } = require('./errors.js');
const { putAddress } = require('./frame.js');

/**
 * Tells Rust what the string is that a bound function returns.
 * @param {number} number
 * @param {import('./signature.js').Signature} signature
 * @param {string} name of the function
 * @param {number} [library] in which the function that frees it may be named
 */
function bindText(number, { result, isChecked }, name, library) {
  const { text, free } = result;
  if (typeof free === 'string') {
    if (library === undefined) {
      const message = `${name}: returns: free: only functions of a library can be named: give the address of '${free}'`;
      throw createError('ERR_INVALID_ARG_TYPE', message, name);
    }
    native.findSymbol(library, free);
  } else if (free !== undefined) {
    if (isChecked) require('./executable.js').demandExecutable(free, name);
    putAddress(free);
  }
  native.bindText(number, name, text?.number ?? 0, isChecked, free !== undefined);
}

module.exports = { bindText };
