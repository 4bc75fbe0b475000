'use strict';
// Signatures: types are resolved and a plan is asked for.

const native = require('./binding.js');
const { allChecked } = require('./checked.js');
const { createError } = require('./errors.js');
const { resolveType } = require('./types.js');

/** @typedef {import('./types.js').CType} CType */

/**
 * Where a value is in the frame; offsets are in bytes.
 * @typedef {{ offset: number }} ScalarSpot
 * @typedef {{ pieces: { offset: number, from: number, bytes: number }[] }} PiecesSpot the parts of a record
 * @typedef {{ address: number }} AddressSpot where the address of a record elsewhere is
 * @typedef {ScalarSpot | PiecesSpot | AddressSpot} Spot
 */

/**
 * How calls of a library in another process are made; see lib/isolate/crossing.js.
 * @typedef {object} Crossing
 * @property {(number: number, index: number, value: unknown) => never} refuse
 * @property {(plan: import('./stub.js').StubPlan) => Function} stub makes the function of a plan
 * @property {Pick<typeof import('./async/settle.js'), 'stringResult' | 'withdraw'> & { AsyncCall: any, start: (call: import('./async/settle.js').Pending, lending: any, store: () => void) => number }} async
 */

/**
 * A signature and its plan.
 * @typedef {object} Signature
 * @property {number} plan number of the plan
 * @property {CType[]} params
 * @property {Spot[]} spots one for each parameter
 * @property {CType} result
 * @property {Spot} resultSpot
 * @property {boolean} isNamed it is kept for good, as its types are given by names only
 * @property {true} [isVariadic] more arguments may follow the parameters
 * @property {import('./outcome.js').Outcome} [outcome] what is made of a result and errno
 * @property {Crossing} [crossing] C is in another process: what calls go through instead
 * @property {true} [isVariant] it is of calls of a variadic function
 * @property {true} [isLeaf] C calls nothing back
 * @property {true} [isBrief] of leaves: nothing can happen while C runs, see src/leaf.rs
 * @property {true} [mayCall] C is said to call back
 * @property {true} [isSlow] calls go through Node-API
 * @property {boolean} isChecked what it reads at addresses is checked
 */

/** Where in the frame a value ends, in whole words. @param {Spot} spot */
function endOf(spot) {
  if ('pieces' in spot)
    return Math.max(0, ...spot.pieces.map(({ offset, bytes }) => offset + Math.ceil(bytes / 8) * 8));
  return ('offset' in spot ? spot.offset : spot.address) + 8;
}

/** The last of a variadic function's types. */
const MORE = '...';

/** No function of JavaScript has more; Rust draws a closer line. */
const MOST_PARAMETERS = 65_535;

/** @param {string} symbol @param {string} text @param {number} [index] */
const invalid = (symbol, text, index) => createError('ERR_INVALID_ARG_TYPE', `${symbol}: ${text}`, symbol, index);

/**
 * @param {unknown} given
 * @param {string} symbol
 * @param {number} index
 * @returns {CType}
 */
function paramType(given, symbol, index) {
  if (given === MORE) throw invalid(symbol, `args[${index}]: '...' can only be the last type`, index);
  return parameter(
    resolveType(given, `${symbol}: args[${index}]`, symbol, index),
    given,
    symbol,
    `args[${index}]`,
    index,
  );
}

/**
 * The type of a parameter that is declared as a type.
 * @param {CType} type
 * @param {unknown} given what stands for it
 * @param {string} symbol
 * @param {string} where
 * @param {number} index
 * @returns {CType}
 */
function parameter(type, given, symbol, where, index) {
  if (type.kind === 'bits') throw invalid(symbol, `${where}: a bit-field can only be a member`, index);
  // As in C, an array is passed as the address of its first element.
  return type.array ? resolveType(require('./types/pointer.js').declarePointer('array', given, 'in'), symbol) : type;
}

