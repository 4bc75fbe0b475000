'use strict';
// Callbacks: functions of the program that C in the helper calls.

const { isPromise } = require('node:util').types;
const { takerOf } = require('../callback/arguments.js');
const { floorOfHeap, floorOfScratch, images } = require('../call.js');
const { entries } = require('../callback/entries.js');
const { checkNothing, refuseResult } = require('../callback/results.js');
const marshallers = require('../marshal.generated.js');
const { views, offsets } = require('../frame.js');
const { MemoryView } = require('../memory-view.js');
const { INVALID, callbacks: local } = require('../pointer.js');
const { marshalOf } = require('../record/marshal.js');
const { worded } = require('../refused.js');
const { header } = require('./header.js');
const { Kept, Lasting } = require('./kept.js');
const { ANSWER, DEFAULT } = require('./kinds.js');
const { demandStack } = require('./stack.js');

/** @typedef {InstanceType<typeof import('./helper.js').Helper>} Helper */
/** @typedef {import('../signature.js').Signature} Signature */
/** @typedef {import('../callback/entries.js').Entry} Entry */

const { apply } = Reflect;
const { u32 } = views;
const RESULT = offsets.scalarResult / 4;

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
 * @property {Runner} runner
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

/** How callbacks of one signature are run. */
class Runner {
  /** Pointers that were used, the oldest first. @type {Remote[]} */
  resting = [];

  /** @param {Helper} helper @param {Signature} signature from planCallback */
  constructor(helper, signature) {
    this.helper = helper;
    this.signature = helper.isolation.types.callback(signature);
    const { params, result, spots } = this.signature;
    // A string is an address until it is read.
    this.takers = params.map((type, index) =>
      takerOf(type.base === 'cstring' ? { ...type, make: undefined } : type, spots[index]),
    );
    this.result = result;
    this.numbers = [result, ...params].map((type) => helper.tell(type));
    this.isText = params.map((type) => type.base === 'cstring');
  }

  /** The arguments in the frame. @param {unknown[]} held */
  take(held) {
    /** @type {any[]} not one of doubles only, which does not keep signalling NaNs */
    const values = [undefined];
    const { takers, isText, helper, signature } = this;
    for (let index = 0; index < takers.length; index++) values[index] = takers[index](held);
    for (let index = 0; index < takers.length; index++) {
      if (isText[index]) values[index] = helper.isolation.textAt('callback', values[index], signature.params[index]);
    }
    values.length = takers.length;
    return values;
  }

  /**
   * Leaves a result: a scalar in the frame.
   * @param {Entry} place what messages call it
   * @param {any} value
   * @param {InstanceType<typeof Lasting>} [keep] what it points to is kept by
   * @returns {Uint8Array | undefined} the bytes of a record
   */
  give(place, value, keep = this.helper.callbacks.kept) {
    const { result } = this;
    if (result.base === 'void') return void checkNothing(place, value);
    if (isPromise(value)) refuseResult(place, result, value);
    if (!result.record) {
      const { read, invalid, store } = marshallers[result.base];
      const accepted = result.accept ? result.accept(value, keep) : read(value);
      if (invalid(accepted)) refuseResult(place, result, value);
      store(accepted, offsets.scalarResult);
      return undefined;
    }
    const bytes = new Uint8Array(result.size + 8);
    try {
      if (typeof value === 'object')
        marshalOf(result).put(new MemoryView(bytes.buffer), 0, value, /** @type {any} */ (keep.call));
      else require('../passing.js').putByAddress(result, new MemoryView(bytes.buffer), 0, value);
    } catch (error) {
      throw worded(error, place.symbol, undefined, place.place);
    }
    return bytes.subarray(0, result.size);
  }
}

/** @param {Function} fn @param {'onError' | 'result'} place */
const placeOf = (fn, place) => /** @type {Entry} */ (/** @type {unknown} */ ({ fn, symbol: 'callback', place }));

