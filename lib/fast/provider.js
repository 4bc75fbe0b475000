'use strict';
// What makes calls of C for stubs faster than Node-API does: the engine's own calls of C (engine.js), or the host's own
// FFI (bun.js, deno.js). Nothing here is about a function: a provider makes callers for signatures, which way.js puts in
// the source of stubs.
//
// A *caller* is a JavaScript function `(callee, ...values, ...kept) => result` for one *shape*:
//
//   callee   what the entries know the bound function by (`presence.rs`), an integer of 32 bits that stubs have behind them
//   values   what the C function gets, checked already, in an order of the caller's own. Numbers, of these kinds:
//              'i32'  an integer of 32 bits (i8, i16, u8, u16 and bool come as that too; -0 only to who `takesNumbers`)
//              'u32'  an integer from 0 to 2 ** 32 - 1
//              'i64'  a safe integer
//              'u64'  a safe integer from 0: pointers too
//              'f32'  any Number, rounded to single precision on the way
//              'f64'  any Number
//            and where a provider `takesBuffers`, typed arrays that are not empty, which C gets the address of:
//              'buffer'
//   kept     objects (or null) that must stay reachable until C has returned, and are nothing to C; none are passed where
//            the engine keeps what the code around a call still refers to afterwards (`keepsRest`)
//   result   'void', 'i32', 'u32', 'f32' or 'f64'; what is in the upper bits of a narrow type does not matter:
//            the stub cuts i8, u8, i16, u16 and bool from an 'i32'. For pointers 'address': the address, or less than 0
//            where that is no safe integer. Not all callers have that; then 'void' is asked for, as for 64-bit results, and
//            where calls must return nothing (`reenters`), or had better not return it (`unreturned`): the stub reads the
//            result in the frame.
//
// A caller does not call the C function. It calls one of the entries of Rust (src/fast/entry.rs), which are C
// functions themselves, with the callee before the values:
//
//   uint64_t integers(uint32_t callee, ...values)   void, i32, u32
//   double   floats(uint32_t callee, ...values)     f32 (in the low half, as C returns a float) and f64
//   double   fewAddresses(uint32_t callee, ...values)
//
// `brief`, and `briefStores` for addresses and where the result is read in the frame, are for functions in which nothing can
// happen, for the same values as `fewIntegers` and `fewFloats`; of what is said below they only find the function.
//
// The others take at most 6 integers (`callee` not counted) and 8 floats; `fewTexts`, and for values without strings
// `fewIntegers`, `fewAddresses` and `fewFloats`, take at most 4 integers. `fromDoubles`, and for values without strings
// `addressesFromDoubles`, `floatsFromDoubles`, `briefFromDoubles` and `briefStoresFromDoubles`, take 4 integers as doubles, and behind
// these at most 4 floats: that is how hosts pass integers of 64 bits best, as Numbers are doubles. `wideAt0` to `wideAt3`, and
// `floatsWideAt0`, `briefWideAt0` and `briefStoresWideAt0` with the like, take one integer so, behind at most 3 others: the first
// to the fourth of all. At most 7 floats come behind it, and none is a string. These are only there by name.
// `native.engineCaller()` finds the entry itself; for a host's own FFI, `native.hostEntries()` tells the addresses in
// this environment by these names, or null when no entries are left for it, and holding.js which one a shape takes. The
// entries make no calls, and say so, until `native.openEntries()`, which probe.js asks for. Then they look the
// function up, restore and keep errno, hold its library, and leave the result in the frame too.
//
// An entry throws nothing. What became of the call it says in the frame's `status`, which the stub reads afterwards (the
// numbers are those of `Status` in src/fast/entry.rs): 0 is "called, and the result is what the caller has returned"; after 1
// the stub makes the call another way; after 2 the result is only in the frame; for 4 see watch.js; for the
// others it asks `settle` of way.js, which throws what is to be thrown. So a caller needs no checks and no errors of its own.
// Where the engine stops JavaScript, a caller ends by that, as any function does.
//
// One more entry, `void frame(uint32_t callee)`, is for calls whose arguments the stub stores in the frame: records, stack
// words, everything. Its callers, `(callee, ...kept)`, are made by `frameCaller`. The engine's may also be given one or two
// strings, and `places`, the offsets in the frame where their addresses go, of 16 bits each: `(callee, places, ...texts,
// ...kept)`. That makes no call of C if a string cannot just be copied. One that is apart takes the count of calls behind the
// callee, as it was before the frame was filled. Where that is another, it makes no call: the status is 5 then, and the stub
// begins again; or 1 if there are strings.
//
// A *provider* is a `Provider` (below), of which
//
//   name      is what stats().backend says
//   reenters  says when JavaScript may run inside of such a call of a function that is no leaf:
//              'never'   only leaves are called so
//              'apart'   in any, through the frame, if `frameCaller` is asked for one apart; and in those of a caller that
//                        `isWatched`, but after the first time stubs of that source use it no more, see watch.js
//              'void'    in calls of callers that return nothing
//              'always'  in any
//   caller    makes a caller, or gives null where this provider has none for the shape. Asked once for each shape.

const native = require('../binding.js');
const { canGenerate } = require('../generate.js');

/** @typedef {'i32' | 'u32' | 'i64' | 'u64' | 'f32' | 'f64' | 'buffer' | 'address'} Kind */
/** @typedef {(callee: number, ...values: any[]) => any} Caller */

