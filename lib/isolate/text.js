'use strict';
// Strings that the helper has sent.

const native = require('../binding.js');
const { NULL, WIDE } = require('./kinds.js');

/**
 * The text that is the body of the last message.
 * @param {number} channel
 * @param {number} flags
 * @returns {string | null}
 */
function textOf(channel, flags) {
  if (flags & NULL) return null;
  return flags & WIDE ? native.isolateBytes(channel).toString('utf16le') : native.isolateText(channel);
}

module.exports = { textOf };
