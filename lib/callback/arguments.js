'use strict';
// What a callback's function gets for the arguments that are in the frame.

const marshallers = require('../marshal.generated.js');
const { readCString } = require('../cstring.js');
const { offsets } = require('../frame.js');

/** Spots are those of the stack area. What C has passed lies in the same way, but where calls put nothing meanwhile. */
const SHIFT = offsets.words - offsets.stack;

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./entries.js').Entry} Entry */

/**
 * The function that takes a record out of the frame, or of other memory: as an object, or as the address of a copy that is
 * valid until the callback returns. What it is in is added to `held`, for that long.
 * @param {CType} type
 * @returns {(offset: number, held: unknown[], memory?: DataView) => any}
 */
function recordTaker(type) {
  const { images, frameView } = require('../call.js');
  const { copyWords } = require('../memory-view.js');
  const { marshalOf } = require('../record/marshal.js');
  if (type.decodes) return (offset, _, memory = frameView) => marshalOf(type).get(memory, offset);
  return (offset, held, memory = frameView) => {
    const at = images.take(type.size, type.align);
    const { view, address } = images;
    copyWords(memory, offset, view, at, type.size);
    // The scratch stack is full.
    if (view !== frameView) held[held.length] = view;
    return address;
  };
}

/** Where an argument is in the frame. @param {import('../signature.js').Spot} spot @returns {number} */
function offsetOf(spot) {
  if ('offset' in spot) return spot.offset + SHIFT;
  return 'pieces' in spot && spot.pieces.length > 0 ? spot.pieces[0].offset + SHIFT : 0;
}

/** @param {Entry} entry @param {number | bigint} address @returns {string | null} */
const text = (entry, address) => readCString(entry.symbol, address);

/**
 * The function that reads a string.
 * @param {CType} type
 * @returns {typeof text}
 */
function textReader({ text: encoded }) {
  return encoded ? (entry, address) => readCString(entry.symbol, address, undefined, encoded.number) : text;
}

/**
 * The function that takes an argument out of the frame. Strings stay addresses until all are out.
 * @param {CType} type
 * @param {import('../signature.js').Spot} spot
 * @returns {(held: unknown[]) => any}
 */
function takerOf(type, spot) {
  const offset = offsetOf(spot);
  if (type.record) {
    const take = recordTaker(type);
    return (held) => take(offset, held);
  }
  const load = /** @type {(at: number) => any} */ (marshallers[type.base === 'cstring' ? 'ptr' : type.base].load);
  const { make } = type;
  return make ? () => make(load(offset)) : () => load(offset);
}

module.exports = { offsetOf, recordTaker, takerOf, textReader };
