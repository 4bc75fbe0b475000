'use strict';
// Makes the functions that users call: a call plan becomes JavaScript source, or, where code cannot be
// generated, a closure. Both do the same: check all arguments, store them in the frame, enter C, read
// the result.

const { emitters } = require('./emitters.js');
const { closureStub } = require('./closure-stub.js');
const { offsets } = require('./frame.js');
const { refuse, refuseCount } = require('./bound.js');
const runtime = require('./runtime.js');

/** @typedef {import('./signature.js').Signature} Signature */

/**
 * What a stub is made from.
 * @typedef {object} StubPlan
 * @property {number} number the function's, by which Rust knows it
 * @property {Signature} signature
 */

/** What stubs may refer to. @type {Record<string, unknown>} */
const scope = { ...runtime, refuse, refuseCount };

const canGenerate = (() => {
  try {
    return new Function('return true')();
  } catch {
    return false;
  }
})();

/** @param {number} offset @returns {(size: number) => string} */
const slotAt = (offset) => (size) => String(offset / size);

/**
 * The source of a signature's stubs: numbers and identifiers of ours, nothing of the user's. It comes in
 * pieces, between which the number of a function goes. That makes each stub's source unique, because
 * engines share what they learn between functions of the same source.
 * @param {Signature} signature
 * @returns {string[]}
 */
function stubPieces({ params, paramOffsets, result, resultOffset }) {
  const NUMBER = '#';
  const parameters = params.map((_, index) => `a${index}`);
  /** @type {string[]} */
  const reads = [];
  const stores = [`u32[${offsets.target / 4}] = ${NUMBER};`];
  /** @type {string[]} */
  const kept = [];
  params.forEach((type, index) => {
    const { read, invalid, store, keeps } = emitters[type];
    const argument = parameters[index];
    const value = read ? `v${index}` : argument;
    if (read) reads.push(`const ${value} = ${read(argument)};`);
    reads.push(`if (${invalid(value)}) refuse(${NUMBER}, ${index}, ${argument});`);
    stores.push(store(value, slotAt(paramOffsets[index])));
    if (keeps) kept.push(argument);
  });
  const { string, load } = emitters[result];
  const entry = `${string ? 'return enterForString' : 'enter'}(${kept.join(', ')});`;
  const body = [...reads, ...stores, entry];
  if (load) body.push(`return ${load(slotAt(resultOffset))};`);
  const count = `if (arguments.length !== ${params.length}) refuseCount(${NUMBER}, arguments.length);`;
  return `function (${parameters.join(', ')}) {\n${[count, ...body].join('\n')}\n}`.split(NUMBER);
}

/**
 * @typedef {object} Template
 * @property {string[]} pieces
 * @property {string[]} names what the source refers to
 */

/** @type {WeakMap<Signature, Template>} */
const templates = new WeakMap();

/** @param {Signature} signature @returns {Template} */
function templateOf(signature) {
  let template = templates.get(signature);
  if (!template) {
    const pieces = stubPieces(signature);
    const source = pieces.join();
    template = { pieces, names: Object.keys(scope).filter((name) => source.includes(name)) };
    templates.set(signature, template);
  }
  return template;
}

/**
 * Compiles some stubs at once. The engine's time goes by the length of the source and the number of names.
 * @param {StubPlan[]} plans
 * @returns {Function[]}
 */
function compile(plans) {
  const used = plans.map(({ signature }) => templateOf(signature));
  const names = [...new Set(used.flatMap((template) => template.names))];
  const sources = used.map(({ pieces }, index) => pieces.join(String(plans[index].number)));
  const factory = new Function(...names, `'use strict';\nreturn [${sources.join(',\n')}];`);
  return factory(...names.map((name) => scope[name]));
}

/** So many stubs share one source text: compiling has a fixed cost. */
const BATCH = 64;

/**
 * The functions for some plans, in order.
 * @param {StubPlan[]} plans
 * @returns {Function[]}
 */
function makeStubs(plans) {
  if (!canGenerate) return plans.map(closureStub);
  const stubs = [];
  for (let start = 0; start < plans.length; start += BATCH) stubs.push(...compile(plans.slice(start, start + BATCH)));
  return stubs;
}

module.exports = { makeStubs, canGenerate };
