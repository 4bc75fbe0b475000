'use strict';
// Callbacks: functions of the program that C in the helper calls.

const { isPromise } = require('node:util').types;
const { floorOfHeap, floorOfScratch, images } = require('../call.js');
const { entries } = require('../callback/entries.js');
const { INVALID, callbacks: local } = require('../pointer.js');
const { Kept, Lasting } = require('./kept.js');
const { Runner } = require('./runner.js');
const { demandStack } = require('./stack.js');

/** @typedef {InstanceType<typeof import('./helper.js').Helper>} Helper */
/** @typedef {InstanceType<typeof Runner>} AnyRunner */
/** @typedef {import('../signature.js').Signature} Signature */
/** @typedef {import('../callback/entries.js').Entry} Entry */

const { apply } = Reflect;
const { isArray } = Array;

/**
 * What a callback has returned: a record, or the words of a scalar; undefined for the default; null when it is still to come.
 * @typedef {Uint8Array | number[] | undefined | null} Answer
 */

/** So many others are opened before a function pointer that C may still have is given to another function. */
const RESTING = 64;

/**
 * A function pointer in the helper.
 * @typedef {object} Remote
 * @property {number} number
 * @property {number} address
 * @property {Function | undefined} fn undefined when it is closed
 * @property {Entry | undefined} entry of a JSCallback
 * @property {number} local its number here
 * @property {AnyRunner} runner
 * @property {InstanceType<typeof Lasting> | undefined} keep what the default points to
 */

/** So many are looked at for each JSCallback that is new, whether they were closed. */
const SWEPT = 4;

/** @param {Remote} remote of a JSCallback */
const isOpen = ({ entry, local: number }) => entries[number] === entry;

/**
 * The call that a callback is of.
 * @typedef {object} Waiting
 * @property {{ error: unknown } | undefined} thrown what a callback of it has thrown
 * @property {InstanceType<typeof import('./passage.js').Passage> | undefined} [passage] what it has lent
 */

/** @param {Function} fn @param {'onError' | 'result'} place */
const placeOf = (fn, place) => /** @type {Entry} */ (/** @type {unknown} */ ({ fn, symbol: 'callback', place }));

class Callbacks {
  #helper;
  /** @type {Map<number, Remote>} */
  #open = new Map();
  #last = 0;
  /** @type {WeakMap<Signature, AnyRunner>} */
  #runners = new WeakMap();
  /** Those of JSCallbacks. @type {WeakMap<object, Remote>} */
  #known = new WeakMap();
  /** The same, those that were looked at first first. @type {Remote[]} */
  #lasting = [];
  /** Those that were closed since the helper was told. @type {number[]} */
  #closed = [];
  /** What the defaults of closed ones point to, the oldest first. @type {InstanceType<typeof Lasting>[]} */
  #retired = [];
  /** @type {InstanceType<typeof Kept> | undefined} */
  #kept;

  /** @param {Helper} helper */
  constructor(helper) {
    this.#helper = helper;
  }

  /** How many there are. */
  get count() {
    return this.#last;
  }

  /** What C may use of results. */
  get kept() {
    return (this.#kept ??= new Kept(this.#helper));
  }

  /** @param {Signature} signature @returns {AnyRunner} */
  #runnerOf(signature) {
    let runner = this.#runners.get(signature);
    if (!runner) this.#runners.set(signature, (runner = new Runner(this.#helper, signature)));
    return runner;
  }

  /**
   * A function pointer for the duration of a call.
   * @param {Function} fn
   * @param {Signature} signature from planCallback
   */
  lend(fn, signature) {
    const runner = this.#runnerOf(signature);
    const { resting } = runner;
    const remote = resting.length > RESTING ? /** @type {Remote} */ (resting.shift()) : this.#make(runner, 0, fn);
    remote.fn = fn;
    const close = () => {
      remote.fn = undefined;
      resting.push(remote);
    };
    return { address: remote.address, close };
  }

