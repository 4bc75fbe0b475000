'use strict';
// One helper process of the program: from its start to its end. What is asked of it is waited for here.

const { performance } = require('node:perf_hooks');
const native = require('../binding.js');
const { createError } = require('../errors.js');
const { views, offsets } = require('../frame.js');
const { answerOf, failureOf } = require('./answers.js');
const { Arena } = require('./arena.js');
const { Callbacks } = require('./callbacks.js');
const { closed, crashed, late } = require('./death.js');
const { Told } = require('./descriptors.js');
const { Events } = require('./events.js');
const kinds = require('./kinds.js');
const { exchange, taken } = require('./message.js');
const { currentFolder } = require('./options.js');
const { Passage } = require('./passage.js');
const { demandStack } = require('./stack.js');
const { start } = require('./start.js');

/** @typedef {InstanceType<typeof import('./isolation.js').Isolation>} Isolation */
/** @typedef {import('./bound.js').IsolatedFn} IsolatedFn */
/** @typedef {import('./message.js').Message} Message */

const { u32 } = views;
const WORD = offsets.scalarResult / 4;
const { ANSWER, ASK, CALLBACK, DEFAULT, ENDED, FAILURE, HELLO, LATE, MALFORMED, READY, RESULT, TEXT, TOLD } = kinds;
const now = performance.now.bind(performance);
const { isArray } = Array;
const { stringify } = JSON;

/** Milliseconds that a process may take to start, or to load a library, on a machine that is busy. */
const START = 60_000;

/** It was not this process that ended it. */
const GONE = 'it ended';

/** Milliseconds that one that has closed its pipes may take to end. */
const PATIENCE = 2000;

/**
 * What is left of a helper whose isolate nobody has any more.
 * @typedef {object} Remains
 * @property {number} channel
 * @property {{ destroy: () => unknown } | undefined} socket that events come by
 */

const collected = new FinalizationRegistry((/** @type {Remains} */ { channel, socket }) => {
  native.isolateKill(channel);
  native.isolateEnd(channel, 0);
  socket?.destroy();
});

/** What there is to a call that is inside of the helper. */
class Level {
  /** @type {{ error: unknown } | undefined} what a callback of it has thrown */
  thrown = undefined;

  /** @param {InstanceType<typeof Passage> | undefined} passage what it has lent */
  constructor(passage) {
    this.passage = passage;
  }
}

class Helper {
  isAlive = true;
  /** Memory of the program's in it. @type {Set<InstanceType<typeof import('./memory.js').SharedBlock>>} */
  blocks = new Set();
  /** Numbers of functions that nobody can call any more, which it has not been told yet. @type {number[]} */
  released = [];
  #lastId = 0;
  /** What it has been told of types. */
  #told = new Told();

  /** @param {Isolation} isolation */
  constructor(isolation) {
    this.isolation = isolation;
    const { env, callTimeout } = isolation.options;
    const list = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const [started, order] = start(list);
    this.channel = started.channel;
    this.pid = started.pid;
    this.limit = callTimeout === 0 ? Infinity : callTimeout;
    this.events = new Events(this);
    /** @type {Remains} */
    this.remains = { channel: started.channel, socket: undefined };
    collected.register(isolation, this.remains, this);
    try {
      this.arena = new Arena(this, started.address, order);
      this.callbacks = new Callbacks(this);
      isolation.helpers.add(this);
      this.#greet(started.address);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @param {number} address of the arena */
  #greet(address) {
    const { options } = this.isolation;
    const { limits, allow, noNewPrivileges, noNetwork, callbackTimeout } = options;
    // It starts where the program is now.
    const cwd = options.cwd === currentFolder() ? undefined : options.cwd;
    const { major, minor } = kinds.VERSION;
    const arena = { address, length: 2 ** this.arena.order };
    const told = { cwd, limits, allow, noNewPrivileges, noNetwork };
    const hello = { op: 'hello', major, minor, arena, callbackTimeout, options: told };
    const answer = this.#talk(HELLO, READY, 'isolate', hello, this.#longLimit);
    if (answer.major !== major) {
      const text = `isolate: the helper speaks version ${answer.major} of the protocol, the program ${major}`;
      throw createError('ERR_CALL_FAILED', text, 'isolate');
    }
    if (answer.minor !== minor) {
      const text = `it speaks version ${answer.major}.${answer.minor} of the protocol, the program ${major}.${minor}`;
      this.isolation.log.warn?.('version', text);
    }
  }

  /** The next number for a message. */
  nextId() {
    this.#lastId = (this.#lastId + 1) >>> 0 || 1;
    return this.#lastId;
  }

  /** A type's number, after whatever it has to be told of it. @param {import('../types.js').CType} type */
  tell(type) {
    return this.#told.tell(type.number);
  }

  /**
   * Asks something.
   * @param {string} symbol what it is about, for messages
   * @param {{ op: string, [key: string]: unknown }} question
   * @param {number} [limit] in milliseconds
   * @returns {any} the answer
   */
  ask(symbol, question, limit = this.limit) {
    return this.#talk(ASK, TOLD, symbol, question, limit);
  }

  /** Milliseconds for what may take longer than a call. */
  get #longLimit() {
    return Math.max(START, this.limit);
  }

