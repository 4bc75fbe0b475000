'use strict';
// How callbacks of one signature are run: what their functions get, and what the helper is told of results.

const { isPromise } = require('node:util').types;
const { offsetOf, recordTaker } = require('../callback/arguments.js');
const { checkNothing, refuseResult } = require('../callback/results.js');
const { createError } = require('../errors.js');
const { views, offsets } = require('../frame.js');
const marshallers = require('../marshal.generated.js');
const { MemoryView } = require('../memory-view.js');
const { marshalOf } = require('../record/marshal.js');
const { worded } = require('../refused.js');
const { endOf } = require('../signature.js');
const { MOST_BODY } = require('./kinds.js');

/** @typedef {InstanceType<typeof import('./helper.js').Helper>} Helper */
/** @typedef {InstanceType<typeof import('./kept.js').Lasting>} Lasting */
/** @typedef {import('../callback/entries.js').Entry} Entry */

// Taken once, as all that runs in calls.
const { Uint8Array } = globalThis;
const { apply } = Reflect;
const { set, slice } = Uint8Array.prototype;
const { u32 } = views;
const RESULT = offsets.scalarResult / 4;
/** Where arguments begin that callbacks of this process take out of the frame; in messages they lie in the same way. */
const WORDS = offsets.words;

/** The words of no result. @type {number[]} */
const NOTHING = [0, 0];

/**
 * The function that takes an argument out of what a message brought.
 * @param {import('../types.js').CType} type
 * @param {import('../signature.js').Spot} spot
 * @returns {(memory: DataView, held: unknown[]) => any}
 */
function takerOf(type, spot) {
  const at = offsetOf(spot) - WORDS;
  if (type.record) {
    const take = recordTaker(type);
    return (memory, held) => take(at, held, memory);
  }
  const isText = type.base === 'cstring';
  const { get } = marshallers[isText ? 'ptr' : type.base];
  const { make } = type;
  // A string is an address until it is read.
  return make && !isText ? (memory) => make(get(memory, at)) : (memory) => get(memory, at);
}

/** @param {Entry} place @param {number} size */
const tooLarge = ({ symbol, place }, size) =>
  createError('ERR_UNSUPPORTED_ARGS', `${symbol}: ${place}: ${size} bytes are too many for a message`, symbol);

class Runner {
  /** Pointers that were used, the oldest first. @type {import('./callbacks.js').Remote[]} */
  resting = [];

  /** @param {Helper} helper @param {import('../signature.js').Signature} signature from planCallback */
  constructor(helper, signature) {
    this.helper = helper;
    this.signature = helper.isolation.types.callback(signature);
    const { params, result, spots } = this.signature;
    this.takers = params.map((type, index) => takerOf(type, spots[index]));
    this.bytes = Math.max(offsets.stack, ...spots.map(endOf)) - offsets.stack;
    this.result = result;
    this.numbers = [result, ...params].map((type) => helper.tell(type));
    this.isText = params.map((type) => type.base === 'cstring');
  }

  /** The arguments. @param {Uint8Array} given @param {unknown[]} held */
  take(given, held) {
    // Records are copied in words, so behind them there is room for one more.
    const bytes = new Uint8Array(this.bytes + 8);
    apply(set, bytes, [given.length > this.bytes ? apply(slice, given, [0, this.bytes]) : given]);
    const memory = new MemoryView(bytes.buffer);
    /** @type {any[]} not one of doubles only, which does not keep signalling NaNs */
    const values = [undefined];
    const { takers, isText, helper, signature } = this;
    for (let index = 0; index < takers.length; index++) values[index] = takers[index](memory, held);
    for (let index = 0; index < takers.length; index++) {
      if (isText[index]) values[index] = helper.isolation.textAt('callback', values[index], signature.params[index]);
    }
    values.length = takers.length;
    return values;
  }

  /**
   * What the helper is told of a result.
   * @param {Entry} place what messages call it
   * @param {any} value
   * @param {Lasting} [keep] what it points to is kept by
   * @returns {Uint8Array | number[]} the bytes of a record, the words of a scalar
   */
  give(place, value, keep = this.helper.callbacks.kept) {
    const { result } = this;
    if (result.base === 'void') {
      checkNothing(place, value);
      return NOTHING;
    }
    if (isPromise(value)) refuseResult(place, result, value);
    if (!result.record) {
      const { read, invalid, store } = marshallers[result.base];
      const accepted = result.accept ? result.accept(value, keep) : read(value);
      if (invalid(accepted)) refuseResult(place, result, value);
      store(accepted, offsets.scalarResult);
      // What is behind a shorter one is none of the helper's business.
      return [u32[RESULT], result.size > 4 ? u32[RESULT + 1] : 0];
    }
    if (result.size > MOST_BODY) throw tooLarge(place, result.size);
    const bytes = new Uint8Array(result.size + 8);
    try {
      if (typeof value === 'object')
        marshalOf(result).put(new MemoryView(bytes.buffer), 0, value, /** @type {any} */ (keep.call));
      else require('../passing.js').putByAddress(result, new MemoryView(bytes.buffer), 0, value);
    } catch (error) {
      throw worded(error, place.symbol, undefined, place.place);
    }
    return bytes.subarray(0, result.size);
  }
}

module.exports = { Runner };
