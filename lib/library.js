'use strict';
// Libraries: dlopen, and the objects that hold what was opened.

const native = require('./binding.js');
const { checkedOption } = require('./checked.js');
const { createError } = require('./errors.js');
const { bindSymbol, bindAll } = require('./bind.js');
const { withWay } = require('./fast/options.js');
const { closeLibrary } = require('./library/close.js');
const { addressLeft, closeWhenCollected, forget, letsAddressesOut } = require('./library/life.js');
const { hasSymbol, isBindable, libraryExports, symbolAddress } = require('./library/look.js');
const { openLibrary, readOptions } = require('./library/open.js');
const { didYouMean } = require('./nearest.js');
const { withOutcome } = require('./outcome.js');
const { ownerOfLibrary } = require('./owner.js');
const { planSignature } = require('./signature.js');

/** What a definition of dlopen may have. */
const KEYS = ['args', 'returns', 'symbol', 'optional', 'errno', 'check', 'checked', 'type', 'global', 'fast', 'leaf'];

/** What is open, by number. @type {{ opened: Map<number, import('./leaks.js').Live> }} */
const { opened } = native;

/** Whose number is asked. @type {(library: Library) => number} */
let numberOf;

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** Whether a library from a file is open. @type {(library: Library) => boolean} */
let isOpen;

/**
 * An open library. Its class is a thin owner of a handle: `new Library(handle, symbols)`.
 */
class Library {
  /** @type {bigint} */
  #handle;

  /**
   * @param {bigint} handle from `ffi.load`
   * @param {object} symbols
   */
  constructor(handle, symbols) {
    this.#handle = handle;
    this.symbols = symbols;
  }

