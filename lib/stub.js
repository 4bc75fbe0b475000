'use strict';
// Makes the functions that users call: a call plan becomes JavaScript source, or, where code cannot be
// generated, a closure. Both do the same: check all arguments, store them in the frame, enter C, read
// the result.

const { refuse, refuseCount, abandon, symbolOf } = require('./bound.js');
const { closureStub } = require('./closure-stub.js');
const { callers } = require('./fast/provider.js');
const { settle } = require('./fast/way.js');
const { canGenerate } = require('./generate.js');
const runtime = require('./runtime.js');
const { stubSource } = require('./stub-source.js');

/** @typedef {import('./signature.js').Signature} Signature */

/**
 * What a stub is made from.
 * @typedef {object} StubPlan
 * @property {number} number the function's, by which Rust knows it
 * @property {Signature} signature
 */

/** What stubs may refer to. @type {Record<string, unknown>} */
const scope = { ...runtime, refuse, refuseCount, abandon, symbolOf, settle };

/**
 * @typedef {object} Template
 * @property {string[]} pieces
 * @property {string} shared
 * @property {string[]} names what the source refers to
 * @property {Record<string, unknown>} values what of that is not in `scope`
 */

/** @type {WeakMap<Signature, Template>} */
const templates = new WeakMap();

/** @param {Signature} signature @returns {Template} */
function templateOf(signature) {
  let template = templates.get(signature);
  if (!template) {
    const { pieces, shared, values } = stubSource(signature);
    const source = shared + pieces.join();
    const { params, result } = signature;
    const hasObjects = result.record || params.some((type) => type.record || type.lent);
    const own = hasObjects ? { ...require('./passing.js'), ...values } : values;
    const names = Object.keys({ ...scope, ...callers, ...own }).filter((name) => source.includes(name));
    template = { pieces, shared, names, values: own };
    templates.set(signature, template);
  }
  return template;
}

/**
 * Compiles some stubs at once. The engine's time goes by the length of the source and the number of names.
 * @param {StubPlan[]} plans one that has values of its own is alone
 * @returns {Function[]}
 */
function compile(plans) {
  const used = plans.map(({ signature }) => templateOf(signature));
  const names = [...new Set(used.flatMap((template) => template.names))];
  /** @type {Record<string, unknown>} */
  const values = { ...scope, ...callers, ...used[0].values };
  const sources = used.map(({ pieces }, index) => pieces.join(String(plans[index].number)));
  const shared = new Set(used.map((template) => template.shared));
  const factory = new Function(...names, `'use strict';\n${[...shared].join('\n')}\nreturn [${sources.join(',\n')}];`);
  return factory(...names.map((name) => values[name]));
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
  /** @type {StubPlan[][]} */
  const batches = [[]];
  for (const plan of plans) {
    const isAlone = Object.keys(templateOf(plan.signature).values).length > 0;
    const last = batches[batches.length - 1];
    if (isAlone) batches.push([plan], []);
    else if (last.length < BATCH) last.push(plan);
    else batches.push([plan]);
  }
  return batches.filter((batch) => batch.length > 0).flatMap(compile);
}

module.exports = { makeStubs };
