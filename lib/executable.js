'use strict';
// Whether an address is of code, as the system's list of this process's memory says.

const { readFileSync } = require('node:fs');
const { createError } = require('./errors.js');

const MAPS = '/proc/self/maps';

/**
 * The executable ranges of a list of memory.
 * @param {string} maps as Linux writes it: `start-end rwxp …`, in hexadecimal
 * @returns {[start: bigint, end: bigint][]}
 */
function executableRanges(maps) {
  const lines = maps.matchAll(/^([\da-f]+)-([\da-f]+) ..x/gm);
  return Array.from(lines, ([, start, end]) => [BigInt(`0x${start}`), BigInt(`0x${end}`)]);
}

/**
 * Throws for an address that is not of code.
 * @param {number | bigint} address
 * @param {string} symbol the function that it is to be, for messages
 */
function demandExecutable(address, symbol) {
  let maps;
  try {
    maps = readFileSync(MAPS, 'latin1');
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    const text = `this system does not tell what memory is executable: ${message}`;
    throw createError('ERR_CALL_FAILED', `${symbol}: ${text}`, symbol);
  }
  const place = BigInt(address);
  if (executableRanges(maps).some(([start, end]) => place >= start && place < end)) return;
  const message = `${symbol}: ptr: 0x${place.toString(16)} is not the address of a function`;
  throw createError('ERR_INVALID_POINTER', message, symbol);
}

module.exports = { demandExecutable };
