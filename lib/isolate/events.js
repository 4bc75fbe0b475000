'use strict';
// What a helper sends when the program waits for nothing: results of asynchronous calls, and callbacks of threads.

const { performance } = require('node:perf_hooks');
const timers = require('node:timers');
const native = require('../binding.js');
const { late } = require('./death.js');
const { CALLBACK, SETTLED } = require('./kinds.js');
const { taken } = require('./message.js');
const { Running, threadsOf } = require('./running.js');

/** @typedef {InstanceType<typeof import('./helper.js').Helper>} Helper */
/** @typedef {import('../async/settle.js').Pending} Pending */

// Taken once: tests of programs put others in their place.
const { clearInterval, setInterval } = timers;
const now = performance.now.bind(performance);

/** So many milliseconds are between two looks at a helper that calls are pending in, at most. */
const STEP = 100;

/**
 * The event loop has the socket, and must not so have the isolate: whoever waits for a call has that.
 * @param {import('node:net').Socket} socket
 * @param {WeakRef<Events>} events
 */
function hear(socket, events) {
  socket.on('data', (bytes) => events.deref()?.read(bytes));
  socket.on('error', () => {});
  socket.on('close', () => events.deref()?.ended());
}

class Events {
  /** Asynchronous calls, by number. @type {Map<number, Pending>} */
  pending = new Map();
  #helper;
  /** @type {import('node:net').Socket | undefined} */
  #socket;
  #isListening = false;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #step;
  #running;
  /** Milliseconds of the step in which callbacks ran here. */
  #busy = 0;

  /** @param {Helper} helper */
  constructor(helper) {
    this.#helper = helper;
    const { limit, isolation } = helper;
    this.#step = Math.max(1, Math.min(STEP, Math.floor(limit / 4)));
    this.#running = new Running(limit, threadsOf(isolation.options.env));
  }

  /** From now on they are read. */
  listen() {
    const helper = this.#helper;
    if (this.#socket || !helper.isAlive) return;
    const { Socket } = require('node:net');
    // Nobody but a debugger comes in between; the descriptor is there once.
    if (this.#isListening) return;
    this.#isListening = true;
    try {
      const socket = new Socket({ fd: native.isolateListen(helper.channel), readable: true, writable: false });
      this.#socket = helper.remains.socket = socket;
      let isWanted;
      do {
        isWanted = this.#timer !== undefined;
        if (isWanted) socket.ref();
        else socket.unref();
      } while (isWanted !== (this.#timer !== undefined));
      hear(socket, new WeakRef(this));
    } finally {
      this.#isListening = this.#socket !== undefined;
    }
  }

  /** @param {Uint8Array} bytes */
  read(bytes) {
    const helper = this.#helper;
    if (!helper.isAlive) return;
    native.isolateFeed(helper.channel, bytes);
    while (helper.isAlive) {
      const message = taken(helper.channel, () => native.isolateEvent(helper.channel));
      const { kind } = message;
      if (kind === 0) return;
      if (kind === CALLBACK) this.#callBack(message);
      else if (kind !== SETTLED || !require('./async.js').settle(helper, message)) {
        helper.end('it sent an event that nobody waits for', 0, true);
      }
    }
  }

  /** There are no more. */
  ended() {
    this.#helper.ended();
  }

  /** @param {import('./message.js').Message} message */
  #callBack(message) {
    const call = this.pending.get(message.value);
    const start = now();
    const answer = this.#helper.callbacks.run(message, call, true);
    this.#helper.answer(message.id, answer);
    this.#busy += now() - start;
  }

  /**
   * The time of a call stands still while a promise of a callback of it is pending, as long as C waits for that.
   * @param {number} id of the callback
   * @param {number} call
   */
  pause(id, call) {
    this.#running.pause(id, call, this.#helper.isolation.options.callbackTimeout || Infinity);
  }

  /** @param {number} id of the callback */
  resume(id) {
    this.#running.resume(id);
  }

  /** @param {number} id @param {Pending} call */
  add(id, call) {
    this.pending.set(id, call);
    this.#running.add(id, this.#step);
    this.#attend();
    // It has ended since the call was sent.
    if (this.#helper.isAlive || !this.pending.delete(id)) return;
    this.#attend();
    throw this.#helper.gone(call.symbol);
  }

  /** @param {number} id @returns {Pending | undefined} */
  take(id) {
    const call = this.pending.get(id);
    if (!this.pending.delete(id)) return undefined;
    this.#running.remove(id, this.#step);
    this.#attend();
    return call;
  }

  /** While calls are pending, the event loop waits for what the helper sends, and time is counted: also where a debugger begins or
   * ends some in the middle of this. */
  #attend() {
    while (this.pending.size > 0 !== (this.#timer !== undefined)) {
      if (this.#timer === undefined) {
        this.#socket?.ref();
        const timer = setInterval(() => this.#look(), this.#step).unref();
        if (this.#timer === undefined) this.#timer = timer;
        else clearInterval(timer);
      } else {
        this.#socket?.unref();
        const timer = this.#timer;
        this.#timer = undefined;
        clearInterval(timer);
      }
    }
  }

  /** Some time has passed. If the program was busy, no more than a step of it counts: it could have seen nothing. */
  #look() {
    const helper = this.#helper;
    if (!helper.look()) return;
    const ids = this.#running.pass(Math.max(0, this.#step - this.#busy));
    this.#busy = 0;
    if (ids.length > 0) this.#giveUp(ids);
  }

  /** @param {number[]} ids of calls that take too long; all others end with them */
  #giveUp(ids) {
    const helper = this.#helper;
    const calls = ids.flatMap((id) => this.pending.get(id) ?? []);
    if (calls.length === 0) return;
    for (const id of ids) this.pending.delete(id);
    helper.end(`a call of ${calls[0].symbol} took longer than ${helper.limit} ms`, 0);
    reject(calls, (symbol) => late(symbol, helper.limit));
  }

  /** The helper is gone. */
  end() {
    const calls = [...this.pending.values()];
    this.pending.clear();
    this.#attend();
    this.#socket?.destroy();
    reject(calls, (symbol) => this.#helper.gone(symbol));
  }
}

/** @param {Pending[]} calls @param {(symbol: string) => Error} error */
function reject(calls, error) {
  for (const call of calls) {
    call.release();
    call.reject(error(call.symbol));
  }
}

module.exports = { Events };
