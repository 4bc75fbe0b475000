'use strict';
// Messages from the helper, as the program takes them, and calls, which go through the frame both ways.

const native = require('../binding.js');
const { ADDRESS, views, offsets } = require('../frame.js');
const { CALL, CALLBACK, LATE, NULL, WIDE } = require('./kinds.js');
const { trade } = require('./trade.js');

const { i32, u32 } = views;
const LENGTH = offsets.length / 4;
const VALUE = offsets.value / 4;
const RESULT = offsets.scalarResult / 4;

/**
 * @typedef {object} Message
 * @property {number} kind of it, or what came instead of a message
 * @property {number} id
 * @property {number} target
 * @property {number} flags
 * @property {number} value
 * @property {number} errno
 * @property {number[][]} results the words of the registers that C leaves results in, four in each group
 * @property {any} body the text or the bytes that came with it; of a callback, those of the arguments
 */

/**
 * Takes a message at once, see lib/frame.js: its header and results, which are in the frame, and its body.
 * @param {number} channel
 * @param {() => number} receive has Rust receive it, and does nothing after that; returns its kind
 * @returns {Message}
 */
function taken(channel, receive) {
  const kind = receive();
  // There was none.
  if (kind === 0 || kind >= LATE)
    return { kind, id: 0, target: 0, flags: 0, value: 0, errno: 0, results: [], body: '' };
  const flags = u32[LENGTH];
  return {
    kind,
    id: u32[ADDRESS],
    target: u32[ADDRESS + 1],
    flags,
    value: u32[LENGTH + 1],
    errno: i32[VALUE],
    results: [
      [u32[RESULT], u32[RESULT + 1], u32[RESULT + 2], u32[RESULT + 3]],
      [u32[RESULT + 4], u32[RESULT + 5], u32[RESULT + 6], u32[RESULT + 7]],
      [u32[RESULT + 8], u32[RESULT + 9], u32[RESULT + 10], u32[RESULT + 11]],
    ],
    body:
      kind === CALLBACK || flags & WIDE ? native.isolateBytes(channel) : flags === 0 ? '' : native.isolateText(channel),
  };
}

/**
 * Makes a call, and waits for a message.
 * @param {number} channel
 * @param {number} id
 * @param {{ target: number, bytes: number }} fn its number in the helper, and the bytes of the frame that its arguments take
 * @param {number} milliseconds
 * @param {() => void} store leaves the arguments in the frame
 * @returns {Message}
 */
const exchange = (channel, id, { target, bytes }, milliseconds, store) =>
  taken(channel, () => trade(channel, { kind: CALL, id, target, bytes }, milliseconds, false, store));

/** The string that a message brings. @param {Message} message @returns {string | null} */
function textOf({ flags, body }) {
  if (flags & NULL) return null;
  return flags & WIDE ? body.toString('utf16le') : body;
}

module.exports = { exchange, taken, textOf };
