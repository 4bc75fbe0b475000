'use strict';
// Objects of options: own properties, all of them known.

const { describe } = require('./describe.js');
const { createError } = require('./errors.js');
const { didYouMean } = require('./nearest.js');

/** @type {Record<string, any>} */
const NONE = Object.freeze({ __proto__: null });

/**
 * What an object of options itself says, each getter asked once.
 * @param {string} caller
 * @param {unknown} given undefined is no options
 * @param {string[]} keys the known ones
 * @param {number} index which argument of `caller` it is
 * @returns {Record<string, any>}
 */
function ownOptions(caller, given, keys, index) {
  if (given === undefined) return NONE;
  const invalid = (/** @type {string} */ text) =>
    createError('ERR_INVALID_ARG_TYPE', `${caller}: argument ${index}: ${text}`, caller, index);
  if (typeof given !== 'object' || given === null) throw invalid(`expected options, got ${describe(given)}`);
  const options = Object.setPrototypeOf({ ...given }, null);
  for (const key of Object.keys(options)) {
    if (keys.includes(key)) continue;
    throw invalid(`there is no option '${key}'${didYouMean(key, keys)}`);
  }
  return options;
}

module.exports = { ownOptions };
