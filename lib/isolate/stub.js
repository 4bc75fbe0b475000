'use strict';
// The functions that make calls of an isolated library. No code is made for them: the way to the helper takes much longer.

const { refuseCount, symbolOf } = require('../bound.js');
const { RESULTS, loadRecord, passerOf, viewOf } = require('../closure-objects.js');
const { views, offsets } = require('../frame.js');
const marshallers = require('../marshal.generated.js');
const { giveBackLoans, resultReader } = require('../passing.js');
const { fromWords } = require('../words.js');
const { IsolatedCall } = require('./isolated-call.js');
const { textOf } = require('./message.js');

/** @typedef {InstanceType<typeof import('./isolation.js').Isolation>} Isolation */

const { i32 } = views;
const ERRNO = offsets.errno / 4;

/**
 * What makes the result of a message.
 * @param {import('../signature.js').Signature} signature
 * @returns {(message: import('./message.js').Message, image: { view: DataView, at: number, address: number } | undefined) => any}
 */
function readerOf({ result, resultSpot }) {
  if (result.record) {
    const read = resultReader(result);
    return ({ results }, image) => loadRecord(resultSpot, image, read, viewOf(results));
  }
  const { string, get } = marshallers[result.base];
  if (string) return textOf;
  const word = 'offset' in resultSpot ? (resultSpot.offset - RESULTS) / 4 : 0;
  return ({ results }) => fromWords(get, results[word >> 2][word & 3], results[word >> 2][(word & 3) + 1]);
}

/**
 * @param {Isolation} isolation
 * @param {import('../stub.js').StubPlan} plan
 * @returns {Function}
 */
function isolatedStub(isolation, plan) {
  const { number, signature } = plan;
  const { params, result, outcome } = signature;
  const reads = params.map((type) => type.accept ?? marshallers[type.base]?.read);
  const pass = passerOf(plan, (index, argument) => {
    const { lent } = params[index];
    lent?.checkNumber(argument);
    return lent ? lent.address(argument) : reads[index](argument);
  });
  const read = readerOf(signature);
  const { make } = marshallers[result.base]?.string ? {} : result;

  return (/** @type {any[]} */ ...args) => {
    if (args.length !== params.length) refuseCount(number, args.length);
    const { passage } = isolation;
    const call = new IsolatedCall(passage);
    // Not an array of doubles, which does not keep signalling NaNs.
    /** @type {any[]} */
    const values = [undefined];
    try {
      const image = pass.read(values, args, call);
      pass.readRest(values, args, call);
      const message = passage.helper.call(isolation.functionAt(number), passage, () => {
        pass.store(values, image);
        if (outcome) i32[ERRNO] = 0;
      });
      const { errno } = message;
      i32[ERRNO] = errno;
      passage.giveBack();
      const loaded = read(message, image);
      call.end();
      const value = make ? make(loaded) : loaded;
      if (call.loans) giveBackLoans(call.loans, symbolOf(number));
      return outcome ? outcome(value, errno) : value;
    } finally {
      call.end();
    }
  };
}

module.exports = { isolatedStub };
