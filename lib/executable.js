'use strict';
// Whether an address is of code, as the system says.

const native = require('./binding.js');
const { usable } = require('./address.js');
const { putAddress } = require('./frame.js');

/**
 * Throws for an address that is not of code.
 * @param {number | bigint} address
 * @param {string} symbol the function that it is to be, for messages
 */
function demandExecutable(address, symbol) {
  putAddress(usable(symbol, address));
  native.demandExecutable(symbol);
}

module.exports = { demandExecutable };
