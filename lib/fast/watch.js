'use strict';
// Calls in code of the program's own, where the engine lets JavaScript run inside of them but has that code go on as if
// nothing had happened (V8 13.6). Rust tells when anything may have run inside (src/fast/watched.rs). Stubs have a branch for
// that, which has never run when code around them is compiled: the engine then puts no code there, but leaves the compiled
// code, for good if that has become wrong. The branch also says that the stubs of this source make calls another way from now
// on, because in what is compiled later it would be code as any other. It says so first, by a store that nothing can stop.
// Calls that are refused, or made through the frame, take the branch beside it, and leave this one as it is.

const native = require('../binding.js');

const { seeTo } = native;

/** So many sources have such calls; others have a function apart. */
const MOST = 65_536;

/** 1 for those that have had something run inside of a call. Numbers in memory are no constants to the engine. @type {Uint8Array} */
let loud;
let count = 0;

/** What stands for the number of a source in it. */
const PLACEHOLDER = '@';

/** The numbers of the last sources: what is bound again and again has one number. @type {Map<string, number>} */
const known = new Map();
const KNOWN = 1000;

/**
 * For calls in a source, which has to be `numbered` then.
 * @param {Record<string, unknown>} scope gets what the texts refer to
 * @returns {{ isQuiet: string, inside: string }} the condition that calls may be made so, and an expression for after a call
 *   that something has run inside of, which throws what is to be thrown
 */
function watch(scope) {
  // The last is for sources without a number.
  loud ??= new Uint8Array(MOST + 1).fill(1, MOST);
  Object.assign(scope, { loud, seeTo });
  return { isQuiet: `!loud[${PLACEHOLDER}]`, inside: `loud[${PLACEHOLDER}] = 1, seeTo()` };
}

/**
 * A source with its number. The same for the same source: the engine knows that again, with what it has learned of it.
 * @param {string} source
 */
function numbered(source) {
  if (!source.includes(PLACEHOLDER)) return source;
  let number = known.get(source);
  if (number === undefined) {
    if (known.size === KNOWN) known.clear();
    known.set(source, (number = count < MOST ? count++ : MOST));
  }
  return source.replaceAll(PLACEHOLDER, String(number));
}

module.exports = { numbered, watch };
