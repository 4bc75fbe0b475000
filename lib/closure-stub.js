'use strict';
// The same call as a generated stub makes, run by a closure: for hosts that allow no generated code,
// and for calls that happen once.

const marshallers = require('./marshal.generated.js');
const { refuse, refuseCount } = require('./bound.js');
const { views, offsets } = require('./frame.js');
const { defineValue } = require('./property.js');
const { enter, enterForString } = require('./runtime.js');

const { u32 } = views;
// Not spread: that would run what somebody made of the iterator of arrays.
const { apply } = Reflect;

/**
 * A second array of the same length and kind: engines would make an array of only Numbers one of doubles,
 * which does not keep signalling NaNs.
 * @param {any[]} values
 */
const collect = (...values) => values;

const TARGET = offsets.target / 4;

/**
 * @param {import('./stub.js').StubPlan} plan
 * @returns {Function}
 */
function closureStub({ number, signature }) {
  const { params, paramOffsets, result, resultOffset } = signature;
  const count = params.length;
  const marshals = params.map((type) => marshallers[type]);
  const { string, load } = marshallers[result];

  const stub = function (/** @type {any[]} */ ...args) {
    if (args.length !== count) refuseCount(number, args.length);
    const values = apply(collect, undefined, args);
    for (let index = 0; index < count; index++) {
      values[index] = marshals[index].read(args[index]);
      if (marshals[index].invalid(values[index])) refuse(number, index, args[index]);
    }
    u32[TARGET] = number;
    for (let index = 0; index < count; index++) marshals[index].store(values[index], paramOffsets[index]);
    // The arguments are passed only to be kept reachable until C returns.
    if (string) return apply(enterForString, undefined, args);
    apply(enter, undefined, args);
    return load?.(resultOffset);
  };
  return defineValue(stub, 'length', count, 'configurable');
}

module.exports = { closureStub };
