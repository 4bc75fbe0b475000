'use strict';
// isolate(): libraries in a helper process, with the API of dlopen.

const { checkedOption } = require('../checked.js');
const { createError } = require('../errors.js');
const { definitionEntries, dispose, ownProperties, symbolTable, KEYS } = require('../library.js');
const { candidates, readOptions } = require('../library/open.js');
const { withOutcome } = require('../outcome.js');
const { planSignature } = require('../signature.js');
const behind = require('./behind.js');
const { crossingOf } = require('./crossing.js');
const { makeFunctions } = require('./functions.js');
const { demandHelpers } = require('./host.js');
const { Isolation } = require('./isolation.js');
const memory = require('./memory.js');
const { readIsolateOptions } = require('./options.js');
const { statusOf } = require('./status.js');

/** @typedef {InstanceType<typeof Isolation>} AnyIsolation */
/** @typedef {import('./isolation.js').OpenLibrary} OpenLibrary */

/** Whoever has it may make them. */
const SECRET = {};

/**
 * @param {AnyIsolation} isolation
 * @param {string} caller
 * @param {unknown} definitions
 */
function readDefinitions(isolation, caller, definitions) {
  const crossing = crossingOf(isolation);
  /** @param {string} name @param {string} text */
  const definitionError = (name, text) => createError('ERR_INVALID_ARG_TYPE', `${caller}: ${text}`, name);
  return definitionEntries(definitions, caller, KEYS, 'prototypes').map(([name, definition]) => {
    const own =
      typeof definition === 'string'
        ? require('../c/prototype.js').prototypeDefinition(caller, definition, name)
        : ownProperties(definition);
    const { symbol = name, args, returns, optional = false, checked, type, global: isGlobal } = own;
    if (typeof symbol !== 'string') throw definitionError(name, `the symbol of ${name} must be a string`);
    if (typeof optional !== 'boolean') throw definitionError(name, `optional of ${name} must be a boolean`);
    if (type !== undefined || isGlobal !== undefined) return { name, symbol, optional, global: globalOf(name, own) };
    const local = planSignature(name, args, returns, checkedOption(name, checked, 'the definition'));
    const { free } = local.result;
    if (free !== undefined && typeof free !== 'string') {
      throw definitionError(name, `${name}: returns: free: an isolated library knows functions only by their names`);
    }
    const signature = { ...withOutcome(isolation.types.signature(local, name), caller, name, own), crossing };
    return { name, symbol, optional, signature };
  });
}

/** @param {string} name @param {any} own @returns {import('../types.js').CType} */
const globalOf = (name, own) => require('../library/globals.js').globalType(name, own);

/**
 * @param {AnyIsolation} isolation
 * @param {string} caller
 * @param {OpenLibrary} library
 * @param {ReturnType<typeof readDefinitions>} wanted
 */
function bindAll(isolation, caller, library, wanted) {
  const functions = /** @type {any[]} */ (wanted.filter(({ signature }) => signature));
  const numbers = isolation.bind(caller, library, functions);
  const plans = functions.map((one, index) => ({ ...one, number: numbers[index] }));
  const present = plans.filter(({ number }) => number !== undefined);
  const made = makeFunctions(isolation, library, present);
  const byName = new Map(present.map(({ name }, index) => [name, made[index]]));
  const members = wanted.map((one) =>
    one.global ? variable(isolation, library, one.name, one.symbol, one.global) : (byName.get(one.name) ?? null),
  );
  return symbolTable(
    wanted.map(({ name }) => name),
    members,
  );
}

/**
 * @param {AnyIsolation} isolation
 * @param {OpenLibrary} library
 * @param {string} name
 * @param {string} symbol
 * @param {import('../types.js').CType} type
 */
function variable(isolation, library, name, symbol, type) {
  const find = () => isolation.pointerTo(name, library, symbol);
  find();
  const { declareType } = require('../types.js');
  const own = declareType({}, type);
  return {
    get() {
      const value = behind.read(isolation, find(), own);
      return type.base === 'cstring' ? behind.text(isolation, value) : value;
    },
    set: (/** @type {unknown} */ value) => behind.write(isolation, find(), own, 0, value),
  };
}

/** A library of an isolate. */
class IsolatedLibrary {
  #isolation;
  #library;