class Callbacks {
  #helper;
  /** @type {Map<number, Remote>} */
  #open = new Map();
  #last = 0;
  /** @type {WeakMap<Signature, Runner>} */
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

  /** @param {Signature} signature @returns {Runner} */
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
      const remote = /** @type {Remote} */ (this.#lasting.shift());
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

  /** @param {Runner} runner @param {unknown} onError @param {Function} fn @returns {Remote} */
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
      u32[RESULT] = u32[RESULT + 1] = 0;
      const bytes = runner.give(placeOf(fn, 'onError'), onError, keep);
      fallback = bytes ? { bytes: Buffer.from(bytes).toString('base64') } : { word: [u32[RESULT], u32[RESULT + 1]] };
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
   * Runs the callback that the last message is of, and sends its result.
   * @param {Waiting | undefined} call what throws its error, and has lent what C uses; undefined where nothing waits
   * @param {boolean} isEvent whether the program waits for nothing, and may so wait for a promise
   */
  run(call, isEvent) {
    const id = header.id();
    const sender = header.value();
    const remote = this.#open.get(header.target());
    const fn = remote && (!remote.entry || isOpen(remote)) ? remote.fn : undefined;
    // After an error, no more JavaScript runs for the call.
    if (!remote || !fn || call?.thrown) return void this.#answer(id, DEFAULT, undefined);
    const { runner } = remote;
    const floors = [floorOfScratch(), floorOfHeap()];
    /** @type {unknown[]} */
    const held = [];
    let isTaken = false;
    try {
      const args = runner.take(held);
      isTaken = true;
      call?.passage?.exchange();
      const result = apply(fn, undefined, args);
      if (isEvent && isPromise(result)) return void this.#wait(id, sender, call, runner, fn, result);
      this.#give(id, call, runner, fn, result);
    } catch (error) {
      // What C has passed that nobody waits for is no error of the program's.
      if (isTaken || call) this.#thrown(id, call, error);
      else this.#refused(id, error);
    } finally {
      images.finish(floors[0], floors[1]);
    }
  }

  /** @param {number} id @param {Waiting | undefined} call @param {Runner} runner @param {Function} fn @param {unknown} value */
  #give(id, call, runner, fn, value) {
    call?.passage?.exchange();
    this.#answer(id, 0, runner.give(placeOf(fn, 'result'), value));
  }

  /** @param {number} id @param {unknown} error of the arguments */
  #refused(id, error) {
    this.#helper.isolation.log.error?.('callback', String(error));
    if (this.#helper.isAlive) this.#answer(id, DEFAULT, undefined);
  }

  /** @param {number} id @param {Waiting | undefined} call @param {unknown} error */
  #thrown(id, call, error) {
    if (call) call.thrown ??= { error };
    else {
      // No call can throw it: it is nobody's.
      queueMicrotask(() => {
        throw error;
      });
    }
    if (!this.#helper.isAlive) return;
    call?.passage?.exchange();
    this.#answer(id, DEFAULT, undefined);
  }

  /**
   * @param {number} id
   * @param {number} sender the asynchronous call, whose time stands still
   * @param {Waiting | undefined} call
   * @param {Runner} runner
   * @param {Function} fn
   * @param {Promise<unknown>} promise
   */
  async #wait(id, sender, call, runner, fn, promise) {
    const { events } = this.#helper;
    events.pause(id, sender);
    try {
      const value = await promise;
      if (this.#helper.isAlive) this.#give(id, call, runner, fn, value);
    } catch (error) {
      this.#thrown(id, call, error);
    } finally {
      events.resume(id);
    }
  }

  /** @param {number} id @param {number} flags @param {Uint8Array | undefined} bytes of a record */
  #answer(id, flags, bytes) {
    const helper = this.#helper;
    if (!helper.isAlive) return;
    const isScalar = flags === 0 && bytes === undefined;
    // If it cannot be sent, the next wait finds out why.
    helper.send([ANSWER, flags, id, 0, isScalar ? 8 : 0, 0, 0], bytes);
  }
}

module.exports = { Callbacks };
