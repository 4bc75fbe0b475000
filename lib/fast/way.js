'use strict';
// The fast ways into C, as parts of a stub's source: with the arguments as values of a caller's, or through the frame
// without Node-API. Which there are, and what callers are, tells provider.js.

const native = require('../binding.js');
const { offsets, views } = require('../frame.js');
const { CALLS } = require('../scratch.js');
const { CALLEE, MOVED } = require('../slots.js');
const { NOTHING } = require('./holding.js');
const { withoutFast } = require('./options.js');
const { callerFor, frameCallerFor, provider, traits } = require('./provider.js');
const { watch } = require('./watch.js');

/** @typedef {import('./provider.js').Kind} Kind */

const { u32 } = views;
const { seeTo } = native;
const STATUS = `u32[${offsets.status / 4}]`;
const ERRNO = `i32[${offsets.errno / 4}]`;
/** The statement that says "not called". */
const NOT_CALLED = `${STATUS} = 1;`;

/**
 * So many integers and floats are passed in registers; so many integers to functions that are brief. As in src/fast/entry.rs and
 * brief.rs.
 */
const MOST = { ints: 6, floats: 8, ofBrief: 4 };

/** @type {(value: string) => string} */
const asIs = (value) => value;

/** The kind that a parameter is passed as. @type {Record<string, Kind>} */
const passed = {
  bool: 'i32',
  i8: 'i32',
  u8: 'i32',
  i16: 'i32',
  u16: 'i32',
  i32: 'i32',
  u32: 'u32',
  i64: 'i64',
  u64: 'u64',
  bigint64: 'i64',
  biguint64: 'u64',
  f32: 'f32',
  f64: 'f64',
  ptr: 'u64',
  buffer: 'u64',
  cstring: 'u64',
  function: 'u64',
};

/**
 * A value as a Number that the host's own FFI takes too: -0 is no integer to all of them. A boolean is no Number to V8 either,
 * which would leave compiled code.
 * @param {import('../types.js').CType} type
 * @param {string} value
 */
function numberOf({ base }, value) {
  if (base !== 'bool' && traits().takesNumbers) return value;
  const kind = passed[base];
  if (kind === 'i32') return `(${value} | 0)`;
  return kind === 'u32' ? `(${value} >>> 0)` : value;
}

/**
 * What a caller returns for a result, and how that is cut to its type. Others are read in the frame: also integers of 64 bits,
 * most of which have less than 32, so that the engine has no double to make an integer of.
 * @type {Record<string, { kind: Kind, cut: (value: string) => string }>}
 */
const returned = {
  bool: { kind: 'i32', cut: (value) => `(${value} & 255) !== 0` },
  i8: { kind: 'i32', cut: (value) => `${value} << 24 >> 24` },
  u8: { kind: 'i32', cut: (value) => `${value} & 255` },
  i16: { kind: 'i32', cut: (value) => `${value} << 16 >> 16` },
  u16: { kind: 'i32', cut: (value) => `${value} & 65535` },
  i32: { kind: 'i32', cut: asIs },
  u32: { kind: 'u32', cut: asIs },
  f32: { kind: 'f32', cut: asIs },
  f64: { kind: 'f64', cut: asIs },
  ptr: { kind: 'address', cut: asIs },
  function: { kind: 'address', cut: asIs },
};

for (const table of [passed, returned, ...Object.values(returned)]) Object.setPrototypeOf(table, null);

/**
 * The signature for functions of the host and of addons: they may use Node-API, and count on being called by it.
 * @param {import('../signature.js').Signature} signature
 */
const ofHost = (signature) => (signature.isLeaf || signature.isSlow ? signature : withoutFast(signature));

/**
 * When JavaScript may run inside of fast calls of a function, as `reenters` of a provider says it; 'never' where there are
 * none. A leaf's may be made in any way: no JavaScript runs inside.
 * @param {import('../signature.js').Signature} signature
 * @returns {import('./provider.js').Provider['reenters']}
 */
