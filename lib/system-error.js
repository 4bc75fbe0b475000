'use strict';
// Errors of the system as Node has them.

const { constants } = require('node:os');
const { getSystemErrorMap } = require('node:util');
const native = require('./binding.js');

/** @type {Map<number, [name: string, text: string]>} */
const known = getSystemErrorMap();

/** C's number of each name, and Node's, which are not the opposite of C's everywhere. @type {Map<string, number>} */
const nodeNumbers = new Map();
for (const [number, [name]] of known) nodeNumbers.set(name, number);

/** @param {number} errno of C @returns {{ code: string, errno: number, text: string }} */
function explain(errno) {
  const names = Object.entries(constants.errno).flatMap(([name, number]) => (number === errno ? [name] : []));
  // Some numbers have two names, of which Node uses one.
  const code = names.find((name) => nodeNumbers.has(name)) ?? names[0] ?? 'UNKNOWN';
  const number = nodeNumbers.get(code);
  const isKnown = number !== undefined && code !== 'UNKNOWN';
  if (isKnown) return { code, errno: number, text: /** @type {[string, string]} */ (known.get(number))[1] };
  return { code, errno: -errno || 0, text: errno === 0 ? 'unknown error' : native.strerror(errno).toLowerCase() };
}

/**
 * The error of a call that failed and left this errno: `ENOENT: no such file or directory, open`.
 * @param {number} errno of C; 0 when the function did not set it
 * @param {string} syscall the function
 */
function systemError(errno, syscall) {
  const { code, errno: number, text } = explain(errno);
  return Object.assign(new Error(`${code}: ${text}, ${syscall}`), { errno: number, code, syscall });
}

module.exports = { systemError };
