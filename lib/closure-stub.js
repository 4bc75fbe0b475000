'use strict';
// The same call as a generated stub makes, run by a closure: for hosts that allow no generated code, for calls that happen
// once, and for those of another process.

const marshallers = require('./marshal.generated.js');
const bound = require('./bound.js');
const { views, offsets } = require('./frame.js');
const { defineValue } = require('./property.js');
const { enter, enterForString, enterForText } = require('./runtime.js');
const { CALLS } = require('./scratch.js');
const { hasOwnText } = require('./signature.js');
const { fromWords } = require('./words.js');

const { i32, u32 } = views;
// Not spread: that would run what somebody made of the iterator of arrays.
const { apply } = Reflect;

/**
 * A second array of the same length and kind: engines would make an array of only Numbers one of doubles,
 * which does not keep signalling NaNs.
 * @param {any[]} values
 */
const collect = (...values) => values;

const TARGET = offsets.target / 4;
const ERRNO = offsets.errno / 4;

/**
 * @param {import('./stub.js').StubPlan} plan
 * @returns {Function}
 */
function closureStub(plan) {
  const { number, signature } = plan;
  const { params, spots, result, resultSpot, outcome } = signature;
  const count = params.length;
  if (signature.crossing) return defineValue(signature.crossing.stub(plan), 'length', count, 'configurable');
  // Loaded where it is needed: programs without records need not wait for it.
  if (result.record || params.some((type) => type.record || type.lent)) {
    return defineValue(require('./closure-objects.js').objectStub(plan), 'length', count, 'configurable');
  }
  const scalars = params.map((type) => ({ ...marshallers[type.base], ...(type.accept && { read: type.accept }) }));
  const slots = spots.map((spot) => ('offset' in spot ? spot.offset : 0));
  const { string, get } = marshallers[result.base];
  const enterString = hasOwnText(signature) ? enterForText : enterForString;
  const enterC = string ? enterString : enter;
  const word = 'offset' in resultSpot ? resultSpot.offset / 4 : 0;

  const stub = function (/** @type {any[]} */ ...args) {
    if (args.length !== count) bound.refuseCount(number, args.length);
    const values = apply(collect, undefined, args);
    let calls;
    // Until nothing has come in between; see lib/frame.js.
    do {
      calls = u32[CALLS];
      for (let index = 0; index < count; index++) {
        values[index] = scalars[index].read(args[index]);
        if (scalars[index].invalid(values[index])) bound.refuse(number, index, args[index]);
      }
      u32[TARGET] = number;
      for (let index = 0; index < count; index++) scalars[index].store(values[index], slots[index]);
    } while (u32[CALLS] !== calls);
    if (outcome) i32[ERRNO] = 0;
    // The arguments are passed only to be kept reachable until C returns.
    let value = enterC(args);
    const errno = i32[ERRNO];
    if (!string) value = fromWords(get, u32[word], u32[word + 1]);
    if (result.make && !string) value = result.make(value);
    return outcome ? outcome(value, errno) : value;
  };
  return defineValue(stub, 'length', count, 'configurable');
}

module.exports = { closureStub };
