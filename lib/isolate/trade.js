'use strict';
// Sending a message whose part of the frame is in the frame, and waiting for the next one, in one step.

const native = require('../binding.js');
const { ADDRESS, views, offsets } = require('../frame.js');

const { f64, u32 } = views;
const LENGTH = offsets.length / 4;
const VALUE = offsets.value / 4;
const LETTER = offsets.letter / 4;
const VERDICT = offsets.verdict / 4;

/**
 * @param {number} channel
 * @param {{ kind: number, id: number, target: number, bytes: number }} head `bytes` of the frame; there is no body
 * @param {number} milliseconds
 * @param {boolean} looksAtLoop
 * @param {() => void} store leaves the part in the frame; see lib/frame.js
 * @returns {number} as of isolateReceive
 */
function trade(channel, { kind, id, target, bytes }, milliseconds, looksAtLoop, store) {
  store();
  u32[ADDRESS] = id;
  u32[ADDRESS + 1] = target;
  u32[LENGTH] = channel;
  u32[LENGTH + 1] = kind + bytes * 65536;
  f64[VALUE / 2] = milliseconds;
  u32[LETTER] = looksAtLoop ? 1 : 0;
  native.isolateTrade();
  return u32[VERDICT];
}

module.exports = { trade };
