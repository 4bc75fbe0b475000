'use strict';
// Symbols that are looked up, printed with the time that it took.

const native = require('../binding.js');
const { Address, traceTimed } = require('../tracing.js');

/**
 * @template T
 * @param {number} library
 * @param {string} symbol
 * @param {() => T} work looks the symbol up
 * @param {(value: T) => number | bigint} addressOf
 * @returns {T}
 */
function tracedLookUp(library, symbol, work, addressOf) {
  const args = [native.opened.get(library)?.name ?? null, symbol];
  return traceTimed('dlsym', args, work, (value) => new Address(addressOf(value)));
}

module.exports = { tracedLookUp };
