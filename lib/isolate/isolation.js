'use strict';
// An isolate: its helper, which is started again when it has ended, its libraries, and its functions.

const { performance } = require('node:perf_hooks');
const native = require('../binding.js');
const { CHECKED_TEXT, allChecked } = require('../checked.js');
const { createError } = require('../errors.js');
const { describeFunction, functionAt, numberOf } = require('./bound.js');
const { closed, unready } = require('./death.js');
const { Helper } = require('./helper.js');
const { MISSING } = require('./kinds.js');
const { Log } = require('./log.js');
const { placed } = require('./options.js');
const { Passage } = require('./passage.js');
const { pointerIn } = require('./pointer.js');
const { Refused } = require('../refused.js');
const { Types } = require('./types.js');

/** @typedef {import('../library/open.js').Opening} Opening */
/** @typedef {InstanceType<typeof Passage>} AnyPassage */
/** @typedef {import('./bound.js').IsolatedFn} IsolatedFn */

/**
 * @typedef {object} OpenLibrary
 * @property {string[] | null} paths
 * @property {Opening} opening
 * @property {InstanceType<typeof Helper> | undefined} helper that it was loaded in last
 * @property {number} number there
 * @property {boolean} isOpen
 * @property {Set<IsolatedFn>} functions
 */

class Isolation {
  /** @type {InstanceType<typeof Helper> | undefined} */
  #helper;
  #restarts = 0;
  #isClosed = false;
  /** @type {AnyPassage | undefined} of the call that is being prepared */
  #passage;
  /** Those that live: one, and those whose start the engine has stopped. @type {Set<InstanceType<typeof Helper>>} */
  helpers = new Set();
  /** @type {Set<OpenLibrary>} */
  libraries = new Set();
  types = new Types(this);