/** @param {unknown} given @param {string} symbol @returns {CType} */
function resultType(given, symbol) {
  const type = resolveType(given, `${symbol}: returns`, symbol, undefined, true);
  if (type.kind === 'bits') throw invalid(symbol, 'returns: a bit-field can only be a member');
  if (type.array) throw invalid(symbol, 'returns: C returns no arrays: use pointer');
  if (type.lent && type.lent.direction !== 'in') throw invalid(symbol, 'returns: out and inout are for parameters');
  return type;
}

/** Where a scalar is. Which kind a spot is tells its key, so there is no other that it could inherit. */
class Scalar {
  /** @param {number} offset */
  constructor(offset) {
    this.offset = offset;
  }

  static {
    Object.setPrototypeOf(this.prototype, null);
  }
}

/**
 * Reads the spots that Rust sends as numbers.
 * @param {number[]} numbers
 * @param {number} [first] where they begin
 * @returns {Spot[]}
 */
function readSpots(numbers, first = 0) {
  /** @type {Spot[]} */
  const spots = [];
  for (let at = first; at < numbers.length; at += 2) {
    const kind = numbers[at];
    const number = numbers[at + 1];
    if (kind === 0) spots.push(new Scalar(number));
    else if (kind === 2) spots.push(Object.setPrototypeOf({ address: number }, null));
    else {
      spots.push(Object.setPrototypeOf({ pieces: readPieces(numbers, at + 2, number) }, null));
      at += 3 * number;
    }
  }
  return spots;
}

/** @param {number[]} numbers @param {number} first @param {number} count */
const readPieces = (numbers, first, count) =>
  Array.from({ length: count }, (_, index) => {
    const at = first + 3 * index;
    return { offset: numbers[at], from: numbers[at + 1], bytes: numbers[at + 2] };
  });

/**
 * The types of a signature.
 * @typedef {object} Types
 * @property {CType[]} params
 * @property {CType} result
 * @property {boolean} isNamed they are given by names only; declared types of the same number differ in what
 *   they accept
 */

/**
 * @param {string} symbol for messages
 * @param {unknown} [args] types; none means no parameters
 * @param {unknown} [returns] a type; none means void
 * @returns {Types}
 */
function resolveTypes(symbol, args = [], returns = 'void') {
  if (!Array.isArray(args)) throw invalid(symbol, 'args must be an array of types');
  if (args.length > MOST_PARAMETERS) {
    throw createError('ERR_UNSUPPORTED_ARGS', `${symbol}: ${args.length} parameters are too many`, symbol);
  }
  const given = Array.from(args);
  const params = given.map((type, index) => paramType(type, symbol, index));
  const result = resultType(returns, symbol);
  return { params, result, isNamed: [returns, ...given].every((type) => typeof type === 'string') };
}

/**
 * @param {string} symbol for messages
 * @param {Types} types
 * @param {(types: Uint32Array) => number[]} planner of Rust's
 * @param {Map<string, Signature>} planned
 * @param {boolean} [isChecked]
 * @returns {Signature}
 */
function makePlan(symbol, { params, result, isNamed }, planner, planned, isChecked = allChecked) {
  const numbers = [result, ...params].map((type) => type.number);
  const key = isNamed ? String.fromCharCode(...numbers) : '';
  const known = isNamed ? planned.get(key) : undefined;
  if (known) return known;
  try {
    const sent = planner(Uint32Array.from(numbers));
    const spots = readSpots(sent, 1);
    const resultSpot = /** @type {Spot} */ (spots.shift());
    const made = { plan: sent[0], params, spots, result, resultSpot, isNamed, isChecked };
    if (isNamed) planned.set(key, made);
    return made;
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    // That a library is closed says whose it is itself.
    if (!code || code === 'ERR_LIBRARY_CLOSED') throw error;
    throw createError(code, `${symbol}: ${message}`, symbol);
  }
}

/** Plans of signatures of names only, by the numbers of their types. @type {Map<string, Signature>} */
const planned = new Map();

/**
 * The plan for calls of a function.
 * @param {string} symbol for messages
 * @param {unknown} [args] types; none means no parameters
 * @param {unknown} [returns] a type; none means void
 * @param {boolean} [isChecked] what it reads at addresses is checked
 * @returns {Signature}
 */
