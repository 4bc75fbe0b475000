'use strict';
// The lines of a trace, as those of strace: a line is begun before C is entered, so that it is the last one when C
// crashes, and ended with the result. What comes in between cuts it, and it is taken up again.

const { performance } = require('node:perf_hooks');
const { isMainThread, threadId } = require('node:worker_threads');
const { print } = require('../print.js');
const { show, showError } = require('./values.js');

const now = performance.now.bind(performance);

/** Threads write whole lines only, and say which they are. */
const prefix = isMainThread ? '' : `[worker ${threadId}] `;

/** A line that is begun; the arrow is before what C calls. @typedef {{ text: string, arrow: string, isCut: boolean }} Line */

/** The line that the next write goes on with. @type {Line | undefined} */
let current;

/** What is yet to be written of a line that is begun. @param {Line} line */
const unwritten = ({ text, arrow }) => (isMainThread ? '' : `${prefix}${arrow}${text}`);

/** @returns {boolean} whether a new line can be begun */
function cut() {
  if (current === undefined) return true;
  if (!print(`${unwritten(current)} <unfinished ...>\n`)) return false;
  current.isCut = true;
  current = undefined;
  return true;
}

/** @param {string} text */
function whole(text) {
  if (cut()) print(`${prefix}${text}\n`);
}

/** @param {string} text @param {string} [arrow] @returns {Line | undefined} undefined when nothing can be written */
function begin(text, arrow = '') {
  if (!cut()) return undefined;
  current = { text, arrow, isCut: false };
  if (isMainThread) print(`${arrow}${text}`);
  return current;
}

/** @param {Line} line @param {string} result */
function end(line, result) {
  if (line.isCut) return whole(`${line.arrow}<... ${line.text} resumed> = ${result}`);
  // What is not ended stays the current line, which the next one cuts.
  if (print(`${unwritten(line)} = ${result}\n`)) current = undefined;
}

/** @param {unknown[]} values @param {import('../types.js').CType[]} [types] */
const list = (values, types) => values.map((value, index) => show(value, types?.[index])).join(', ');

/**
 * Does something for the trace, which must never be the program's trouble.
 * @template T
 * @param {() => T} work
 * @returns {T | undefined}
 */
function quietly(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** @param {string} name @param {unknown[]} args @param {unknown} result */
function traceEvent(name, args, result) {
  quietly(() => whole(`${name}(${list(args)})${result === undefined ? '' : ` = ${show(result)}`}`));
}

/**
 * @template T
 * @param {string} name
 * @param {unknown[]} args
 * @param {() => T} work
 * @param {(value: T) => unknown} [shown]
 * @returns {T}
 */
function traceTimed(name, args, work, shown = () => undefined) {
  const line = quietly(() => begin(`${name}(${list(args)})`));
  const start = now();
  const finish = (/** @type {() => string} */ result) => {
    const time = `${(now() - start).toFixed(3)} ms`;
    quietly(() => line && end(line, `${result()} (${time})`));
  };
  let value;
  try {
    value = work();
  } catch (error) {
    finish(() => `throws ${showError(error)}`);
    throw error;
  }
  finish(() => show(shown(value)));
  return value;
}

module.exports = { begin, end, list, quietly, traceEvent, traceTimed, whole };
