'use strict';
// What calls of an isolated library go through, in the place of the ways into C of this process. The stubs are those
// of any call.

const { paramsOf, refuse, symbolOf } = require('../bound.js');
const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { views, offsets } = require('../frame.js');
const { worded } = require('../refused.js');
const { asyncWay } = require('./async.js');
const { header } = require('./header.js');
const { IsolatedCall } = require('./isolated-call.js');
const { textOf } = require('./text.js');

/** @typedef {InstanceType<typeof import('./isolation.js').Isolation>} Isolation */

const { u32 } = views;
const TARGET = offsets.target / 4;

/**
 * @param {Isolation} isolation
 * @returns {import('../signature.js').Crossing}
 */
function crossingOf(isolation) {
  function enter() {
    const { passage } = isolation;
    const fn = isolation.functionAt(u32[TARGET]);
    passage.helper.call(fn, passage);
    passage.giveBack();
  }
  function enterForString() {
    const { passage } = isolation;
    const fn = isolation.functionAt(u32[TARGET]);
    passage.helper.call(fn, passage);
    const text = textOf(passage.helper.channel, header.flags());
    passage.giveBack();
    return text;
  }
  class SyncCall extends IsolatedCall {
    constructor() {
      super(isolation.passage);
    }
  }
  return {
    scope: { enter, enterForString, enterForText: enterForString, Call: SyncCall, refuse: refuserOf(isolation) },
    async: asyncWay(isolation),
  };
}

/**
 * @param {Isolation} isolation
 * @returns {(number: number, index: number, value: unknown) => never}
 */
const refuserOf = (isolation) => (number, index, value) => {
  const { refusal } = isolation.passage;
  if (refusal) throw worded(refusal, symbolOf(number), index);
  const type = paramsOf(number)[index];
  if (type.crosses && (typeof value === 'number' || typeof value === 'bigint')) {
    const symbol = symbolOf(number);
    const text = `expected ${type.expects ?? 'a buffer (ArrayBuffer or view)'}, got ${describe(value)}`;
    throw createError('ERR_INVALID_ARG_TYPE', `${symbol}: argument ${index}: ${text}`, symbol, index);
  }
  return refuse(number, index, value);
};

module.exports = { crossingOf };