/**
 * A caller as it is made.
 * @typedef {object} Made
 * @property {Caller} caller
 * @property {number[]} order which of the values it takes, in order; `NOTHING` of holding.js stands for a 0
 */

/**
 * @typedef {object} Provider
 * @property {string} name
 * @property {'never' | 'apart' | 'void' | 'always'} reenters
 * @property {(values: Kind[], result: Kind | 'void', more: More) => Made | null} caller
 * @property {boolean} [quickCallbacks] callbacks out of such calls take no longer than those out of Node-API's
 * @property {boolean} [takesNumbers] integers may be Numbers of any form, as -0
 * @property {boolean} [readsFloats] `caller` takes `inFloat`
 * @property {Kind} [unreturned] a kind that C's results had better not be returned as
 * @property {boolean} [takesBuffers] values may be of the kind 'buffer'; it `keepsRest`, too
 * @property {boolean} [keepsRest] what code refers to after a call stays reachable during the call
 * @property {(kept: number, texts: number, how: Apart) => Caller | null} [frameCaller]
 * @property {Texts} [texts] where strings that C returns are not made soonest by Node-API
 */

/**
 * How a caller through the frame is a function of its own wherever it is called, if it is.
 * @typedef {object} Apart
 * @property {boolean} isApart
 * @property {boolean} clears it sees to it that `errno` is 0 when C is called
 * @property {boolean} lowers it puts the floors of scratch memory back before, which it takes behind the count of calls
 */

/**
 * @typedef {object} More
 * @property {number} [kept] how many
 * @property {boolean} [hasTexts] strings are among the values: what is in scratch memory is given back after the call
 * @property {boolean} [isWatched] the status tells whether JavaScript may have run inside
 * @property {boolean} [isBrief] nothing can happen in the function (src/leaf.rs); a result of 'void' is in the frame
 * @property {boolean} [inFloat] C returns a floating-point number, and the result is 'void': it is read in the frame
 */

/**
 * What makes the strings that C returns, after the call.
 * @typedef {object} Texts
 * @property {() => string | null | undefined} quickText the last call's; undefined where it takes the other
 * @property {(number: number, ...kept: any[]) => string | null} otherText the same of the function with this number; what is
 *   `kept` may have the string in it
 */

/** Why there is no provider. @typedef {{ reason: string }} Absence */

/** @returns {Provider | Absence} */
function choose() {
  if (!canGenerate) return { reason: 'the host allows no generated code' };
  const { ARKFFI_BACKEND: asked } = process.env;
  if (asked === 'frame') return { reason: 'ARKFFI_BACKEND is frame' };
  if (native.backend !== 'trampoline') return { reason: `the backend is ${native.backend}` };
  const { Bun, Deno } = /** @type {any} */ (globalThis);
  try {
    if (typeof Bun === 'object') return require('./bun.js').bunProvider();
    if (typeof Deno === 'object') return require('./deno.js').denoProvider();
    return require('./engine.js').engineProvider();
  } catch (error) {
    return { reason: `what the host has for it cannot be used: ${/** @type {Error} */ (error).message}` };
  }
}

/** @type {Provider | Absence | undefined} */
let chosen;

/** What calls C fast here, looked for when it is first needed. @returns {Provider | Absence} */
const provider = () => (chosen ??= choose());

/** What the provider says of itself; nothing where there is none. @returns {Partial<Provider>} */
function traits() {
  const found = provider();
  return 'reason' in found ? {} : found;
}

/** Callers by shape; null where there is none. @type {Map<string, Made | null>} */
const callers = new Map();

/** The same of those for frames. @type {Map<string, Caller | null>} */
const frameCallers = new Map();

/**
 * What a shape has, which is made when it is first asked for; null if there is nothing.
 * @template T
 * @param {Map<string, T | null>} made
 * @param {string} shape
 * @param {() => T | null} make
 * @returns {T | null}
 */
function known(made, shape, make) {
  let found = made.get(shape);
  if (found === undefined) made.set(shape, (found = make()));
  return found;
}

/**
 * The caller for a shape; null if there is none.
 * @param {Kind[]} values
 * @param {Kind | 'void'} result
 * @param {Required<More>} more
 */
function callerFor(values, result, more) {
  const found = provider();
  if ('reason' in found || (more.inFloat && !found.readsFloats)) return null;
  const { kept, hasTexts, inFloat, isWatched, isBrief } = more;
  const shape = `${result}${inFloat}${isWatched}${isBrief}(${values.join()})${hasTexts}${kept}`;
  return known(callers, shape, () => found.caller(values, result, more));
}

/**
 * The caller `(callee, ...kept)` for calls of any signature, whose arguments the stub has left in the frame; or
 * `(callee, places, ...texts, ...kept)` if some are strings. null if there is none.
 * @param {number} kept
 * @param {number} texts how many strings
 * @param {Apart} how
 */
function frameCallerFor(kept, texts, how) {
  const found = provider();
  if ('reason' in found) return null;
  const { isApart, clears, lowers } = how;
  const shape = `${isApart ? `${isApart}${clears}${lowers}` : ''}${kept},${texts}`;
  return known(frameCallers, shape, () => found.frameCaller?.(kept, texts, how) ?? null);
}

module.exports = { callerFor, frameCallerFor, provider, traits };
