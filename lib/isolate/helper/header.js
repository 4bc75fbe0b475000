'use strict';
// The header of the message that Rust has received last, which is in the frame's operands. No debugger looks into helpers.

const { ADDRESS, views, offsets } = require('../../frame.js');

const { i32, u32 } = views;
const LENGTH = offsets.length / 4;
const VALUE = offsets.value / 4;

/** Read before anything else uses the operands. */
const header = {
  id: () => u32[ADDRESS],
  target: () => u32[ADDRESS + 1],
  flags: () => u32[LENGTH],
  errno: () => i32[VALUE],
  frameBytes: () => u32[VALUE + 1],
};

module.exports = { header };