  /** Loads a library, which may take longer than a call. @param {string} symbol @param {object} question @returns {number} */
  load(symbol, question) {
    return this.ask(symbol, { op: 'load', ...question }, this.#longLimit);
  }

  /**
   * @param {number} kind
   * @param {number} expected
   * @param {string} symbol
   * @param {{ op: string }} question
   * @param {number} limit
   * @returns {any}
   */
  #talk(kind, expected, symbol, question, limit) {
    if (!this.isAlive) throw this.gone(symbol);
    demandStack();
    const id = this.nextId();
    const start = now();
    const news = this.#told.news();
    const bytes = Buffer.from(stringify(news.length > 0 ? { ...question, news } : question));
    const { channel } = this;
    const message = taken(
      channel,
      () =>
        native.isolateSend(channel, kind, TEXT, id, 0, 0, 0, 0, limit, bytes) ||
        native.isolateReceive(channel, limit, false),
    );
    this.#told.sent(news);
    const answer = answerOf(this.#wait(expected, message, id, symbol, limit, start).body, question);
    if (answer !== undefined) return answer;
    this.end('it sent an answer to something else', 0, true);
    throw crashed(symbol, this.death);
  }

  /**
   * Makes a call, and waits for its result.
   * @param {IsolatedFn} fn
   * @param {InstanceType<typeof Passage>} passage what it lends
   * @param {() => void} store leaves the arguments in the frame
   */
  call(fn, passage, store) {
    const { name: symbol, library } = fn;
    // A getter of an argument may have made another call, in which it died, or closed the library.
    if (!this.isAlive) throw this.gone(symbol);
    if (!library.isOpen) throw closed(symbol);
    this.bind(fn);
    if (this.callbacks.count > 0) demandStack();
    const { channel, limit } = this;
    const id = this.nextId();
    // Without callbacks nobody asks how long it took.
    const start = this.callbacks.count > 0 ? now() : 0;
    const message = exchange(channel, id, fn, limit, store);
    return this.#wait(RESULT, message, id, symbol, limit, start, passage);
  }

  /** Makes sure that a function is bound here. @param {IsolatedFn} fn */
  bind(fn) {
    if (fn.helper === this) return;
    this.isolation.bindAgain(fn);
    if (fn.helper !== this) throw this.gone(fn.name);
  }

  /**
   * @param {number} expected
   * @param {Message} message that has come
   * @param {number} id
   * @param {string} symbol
   * @param {number} left milliseconds
   * @param {number} start when the helper was given the turn
   * @param {InstanceType<typeof Passage>} [passage] what the call has lent
   * @returns {Message} the one that is waited for
   */
  #wait(expected, message, id, symbol, left, start, passage) {
    // The usual case first.
    if (message.kind === expected && message.id === id) return message;
    const limit = left;
    const level = new Level(passage);
    while (message.kind === CALLBACK) {
      // The clock stands still while it is the program's turn.
      left -= now() - start;
      const { channel } = this;
      const { id: asked } = message;
      const answer = this.callbacks.run(message, level, false);
      if (!this.isAlive) throw this.gone(symbol);
      start = now();
      // At once: from the answer on the helper may be sent nothing before it has sent the next message.
      message = taken(channel, () => {
        this.answer(asked, answer);
        // Otherwise one that is there already would always come first.
        return left > 0 ? native.isolateReceive(channel, left, false) : LATE;
      });
    }
    const { kind } = message;
    if ((kind !== expected && kind !== FAILURE) || message.id !== id) throw this.#fail(kind, symbol, limit);
    if (level.thrown) throw level.thrown.error;
    if (kind === FAILURE) throw failureOf(message.body, expected === RESULT ? symbol : undefined);
    return message;
  }

