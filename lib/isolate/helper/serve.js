'use strict';
// The helper's side: requests are taken one after the other; while C calls back, they nest.

const { performance } = require('node:perf_hooks');
const native = require('../../binding.js');
const { start } = require('../../async/settle.js');
const { views, offsets } = require('../../frame.js');
const { header } = require('./header.js');
const kinds = require('../kinds.js');
const { demandStack } = require('../stack.js');
const { trade } = require('../trade.js');
const { operations, textResult, hello } = require('./operations.js');
const { flush, sendEvent, takeStale } = require('./events.js');

const { i32, u32 } = views;
const TARGET = offsets.target / 4;
const ERRNO = offsets.errno / 4;
const { words: WORDS } = offsets;
const RESULT_SLOT = offsets.scalarResult / 8;
const { ANSWER, ASK, CALL, CALLBACK, DEFAULT, ENDED, FAILURE, HELLO, LATE, LOOP, NULL, READY, RESULT } = kinds;
const { NO_STACK, RESULTS, SETTLED, START, STRING, TEXT, TOLD, WIDE } = kinds;
const now = performance.now.bind(performance);
const { enter, enterForString, enterForText, isolateEncode, isolateReceive, isolateSend } = native;
const { parse, stringify } = JSON;

/** What a helper exits with that was sent something else than messages. */
const CONFUSED = 70;

/** Milliseconds until an event that the pipe had no room for is tried again. */
const BUSY = 2;

/** The number of the talk with the program. */
let channel = 0;
/** Requests that the program waits for. */
let serving = 0;
let lastId = 0;
/** Whether anything here is done by the event loop: asynchronous calls, callbacks of threads. */
let needsLoop = false;
/** Milliseconds that a callback may take. */
let callbackLimit = Infinity;

/** The answers that somebody here waits for, by id; undefined until they have come. @type {Map<number, Answer | undefined>} */
const answers = new Map();

/** The same, for callbacks that other threads wait for: those that end first are first. @type {Map<number, { end: number, settle: (answer: Answer | undefined) => void }>} */
const letters = new Map();
/** Whether one has been answered: the event loop has to turn. */
let hasAnswered = false;

/** Requests that C is inside of. */
let depth = 0;
/** The callback of the innermost request that C has given up, and the program still runs; 0 for none. */
let late = 0;

/** @typedef {{ isDefault: boolean, word: bigint, bytes: Uint8Array | undefined }} Answer */

/** @param {number} kind @param {number} flags @param {number} id @param {string | Uint8Array} [body] */
function send(kind, flags, id, body, frame = 0, errno = 0, target = 0) {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (isolateSend(channel, kind, flags, id, target, frame, errno, 0, Infinity, bytes) !== 0) leave();
}

/** The program is gone. Nothing of C's runs any more. */
function leave() {
  process.kill(process.pid, 'SIGKILL');
}

/** @param {any} error @returns {string} */
function failure(error) {
  const { code = error instanceof RangeError ? NO_STACK : 'ERR_CALL_FAILED', message, symbol, cause } = error;
  return stringify({ code, message: String(message), symbol, cause: cause?.message });
}

/** A string as it is sent. @param {string | null} text @returns {[flags: number, body: Uint8Array | undefined]} */
function packed(text) {
  if (text === null) return [STRING | NULL, undefined];
  if (/** @type {any} */ (text).isWellFormed()) return [STRING, Buffer.from(text)];
  // Some encodings have halves of characters.
  return [STRING | WIDE, Buffer.from(text, 'utf16le')];
}

/**
 * Makes the call that the last message asks for, and sends its result.
 * @returns {number} the next message where that has been waited for at once; 0 if not
 */
