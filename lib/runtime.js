'use strict';
// Everything that stubs and lib/marshal.generated.js refer to, by the names that lib/emitters.js uses.
// Built-ins are taken here once, so that changing them later changes no call.

const native = require('./binding.js');
const { views } = require('./frame.js');
const memory = require('./memory-view.js');
const { addressOf, bufferAddress, functionAddress } = require('./pointer.js');
const { copyString } = require('./scratch.js');

const { enter, enterForString, enterForText, frameAddress } = native;
const { isSafeInteger } = Number;
const { asIntN, asUintN } = BigInt;
const { fround } = Math;

/** @param {unknown} value @returns {boolean} */
const isBigInt64 = (value) => typeof value === 'bigint' && asIntN(64, value) === value;

/** @param {unknown} value @returns {boolean} */
const isBigUint64 = (value) => typeof value === 'bigint' && asUintN(64, value) === value;

module.exports = {
  ...views,
  ...memory,
  isSafeInteger,
  isBigInt64,
  isBigUint64,
  fround,
  addressOf,
  bufferAddress,
  functionAddress,
  frameAddress,
  copyString,
  enter,
  enterForString,
  enterForText,
};
