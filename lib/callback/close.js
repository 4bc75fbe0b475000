'use strict';
// Closing callbacks.

const native = require('../binding.js');
const { views, offsets } = require('../frame.js');
const { entries } = require('./entries.js');

const OPENED = offsets.opened / 4;

/** What the defaults of closed callbacks point to, by address: each answers until its address is used again. @type {Map<number, unknown[]>} */
const closed = new Map();

/**
 * Closes a callback: C gets its default from now on.
 * @param {number} number of an open one
 */
function closeCallback(number) {
  views.u32[OPENED] = number;
  native.closeCallback();
  const { address, defaults } = /** @type {import('./entries.js').Entry} */ (entries[number]);
  entries[number] = undefined;
  if (defaults.length > 0) closed.set(address, defaults);
  else if (closed.size > 0) closed.delete(address);
}

module.exports = { closeCallback };
