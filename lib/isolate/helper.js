'use strict';
// One helper process of the program: from its start to its end. What is asked of it is waited for here.

const { performance } = require('node:perf_hooks');
const native = require('../binding.js');
const { createError } = require('../errors.js');
const { views, offsets } = require('../frame.js');
const { answerOf, failureOf } = require('./answers.js');
const { Arena, ORDERS } = require('./arena.js');
const { Callbacks } = require('./callbacks.js');
const { closed, crashed, late } = require('./death.js');
const { Told } = require('./descriptors.js');
const { Events } = require('./events.js');
const { header, trade } = require('./header.js');
const kinds = require('./kinds.js');
const { currentFolder } = require('./options.js');
const { Passage } = require('./passage.js');
const { demandStack } = require('./stack.js');

/** @typedef {InstanceType<typeof import('./isolation.js').Isolation>} Isolation */

const { i32 } = views;
const ERRNO = offsets.errno / 4;
const { ASK, CALL, CALLBACK, ENDED, FAILURE, HELLO, LATE, MALFORMED, READY, RESULT, TEXT, TOLD } = kinds;
const now = performance.now.bind(performance);
const { stringify } = JSON;

const ENTRY = require.resolve('./helper/entry.js');

/** Milliseconds that a process may take to start, or to load a library, on a machine that is busy. */
const START = 60_000;

/** It was not this process that ended it. */
const GONE = 'it ended';

/** Milliseconds that one that has closed its pipes may take to end. */
const PATIENCE = 2000;

/**
 * Starts a process, with as much shared memory as there is room for.
 * @param {string[]} variables
 * @returns {[started: any, order: number]}
 */
function start(variables) {
  const args = ['--no-warnings', ENTRY, String(process.pid)];
  let refused;
  for (const order of ORDERS) {
    try {
      return [native.isolateStart(process.execPath, args, variables, 2 ** order), order];
    } catch (error) {
      refused = error;
    }
  }
  throw refused;
}

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
  /** @type {Level | undefined} of the innermost call */
  #level = undefined;
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
    const body = { major, minor, arena, callbackTimeout, options: { cwd, limits, allow, noNewPrivileges, noNetwork } };
    const answer = this.#talk(HELLO, READY, 'isolate', { op: 'hello' }, () => body, this.#longLimit);
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
    const withNews = () => {
      const news = this.#told.news();
      return news.length > 0 ? { ...question, news } : question;
    };
    return this.#talk(ASK, TOLD, symbol, question, withNews, limit);
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
   * @param {() => object} body takes what it tells: it is sent
   * @param {number} limit
   * @returns {any}
   */
  #talk(kind, expected, symbol, question, body, limit) {
    if (!this.isAlive) throw this.gone(symbol);
    demandStack();
    const id = this.nextId();
    const start = now();
    const bytes = Buffer.from(stringify(body()));
    const sent = native.isolateSend(this.channel, kind, TEXT, id, 0, 0, 0, 0, limit, bytes);
    const code = sent || native.isolateReceive(this.channel, limit, false);
    this.#wait(expected, code, id, symbol, limit, start);
    const answer = answerOf(native.isolateText(this.channel), question);
    if (answer !== undefined) return answer;
    this.end('it sent an answer to something else', 0, true);
    throw crashed(symbol, this.death);
  }

  /**
   * Makes the call that the frame is filled for, and waits for its result, which is in the frame then.
   * @param {import('./isolation.js').IsolatedFn} fn
   * @param {InstanceType<typeof Passage>} passage what it lends
   */
  call({ name: symbol, target, bytes, library }, passage) {
    // A getter of an argument may have made another call, in which it died, or closed the library.
    if (!this.isAlive) throw this.gone(symbol);
    if (!library.isOpen) throw closed(symbol);
    if (this.callbacks.count > 0) demandStack();
    const { channel, limit } = this;
    const id = this.nextId();
    // Without callbacks nobody asks how long it took.
    const start = this.callbacks.count > 0 ? now() : 0;
    const code = trade(channel, CALL, id, target, bytes, limit, false);
    this.#wait(RESULT, code, id, symbol, limit, start, passage);
    i32[ERRNO] = header.errno();
  }

  /**
   * @param {number} expected
   * @param {number} code of the message that has come, or what went wrong
   * @param {number} id
   * @param {string} symbol
   * @param {number} left milliseconds
   * @param {number} start when the helper was given the turn
   * @param {InstanceType<typeof Passage>} [passage] what the call has lent
   */
  #wait(expected, code, id, symbol, left, start, passage) {
    // The usual case first.
    if (code === expected && header.id() === id) return;
    const outer = this.#level;
    const limit = left;
    const level = (this.#level = new Level(passage));
    try {
      while (code === CALLBACK) {
        // The clock stands still while it is the program's turn.
        left -= now() - start;
        this.callbacks.run(level, false);
        if (!this.isAlive) throw this.gone(symbol);
        start = now();
        // Otherwise one that is there already would always come first.
        code = left > 0 ? native.isolateReceive(this.channel, left, false) : LATE;
      }
    } finally {
      this.#level = outer;
    }
    if ((code !== expected && code !== FAILURE) || header.id() !== id) throw this.#fail(code, symbol, limit);
    if (level.thrown) throw level.thrown.error;
    if (code === FAILURE) throw this.failure(expected === RESULT ? symbol : undefined);
  }

  /** The error that the last message tells. @param {string} [symbol] of the call */
  failure(symbol) {
    return failureOf(native.isolateText(this.channel), symbol);
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

  /** Sends a message that nobody waits for here. @param {number[]} head @param {Uint8Array} [body] */
  send([kind, flags, id, target, frame, errno, value], body) {
    return native.isolateSend(this.channel, kind, flags, id, target, frame, errno, value, this.limit, body) === 0;
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
