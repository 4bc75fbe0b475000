'use strict';
// The interface between stubs and what calls C for them faster than Node-API: the engine's fast API calls, or
// the host's own FFI. Nothing here is about a function; a provider makes callers for signatures.
//
// A *caller* is a JavaScript function `(number, ...values, ...kept) => result` for one *shape*:
//
//   number   the bound function's number, a small integer, as stubs have it in their text
//   values   what the C function gets, in order, checked already. Always Numbers, of these kinds:
//              'i32'  an integer of 32 bits (i8, i16, u8, u16 and bool come as that too)
//              'u32'  an integer from 0 to 2 ** 32 - 1
//              'i64'  a safe integer
//              'u64'  a safe integer from 0: pointers too
//              'f32'  any Number, rounded to single precision on the way
//              'f64'  any Number
//   kept     objects (or null) that must stay reachable until C has returned, and are nothing to C
//   result   'void', 'i32', 'u32', 'f32' or 'f64'; what is in the upper bits of a narrow type does not matter:
//            the stub cuts i8, u8, i16, u16 and bool from an 'i32'. For 64-bit results and pointers, 'void' is
//            asked for: the stub reads them in the frame.
//
// A caller does not call the C function. It calls one of the entries of Rust (src/fast/entry.rs), which are C
// functions themselves, with the number before the values:
//
//   uint64_t integers(uint32_t number, ...values)   void, i32, u32
//   double   floats(uint32_t number, ...values)     f32 (in the low half, as C returns a float) and f64
//
// with at most 6 integers (`number` not counted) and 8 floats. `native.hostEntries()` tells their addresses in
// this environment: `{ integers, floats }`, or null when no entries are left for it. The entries look the
// function up, restore and keep errno, count the call as a use of its library, and leave the result in the frame too.
// They never throw. What became of the call they say in the frame's `status`, which the stub reads after the call: 0
// is "called, and the result is what the caller has returned"; anything else is handled by the stub and
// lib/fast/way.js (the numbers are those of `Status` in src/fast/entry.rs). So a caller needs no checks and no errors
// of its own; but if it may *not* make the call, it stores 1 ("not called") in the status instead, and the stub goes
// by the frame: `u32[offsets.status / 4] = 1`.
//
// There is a third entry, `void frame(uint32_t number)` (`hostEntries().frame`), for calls whose arguments the stub
// stores in the frame: records, stack words, everything. Its callers, `(number, ...kept)`, are made by
// `frameCaller(kept, isApart)`.
//
// A *provider* is `{ name, reenters, caller(values, result, kept), frameCaller?(kept, isApart) }`:
//
//   name      as stats().backend shall say
//   reenters  when JavaScript may run inside of such a call of a function that is not declared leaf:
//              'never'   only leaves are called so
//              'apart'   in any, through the frame, if `frameCaller` is asked for one apart
//              'void'    in calls of callers that return nothing
//              'always'  in any
//   caller    (values: kinds in order, result: kind, kept: how many) → a caller, or null where this provider has
//             none for the shape. Asked once for each shape (see `callerFor`).
//
// Where it `isSlowToCallBack`, callbacks out of such calls take longer than Node-API does: functions that are given
// functions, and are no leaves, go by that.

const native = require('../binding.js');
const { canGenerate } = require('../generate.js');

/** @typedef {'i32' | 'u32' | 'i64' | 'u64' | 'f32' | 'f64'} Kind */
/** @typedef {(number: number, ...values: any[]) => any} Caller */

/**
 * @typedef {object} Provider
 * @property {string} name
 * @property {'never' | 'apart' | 'void' | 'always'} reenters
 * @property {(values: Kind[], result: Kind | 'void', kept: number, inFloat?: boolean) => Caller | null} caller
 * @property {boolean} [isSlowToCallBack] callbacks out of its calls take longer than those out of Node-API's
 * @property {boolean} [readsFloats] `caller` makes callers that return nothing of what C returns as a floating-point number
 * @property {(kept: number, isApart: boolean) => Caller | null} [frameCaller]
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

/** @type {Map<string, Caller | null>} */
const callers = new Map();

/**
 * The caller for a shape; null if there is none.
 * @param {Kind[]} values
 * @param {Kind | 'void'} result
 * @param {number} kept
 * @param {boolean} inFloat C returns a floating-point number, and `result` is 'void': it is read in the frame
 * @returns {Caller | null}
 */
function callerFor(values, result, kept, inFloat) {
  const found = provider();
  if ('reason' in found || (inFloat && !found.readsFloats)) return null;
  const shape = `${result}${inFloat}(${values.join()})${kept}`;
  let caller = callers.get(shape);
  if (caller === undefined) {
    caller = found.caller(values, result, kept, inFloat);
    callers.set(shape, caller);
  }
  return caller;
}

/**
 * The caller `(number, ...kept)` for calls of any signature, whose arguments the stub has left in the frame; null if
 * there is none.
 * @param {number} kept
 * @param {boolean} isApart it is a function of its own wherever it is called
 * @returns {Caller | null}
 */
function frameCallerFor(kept, isApart) {
  const found = provider();
  if ('reason' in found || !found.frameCaller) return null;
  const shape = `frame${isApart}${kept}`;
  let caller = callers.get(shape);
  if (caller === undefined) {
    caller = found.frameCaller(kept, isApart);
    callers.set(shape, caller);
  }
  return caller;
}

module.exports = { callerFor, frameCallerFor, provider };