  /**
   * The address for a JSCallback.
   * @param {any} value
   * @returns {number | undefined} undefined for what is none; INVALID for one that is closed
   */
  address(value) {
    const number = local.numberOf(value);
    if (number === undefined) return undefined;
    const entry = number === -1 ? undefined : entries[number];
    if (!entry) return INVALID;
    let remote = this.#known.get(value);
    if (!remote) {
      this.#sweep(SWEPT);
      remote = this.#make(this.#runnerOf(local.signatureOf(value)), entry.onError, entry.fn);
      remote.entry = entry;
      remote.local = number;
      // C may call it from now on, whatever else the program has of the isolate.
      entry.isolates = [...(entry.isolates ?? []).filter((helper) => helper.isAlive), this.#helper];
      this.#known.set(value, remote);
      this.#lasting.push(remote);
    }
    return remote.address;
  }

  /** Looks which JSCallbacks were closed. @param {number} most so many of them */
  #sweep(most) {
    for (let count = Math.min(most, this.#lasting.length); count > 0; count--) {
      const remote = this.#lasting.shift();
      // A debugger has had all of them closed meanwhile.
      if (!remote) return;
      if (isOpen(remote)) this.#lasting.push(remote);
      else this.#close(remote);
    }
  }

  /** C gets the default from now on, as long as its pointer is not another's. @param {Remote} remote */
  #close({ number, keep }) {
    this.#open.delete(number);
    this.#closed.push(number);
    if (keep) this.#retired.push(keep);
    if (this.#retired.length > RESTING) this.#retired.shift()?.close();
  }

  /** @param {AnyRunner} runner @param {unknown} onError @param {Function} fn @returns {Remote} */
  #make(runner, onError, fn) {
    const helper = this.#helper;
    // Before anything is taken from what the helper is still to be told.
    demandStack();
    helper.events.listen();
    const number = ++this.#last;
    /** @type {InstanceType<typeof Lasting> | undefined} */
    let keep;
    /** @type {{ word?: number[], bytes?: string }} */
    let fallback = {};
    if (!Object.is(onError, 0)) {
      keep = new Lasting(helper);
      const result = runner.give(placeOf(fn, 'onError'), onError, keep);
      fallback = isArray(result) ? { word: result } : { bytes: Buffer.from(result).toString('base64') };
    }
    const closed = this.#closed;
    this.#closed = [];
    const question = { op: 'callback', number, types: runner.numbers, fallback, closed };
    const address = Number(helper.ask('callback', question));
    const remote = { number, address, fn, entry: undefined, local: -1, runner, keep };
    this.#open.set(number, remote);
    return remote;
  }

  /**
   * Runs the callback that a message is of.
   * @param {import('./message.js').Message} message
   * @param {Waiting | undefined} call what throws its error, and has lent what C uses; undefined where nothing waits
   * @param {boolean} isEvent whether the program waits for nothing, and may so wait for a promise
   * @returns {Answer} what the helper is to be told
   */
  run({ id, value: sender, target, body }, call, isEvent) {
    const remote = this.#open.get(target);
    const fn = remote && (!remote.entry || isOpen(remote)) ? remote.fn : undefined;
    // After an error, no more JavaScript runs for the call.
    if (!remote || !fn || call?.thrown) return undefined;
    const { runner } = remote;
    const floors = [floorOfScratch(), floorOfHeap()];
    /** @type {unknown[]} */
    const held = [];
    let isTaken = false;
    try {
      const args = runner.take(body, held);
      isTaken = true;
      call?.passage?.exchange();
      const result = apply(fn, undefined, args);
      if (isEvent && isPromise(result)) {
        this.#wait(id, sender, call, runner, fn, result);
        return null;
      }
      return this.#given(call, runner, fn, result);
    } catch (error) {
      // What C has passed that nobody waits for is no error of the program's.
      return isTaken || call ? this.#thrown(call, error) : this.#refused(error);
    } finally {
      images.finish(floors[0], floors[1]);
    }
  }

  /** @param {Waiting | undefined} call @param {AnyRunner} runner @param {Function} fn @param {unknown} value */
  #given(call, runner, fn, value) {
    call?.passage?.exchange();
    return runner.give(placeOf(fn, 'result'), value);
  }

  /** @param {unknown} error of the arguments */
  #refused(error) {
    this.#helper.isolation.log.error?.('callback', String(error));
    return undefined;
  }

  /** @param {Waiting | undefined} call @param {unknown} error */
  #thrown(call, error) {
    if (call) call.thrown ??= { error };
    else {
      // No call can throw it: it is nobody's.
      queueMicrotask(() => {
        throw error;
      });
    }
    if (this.#helper.isAlive) call?.passage?.exchange();
    return undefined;
  }

  /**
   * @param {number} id
   * @param {number} sender the asynchronous call, whose time stands still
   * @param {Waiting | undefined} call
   * @param {AnyRunner} runner
   * @param {Function} fn
   * @param {Promise<unknown>} promise
   */
  async #wait(id, sender, call, runner, fn, promise) {
    const helper = this.#helper;
    helper.events.pause(id, sender);
    try {
      const value = await promise;
      if (helper.isAlive) helper.answer(id, this.#given(call, runner, fn, value));
    } catch (error) {
      helper.answer(id, this.#thrown(call, error));
    } finally {
      helper.events.resume(id);
    }
  }
}

module.exports = { Callbacks };
