'use strict';
// The same call as a generated stub makes, run by a closure: for hosts that allow no generated code,
// and for calls that happen once.

const marshallers = require('./marshal.generated.js');
const { refuse, refuseCount } = require('./bound.js');
const { views, offsets } = require('./frame.js');
const { TOP, giveBack, enter, enterForString } = require('./runtime.js');

const { u32 } = views;
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
    const mark = u32[TOP];
    try {
      // Not an empty array: engines would make it one of doubles, which does not keep signalling NaNs.
      const values = new Array(count).fill(undefined);
      for (let index = 0; index < count; index++) {
        const value = marshals[index].read(args[index]);
        if (marshals[index].invalid(value)) refuse(number, index, args[index]);
        values[index] = value;
      }
      u32[TARGET] = number;
      for (let index = 0; index < count; index++) marshals[index].store(values[index], paramOffsets[index]);
      // The arguments are passed only to be kept reachable until C returns.
      if (string) return enterForString(...args);
      enter(...args);
      return load?.(resultOffset);
    } finally {
      giveBack(mark);
    }
  };
  Object.defineProperty(stub, 'length', { value: count, configurable: true });
  return stub;
}

module.exports = { closureStub };