function planSignature(symbol, args, returns, isChecked = false) {
  if (!isVariadic(args)) return planFixed(symbol, args, returns, isChecked);
  return { ...planFixed(symbol, args.slice(0, -1), returns, isChecked), isVariadic: true };
}

/**
 * @param {string} symbol
 * @param {unknown} args
 * @param {unknown} returns
 * @param {boolean} isChecked
 * @returns {Signature}
 */
function planFixed(symbol, args, returns, isChecked) {
  const types = resolveTypes(symbol, args, returns);
  // Those that are kept are all alike.
  if (isChecked && !allChecked) types.isNamed = false;
  return makePlan(symbol, types, native.plan, planned, isChecked || allChecked);
}

/** @param {unknown} args @returns {args is unknown[]} */
const isVariadic = (args) => Array.isArray(args) && args[args.length - 1] === MORE;

/**
 * The plan for calls of a variadic function with arguments of certain types. Rust knows them as a function of
 * its own, whose number is in the place of the plan's.
 * @param {import('./bind.js').Binding} binding of the variadic function
 * @param {CType[]} more the types of the arguments that follow its parameters
 * @returns {Signature}
 */
function planVariant({ number, name, signature }, more) {
  const { isVariadic: _, ...fixed } = signature;
  const { params, result, isChecked } = fixed;
  const types = { params: [...params, ...more], result, isNamed: false };
  const bindVariant = (/** @type {Uint32Array} */ numbers) => native.bindVariant(number, numbers, params.length);
  return { ...fixed, ...makePlan(name, types, bindVariant, planned, isChecked), isVariant: true };
}

/**
 * @param {string} symbol for messages
 * @param {Types} types
 * @returns {Signature}
 */
const planCall = (symbol, types) => makePlan(symbol, types, native.plan, planned);

/** @type {Map<string, Signature>} */
const plannedCallbacks = new Map();

/**
 * What was asked for last: callbacks are often opened in numbers.
 * @type {{ args: unknown[], returns: unknown, signature: Signature } | undefined}
 */
let last;

/** @param {NonNullable<typeof last>} known @param {unknown} args @param {unknown} returns */
function isLast(known, args, returns) {
  if (returns !== known.returns || !Array.isArray(args) || args.length !== known.args.length) return false;
  for (let index = 0; index < args.length; index++) if (args[index] !== known.args[index]) return false;
  return true;
}

/**
 * The plan for callbacks: every argument is in the frame as a whole.
 * @param {string} symbol for messages
 * @param {unknown} [args]
 * @param {unknown} [returns]
 * @returns {Signature}
 */
function planCallback(symbol, args, returns) {
  // Another may be the last one when that has been looked at; see lib/frame.js.
  const known = last;
  if (known && isLast(known, args, returns)) return known.signature;
  if (isVariadic(args)) {
    throw invalid(symbol, `args[${args.length - 1}]: a callback cannot be variadic: give it one signature`);
  }
  const types = resolveTypes(symbol, args, returns);
  types.params.forEach(({ lent }, index) => {
    if (!lent || lent.direction === 'in') return;
    throw invalid(symbol, `args[${index}]: a callback gets addresses: use pointer instead of ${lent.direction}`, index);
  });
  if (types.result.free !== undefined) throw invalid(symbol, 'returns: free: what a callback returns is not freed');
  const signature = makePlan(symbol, types, native.callbackPlan, plannedCallbacks);
  if (types.isNamed) last = { args: Array.from(/** @type {any} */ (args ?? [])), returns, signature };
  return signature;
}

/**
 * Whether the string that a function returns is more than UTF-8 that belongs to C.
 * @param {{ result: CType, isChecked: boolean }} signature
 */
const hasOwnText = ({ result, isChecked }) =>
  result.base === 'cstring' && (isChecked || result.text !== undefined || result.free !== undefined);

module.exports = { endOf, hasOwnText, parameter, readSpots, planCall, planCallback, planSignature, planVariant };
