'use strict';
// Callers that are functions of their own in compiled code. V8 13.6 lets JavaScript run inside of a fast call, but the
// code that has made the call goes on afterwards even when it was compiled for what JavaScript has changed meanwhile.
// So that code must be none of the program's: it is this, which relies on nothing that changes. The code around the call
// of *this* function is taken care of, as around all functions of JavaScript.

/** V8 puts no function where it is called whose bytecode is longer than 460 bytes. `number = !number;` has 5. */
const PADDING = 'number = !number; '.repeat(400);

/** Options of V8 that say otherwise. */
const CHANGES = /inlin|stress/;

/** Whether the options that Node was started with leave that alone. */
function isKept() {
  const { execArgv, env } = process;
  return ![...execArgv, env.NODE_OPTIONS ?? ''].some((option) => CHANGES.test(option));
}

/**
 * @param {import('./provider.js').Caller} made which is only given what is to be kept
 * @param {number} kept how many
 * @returns {import('./provider.js').Caller}
 */
function apart(made, kept) {
  const params = ['number', ...Array.from({ length: kept }, (_, index) => `k${index}`)].join(', ');
  // The padding is behind a condition that is never true, because no function has such a number.
  return new Function(
    'made',
    `'use strict'; return function (${params}) { made(${params}); if (number < 0) { ${PADDING} } };`,
  )(made);
}

module.exports = { apart, isKept };
