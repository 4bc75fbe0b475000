'use strict';
// Calls in code of the program's own, where the engine lets JavaScript run inside of them but has that code go on as if
// nothing had happened (V8 13.6). Rust tells when anything may have run inside (src/fast/watched.rs). Stubs have a branch for
// that, which has never run when code around them is compiled: the engine then puts no code there, but leaves the compiled
// code, for good if that has become wrong. The branch also says that this signature's calls are made another way from now
// on, because in what is compiled later it would be code as any other. It says so first, by a store that nothing can stop.

const native = require('../binding.js');

const { seeTo } = native;

/** So many signatures have such calls; others have a function apart. */
const MOST = 65_536;

/** Which of them have had something run inside of a call. Numbers in memory are no constants to the engine. */
let loud = new Uint8Array(0);
let count = 0;

/**
 * For the calls of one more signature.
 * @param {Record<string, unknown>} scope gets what the texts refer to
 * @returns {{ isQuiet: string, inside: string } | undefined} the condition that calls may be made so, and an expression for
 *   after a call that something has run inside of, which throws what is to be thrown
 */
function watch(scope) {
  if (count === MOST) return undefined;
  if (count === 0) loud = new Uint8Array(MOST);
  const isLoud = `loud[${count++}]`;
  Object.assign(scope, { loud, seeTo });
  return { isQuiet: `${isLoud} === 0`, inside: `${isLoud} = 1, seeTo()` };
}

module.exports = { watch };
