'use strict';
// Opening: what programs give to say which library, and how.

const { fileURLToPath } = require('node:url');
const native = require('../binding.js');
const { describe } = require('../describe.js');
const { createError } = require('../errors.js');
const { isFileURL } = require('../file-url.js');
const { ownOptions } = require('../options.js');
const { tracing, traceTimed } = require('../tracing.js');
const { here } = require('../tracking.js');
const { copyList } = require('./list.js');

/** What is open, by number. @type {{ opened: Map<number, import('../leaks.js').Live> }} */
const { opened } = native;

/** Systems have no longer ones, and the loader of one copies a name of any length to the stack. */
const LONGEST_PATH = process.platform === 'win32' ? 32_767 : 4096;

/** So many candidates are enough. */
const MOST_PATHS = 1000;

/** @param {string} caller @param {number} argument @param {string} text */
const invalidType = (caller, argument, text) =>
  createError('ERR_INVALID_ARG_TYPE', `${caller}: ${text}`, undefined, argument);

/** @param {string} caller @param {number} argument @param {string} text */
const invalidValue = (caller, argument, text) =>
  createError('ERR_INVALID_ARG_VALUE', `${caller}: ${text}`, undefined, argument);

/**
 * @param {string} caller
 * @param {unknown} path
 * @param {number} argument which one of `caller` it is part of
 * @param {string} expected in words
 * @returns {string}
 */
function onePath(caller, path, argument, expected) {
  if (isFileURL(path)) {
    try {
      path = fileURLToPath(path);
    } catch (error) {
      throw invalidValue(caller, argument, /** @type {Error} */ (error).message);
    }
  }
  if (typeof path !== 'string') throw invalidType(caller, argument, `expected ${expected}, got ${describe(path)}`);
  if (path === '' || path.length > LONGEST_PATH || path.includes('\0')) {
    const problem = path.length > LONGEST_PATH ? 'is too long' : 'is empty or contains a NUL character';
    throw invalidValue(caller, argument, `the path ${problem}`);
  }
  return path;
}

/**
 * @param {string} caller
 * @param {unknown} list
 * @param {number} argument which one of `caller` it is part of
 * @param {string} expected one of them, in words
 * @returns {string[]}
 */
function allPaths(caller, list, argument, expected) {
  const tooMany = (/** @type {number} */ length) => invalidValue(caller, argument, `${length} paths are too many`);
  return copyList(/** @type {unknown[]} */ (list), MOST_PATHS, tooMany).map((path) =>
    onePath(caller, path, argument, expected),
  );
}

/**
 * @param {string} caller
 * @param {unknown} path
 * @returns {string[] | null}
 */
function candidates(caller, path) {
  if (path === null) return null;
  if (!Array.isArray(path)) return [onePath(caller, path, 0, 'a path, a file: URL, an array of them or null')];
  if (path.length === 0) throw invalidValue(caller, 0, 'the array of paths is empty');
  return allPaths(caller, path, 0, 'an array of paths and file: URLs');
}

/**
 * How a library is opened.
 * @typedef {object} Opening
 * @property {string[]} search
 * @property {number} flags as Rust knows them
 * @property {string | undefined} sha256
 */

/** @type {Opening} */
const PLAIN = Object.freeze({ search: [], flags: 0, sha256: undefined });

/** What the options may be, and what each stands for in Rust. */
const LAZY = 1;
const GLOBAL = 2;
const DEEP = 4;
const OPENING_KEYS = ['lazy', 'now', 'global', 'local', 'deep', 'search', 'sha256'];

/**
 * Reads the options of a call. Each is read once, and only those that the object itself has.
 * @param {string} caller
 * @param {unknown} options
 * @param {number} argument which one of `caller` they are
 * @returns {Opening}
 */
const readOptions = (caller, options, argument) =>
  options === undefined ? PLAIN : givenOptions(caller, options, argument);

/** @type {typeof readOptions} */
function givenOptions(caller, options, argument) {
  const given = ownOptions(caller, options, OPENING_KEYS, argument);
  /** @param {string} key @param {string} opposite */
  const choice = (key, opposite) => {
    for (const name of [key, opposite]) {
      if (given[name] === undefined || typeof given[name] === 'boolean') continue;
      throw invalidType(caller, argument, `${name} must be a boolean, got ${describe(given[name])}`);
    }
    if (given[key] !== undefined && given[key] === given[opposite]) {
      throw invalidValue(caller, argument, `${key} and ${opposite} contradict each other`);
    }
    return given[key] ?? (given[opposite] === undefined ? false : !given[opposite]);
  };
  if (given.deep !== undefined && typeof given.deep !== 'boolean')
    throw invalidType(caller, argument, `deep must be a boolean, got ${describe(given.deep)}`);
  const flags = (choice('lazy', 'now') ? LAZY : 0) | (choice('global', 'local') ? GLOBAL : 0) | (given.deep ? DEEP : 0);
  return { flags, search: searchFolders(caller, given.search, argument), sha256: hash(caller, given.sha256, argument) };
}

/** @param {string} caller @param {unknown} search @param {number} argument */
function searchFolders(caller, search, argument) {
  if (search === undefined) return [];
  if (!Array.isArray(search)) throw invalidType(caller, argument, `search must be an array, got ${describe(search)}`);
  return allPaths(caller, search, argument, 'search to be an array of directories');
}

/** @param {string} caller @param {unknown} sha256 @param {number} argument @returns {string | undefined} */
function hash(caller, sha256, argument) {
  if (sha256 === undefined) return undefined;
  if (typeof sha256 !== 'string') {
    throw invalidType(caller, argument, `sha256 must be a string of hexadecimal digits, got ${describe(sha256)}`);
  }
  if (!/^[0-9a-f]{64}$/i.test(sha256)) throw invalidValue(caller, argument, 'sha256 must have 64 hexadecimal digits');
  return sha256;
}

/**
 * Opens a library.
 * @param {string} caller
 * @param {unknown} path
 * @param {Opening} opening
 * @returns {number} by which Rust knows it; never given out twice
 */
function openLibrary(caller, path, { search, flags, sha256 }) {
  const paths = candidates(caller, path);
  if (paths === null && sha256 !== undefined) {
    throw invalidValue(caller, 0, 'the running process is no file that could have a sha256');
  }
  const open = () => native.openLibrary(paths, search, flags, sha256);
  const library = tracing.libraries
    ? traceTimed('dlopen', [paths?.length === 1 ? paths[0] : paths], open, (number) => number)
    : open();
  // The running process itself is always open.
  if (paths !== null) {
    const name = paths.length === 1 ? paths[0] : (native.libraryFile(library) ?? paths.join(' or '));
    opened.set(library, { name, stack: here() });
    // What is opened later can take addresses from it.
    if (flags & GLOBAL) native.addressLeft(library);
  }
  return library;
}

module.exports = { OPENING_KEYS, candidates, readOptions, openLibrary };
