'use strict';
// Libraries: dlopen, and the objects that hold what was opened.

const { fileURLToPath } = require('node:url');
const native = require('./binding.js');
const { createError } = require('./errors.js');
const { bindSymbol, bindAll } = require('./bind.js');
const { withOutcome } = require('./outcome.js');
const { libraryClosed } = require('./owner.js');
const { planSignature } = require('./signature.js');
const { tracing, trace, traceTimed } = require('./tracing.js');
const { here } = require('./tracking.js');

/** Systems have no longer ones, and the loader of one copies a name of any length to the stack. */
const LONGEST_PATH = process.platform === 'win32' ? 32_767 : 4096;

/** What a definition of dlopen may have. */
const KEYS = ['args', 'returns', 'symbol', 'optional', 'errno', 'check', 'type', 'global'];

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

  /** Unloads the library once no call is inside. Calls throw ERR_LIBRARY_CLOSED from now on. */
  close() {
    closeHandle(this.#handle);
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
 * @returns {string | null}
 */
function libraryPath(caller, path) {
  if (path === null) return null;
  if (path instanceof URL || (typeof path === 'string' && path.startsWith('file:'))) {
    try {
      return fileURLToPath(path);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      throw createError('ERR_INVALID_ARG_VALUE', `${caller}: ${message}`, undefined, 0);
    }
  }
  if (typeof path !== 'string') {
    throw createError(
      'ERR_INVALID_ARG_TYPE',
      `${caller}: expected a path, a file: URL or null, got ${typeof path}`,
      undefined,
      0,
    );
  }
  if (path === '' || path.length > LONGEST_PATH || path.includes('\0')) {
    const problem = path.length > LONGEST_PATH ? 'is too long' : 'is empty or contains a NUL character';
    throw createError('ERR_INVALID_ARG_VALUE', `${caller}: the path ${problem}`, undefined, 0);
  }
  return path;
}

/**
 * @param {string} caller
 * @param {unknown} path
 * @returns {bigint} a handle, never given out twice
 */
function openHandle(caller, path) {
  const name = libraryPath(caller, path);
  const open = () => native.openLibrary(name);
  const library = tracing.libraries ? traceTimed('dlopen', [name], open, (number) => number) : open();
  // The running process itself is always open.
  if (name !== null) opened.set(library, { name, stack: here() });
  return BigInt(library);
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
  const library = handleNumber(handle);
  if (tracing.libraries && opened.has(library)) trace('dlclose', [opened.get(library)?.name]);
  opened.delete(library);
  native.closeLibrary(library);
  libraryClosed(library);
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
    const nearest = native.nearest(given[index], keys);
    const hint = nearest ? `; did you mean '${nearest}'?` : '';
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
  const bind = () => bindSymbol(numberOf(library), symbol, signature, name);
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
  return whileOpen(name, () => bindGlobal(numberOf(library), symbol, asked, name));
}

/**
 * Opens a library and binds functions of it: all of them or, on any failure, none.
 * @param {unknown} path
 * @param {unknown} definitions
 * @returns {Library}
 */
function dlopen(path, definitions) {
  const wanted = definitionEntries(definitions, 'dlopen', KEYS, 'prototypes').map(([name, definition]) => {
    const own = saidBy(definition, name);
    const { symbol = name, args, returns, optional = false } = own;
    if (typeof symbol !== 'string') throw definitionError('dlopen', `the symbol of ${name} must be a string`, name);
    if (typeof optional !== 'boolean') throw definitionError('dlopen', `optional of ${name} must be a boolean`, name);
    const type = isGlobal(name, own) ? require('./library/globals.js').globalType(name, own) : undefined;
    const signature = type ? undefined : withOutcome(planSignature(name, args, returns), 'dlopen', name, own);
    return { name, symbol, optional, type, signature };
  });
  const handle = openHandle('dlopen', path);
  try {
    const library = handleNumber(handle);
    /** @type {(work: () => any, optional: boolean) => any} */
    const found = (work, optional) => {
      try {
        return work();
      } catch (error) {
        if (optional && /** @type {any} */ (error).code === 'ERR_DLSYM_FAILED') return null;
        throw error;
      }
    };
    const globals = wanted.map(({ name, symbol, optional, type }) =>
      type ? found(() => require('./library/globals.js').bindGlobal(library, symbol, type, name), optional) : null,
    );
    const { functions } = bindAll(
      wanted.map(
        ({ name, symbol, optional, signature }) =>
          () =>
            signature ? found(() => bindSymbol(library, symbol, signature, name), optional) : null,
      ),
    );
    return new Library(
      handle,
      symbolTable(
        wanted.map(({ name }) => name),
        wanted.map((_, index) => globals[index] ?? functions[index]),
      ),
    );
  } catch (error) {
    closeHandle(handle);
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
