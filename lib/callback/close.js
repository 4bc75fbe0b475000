'use strict';
// Closing callbacks.

const native = require('../binding.js');
const { views, offsets } = require('../frame.js');
const { entries } = require('./entries.js');

const SUBJECT = offsets.subject / 4;

/**
 * Closes a callback: C gets its default from now on.
 * @param {number} number
 */
function closeCallback(number) {
  views.u32[SUBJECT] = number;
  native.closeCallback();
  entries[number] = undefined;
}

module.exports = { closeCallback };
