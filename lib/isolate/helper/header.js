'use strict';
// The header of the message that Rust has received last, which is in the frame's operands. No debugger looks into helpers.

const native = require('../../binding.js');
const { ADDRESS, views, offsets } = require('../../frame.js');

const { f64, i32, u32 } = views;
const LENGTH = offsets.length / 4;
const VALUE = offsets.value / 4;
const LETTER = offsets.letter / 4;
const VERDICT = offsets.verdict / 4;

/** Read before anything else uses the operands. */
const header = {
  id: () => u32[ADDRESS],
  target: () => u32[ADDRESS + 1],
  flags: () => u32[LENGTH],
  errno: () => i32[VALUE],
  frameBytes: () => u32[VALUE + 1],
};

/**
 * Sends a message without a body, whose part of the frame is in the frame, and waits for one.
 * @param {number} channel
 * @param {number} kind
 * @param {number} id
 * @param {number} bytes of the frame
 * @param {boolean} looksAtLoop
 * @returns {number} as of isolateReceive
 */
function trade(channel, kind, id, bytes, looksAtLoop) {
  u32[ADDRESS] = id;
  u32[ADDRESS + 1] = 0;
  u32[LENGTH] = channel;
  u32[LENGTH + 1] = kind + bytes * 65536;
  f64[VALUE / 2] = Infinity;
  u32[LETTER] = looksAtLoop ? 1 : 0;
  native.isolateTrade();
  return u32[VERDICT];
}

module.exports = { header, trade };