function reentersOf({ isSlow, isLeaf, params }) {
  if (isSlow) return 'never';
  const found = provider();
  if ('reason' in found) return 'never';
  if (isLeaf) return 'always';
  // Elsewhere callbacks out of these calls take longer than those out of Node-API's.
  const isForNodeApi = !found.quickCallbacks && params.some(({ base }) => base === 'function');
  return isForNodeApi ? 'never' : found.reenters;
}

/**
 * What a caller is given so that it stays reachable. The statements for calls that are not made refer to all of `kept`.
 * @param {string[]} kept
 */
function held(kept) {
  return traits().keepsRest ? [] : kept;
}

/**
 * What makes the strings that functions of a signature return, after fast calls; undefined where Node-API makes them in calls.
 * @param {import('../signature.js').Signature} signature
 */
function textsOf(signature) {
  return reentersOf(signature) === 'never' ? undefined : traits().texts;
}

/**
 * What a call through the frame consists of.
 * @typedef {object} FrameCall
 * @property {string} stores statements
 * @property {boolean} isLong the stores call functions
 * @property {string} lowers statements that put the floors of scratch memory back, where objects have raised them
 * @property {string[]} kept texts of what must stay reachable
 * @property {string} entering the statements that enter C by Node-API
 * @property {string | undefined} restart a statement that makes the call from the beginning; undefined where that has effects
 * @property {boolean} isNoted the stub has the count of calls in `calls`
 * @property {boolean} clears `errno` is 0 when C is called
 */

/** The count of what has used the argument slots or scratch memory. */
const COUNT = `u32[${CALLS}]`;

/**
 * The statements that fill the frame, so that it is right when the next is run.
 * @param {Pick<FrameCall, 'stores' | 'isLong' | 'lowers'>} call
 */
const fill = ({ stores, isLong, lowers }) =>
  `${isLong ? `let calls; do { calls = ${COUNT}; ${stores} } while (${COUNT} !== calls);` : stores} ${lowers}`;

/**
 * The statements of a call through the frame.
 * @param {import('../signature.js').Signature} signature
 * @param {FrameCall} call
 * @param {Record<string, unknown>} scope gets what the statements refer to
 * @returns {string | undefined} undefined where there is no such way
 */
function byFrame(signature, call, scope) {
  const { stores, kept, entering, restart, isNoted, clears } = call;
  const reenters = reentersOf(signature);
  if (reenters === 'never') return undefined;
  const given = held(kept);
  const isApart = reenters === 'apart';
  const how = { isApart, clears, lowers: restart === undefined };
  const caller = frameCallerFor(given.length, 0, how);
  if (caller === null) return undefined;
  const name = isApart ? 'apartCaller' : 'frameCaller';
  scope[name] = caller;
  scope.seeTo = seeTo;
  const floors = how.lowers ? ['scratchFloor', 'heapFloor'] : [];
  const calling = `${name}(${[CALLEE, ...(isApart ? ['calls', ...floors] : []), ...given].join(', ')});`;
  /** @type {(moved: string) => string} */
  const after = (moved) =>
    `if (${STATUS} !== 0) { ${moved} if (${STATUS} === 1) { ${entering} } else if (${STATUS} === 3) seeTo(); }`;
  if (!isApart) return `${fill(call)} ${calling}\n${after('')}`;
  // That begins by itself, where a debugger may have others make calls.
  if (restart === undefined) {
    return `let calls; do { calls = ${COUNT}; ${stores} ${calling} } while (${STATUS} === ${MOVED});\n${after('')}`;
  }
  const noted = isNoted ? '' : `const calls = ${COUNT};`;
  return `${noted} ${stores} ${calling}\n${after(`if (${STATUS} === ${MOVED}) ${restart}`)}`;
}