function call() {
  const id = header.id();
  const target = header.target();
  i32[ERRNO] = header.errno();
  u32[TARGET] = target;
  const entry = textResult(target);
  const outer = serving++;
  const outerLate = late;
  late = 0;
  depth++;
  try {
    if (entry === 0) {
      enter();
      leaveRequest(outer, outerLate);
      // What waits for an answer, or to be sent, does not wait for ever.
      if (answers.size === 0 && letters.size === 0 && late === 0 && flush())
        return trade(channel, { kind: RESULT, id, target: 0, bytes: RESULTS }, Infinity, needsLoop, filled);
      send(RESULT, 0, id, undefined, RESULTS, i32[ERRNO]);
    } else {
      const text = entry === 1 ? enterForString() : enterForText();
      const errno = i32[ERRNO];
      leaveRequest(outer, outerLate);
      const [flags, body] = packed(text);
      send(RESULT, flags, id, body, 0, errno);
    }
  } catch (error) {
    const errno = i32[ERRNO];
    leaveRequest(outer, outerLate);
    send(FAILURE, TEXT, id, failure(error), 0, errno);
  }
  return 0;
}

/**
 * C has come back from a request. Before that is answered, so must the program from what it was called for, though C did not
 * wait for that: until then it waits for nothing but answers to other requests. The result in the frame stays.
 * @param {number} outer what `serving` was before it
 * @param {number} outerLate what `late` was
 */
function leaveRequest(outer, outerLate) {
  serving = outer;
  depth--;
  if (late !== 0) {
    const results = views.u8.slice(offsets.scalarResult, offsets.scalarResult + RESULTS);
    const errno = i32[ERRNO];
    serveLate(Infinity);
    views.u8.set(results, offsets.scalarResult);
    i32[ERRNO] = errno;
  }
  late = outerLate;
}

/**
 * Does what the program asks for in the callback that C has given up.
 * @param {number} end when there is no more time for that
 * @returns {boolean} whether the program has come back from it
 */
function serveLate(end) {
  const outer = serving;
  serving = 0;
  try {
    while (late !== 0) {
      const left = end - now();
      if (left <= 0) return false;
      dispatch(isolateReceive(channel, patience(left), false));
    }
    return true;
  } finally {
    serving = outer;
  }
}

/** Asynchronous calls that have not settled, by the program's number. @type {Map<number, number>} */
const started = new Map();
/** The same the other way round. @type {Map<number, number>} */
const numbers = new Map();

/** Queues the asynchronous call that the last message asks for. */
function begin() {
  const id = header.id();
  const target = header.target();
  const isText = (header.flags() & TEXT) !== 0;
  i32[ERRNO] = header.errno();
  u32[TARGET] = target;
  needsLoop = true;
  let event = new Uint8Array();
  try {
    /** @type {import('../../async/settle.js').Pending} */
    const call = {
      symbol: operations.nameOf(target),
      isText,
      read(results, errno) {
        const [flags, body] = isText ? packed(operations.asyncText(target, results)) : [0, undefined];
        views.u8.set(new Uint8Array(results.buffer, 0, RESULTS), offsets.scalarResult);
        event = isolateEncode(SETTLED, flags, id, 0, isText ? 0 : RESULTS, errno, 0, body);
      },
      giveBack() {},
      outcome: undefined,
      resolve: () => sendEvent(event),
      reject: (error) => sendEvent(isolateEncode(SETTLED, TEXT, id, 0, 0, 0, 0, Buffer.from(failure(error)))),
      release() {
        numbers.delete(/** @type {number} */ (started.get(id)));
        started.delete(id);
      },
      stack: undefined,
      thrown: undefined,
    };
    const number = start(call, undefined, () => {});
    started.set(id, number);
    numbers.set(number, id);
  } catch (error) {
    sendEvent(isolateEncode(SETTLED, TEXT, id, 0, 0, 0, 0, Buffer.from(failure(error))));
  }
}

/** Answers the question that is the last message. @param {number} kind */
function answer(kind) {
  const id = header.id();
  const question = parse(native.isolateText(channel));
  const outer = serving++;
  const outerLate = late;
  late = 0;
  depth++;
  needsLoop ||= question.op === 'callback';
  try {
    const told = kind === HELLO ? hello(channel, question) : operations.ask(question, started, depth > 1);
    if (kind === HELLO) callbackLimit = question.callbackTimeout || Infinity;
    leaveRequest(outer, outerLate);
    send(kind === HELLO ? READY : TOLD, TEXT, id, stringify(told ?? null));
  } catch (error) {
    leaveRequest(outer, outerLate);
    send(FAILURE, TEXT, id, failure(error));
  }
}

