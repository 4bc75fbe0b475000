'use strict';
// What is another for calls of an isolated library than for those of this process.

const { paramsOf, refuse, symbolOf } = require('../bound.js');
const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { worded } = require('../refused.js');
const { asyncWay } = require('./async.js');
const { isolatedStub } = require('./stub.js');

/** @typedef {InstanceType<typeof import('./isolation.js').Isolation>} Isolation */

/**
 * @param {Isolation} isolation
 * @returns {import('../signature.js').Crossing}
 */
const crossingOf = (isolation) => ({
  refuse: refuserOf(isolation),
  stub: (plan) => isolatedStub(isolation, plan),
  async: asyncWay(isolation),
});

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
