'use strict';
// What follows a fast call that was not as usual.

const native = require('../binding.js');
const { views, offsets } = require('../frame.js');

const { u32 } = views;
const { seeTo } = native;
const STATUS = offsets.status / 4;

/**
 * Looks at the status that a caller has left. Throws what a callback has thrown.
 * @returns {boolean} whether the call is still to be made, through the frame; if not, the result is there
 */
function settle() {
  const status = u32[STATUS];
  if (status === 3) seeTo();
  return status === 1;
}

module.exports = { settle };
