'use strict';
// Makes the functions that users call: a call plan becomes JavaScript source, or, where code cannot be
// generated, a closure. Both do the same: check all arguments, store them in the frame, enter C, read
// the result.

const native = require('./binding.js');
const { refuse, refuseCount, refuseCall, abandon, symbolOf } = require('./bound.js');
const { closureStub } = require('./closure-stub.js');
const { numbered } = require('./fast/watch.js');
const { settle } = require('./fast/way.js');
const { canGenerate } = require('./generate.js');
const memory = require('./memory-view.js');
const runtime = require('./runtime.js');
const { CALLEE, NUMBER } = require('./slots.js');
const { stubSource } = require('./stub-source.js');

/** @typedef {import('./signature.js').Signature} Signature */

/**
 * What a stub is made from.
 * @typedef {object} StubPlan
 * @property {number} number the function's, by which Rust knows it
 * @property {Signature} signature
 */

/** What stubs may refer to besides, but for what only those with objects do, which lib/passing.js has. */
const scope = Object.entries({ ...runtime, refuse, refuseCount, refuseCall, abandon, symbolOf, settle }).filter(
  ([name]) => !Object.hasOwn(memory, name),
);
const scopeNames = scope.map(([name]) => name).join();
const scopeValues = scope.map(([, value]) => value);

const { callees } = native;

// Taken once: what becomes of the global later must not get what stubs refer to.
const { apply } = Reflect;
const { slice } = Array.prototype;

/** Makes the stub of a function of a signature. @typedef {(number: number) => Function} Maker */

/** @type {WeakMap<Signature, Maker>} */
const makers = new WeakMap();

/**
 * Whether functions of the same signature have the same code: it is compiled once, and the engine learns sooner what is
 * often called. Calls of such code that are not put where they are made take longer in V8 before 13; JavaScriptCore compiles
 * it for the arguments of all of them together.
 */
const isShared = !('Bun' in globalThis) && Number.parseInt(process.versions.v8, 10) >= 13;

/** What `newFactory` gives, where each function has code of its own. @type {WeakMap<Signature, Factory>} */
const factories = new WeakMap();

/** @typedef {{ text: string, given: unknown[], isTextLater: boolean }} Factory */

/** @param {Signature} signature @returns {Factory} */
function factoryOf(signature) {
  if (isShared) return newFactory(signature);
  let factory = factories.get(signature);
  if (!factory) factories.set(signature, (factory = newFactory(signature)));
  return factory;
}

/**
 * The source of a function that makes stubs of a signature, and what it is called with, what tells the function
 * last. Stubs find that right behind them: in a scope further away it would make their code longer.
 * @param {Signature} signature
 * @returns {Factory}
 */
function newFactory(signature) {
  const { source, values } = stubSource(signature);
  // More than it refers to: to look for what that is would take longer.
  const names = [scopeNames, ...Object.keys(values), CALLEE, NUMBER].join();
  // Parentheses have engines compile it at once.
  const text = `(function (${names}) {\n${numbered(source)}\n})`;
  return { text, given: [...scopeValues, ...Object.values(values), 0, 0], isTextLater: 'otherText' in values };
}

/** @type {(make: Function, factory: Factory) => Maker} */
const maker =
  (make, { given, isTextLater }) =>
  (number) => {
    if (isTextLater) native.setTextLater(number);
    const own = apply(slice, given, []);
    own[own.length - 2] = number * callees.step + callees.marks;
    own[own.length - 1] = number;
    return apply(make, undefined, own);
  };

/** So many functions share one source text: compiling has a fixed cost. */
const BATCH = 64;

/** Engines know texts again, with what they have learned of them: that of another copy of the package is not of this one's. */
const copy = `//${native.frameAddress},${native.copyNumber}`;

/**
 * The end of the next source text. JavaScriptCore even takes nothing for constant any more of what is constant in one of the
 * functions that it makes of a text.
 */
const nextEnd = 'Bun' in globalThis ? () => `${copy},${ends++}` : () => copy;
let ends = 0;

/**
 * Compiles what makes the stubs of some signatures. The engine's time goes by the length of the source.
 * @param {Signature[]} signatures
 * @returns {Maker[]}
 */
function compile(signatures) {
  /** @type {Maker[]} */
  const made = [];
  for (let first = 0; first < signatures.length; first += BATCH) {
    const batch = signatures.slice(first, first + BATCH).map(factoryOf);
    const texts = batch.map(({ text }) => text).join(',\n');
    const compiled = new Function(`'use strict';\nreturn [${texts}];${nextEnd()}`)();
    batch.forEach((factory, index) => made.push(maker(compiled[index], factory)));
  }
  return made;
}

/**
 * What makes the stubs for some signatures, in order.
 * @param {Signature[]} signatures
 * @returns {Maker[]}
 */
function makersOf(signatures) {
  if (!isShared) return compile(signatures);
  const fresh = [...new Set(signatures)].filter((signature) => !makers.has(signature));
  compile(fresh).forEach((maker, index) => makers.set(fresh[index], maker));
  return signatures.map((signature) => /** @type {Maker} */ (makers.get(signature)));
}

/**
 * The functions for some plans of this process, in order.
 * @param {StubPlan[]} plans
 * @returns {Function[]}
 */
function makeStubs(plans) {
  if (!canGenerate) return plans.map(closureStub);
  const made = makersOf(plans.map(({ signature }) => signature));
  return plans.map(({ number }, index) => made[index](number));
}

module.exports = { makeStubs };
