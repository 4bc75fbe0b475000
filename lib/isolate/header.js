'use strict';
// The header of the message that Rust has received last, which is in the frame's operands.

const native = require('../binding.js');
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

const f64 = new Float64Array(u32.buffer);
const LETTER = offsets.letter / 4;
const VERDICT = offsets.verdict / 4;

/**
 * Sends a message without a body, whose part of the frame is in the frame, and waits for one.
 * @param {number} channel
 * @param {number} kind
 * @param {number} id
 * @param {number} target
 * @param {number} bytes of the frame
 * @param {number} milliseconds
 * @param {boolean} looksAtLoop
 * @returns {number} as of isolateReceive
 */
function trade(channel, kind, id, target, bytes, milliseconds, looksAtLoop) {
  u32[ADDRESS] = id;
  u32[ADDRESS + 1] = target;
  u32[LENGTH] = channel;
  u32[LENGTH + 1] = kind + bytes * 65536;
  f64[VALUE / 2] = milliseconds;
  u32[LETTER] = looksAtLoop ? 1 : 0;
  native.isolateTrade();
  return u32[VERDICT];
}

module.exports = { header, trade };
