'use strict';
// What ARKFFI_TRACE asks to be printed. Decided when the package is loaded: what is not traced costs nothing.

/** What can be traced. */
const KNOWN = ['calls', 'memory', 'libraries'];

const words = (process.env.ARKFFI_TRACE ?? '').split(',').filter((word) => word !== '');

const tracing = {
  /** Each call of C, and each callback. */
  calls: words.includes('calls'),
  /** What is allocated, kept, and freed. */
  memory: words.includes('memory'),
  /** Libraries that are opened and closed, and symbols that are looked up. */
  libraries: words.includes('libraries'),
};

const unknown = words.filter((word) => !KNOWN.includes(word));
if (unknown.length > 0 && require('node:worker_threads').isMainThread) {
  const list = unknown.map((word) => `'${word}'`).join(', ');
  require('./print.js').print(`arkffi: ARKFFI_TRACE knows ${KNOWN.join(', ')}, but not ${list}\n`);
}

/** A number that is printed as an address. */
class Address {
  /** @param {number | bigint} value */
  constructor(value) {
    this.value = value;
  }
}

/**
 * Prints a line of what happened.
 * @param {string} name of the function
 * @param {unknown[]} args
 * @param {unknown} [result] left out where there is none
 */
function trace(name, args, result) {
  require('./trace/lines.js').traceEvent(name, args, result);
}

/**
 * Does something, and prints a line with what came of it and how long it took.
 * @template T
 * @param {string} name
 * @param {unknown[]} args
 * @param {() => T} work
 * @param {(value: T) => unknown} [shown] what of its result is printed
 * @returns {T}
 */
function traceTimed(name, args, work, shown) {
  return require('./trace/lines.js').traceTimed(name, args, work, shown);
}

module.exports = { Address, tracing, trace, traceTimed };
