'use strict';
// The functions that run callbacks, one for each signature: they take the arguments out of the frame, call
// the user's function and leave its result. Generated, or where code cannot be, closures.

const native = require('../binding.js');
const { emitters } = require('../emitters.js');
const { views, offsets } = require('../frame.js');
const { canGenerate } = require('../generate.js');
const runtime = require('../runtime.js');
const { slotAt } = require('../slots.js');
const { offsetOf, recordTaker, takerOf, textReader } = require('./arguments.js');
const { entries } = require('./entries.js');
const { checkNothing, giverOf, isPointer, refuseResult } = require('./results.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./entries.js').Entry} Entry */
/** @typedef {Pick<Entry, 'run' | 'invoke' | 'give'> & { number: number }} Runner with the number that Rust knows it by */

const { apply } = Reflect;
const { u32 } = views;

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
    return `take${index}(${offset}${type.decodes ? '' : ', held'})`;
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
  const accepted = type.accept ? 'accept(r)' : read?.('r');
  const value = accepted ? 'v' : 'r';
  return [
    accepted ? `const v = ${accepted};` : '',
    `if (${invalid(value)}) refuseResult(entry, resultType, r);`,
    store(value, slotAt(offsets.scalarResult)),
  ];
}

const SUBJECT = offsets.subject / 4;
/** Says that arguments are still to be read: if code of a debugger's has C call back, they are there again afterwards. */
const UNREAD = offsets.unread / 4;

/** @param {import('../signature.js').Signature} signature @returns {Entry['run']} */
function generated({ params, spots, result: type }) {
  /** @type {Record<string, unknown>} */
  const values = { ...runtime, checkNothing, entries, refuseResult };
  const expressions = params.map((param, index) => argument(param, index, offsetOf(spots[index]), values));
  const isText = params.map(({ base }) => base === 'cstring');
  params.forEach((param, index) => {
    if (isText[index]) values[`text${index}`] = textReader(param);
  });
  // Texts are read when all arguments have been taken out of the frame. So is what functions are called for: what these
  // arguments are is kept until then, see lib/frame.js.
  const isInTwo = params.some(({ base, record, make }) => base === 'cstring' || record || make);
  const taken = isInTwo ? expressions.map((expression, index) => `const t${index} = ${expression};`) : [];
  const inOrder = expressions.map((_, index) => (isText[index] ? `text${index}(entry, t${index})` : `t${index}`));
  // Few variables: every level of calls and callbacks takes the stack of this function.
  const call = `const r = (0, entry.fn)(${(isInTwo ? inOrder : expressions).join(', ')});`;
  const holds = params.some((param) => param.record && !param.decodes);
  const [before, after] = holds ? ['const held = [];', 'entry.held = held;'] : ['', ''];
  const opening = [`const entry = entries[u32[${SUBJECT}]];`, before, ...taken, `u32[${UNREAD}] = 0;`];
  const lines = [...opening, call, after, ...result(type, values)];
  const source = `function () {\n${lines.join('\n')}\n}`;
  const names = Object.keys(values).filter((name) => source.includes(name));
  return new Function(...names, `'use strict';\nreturn ${source};`)(...names.map((name) => values[name]));
}

/** @param {import('../signature.js').Signature} signature @returns {Entry['invoke']} */
function invokerOf({ params, spots }) {
  const takers = params.map((param, index) => takerOf(param, spots[index]));
  const texts = params.map((param) => (param.base === 'cstring' ? textReader(param) : undefined));
  return (entry) => {
    /** @type {any[]} not one of doubles only, which does not keep signalling NaNs */
    const values = [undefined];
    /** @type {unknown[]} */
    const held = [];
    for (let index = 0; index < takers.length; index++) values[index] = takers[index](held);
    u32[UNREAD] = 0;
    for (let index = 0; index < takers.length; index++) {
      const read = texts[index];
      if (read) values[index] = read(entry, values[index]);
    }
    values.length = takers.length;
    const result = apply(entry.fn, undefined, values);
    entry.held = held;
    return result;
  };
}

/** @type {Entry['run']} */
function runClosures() {
  const entry = /** @type {Entry} */ (entries[u32[SUBJECT]]);
  entry.give(entry, entry.invoke(entry));
}

/** JavaScriptCore moves no objects. @type {(run: () => void) => number} */
const addRunner = (run) => native.addRunner(run, 'bun' in process.versions);

/** Runs a callback of any signature. */
const runAny = () => /** @type {Entry} */ (entries[u32[SUBJECT]]).run();
/** @type {number | undefined} */
let anyNumber;

/** @type {WeakMap<import('../signature.js').Signature, Runner>} */
const runners = new WeakMap();

/** What was asked for last: callbacks are often opened in numbers. @type {import('../signature.js').Signature | undefined} */
let lastSignature;
/** @type {Runner} */
let lastRunner;

/** @param {import('../signature.js').Signature} signature @returns {Runner} */
function runnerOf(signature) {
  if (signature === lastSignature) return lastRunner;
  let runner = runners.get(signature);
  if (!runner) {
    const run = canGenerate ? generated(signature) : runClosures;
    // Rust keeps what it knows for good: one of a signature that is not kept goes through one for all.
    const number = signature.isNamed ? addRunner(run) : (anyNumber ??= addRunner(runAny));
    runner = { run, invoke: invokerOf(signature), give: giverOf(signature.result), number };
    runners.set(signature, runner);
  }
  lastSignature = signature;
  lastRunner = runner;
  return runner;
}

module.exports = { runnerOf };
