'use strict';
// What cdef takes: text or a file, and options.

const fs = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { isFileURL } = require('../file-url.js');
const { copyList } = require('../library/list.js');
const { ownOptions } = require('../options.js');

/** @typedef {import('./format.js').CParseOptions} CParseOptions */

const KEYS = ['strict', 'include', 'define', 'free', 'cache'];

/** So many directories are enough. */
const MOST_DIRECTORIES = 1000;

/** A macro with or without parameters. */
const MACRO = /^[\p{ID_Start}_$][\p{ID_Continue}$]*(\([^()\r\n]*\))?$/u;

/**
 * @param {string} text
 * @param {number} argument
 * @param {string} [code]
 */
const invalid = (text, argument, code = 'ERR_INVALID_ARG_TYPE') => createError(code, `cdef: ${text}`, 'cdef', argument);

/**
 * @param {unknown} given
 * @param {string} what
 * @param {number} argument
 * @returns {string}
 */
function pathOf(given, what, argument) {
  const isURL = isFileURL(given);
  if (!isURL && typeof given !== 'string') {
    throw invalid(`${what} must be a path or a file: URL, got ${describe(given)}`, argument);
  }
  try {
    const name = isURL ? fileURLToPath(given) : given;
    if (name !== '' && !name.includes('\0')) return name;
  } catch (error) {
    throw invalid(`${what}: ${/** @type {Error} */ (error).message}`, argument, 'ERR_INVALID_ARG_VALUE');
  }
  throw invalid(`${what} is empty or contains a NUL character`, argument, 'ERR_INVALID_ARG_VALUE');
}

/**
 * Where declarations are.
 * @typedef {object} Source
 * @property {string | undefined} file
 * @property {() => string} read gives the text
 */

/**
 * @param {unknown} source
 * @returns {Source}
 */
function sourceOf(source) {
  if (typeof source === 'string') return { file: undefined, read: () => source };
  if (typeof source !== 'object' || source === null) {
    throw invalid(`argument 0: expected text, or { file }, got ${describe(source)}`, 0);
  }
  const file = path.resolve(pathOf(ownOptions('cdef', source, ['file'], 0).file, 'file', 0));
  const read = () => {
    try {
      return fs.readFileSync(file, 'utf8');
    } catch (error) {
      throw invalid(`cannot read the file: ${/** @type {Error} */ (error).message}`, 0, 'ERR_INVALID_ARG_VALUE');
    }
  };
  return { file, read };
}

/**
 * A map of names that a user gives, with its values checked.
 * @param {string} what
 * @param {unknown} given
 * @param {(value: unknown, name: string) => string} check
 * @returns {Record<string, string>}
 */
function readMap(what, given, check) {
  if (given === undefined) return Object.create(null);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalid(`${what} must be an object, got ${describe(given)}`, 2);
  }
  const map = Object.create(null);
  for (const [name, value] of Object.entries(given)) map[name] = check(value, name);
  return map;
}

/** @param {unknown} value @param {string} name */
function macroText(value, name) {
  if (!MACRO.test(name)) throw invalid(`define: ${describe(name)} is no name of a macro`, 2, 'ERR_INVALID_ARG_VALUE');
  if (value === true) return '1';
  if (typeof value === 'string' && /[\r\n]/.test(value)) {
    throw invalid(`define: ${name} has several lines`, 2, 'ERR_INVALID_ARG_VALUE');
  }
  if (typeof value === 'string' || typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value);
  throw invalid(`define: ${name} must be a string, an integer or true, got ${describe(value)}`, 2);
}

/** @param {unknown} value @param {string} name */
function symbolName(value, name) {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(`free: ${name} must be the name of a function, got ${describe(value)}`, 2);
}

/**
 * @typedef {object} Options
 * @property {boolean} strict
 * @property {string[]} include directories
 * @property {Record<string, string>} define
 * @property {Record<string, string>} free names of functions that free results, by the names of others
 * @property {string | undefined} cache a directory
 *
 * @param {unknown} options
 * @returns {Options}
 */
function readOptions(options) {
  const { strict = false, include = [], define, free, cache } = ownOptions('cdef', options, KEYS, 2);
  if (typeof strict !== 'boolean') throw invalid(`strict must be a boolean, got ${describe(strict)}`, 2);
  const tooMany = (/** @type {number} */ length) =>
    invalid(`include has at most ${MOST_DIRECTORIES} directories, got ${length}`, 2, 'ERR_INVALID_ARG_VALUE');
  const directories = Array.isArray(include) ? copyList(include, MOST_DIRECTORIES, tooMany) : [include];
  return {
    strict,
    include: directories.map((directory) => path.resolve(pathOf(directory, 'include', 2))),
    define: readMap('define', define, macroText),
    free: readMap('free', free, symbolName),
    cache: cache === undefined ? undefined : pathOf(cache, 'cache', 2),
  };
}

module.exports = { readOptions, sourceOf };
