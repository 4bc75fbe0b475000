'use strict';
// What a program can ask of its helper, beside calls.

const native = require('../../binding.js');
const { stringResult } = require('../../async/settle.js');
const { telling } = require('../../checked.js');
const { createError } = require('../../errors.js');
const { ADDRESS, TWO_32, UNLIMITED, putOperands, views } = require('../../frame.js');
const marshallers = require('../../marshal.generated.js');
const { copyBytes } = require('../../record/cold.js');
const { bindText } = require('../../text-result.js');
const { closeCallback } = require('../../callback/close.js');
const { confineHelper } = require('../confine.js');
const { Heard } = require('../descriptors.js');
const { MISSING, VERSION } = require('../kinds.js');
const { openRemote } = require('./callback.js');

const { u32 } = views;
const { isSafeInteger } = Number;

const heard = new Heard();

/** Functions whose libraries were closed. @type {number[]} */
let closed = [];

/** How many lists of what may be opened the program had. */
let restrictions = 0;

/** What is known of functions: how their results are read. @type {Map<number, { library: number, name: string, text: number, signature: any, base: number }>} `base` is the function that a variant is of */
const bound = new Map();

/** @param {string} text @returns {number | bigint} */
function addressFrom(text) {
  const address = BigInt(text);
  return isSafeInteger(Number(address)) ? Number(address) : address;
}

/**
 * The program's first message.
 * @param {number} channel
 * @param {any} question
 */
function hello(channel, { major, arena, options }) {
  if (major === VERSION.major) {
    native.isolateMap(channel, arena.address, arena.length);
    if (options.cwd !== undefined) process.chdir(options.cwd);
    confineHelper(options);
  }
  return { ...VERSION, pid: process.pid };
}

/**
 * @param {number} library
 * @param {any} wanted
 * @returns {number} the function's number; MISSING for one that is missing and may be
 */
function bind(library, { symbol, name, optional, types, free, text, checked, named }) {
  if (optional && !native.lookUp(library, symbol)) return MISSING;
  const numbers = Uint32Array.from(types, (/** @type {number} */ number) => heard.number(number));
  const [plan] = native.plan(named === undefined ? numbers : numbers.subarray(0, named + 1));
  const number = native.bindSymbol(library, symbol, name, plan);
  const result = { base: native.types()[numbers[0]]?.name, text: text === 0 ? undefined : { number: text }, free };
  const isText = result.base === 'cstring';
  const isOwn = isText && (checked || text !== 0 || free !== undefined);
  const signature = { result, isChecked: checked };
  if (isOwn) {
    try {
      bindText(number, /** @type {any} */ (signature), name, library);
    } catch (error) {
      native.releaseBound(number);
      throw error;
    }
  }
  const own = { library, name, text: isOwn ? 2 : isText ? 1 : 0, signature, base: MISSING };
  if (named === undefined) {
    bound.set(number, own);
    return number;
  }
  try {
    const [variant] = native.bindVariant(number, numbers, named);
    bound.set(variant, { ...own, base: number });
    return variant;
  } catch (error) {
    native.releaseBound(number);
    throw error;
  }
}

/** @param {number} number of a function that is not called any more */
function release(number) {
  const { base = MISSING } = bound.get(number) ?? {};
  if (!bound.delete(number)) return;
  native.releaseBound(number);
  if (base !== MISSING) native.releaseBound(base);
}

/** @param {number} library @param {any[]} functions */
function bindAll(library, functions) {
  /** @type {number[]} */
  const numbers = [];
  try {
    for (const wanted of functions) numbers.push(bind(library, wanted));
    return numbers;
  } catch (error) {
    for (const number of numbers) release(number);
    throw error;
  }
}

/** The callbacks that are open, by the program's numbers, as they are called here. @type {Map<number, number>} */
const remotes = new Map();

/** @param {number} number */
function closeRemote(number) {
  const own = remotes.get(number);
  if (own === undefined) return;
  remotes.delete(number);
  closeCallback(own);
}

/** @param {number} library */
function closeLibrary(library) {
  native.closeLibrary(library);
  for (const [number, fn] of bound) if (fn.library === library) closed.push(number);
}

/** Forgets functions of libraries that were closed: when no call is under way, which could be of one. */
function forgetClosed() {
  for (const number of closed) release(number);
  closed = [];
}

/** @param {number} number of an asynchronous call @param {Map<number, number>} started */
function withdraw(number, started) {
  const own = started.get(number);
  if (own === undefined || !native.withdraw(own)) return false;
  native.pending.delete(own);
  started.delete(number);
  return true;
}

const operations = {
  /** Set by serve.js. @type {(number: number) => import('./callback.js').Asking} */
  asking: /** @type {any} */ (undefined),

  /** @param {number} target */
  nameOf: (target) => bound.get(target)?.name ?? '',

  /** The text that an asynchronous call has returned. @param {number} target @param {DataView} results */
  asyncText(target, results) {
    const { name, signature } = /** @type {any} */ (bound.get(target));
    return stringResult(name, marshallers.ptr.get(results, 0), signature);
  },

  /**
   * @param {any} question
   * @param {Map<number, number>} started asynchronous calls
   * @param {boolean} isInside whether C has called back
   * @returns {unknown}
   */
  ask(question, started, isInside) {
    if (question.news) heard.hear(question.news, native);
    if (closed.length > 0 && started.size === 0 && !isInside) forgetClosed();
    switch (question.op) {
      case 'load': {
        const { paths, search, flags, sha256, allowed } = question;
        while (restrictions < allowed.length) {
          const { globs, process: isProcess } = allowed[restrictions++];
          native.allowLibraries(globs, isProcess);
        }
        return native.openLibrary(paths, search, flags, sha256);
      }
      case 'close':
        return closeLibrary(question.library);
      case 'bind':
        closed.push(...question.released);
        return bindAll(question.library, question.functions);
      case 'callback': {
        const { number, fallback, types, closed } = question;
        for (const one of closed) closeRemote(one);
        const own = types.map((/** @type {number} */ type) => heard.number(type));
        const opened = openRemote(own, heard.size(own[0]), fallback, operations.asking(number));
        remotes.set(number, opened.number);
        return String(opened.address);
      }
      case 'text':
        putOperands(addressFrom(question.address), UNLIMITED, question.encoding);
        return telling('text', native.readText);
      case 'copy':
        return copyBytes(addressFrom(question.from), addressFrom(question.to), question.size);
      case 'find':
        native.findSymbol(question.library, question.symbol);
        return String(u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS]);
      case 'ping':
        return 'pong';
      case 'withdraw':
        return withdraw(question.id, started);
      default:
        throw createError('ERR_CALL_FAILED', `isolate: nobody knows how to '${question.op}'`);
    }
  },
};

/** How the string that a function returns is read: 0 for none, 1 as UTF-8 of C's, 2 as it was described. @param {number} target */
const textResult = (target) => bound.get(target)?.text ?? 0;

module.exports = { hello, operations, textResult };
