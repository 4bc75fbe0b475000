'use strict';
// The errors for calls whose helper ends.

const { constants } = require('node:os');
const { createError } = require('../errors.js');

/** @typedef {{ signal: number, code: number, address?: number } | undefined} Death as Rust tells it */

/** @param {number} number @returns {string} */
const signalName = (number) =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;

/**
 * @param {string} symbol the function, or what else was asked for
 * @param {Death} death
 */
function crashed(symbol, death) {
  const { signal, code, address } = death ?? { signal: 0, code: -1, address: undefined };
  const name = signal === 0 ? undefined : signalName(signal);
  const where = address === undefined ? '' : ` at address 0x${address.toString(16)}`;
  const how = name ? `died of ${name}${where}` : code === -1 ? 'is gone' : `exited with code ${code}`;
  const error = createError('ERR_HELPER_CRASHED', `${symbol ? `${symbol}: ` : ''}the helper process ${how}`, symbol);
  return Object.assign(error, { signal: name, exitCode: name || code === -1 ? undefined : code, address });
}

/** @param {string} symbol */
const closed = (symbol) => createError('ERR_LIBRARY_CLOSED', `${symbol}: the library is closed`, symbol);

/** @param {string} symbol @param {number} limit in milliseconds */
function late(symbol, limit) {
  const text = `${symbol}: the call took longer than ${limit} ms; the helper process was killed`;
  return createError('ERR_CALL_TIMEOUT', text, symbol);
}

module.exports = { closed, crashed, late };