/** Keeps an answer for whoever waits for it; late ones nobody does. */
function keepAnswer() {
  const id = header.id();
  const letter = letters.get(id);
  if (!letter && !answers.has(id)) {
    if (id === late) late = 0;
    return;
  }
  const word = views.u64[RESULT_SLOT];
  const isDefault = (header.flags() & DEFAULT) !== 0;
  const bytes = header.frameBytes() === 0 && !isDefault ? native.isolateBytes(channel) : undefined;
  const answer = { isDefault, word, bytes };
  if (letter) settle(id, letter, answer);
  else answers.set(id, answer);
}

/** @param {number} id @param {{ settle: (answer: Answer | undefined) => void }} letter @param {Answer | undefined} answer */
function settle(id, letter, answer) {
  letters.delete(id);
  hasAnswered = true;
  letter.settle(answer);
}

/** Does what a message asks for. @param {number} kind */
function dispatch(kind) {
  if (kind === CALL) call();
  else rest(kind);
}

/** @param {number} kind */
function rest(kind) {
  if (kind === START) begin();
  else if (kind === ASK || kind === HELLO) answer(kind);
  else if (kind === ANSWER) keepAnswer();
  else if (kind === ENDED) leave();
  else if (kind !== LATE) /** @type {any} */ (process).reallyExit(CONFUSED);
}

/** What C has returned is in the frame. */
const filled = () => {};

const nextId = () => (lastId = (lastId + 1) >>> 0 || 1);

/**
 * Has the program run a callback whose arguments are in the frame.
 * @param {number} number
 * @param {number} bytes of its arguments
 * @returns {Answer | undefined} undefined when it takes too long
 */
function callBack(number, bytes) {
  demandStack();
  const end = now() + callbackLimit;
  if (late !== 0) {
    // The program runs one after the other.
    const args = views.u8.slice(WORDS, WORDS + bytes);
    if (!serveLate(end)) return undefined;
    views.u8.set(args, WORDS);
  }
  const id = nextId();
  answers.set(id, undefined);
  if (serving > 0) send(CALLBACK, 0, id, undefined, bytes, 0, number);
  else sendEvent(isolateEncode(CALLBACK, 0, id, number, bytes, 0, 0, undefined));
  const outer = serving;
  // The program is not waiting while it runs the callback.
  serving = 0;
  try {
    for (;;) {
      const found = answers.get(id);
      if (found) return found;
      const left = end - now();
      if (left <= 0) {
        if (outer > 0) late = id;
        return undefined;
      }
      dispatch(isolateReceive(channel, patience(left), false));
    }
  } finally {
    serving = outer;
    answers.delete(id);
  }
}

/**
 * The same for one that another thread has called, which waits; nobody else does.
 * @param {number} number
 * @param {number} bytes
 * @param {number} sender the asynchronous call that it is of, if any
 * @returns {Promise<Answer | undefined>}
 */
function callBackLater(number, bytes, sender) {
  const id = nextId();
  sendEvent(isolateEncode(CALLBACK, 0, id, number, bytes, 0, numbers.get(sender) ?? 0, undefined));
  return new Promise((resolve) => letters.set(id, { end: now() + callbackLimit, settle: resolve }));
}

/** C gets the default for letters whose time is over. @returns {number} milliseconds until the next one's is */
function expireLetters() {
  for (const [id, letter] of letters) {
    const left = letter.end - now();
    if (left > 0) return left;
    settle(id, letter, undefined);
  }
  return Infinity;
}

/** How long is waited for a request: not long when an event waits too. @param {number} left milliseconds */
const patience = (left) => (flush() || left < BUSY ? left : BUSY);

/** Takes requests until the event loop has something to do, and then again. */
function turn() {
  for (;;) {
    const left = expireLetters();
    if (takeStale() || hasAnswered) {
      hasAnswered = false;
      return void setImmediate(turn);
    }
    let kind = isolateReceive(channel, patience(left), needsLoop);
    while (kind === CALL) kind = call();
    if (kind === LOOP) return void setImmediate(turn);
    if (kind !== 0) rest(kind);
  }
}

/** @param {number} number of the channel */
function serve(number) {
  channel = number;
  operations.asking = (one) => ({
    ask: (bytes) => callBack(one, bytes),
    askLater: (bytes, sender) => callBackLater(one, bytes, sender),
  });
  turn();
}

module.exports = { serve };
