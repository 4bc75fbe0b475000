'use strict';
// The errors for calls whose helper ends.

const { constants } = require('node:os');
const { FFIError, createError } = require('../errors.js');

/**
 * As Rust tells it; and why this process has ended it, if it has.
 * @typedef {{ signal: number, code: number, address?: number, reason?: string } | undefined} Death
 */

/** @param {number} number @returns {string} */
const signalName = (number) =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;

/**
 * @param {string} symbol the function, or what else was asked for
 * @param {Death} death
 */
function crashed(symbol, death) {
  const { signal, code, address, reason } = death ?? { signal: 0, code: -1, address: undefined, reason: undefined };
  const name = signal === 0 ? undefined : signalName(signal);
  const where = address === undefined ? '' : ` at address 0x${address.toString(16)}`;
  const how = reason
    ? `was ended, because ${reason}`
    : name
      ? `died of ${name}${where}`
      : code === -1
        ? 'is gone'
        : `exited with code ${code}`;
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

/**
 * The error that a call throws for which a helper could not be started again.
 * @param {string} symbol
 * @param {any} error
 */
function unready(symbol, error) {
  if (!(error instanceof FFIError) || /** @type {any} */ (error).symbol === symbol) return error;
  const { code, signal, exitCode, address } = /** @type {any} */ (error);
  const text = `${symbol}: the helper process could not be started again: ${error.message}`;
  return Object.assign(createError(code, text, symbol), { signal, exitCode, address, cause: error });
}

module.exports = { closed, crashed, late, unready };