/**
 * A call with the arguments as values.
 * @typedef {object} ByValues
 * @property {import('./provider.js').Caller} caller
 * @property {string} name what sources call it: engines know a text again, with what they have learned of it, and one that has
 *   had two callers calls none of them fast
 * @property {string} args the text of what it is given
 * @property {string[]} wide those of the values that may be BigInts: these go through the frame
 * @property {((value: string) => string) | undefined} cut makes the result of what it returns; undefined where that is read
 *   in the frame
 * @property {string} isElsewhere a condition after the call: something else is to be done than to take `result`, what it returned
 * @property {boolean} isWatched
 */

/**
 * @param {import('../signature.js').Signature} signature of scalars
 * @param {string[]} values the texts of the arguments: checked Numbers, or BigInts where the type has them
 * @param {string[]} kept texts of what must stay reachable
 * @param {boolean} [areViews] the values of buffers are views, not addresses
 * @returns {ByValues | undefined} undefined where there is no such way
 */
function byValues(signature, values, kept, areViews = false) {
  const reenters = reentersOf(signature);
  if (reenters === 'never' || signature.isVariant) return undefined;
  const { params } = signature;
  const kinds = params.map(({ base }) => (areViews && base === 'buffer' ? 'buffer' : passed[base]));
  const floats = kinds.filter((kind) => kind === 'f32' || kind === 'f64').length;
  const ints = kinds.length - floats;
  if (floats > MOST.floats || ints > MOST.ints) return undefined;
  const known = returned[signature.result.base];
  // Where calls must return nothing, or had better not return this, results are read in the frame.
  const isUnread = reenters === 'void' || (known !== undefined && known.kind === traits().unreturned);
  const isWatched = reenters === 'apart';
  const inFloat = isUnread && (known?.kind === 'f32' || known?.kind === 'f64');
  const hasTexts = params.some(({ base }) => base === 'cstring');
  // So many integers the entries for these take, no strings in scratch memory, and no floating-point result that is read in
  // the frame.
  const isBrief = signature.isBrief === true && ints <= MOST.ofBrief && !hasTexts && !inFloat;
  const given = held(kept);
  const more = { kept: given.length, hasTexts, inFloat, isWatched, isBrief };
  /** @type {(result: Kind | 'void') => import('./provider.js').Made | null} */
  const make = (result) => callerFor(kinds, result, more);
  const kind = isUnread || known === undefined ? 'void' : known.kind;
  const returning = make(kind);
  // Not all callers return those, but all leave them in the frame.
  const made = returning ?? (kind === 'address' ? make('void') : null);
  if (made === null) return undefined;
  const back = isUnread || returning === null ? undefined : known;
  const { caller, order } = made;
  const numbers = values.map((value, index) => numberOf(params[index], value));
  const passedOn = order.map((index) => (index === NOTHING ? '0' : numbers[index]));
  const args = [CALLEE, ...passedOn, ...given].join(', ');
  const wide = values.filter((_, index) => kinds[index] === 'i64' || kinds[index] === 'u64');
  return {
    caller,
    name: isBrief ? 'briefCaller' : 'caller',
    args,
    wide,
    cut: back?.cut,
    isElsewhere: back?.kind === 'address' ? `${STATUS} || result < 0` : STATUS,
    isWatched,
  };
}

/**
 * @typedef {object} Direct
 * @property {string} enter statements that make the call
 * @property {string | undefined} result the expression that they leave
 * @property {string} again the declaration of a function that makes the call through the frame, if it was not made, and
 *   gives what the stub does. Apart, because engines put only short functions where they are called
 */

/**
 * What a call with scalars consists of.
 * @typedef {object} ScalarCall
 * @property {string[]} values as `byValues` takes them
 * @property {string[]} kept texts of what must stay reachable
 * @property {string} clears a statement before the call
 * @property {string} otherwise the statements that make the call through the frame
 * @property {string | undefined} load the expression that reads the result in the frame
 * @property {Checks} [checks] where the arguments have not been checked
 * @property {boolean} isTextLater `load` makes a string, after calls that were made
 * @property {(loaded: string | undefined) => string[]} finish statements that give the result, of the expression for it
 * @property {string} restart a statement that makes the call from the beginning
 * @property {string | undefined} isMoved a condition: what was copied is another's
 */