  /** @param {object} secret @param {AnyIsolation} isolation @param {OpenLibrary} library @param {Record<string, any>} symbols */
  constructor(secret, isolation, library, symbols) {
    if (secret !== SECRET) throw createError('ERR_INVALID_ARG_TYPE', 'IsolatedLibrary: it is made by open');
    this.#isolation = isolation;
    this.#library = library;
    /** The functions. */
    this.symbols = symbols;
  }

  /** Closes it; its functions throw ERR_LIBRARY_CLOSED from now on. */
  close() {
    this.#isolation.close(this.#library);
  }

  [dispose]() {
    this.close();
  }
}

/** A helper process, and the library that it was started for. */
class Isolate {
  #isolation;

  /** @param {object} secret @param {AnyIsolation} isolation @param {Record<string, any>} symbols */
  constructor(secret, isolation, symbols) {
    if (secret !== SECRET) throw createError('ERR_INVALID_ARG_TYPE', 'Isolate: it is made by isolate');
    this.#isolation = isolation;
    /** The functions. */
    this.symbols = symbols;
  }

  /**
   * Opens another library in the same process.
   * @param {unknown} path
   * @param {unknown} definitions
   * @param {unknown} [options] as of dlopen
   */
  open(path, definitions, options) {
    const wanted = readDefinitions(this.#isolation, 'open', definitions);
    const opening = readOptions('open', options, 2);
    const { library, symbols } = openIn(this.#isolation, 'open', candidates('open', path), opening, wanted);
    return new IsolatedLibrary(SECRET, this.#isolation, library, symbols);
  }

  /** Memory in the helper, all zero. @param {unknown} type @param {unknown} [count] @param {unknown} [options] */
  alloc(type, count, options) {
    return memory.alloc(this.#isolation, type, count, options);
  }

  /** A copy of a text in the helper. @param {unknown} text @param {unknown} [encoding] */
  strdup(text, encoding) {
    return memory.strdup(this.#isolation, text, encoding);
  }

  /** The value behind a pointer of the helper. @param {unknown} pointer @param {unknown} type @param {unknown} [offset] */
  read(pointer, type, offset) {
    return behind.read(this.#isolation, pointer, type, offset);
  }

  /** Writes a value behind a pointer. @param {unknown} pointer @param {unknown} type @param {unknown} offset @param {unknown} value */
  write(pointer, type, offset, value) {
    behind.write(this.#isolation, pointer, type, offset, value);
  }

  /** A copy of bytes behind a pointer. @param {unknown} pointer @param {unknown} offset @param {unknown} length */
  bytes(pointer, offset, length) {
    return behind.bytes(this.#isolation, pointer, offset, length);
  }

  /** Writes bytes behind a pointer. @param {unknown} pointer @param {unknown} source @param {unknown} [offset] */
  setBytes(pointer, source, offset) {
    behind.setBytes(this.#isolation, pointer, source, offset);
  }

  /** The C string behind a pointer; null for NULL. @param {unknown} pointer */
  text(pointer) {
    return behind.text(this.#isolation, pointer);
  }

  /** What there is. */
  status() {
    return statusOf(this.#isolation);
  }

  /** Ends the helper. Calls throw ERR_LIBRARY_CLOSED from now on, pending ones reject. */
  close() {
    this.#isolation.end();
  }

  [dispose]() {
    this.close();
  }
}

/**
 * @param {AnyIsolation} isolation
 * @param {string} caller
 * @param {string[] | null} paths
 * @param {import('../library/open.js').Opening} opening
 * @param {ReturnType<typeof readDefinitions>} wanted
 */
function openIn(isolation, caller, paths, opening, wanted) {
  const library = isolation.open(caller, paths, opening);
  try {
    return { library, symbols: bindAll(isolation, caller, library, wanted) };
  } catch (error) {
    isolation.close(library);
    throw error;
  }
}

/**
 * Opens a library in a helper process.
 * @param {unknown} path
 * @param {unknown} definitions
 * @param {unknown} [options]
 */
function isolate(path, definitions, options) {
  demandHelpers('isolate');
  const read = readIsolateOptions('isolate', options, 2, 'opens');
  const paths = candidates('isolate', path);
  const isolation = new Isolation(read);
  try {
    const wanted = readDefinitions(isolation, 'isolate', definitions);
    const { symbols } = openIn(isolation, 'isolate', paths, read.opening, wanted);
    return new Isolate(SECRET, isolation, symbols);
  } catch (error) {
    isolation.end();
    throw error;
  }
}

module.exports = { isolate };
