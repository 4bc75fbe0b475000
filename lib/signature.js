'use strict';
// Signatures: types are resolved and a plan is asked for, once for each signature.

const native = require('./binding.js');
const { createError } = require('./errors.js');
const { resolveType } = require('./types.js');

/**
 * A signature and its plan. Offsets are in bytes of the frame.
 * @typedef {object} Signature
 * @property {number} plan number of the plan
 * @property {string[]} params canonical type names
 * @property {number[]} paramOffsets
 * @property {string} result canonical type name
 * @property {number} resultOffset
 */

/** No function of JavaScript has more; Rust draws a closer line. */
const MOST_PARAMETERS = 65_535;

/** Plans by the numbers of their types. @type {Map<string, Signature>} */
const planned = new Map();

/**
 * @param {string} symbol for messages
 * @param {unknown} args type names; none means no parameters
 * @param {unknown} returns type name; none means void
 * @returns {Signature}
 */
function planSignature(symbol, args = [], returns = 'void') {
  if (!Array.isArray(args)) {
    throw createError('ERR_INVALID_ARG_TYPE', `${symbol}: args must be an array of types`, symbol);
  }
  if (args.length > MOST_PARAMETERS) {
    throw createError('ERR_UNSUPPORTED_ARGS', `${symbol}: ${args.length} parameters are too many`, symbol);
  }
  const params = Array.from(args, (type, index) => resolveType(type, `${symbol}: args[${index}]`, symbol, index));
  const result = resolveType(returns, `${symbol}: returns`, symbol);
  const key = String.fromCharCode(result.number, ...params.map((type) => type.number));
  const known = planned.get(key);
  if (known) return known;
  try {
    const numbers = Uint8Array.of(result.number, ...params.map((type) => type.number));
    const [plan, resultOffset, ...paramOffsets] = native.plan(numbers);
    const made = { plan, params: params.map((type) => type.name), paramOffsets, result: result.name, resultOffset };
    planned.set(key, made);
    return made;
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    if (!code) throw error;
    throw createError(code, `${symbol}: ${message}`, symbol);
  }
}

module.exports = { planSignature };
