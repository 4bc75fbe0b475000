'use strict';
// The functions that run callbacks, one for each signature: they take the arguments out of the frame, call
// the user's function and leave its result. Generated, or where code cannot be, closures.

const { emitters } = require('../emitters.js');
const { offsets } = require('../frame.js');
const { canGenerate } = require('../generate.js');
const runtime = require('../runtime.js');
const { slotAt } = require('../slots.js');
const { offsetOf, recordTaker, takerOf, text } = require('./arguments.js');
const { checkNothing, giverOf, isPointer, refuseResult } = require('./results.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./entries.js').Entry} Entry */
/** @typedef {Pick<Entry, 'run' | 'give'>} Runner */

const { apply } = Reflect;

/**
 * @param {CType} type
 * @param {number} index
 * @param {number} offset
 * @param {Record<string, unknown>} values
 * @returns {string} an expression
 */
function argument(type, index, offset, values) {
  if (type.record) {
    values[`take${index}`] = recordTaker(type);
    return `take${index}(${offset})`;
  }
  const { load } = emitters[type.base === 'cstring' ? 'ptr' : type.base];
  const loaded = /** @type {NonNullable<typeof load>} */ (load)(slotAt(offset));
  if (type.make) values[`make${index}`] = type.make;
  return type.make ? `make${index}(${loaded})` : loaded;
}

/**
 * @param {CType} type
 * @param {Record<string, unknown>} values
 * @returns {string[]} statements on `r`
 */
function result(type, values) {
  if (type.base === 'void') return ['if (r !== undefined) checkNothing(entry, r);'];
  if (type.record || isPointer(type)) return ['entry.give(entry, r);'];
  const { read, invalid, store } = emitters[type.base];
  values.resultType = type;
  if (type.accept) values.accept = type.accept;
  const accepted = type.accept ? 'accept(r)' : read ? read('r') : 'r';
  return [
    `const v = ${accepted};`,
    `if (${invalid('v')}) refuseResult(entry, resultType, r);`,
    store('v', slotAt(offsets.scalarResult)),
  ];
}

/** @param {import('../signature.js').Signature} signature @returns {Entry['run']} */
function generated({ params, spots, result: type }) {
  /** @type {Record<string, unknown>} */
  const values = { ...runtime, checkNothing, refuseResult, text };
  // All are taken out before anything else runs, which may use the frame.
  const taken = params.map(
    (param, index) => `const t${index} = ${argument(param, index, offsetOf(spots[index]), values)};`,
  );
  const given = params.map(({ base }, index) => (base === 'cstring' ? `text(entry, t${index})` : `t${index}`));
  const lines = ['const { fn } = entry;', ...taken, `const r = fn(${given.join(', ')});`, ...result(type, values)];
  const source = `function (entry) {\n${lines.join('\n')}\n}`;
  const names = Object.keys(values).filter((name) => source.includes(name));
  return new Function(...names, `'use strict';\nreturn ${source};`)(...names.map((name) => values[name]));
}

/** @param {import('../signature.js').Signature} signature @param {Entry['give']} give @returns {Entry['run']} */
function closure({ params, spots }, give) {
  const takers = params.map((param, index) => takerOf(param, spots[index]));
  const isText = params.map(({ base }) => base === 'cstring');
  return (entry) => {
    const { fn } = entry;
    /** @type {any[]} not one of doubles only, which does not keep signalling NaNs */
    const values = [undefined];
    for (let index = 0; index < takers.length; index++) values[index] = takers[index]();
    for (let index = 0; index < takers.length; index++) if (isText[index]) values[index] = text(entry, values[index]);
    values.length = takers.length;
    give(entry, apply(fn, undefined, values));
  };
}

/** @type {WeakMap<import('../signature.js').Signature, Runner>} */
const runners = new WeakMap();

/** @param {import('../signature.js').Signature} signature @returns {Runner} */
function runnerOf(signature) {
  let runner = runners.get(signature);
  if (!runner) {
    const give = giverOf(signature.result);
    runner = { give, run: canGenerate ? generated(signature) : closure(signature, give) };
    runners.set(signature, runner);
  }
  return runner;
}

module.exports = { runnerOf };
