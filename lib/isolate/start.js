'use strict';
// Starting a helper process.

const native = require('../binding.js');
const { ORDERS } = require('./arena.js');

const ENTRY = require.resolve('./helper/entry.js');

/**
 * Starts a process, with as much shared memory as there is room for.
 * @param {string[]} variables
 * @returns {[started: any, order: number]}
 */
function start(variables) {
  const args = ['--no-warnings', ENTRY, String(process.pid)];
  let refused;
  for (const order of ORDERS) {
    try {
      return [native.isolateStart(process.execPath, args, variables, 2 ** order), order];
    } catch (error) {
      refused = error;
    }
  }
  throw refused;
}

module.exports = { start };