  static {
    numberOf = (library) => handleNumber(library.#handle);
  }

  /** Binds a function by its prototype in C. @param {unknown} prototype */
  func(prototype) {
    if (typeof prototype !== 'string')
      throw definitionError('func', 'expected the prototype of a function in C', 'func');
    const { symbol, ...types } = prototypeDefinition('func', prototype);
    return bindFunction(this, symbol, { symbol, ...types });
  }

  /**
   * Unloads the library once no call is inside. Calls throw ERR_LIBRARY_CLOSED from now on. It is a function by itself, for
   * `const { symbols, close } = dlopen(…)`.
   */
  get close() {
    return () => {
      forget(this);
      closeHandle(this.#handle);
    };
  }

  /** Whether the library has a symbol. @param {unknown} name @returns {boolean} */
  has(name) {
    return hasSymbol(handleNumber(this.#handle), name);
  }

  /** The address of a symbol. @param {unknown} name @returns {number | bigint} */
  ptr(name) {
    return symbolAddress(handleNumber(this.#handle), name);
  }

  /** What the library's file exports. */
  exports() {
    return libraryExports(handleNumber(this.#handle));
  }

  [dispose]() {
    this.close();
  }

  static {
    isOpen = (library) => opened.has(handleNumber(library.#handle));
  }
}

/**
 * @param {string} caller
 * @param {unknown} path
 * @param {unknown} [options]
 * @returns {bigint} a handle, never given out twice
 */
function openHandle(caller, path, options) {
  return BigInt(openLibrary(caller, path, readOptions(caller, options, 1)));
}

/**
 * The number Rust knows a handle by; 0, which it never gives out, for what is no handle.
 * @param {unknown} handle
 */
function handleNumber(handle) {
  return typeof handle === 'bigint' && BigInt.asUintN(32, handle) === handle ? Number(handle) : 0;
}

/** @param {unknown} handle unknown and closed handles are ignored */
function closeHandle(handle) {
  closeLibrary(handleNumber(handle));
}

/** @param {string} caller @param {string} text @param {string} [name] */
const definitionError = (caller, text, name) => createError('ERR_INVALID_ARG_TYPE', `${caller}: ${text}`, name);

/**
 * The own enumerable entries of a map of definitions, whose keys must be known ones.
 * @param {unknown} definitions
 * @param {string} caller
 * @param {string[]} keys
 * @param {'prototypes'} [others] what else may stand for a definition
 * @returns {[string, any][]}
 */
function definitionEntries(definitions, caller, keys, others) {
  if (typeof definitions !== 'object' || definitions === null) {
    throw definitionError(caller, 'the definitions must be an object');
  }
  const entries = Object.entries(definitions);
  for (const [name, definition] of entries) {
    if (others === undefined || typeof definition !== 'string') checkDefinition(definition, caller, keys, name);
  }
  return entries;
}

/**
 * @param {unknown} definition
 * @param {string} caller
 * @param {string[]} keys the known ones
 * @param {string} [name]
 */
function checkDefinition(definition, caller, keys, name) {
  const which = name === undefined ? 'the definition' : `the definition of ${name}`;
  if (typeof definition !== 'object' || definition === null) {
    throw definitionError(caller, `${which} must be an object`, name ?? caller);
  }
  const given = Object.keys(definition);
  for (let index = 0; index < given.length; index++) {
    if (keys.includes(given[index])) continue;
    const hint = didYouMean(given[index], keys);
    throw definitionError(caller, `${which} has an unknown key '${given[index]}'${hint}`, name ?? caller);
  }
}

/**
 * What a definition itself says, not what `Object.prototype` has come to say.
 * @param {any} definition
 * @returns {any}
 */
const ownProperties = (definition) => Object.setPrototypeOf({ ...definition }, null);

/**
 * An object of functions that any name can be a key of. It has no prototype, and properties that
 * engines find as fast as those of a literal, which `Object.create(null)` has not.
 * @param {string[]} names
 * @param {(Function | { get: () => any, set: (value: unknown) => void } | null)[]} members functions, and accessors of
 *   variables
 * @returns {Record<string, any>}
 */
function symbolTable(names, members) {
  const symbols = Object.setPrototypeOf({}, null);
  names.forEach((name, index) => {
    const member = members[index];
    if (typeof member === 'object' && member !== null) {
      const { get, set } = member;
      Object.defineProperty(
        symbols,
        name,
        Object.setPrototypeOf({ get, set, enumerable: true, configurable: true }, null),
      );
    } else symbols[name] = member;
  });
  // Engines make an object with many properties a hash table, but not one that is a prototype.
  const owner = function () {};
  owner.prototype = symbols;
  Reflect.construct(owner, []);
  return symbols;
}

/** Loaded when a prototype is first given. @type {typeof import('./c/prototype.js').prototypeDefinition} */
const prototypeDefinition = (...given) => require('./c/prototype.js').prototypeDefinition(...given);

/** What a definition says that may be a prototype. @param {unknown} definition @param {string} name */
const saidBy = (definition, name) =>
  typeof definition === 'string' ? prototypeDefinition('dlopen', definition, name) : ownProperties(definition);

/**
 * Binds one function of an open library.
 * @param {Library} library
 * @param {string} name for errors
 * @param {{ symbol: string, args: unknown[], returns: unknown }} definition
 * @returns {Function}
 */
function bindFunction(library, name, { symbol, args, returns }) {
  const signature = planSignature(name, args, returns);
  const number = numberOf(library);
  const isOpen = letsAddressesOut(signature);
  const bind = () => {
    if (isOpen) addressLeft(number);
    return bindSymbol(number, symbol, signature, name, !isOpen);
  };
  const { functions } = whileOpen(name, () => bindAll([bind]));
  return /** @type {Function} */ (functions[0]);
}

/**
 * Does something with a library that may be closed by now.
 * @template T
 * @param {string} name for errors
 * @param {() => T} action
 * @returns {T}
 */
function whileOpen(name, action) {
  try {
    return action();
  } catch (error) {
    if (/** @type {any} */ (error).code !== 'ERR_INVALID_HANDLE') throw error;
    throw createError('ERR_LIBRARY_CLOSED', `${name}: the library is closed`, name);
  }
}

/**
 * The accessors for a variable of an open library.
 * @param {Library} library
 * @param {string} name for errors
 * @param {{ symbol: string, type: unknown }} definition
 */
function bindVariable(library, name, { symbol, type }) {
  const { bindGlobal, globalType } = require('./library/globals.js');
  const asked = globalType(name, { type, global: true });
  return whileOpen(name, () => {
    addressLeft(numberOf(library));
    return bindGlobal(numberOf(library), symbol, asked, name, ownerOfLibrary(numberOf(library)));
  });
}

/**
 * Opens a library and binds functions of it: all of them or, on any failure, none.
 * @param {unknown} path
 * @param {unknown} definitions
 * @param {unknown} [options]
 * @returns {Library}
 */
function dlopen(path, definitions, options) {
  const wanted = definitionEntries(definitions, 'dlopen', KEYS, 'prototypes').map(([name, definition]) => {
    const own = saidBy(definition, name);
    const { symbol = name, args, returns, optional = false, checked } = own;
    if (typeof symbol !== 'string') throw definitionError('dlopen', `the symbol of ${name} must be a string`, name);
    if (typeof optional !== 'boolean') throw definitionError('dlopen', `optional of ${name} must be a boolean`, name);
    const type = isGlobal(name, own) ? require('./library/globals.js').globalType(name, own) : undefined;
    const plan = () => planSignature(name, args, returns, checkedOption(name, checked, 'the definition'));
    const signature = type ? undefined : withWay(withOutcome(plan(), 'dlopen', name, own), 'dlopen', name, own);
    return { name, symbol, optional, type, signature };
  });
  const number = openLibrary('dlopen', path, readOptions('dlopen', options, 2));
  try {
    // A variable is an address that programs have.
    const isOpen = wanted.some(({ signature }) => !signature || letsAddressesOut(signature));
    if (isOpen) addressLeft(number);
    /** @param {{ optional: boolean, symbol: string }} one */
    const isMissing = ({ optional, symbol }) => optional && !isBindable(number, symbol);
    const globals = wanted.map((one) =>
      one.type && !isMissing(one)
        ? require('./library/globals.js').bindGlobal(number, one.symbol, one.type, one.name, ownerOfLibrary(number))
        : null,
    );
    const { functions } = bindAll(
      wanted.map((one) => () => {
        if (!one.signature || isMissing(one)) return null;
        return bindSymbol(number, one.symbol, one.signature, one.name, !isOpen);
      }),
    );
    const names = wanted.map(({ name }) => name);
    const members = functions.map((bound, index) => globals[index] ?? bound);
    const library = new Library(BigInt(number), symbolTable(names, members));
    closeWhenCollected(library, number);
    return library;
  } catch (error) {
    closeLibrary(number);
    throw error;
  }
}

/** Whether a definition is of a variable. @param {string} name @param {any} definition */
function isGlobal(name, { type, global: says = false }) {
  if (typeof says !== 'boolean') throw definitionError('dlopen', `global of ${name} must be a boolean`, name);
  return says || type !== undefined;
}

/** @typedef {Library} OpenLibrary */

module.exports = {
  KEYS,
  Library,
  dlopen,
  bindFunction,
  bindVariable,
  openHandle,
  handleNumber,
  isOpen,
  closeHandle,
  checkDefinition,
  definitionEntries,
  ownProperties,
  symbolTable,
  dispose,
};
