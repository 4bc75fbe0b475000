'use strict';
// Makes the functions that users call: a call plan becomes JavaScript source, or, where code cannot be
// generated, a closure. Both do the same: check all arguments, store them in the frame, enter C, read
// the result.

const { emitters } = require('./emitters.js');
const { closureStub } = require('./closure-stub.js');
const { offsets } = require('./frame.js');
const { refuse, refuseCount } = require('./bound.js');
const runtime = require('./runtime.js');

/**
 * What a stub is made from. Offsets are in bytes of the frame.
 * @typedef {object} StubPlan
 * @property {number} number the function's, by which Rust knows it
 * @property {string[]} params canonical type names
 * @property {number[]} paramOffsets
 * @property {string} result canonical type name
 * @property {number} resultOffset
 */

const scope = { ...runtime, refuse, refuseCount };
const names = Object.keys(scope);
const values = Object.values(scope);

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
 * The source of one stub: numbers and identifiers of ours, nothing of the user's. The function's number
 * in it makes it unique, because engines share what they learn between functions of the same source.
 * @param {StubPlan} plan
 * @returns {string}
 */
function stubSource({ number, params, paramOffsets, result, resultOffset }) {
  const parameters = params.map((_, index) => `a${index}`);
  /** @type {string[]} */
  const reads = [];
  const stores = [`u32[${offsets.target / 4}] = ${number};`];
  /** @type {string[]} */
  const kept = [];
  let usesScratch = false;
  params.forEach((type, index) => {
    const { read, invalid, store, keeps, scratch } = emitters[type];
    const argument = parameters[index];
    const value = read ? `v${index}` : argument;
    if (read) reads.push(`const ${value} = ${read(argument)};`);
    reads.push(`if (${invalid(value)}) refuse(${number}, ${index}, ${argument});`);
    stores.push(store(value, slotAt(paramOffsets[index])));
    if (keeps) kept.push(argument);
    usesScratch ||= scratch === true;
  });
  const { string, load } = emitters[result];
  const entry = `${string ? 'return enterForString' : 'enter'}(${kept.join(', ')});`;
  const body = [...reads, ...stores, entry];
  if (load && result !== 'void') body.push(`return ${load(slotAt(resultOffset))};`);
  const count = `if (arguments.length !== ${params.length}) refuseCount(${number}, arguments.length);`;
  const lines = usesScratch
    ? [count, 'const mark = u32[TOP];', 'try {', ...body, '} finally { giveBack(mark); }']
    : [count, ...body];
  return `function (${parameters.join(', ')}) {\n${lines.join('\n')}\n}`;
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
  for (let start = 0; start < plans.length; start += BATCH) {
    const sources = plans.slice(start, start + BATCH).map(stubSource);
    stubs.push(...new Function(...names, `'use strict';\nreturn [${sources.join(',\n')}];`)(...values));
  }
  return stubs;
}

module.exports = { makeStubs, canGenerate };