  /** It has ended while somebody needed it. @param {string} symbol */
  gone(symbol) {
    if (!this.isolation.isClosed) return crashed(symbol, this.death);
    return createError('ERR_LIBRARY_CLOSED', `${symbol}: the isolate was closed meanwhile`, symbol);
  }

  /** What came was no answer. @param {number} code @param {string} symbol @param {number} limit milliseconds there were */
  #fail(code, symbol, limit) {
    if (code === LATE) {
      this.end(`a call of ${symbol} took longer than ${limit} ms`, 0);
      return late(symbol, limit);
    }
    if (code !== ENDED) {
      const what = code === MALFORMED ? 'bytes that are no message' : 'a message that nobody waits for';
      this.end(`it sent ${what}`, 0, true);
    } else this.ended();
    return crashed(symbol, this.death);
  }

  /**
   * Tells what a callback has returned, and does nothing after that. If it cannot be sent, the next wait finds out why.
   * @param {number} id of the message that has asked for it
   * @param {import('./callbacks.js').Answer} result
   */
  answer(id, result) {
    if (!this.isAlive || result === null) return;
    const { channel, limit } = this;
    if (result === undefined) native.isolateSend(channel, ANSWER, DEFAULT, id, 0, 0, 0, 0, limit, undefined);
    else if (!isArray(result)) native.isolateSend(channel, ANSWER, 0, id, 0, 0, 0, 0, limit, result);
    else {
      u32[WORD] = result[0];
      u32[WORD + 1] = result[1];
      native.isolateSend(channel, ANSWER, 0, id, 0, 8, 0, 0, limit, undefined);
    }
  }

  /** Notices that it has ended, though its pipes may be open: a child of it can have them. */
  look() {
    if (this.isAlive && !native.isolateIsAlive(this.channel)) this.end(GONE, 0);
    return this.isAlive;
  }

  /**
   * It is gone, or has to go: nothing of it is valid any more.
   * @param {string} reason
   * @param {number} patience milliseconds before it is killed
   * @param {boolean} [isHostile] whether it has done what no helper does
   */
  end(reason, patience, isHostile = false) {
    if (!this.isAlive) return;
    this.isAlive = false;
    if (patience === 0) native.isolateKill(this.channel);
    this.death = native.isolateEnd(this.channel, patience);
    // What it died of, calls throw; that it meant no good, nobody else tells.
    const { log } = this.isolation;
    const write = isHostile ? log.error : log.info;
    write?.('end', `${reason}: ${crashed('', this.death).message}`);
    // Other calls that are inside are told too.
    if (patience === 0 && reason !== GONE) this.death = { ...this.death, reason };
    this.#leave();
  }

  /** It has closed its pipes. */
  ended() {
    this.end(GONE, PATIENCE);
  }

  /** Ends it because it is not needed any more. */
  close() {
    if (!this.isAlive) return;
    this.isAlive = false;
    native.isolateKill(this.channel);
    this.death = native.isolateEnd(this.channel, 0);
    this.#leave();
  }

  #leave() {
    collected.unregister(this);
    this.isolation.helpers.delete(this);
    const left = [...this.blocks].map((block) => block.leave());
    if (left.every(Boolean)) this.arena.leave();
    this.blocks.clear();
    this.events.end();
  }

  /** What a call lends to C in it. @param {boolean} isStacked */
  passage(isStacked) {
    return new Passage(this, isStacked);
  }
}

module.exports = { Helper };