/**
 * The checks of all arguments.
 * @typedef {object} Checks
 * @property {string} areFit a condition: they are right, and none is a BigInt
 * @property {(count: string) => string} refuse a statement that throws if they are wrong, with an expression for how many there are
 */

/**
 * The statements of a call with the arguments as values.
 * @param {import('../signature.js').Signature} signature
 * @param {ScalarCall} scalarCall
 * @param {Record<string, unknown>} scope gets what the statements refer to
 * @returns {Direct | undefined} undefined where there is no such way
 */
function direct(signature, scalarCall, scope) {
  const { values, kept, clears, otherwise, load, isTextLater, finish, checks, restart, isMoved } = scalarCall;
  const made = byValues(signature, values, kept);
  if (made === undefined) return undefined;
  const { caller, name, args, wide, isElsewhere, isWatched } = made;
  scope[name] = caller;
  const watched = isWatched ? watch(scope) : undefined;
  const fit = checks ? [checks.areFit] : wide.map((value) => `typeof ${value} === 'number'`);
  const conditions = watched ? [watched.isQuiet, ...fit] : fit;
  const call = `${clears} ${made.cut ? 'result = ' : ''}${name}(${args});`;
  const enter = conditions.length > 0 ? `if (${conditions.join(' && ')}) { ${call} } else ${NOT_CALLED}` : call;
  const given = [...new Set([...values.map((_, index) => `a${index}`), ...values])];
  /** The arguments of `again`. @param {Record<'status' | 'loaded' | 'errno' | 'calls' | 'count', string>} own */
  const list = ({ status, loaded, errno, calls, count }) => {
    const frame = [...(load && !isTextLater ? [loaded] : []), ...(clears ? [errno] : []), ...(isMoved ? [calls] : [])];
    return [status, ...frame, ...(checks ? [count] : []), ...given].join(', ');
  };
  // Looked at here: where something has run inside once, all calls come this way. What is in the frame is given, because a
  // debugger may have JavaScript run wherever a function begins. Only Bun, which lets none in, makes strings later.
  const names = list({ status: 'status', loaded: 'loaded', errno: 'left', calls: 'calls', count: 'count' });
  const calling = `${isMoved ? `if (${isMoved}) ${restart}` : ''} ${checks?.refuse('count') ?? ''} ${otherwise}`;
  const called = `${finish(load).join(' ')} return;`;
  const settled = `settle(status); ${clears ? `${ERRNO} = left;` : ''} ${finish(load && !isTextLater ? 'loaded' : load).join(' ')}`;
  const again = `function again(${names}) { if (status === 1) { ${calling} ${called} } ${settled} }`;
  const inFrame = made.cut ? String(load) : 'result';
  const now = { status: STATUS, loaded: inFrame, errno: ERRNO, calls: COUNT, count: 'arguments.length' };
  const apart = `again(${list(now)})`;
  const rest = watched ? `(${STATUS} === 4 && (${watched.inside}), ${apart})` : apart;
  const instead = `if (${made.cut ? isElsewhere : STATUS}) return ${rest};`;
  if (!load || isTextLater) return { enter: `${enter}\n${instead}`, result: load, again };
  if (!made.cut) return { enter: `${enter}\nconst result = ${load};\n${instead}`, result: 'result', again };
  return { enter: `let result = 0;\n${enter}\n${instead}`, result: made.cut('result'), again };
}

/**
 * Looks at the status that a caller has left. Throws what a callback has thrown.
 * @param {number} status
 * @returns {boolean} whether the call is still to be made, through the frame; if not, the result is there
 */
function settle(status) {
  if (status === 3) seeTo();
  return status === 1;
}

module.exports = { COUNT, ERRNO, STATUS, byFrame, byValues, direct, fill, ofHost, reentersOf, settle, textsOf };
