'use strict';
// Values in a block, where the quick way is not open or does not do.

const { offsetBy, readAt, writeAt } = require('../record/access.js');
const { readOne, writeMember } = require('../record/member.js');

/** @typedef {InstanceType<typeof import('./block.js').Block>} Block */
/** @typedef {import('./element.js').Element} Element */

/**
 * @param {string} caller
 * @param {Block} block that is live
 * @param {Element} element
 * @param {number} at
 */
function getIn(caller, block, element, at) {
  if (block.quicken()) return element.get(/** @type {DataView} */ (block.fast), at);
  /** @param {DataView} view @param {number} start */
  const read = (view, start) => readOne(block.ownType(element.type), view, start);
  return readAt(offsetBy(block.start, at), element.size, read, caller, block.isChecked);
}

/**
 * Writes a value: all of it, or an error and nothing.
 * @param {string} caller
 * @param {Block} block that is live
 * @param {Element} element
 * @param {number} at
 * @param {any} value
 * @param {number} index which argument of `caller` it is
 */
function putIn(caller, block, { type: given, size, put }, at, value, index) {
  const type = block.ownType(given);
  if (block.quicken() && put(/** @type {DataView} */ (block.fast), at, value)) return;
  // Asked again when code of the user's may have run.
  const find = () => {
    block.check(caller);
    return offsetBy(block.start, at);
  };
  /** @type {Parameters<typeof writeAt>[3]} */
  const write = (view, start, keep) => writeMember({ type, first: 0 }, view, start, value, keep, '');
  writeAt({ caller, find, buffer: block.buffer, isChecked: block.isChecked }, type, size, write, index);
}

module.exports = { getIn, putIn };