  /** @param {Readonly<import('./options.js').IsolateOptions>} options */
  constructor(options) {
    this.options = options;
    this.log = new Log(options.log, () => this.#helper?.pid);
    this.#helper = new Helper(this);
    this.log.info?.('start', `with process ${this.#helper.pid}`);
  }

  /** The helper as it is, be it alive or not. */
  get inside() {
    return /** @type {InstanceType<typeof Helper>} */ (this.#helper);
  }

  /** How often it was started again. */
  get restarts() {
    return this.#restarts;
  }

  get isClosed() {
    return this.#isClosed;
  }

  /** What the call that is being prepared lends; outside of calls, nothing can be lent. @returns {AnyPassage} */
  get passage() {
    return this.#passage ?? this.outside();
  }

  /**
   * A pointer of the helper.
   * @param {number | bigint} address not NULL
   * @param {string} [name] of the opaque type that it points to
   */
  pointer(address, name) {
    const { arena } = this.inside;
    const lender = arena.has(address) ? arena.lenderOf(Number(address), this.#passage) : undefined;
    return pointerIn(this.inside, address, name, lender);
  }

  /** What is written to memory of the helper lends nothing. @returns {AnyPassage} */
  outside() {
    const passage = this.inside.passage(false);
    passage.take = () => {
      throw new Refused('ERR_INVALID_ARG_VALUE', 'memory cannot keep a copy alive: pass memory of the isolate');
    };
    return passage;
  }

  /**
   * The helper, which is started again if it has ended.
   * @param {string} symbol what it is needed for
   * @returns {InstanceType<typeof Helper>}
   */
  ready(symbol) {
    const helper = this.inside;
    if (helper.isAlive) return helper;
    if (this.#isClosed) throw createError('ERR_LIBRARY_CLOSED', `${symbol}: the isolate is closed`, symbol);
    const { maxRestarts } = this.options;
    if (this.#restarts >= maxRestarts) {
      const times = maxRestarts === 0 ? '' : ` ${maxRestarts + 1} times`;
      const text = `${symbol}: the helper process has ended${times}, and is not started again`;
      throw createError('ERR_HELPER_RESTARTS', text, symbol);
    }
    this.#restarts++;
    const start = performance.now();
    /** @type {InstanceType<typeof Helper>} */
    let next;
    try {
      next = new Helper(this);
    } catch (error) {
      throw unready(symbol, error);
    }
    if (this.#helper !== helper || this.#isClosed) {
      // A debugger has had another one started, or closed the isolate.
      next.close();
      return this.ready(symbol);
    }
    this.#helper = next;
    try {
      for (const library of this.libraries) {
        this.#load(symbol, library);
        this.#bind(symbol, library, [...library.functions]);
      }
    } catch (error) {
      // What could not be set up is not used half.
      next.close();
      throw unready(symbol, error);
    }
    const took = Math.round(performance.now() - start);
    this.log.info?.('restart', `${this.#restarts} of ${maxRestarts}, as process ${next.pid}, in ${took} ms`);
    return next;
  }

  /**
   * Runs a call, with a passage of its own.
   * @param {string} symbol
   * @param {Function} stub
   * @param {unknown[]} args
   */
  call(symbol, stub, args) {
    const helper = this.ready(symbol);
    const outer = this.#passage;
    const passage = helper.passage(true);
    passage.outer = outer;
    this.log.info?.('call', symbol);
    try {
      this.#passage = passage;
      return Reflect.apply(stub, undefined, args);
    } finally {
      this.#passage = outer;
      passage.close();
    }
  }

  /** @param {number} number @returns {IsolatedFn} */
  functionAt(number) {
    return functionAt(number);
  }

  /**
   * @param {string} caller
   * @param {string[] | null} paths
   * @param {Opening} opening
   * @returns {OpenLibrary}
   */
  open(caller, paths, opening) {
    const { limits } = this.options;
    this.ready(caller);
    if (limits.libraries !== undefined && this.libraries.size >= limits.libraries) {
      const text = `${caller}: no more than ${limits.libraries} libraries may be open at once`;
      throw createError('ERR_ACCESS_DENIED', text, caller);
    }
    /** @type {OpenLibrary} */
    const library = {
      ...placed(caller, paths, opening),
      helper: undefined,
      number: 0,
      isOpen: true,
      functions: new Set(),
    };
    this.#load(caller, library);
    this.libraries.add(library);
    return library;
  }

  /**
   * The number of a library in the helper. It is loaded there if it is not: the engine may have stopped the script that was to do it
   * after a restart, or a debugger may have come in between.
   * @param {string} symbol
   * @param {OpenLibrary} library
   */
  #numberHere(symbol, library) {
    if (library.helper !== this.inside) this.#load(symbol, library);
    return library.number;
  }

  /** @param {string} symbol @param {OpenLibrary} library */
  #load(symbol, library) {
    const { paths, opening } = library;
    // What this process may not open, its helper may not either.
    const allowed = native.allowedLibraries();
    const helper = this.inside;
    const number = helper.load(symbol, { paths, ...opening, allowed });
    library.number = number;
    library.helper = helper;
    this.log.info?.('load', paths === null ? 'the running process' : paths.join(' or '));
  }

  /**
   * Binds functions: all of them or none. Those that are missing and may be are left out.
   * @param {string} caller
   * @param {OpenLibrary} library
   * @param {{ symbol: string, name: string, optional: boolean, signature: import('../signature.js').Signature }[]} wanted
   * @returns {(number | undefined)[]} the numbers for their stubs
   */
  bind(caller, library, wanted) {
    this.ready(caller);
    const made = wanted.map((one) => describeFunction(library, one));
    const targets = this.#bind(caller, library, made);
    return made.map((fn, index) => {
      if (targets[index] === MISSING) return undefined;
      library.functions.add(fn);
      return numberOf(fn);
    });
  }

  /**
   * Binds a variadic function for arguments of certain types.
   * @param {number} base its own number
   * @param {import('../signature.js').Signature} signature with all of them
   * @returns {number} for the stub
   */
  bindVariant(base, signature) {
    const { library, name, symbol, types } = this.functionAt(base);
    this.ready(name);
    const fn = describeFunction(library, { symbol, name, optional: false, signature }, types.length - 1);
    this.#bind(name, library, [fn]);
    library.functions.add(fn);
    return numberOf(fn);
  }

  /** Has a function bound in the helper, as libraries are loaded there. @param {IsolatedFn} fn */
  bindAgain(fn) {
    this.#bind(fn.name, fn.library, [fn]);
  }

  /** @param {string} symbol @param {OpenLibrary} library @param {IsolatedFn[]} wanted @returns {number[]} */
  #bind(symbol, library, wanted) {
    if (wanted.length === 0) return [];
    const number = this.#numberHere(symbol, library);
    const helper = this.inside;
    const questions = wanted.map(({ question, types }) => ({
      ...question,
      types: types.map((type) => helper.tell(type)),
    }));
    const { released } = helper;
    helper.released = [];
    const targets = helper.ask(symbol, { op: 'bind', library: number, functions: questions, released });
    wanted.forEach((fn, index) => {
      fn.target = targets[index];
      fn.helper = helper;
    });
    for (const fn of wanted) this.log.info?.('symbol', fn.symbol);
    return targets;
  }

  /**
   * The text at an address of the helper's.
   * @param {string} symbol
   * @param {number | bigint} address
   * @param {{ text?: { number: number } }} type
   * @returns {string | null}
   */
  textAt(symbol, address, type) {
    if (address === 0) return null;
    const encoding = (type.text?.number ?? 0) | (allChecked ? CHECKED_TEXT : 0);
    return this.inside.ask(symbol, { op: 'text', address: String(address), encoding });
  }

  /**
   * The address of a symbol, for C.
   * @param {string} name for messages
   * @param {OpenLibrary} library
   * @param {string} symbol
   */
  pointerTo(name, library, symbol) {
    if (!library.isOpen) throw closed(name);
    const helper = this.ready(name);
    const number = this.#numberHere(name, library);
    return this.types.pointer(Number(helper.ask(name, { op: 'find', library: number, symbol })));
  }

  /** @param {OpenLibrary} library */
  close(library) {
    if (!library.isOpen) return;
    library.isOpen = false;
    this.libraries.delete(library);
    const helper = this.inside;
    if (!helper.look() || library.helper !== helper) return;
    try {
      helper.ask('close', { op: 'close', library: library.number });
    } catch (error) {
      // One that has died has closed it too.
      if (helper.isAlive) throw error;
    }
  }

  /** Ends the helper. */
  end() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const library of this.libraries) library.isOpen = false;
    this.libraries.clear();
    for (const helper of this.helpers) helper.close();
  }
}

module.exports = { Isolation };
