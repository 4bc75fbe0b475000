'use strict';
// Makes the functions that users call: a call plan becomes JavaScript source, or, where code cannot be
// generated, a closure. Both do the same: check all arguments, store them in the frame, enter C, read
// the result.

const { refuse, refuseCount, abandon, symbolOf } = require('./bound.js');
const { closureStub } = require('./closure-stub.js');
const { settle } = require('./fast/way.js');
const { canGenerate } = require('./generate.js');
const runtime = require('./runtime.js');
const { NUMBER } = require('./slots.js');
const { stubSource } = require('./stub-source.js');

/** @typedef {import('./signature.js').Signature} Signature */

/**
 * What a stub is made from.
 * @typedef {object} StubPlan
 * @property {number} number the function's, by which Rust knows it
 * @property {Signature} signature
 */

/** What stubs may refer to. */
const scope = { ...runtime, refuse, refuseCount, abandon, symbolOf, settle };

/** Makes the stub of a function of a signature. @typedef {(number: number) => Function} Maker */

/** @type {WeakMap<Signature, Maker>} */
const makers = new WeakMap();

/**
 * The source of a function that makes stubs of a signature, and what it is called with before the number. Stubs find
 * that right behind them: in a scope further away it would make their code longer.
 * @param {Signature} signature
 */
function factoryOf(signature) {
  const { source, values } = stubSource(signature);
  // More than it refers to: to look for what that is would take longer.
  const known = { ...scope, ...values };
  // Parentheses have engines compile it at once.
  const text = `(function (${[...Object.keys(known), NUMBER].join()}) {\n${source}\n})`;
  return { text, given: Object.values(known) };
}

/**
 * Compiles what makes the stubs of some signatures. The engine's time goes by the length of the source.
 * @param {Signature[]} signatures
 */
function compile(signatures) {
  const factories = signatures.map(factoryOf);
  const compiled = new Function(`'use strict';\nreturn [${factories.map(({ text }) => text).join(',\n')}];`)();
  signatures.forEach((signature, index) => {
    makers.set(signature, compiled[index].bind(undefined, ...factories[index].given));
  });
}

/** So many signatures share one source text: compiling has a fixed cost. */
const BATCH = 64;

/**
 * The functions for some plans, in order. Those of the same signature share their code.
 * @param {StubPlan[]} plans
 * @returns {Function[]}
 */
function makeStubs(plans) {
  if (!canGenerate) return plans.map(closureStub);
  const used = new Set(plans.map(({ signature }) => signature));
  const fresh = [...used].filter((signature) => !makers.has(signature));
  for (let first = 0; first < fresh.length; first += BATCH) compile(fresh.slice(first, first + BATCH));
  return plans.map(({ number, signature }) => /** @type {Maker} */ (makers.get(signature))(number));
}

module.exports = { makeStubs };
