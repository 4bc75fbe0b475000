'use strict';
// The header of the message that Rust has received last, which is in the frame's operands.

const { views, offsets } = require('../frame.js');

const { i32, u32 } = views;
const ADDRESS = offsets.address / 4;
const LENGTH = offsets.length / 4;
const VALUE = offsets.value / 4;

/** Read before anything else uses the operands. */
const header = {
  id: () => u32[ADDRESS],
  target: () => u32[ADDRESS + 1],
  flags: () => u32[LENGTH],
  value: () => u32[LENGTH + 1],
  errno: () => i32[VALUE],
  frameBytes: () => u32[VALUE + 1],
};

module.exports = { header };
