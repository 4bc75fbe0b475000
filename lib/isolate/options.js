'use strict';
// The options of isolates. Each is read once; nothing of the user's runs after that.

const { statSync } = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { describe } = require('../describe.js');
const { createError } = require('../errors.js');
const { isFileURL } = require('../file-url.js');
const { readPatterns } = require('../library/allow.js');
const { OPENING_KEYS, readOptions } = require('../library/open.js');
const { ownOptions } = require('../options.js');
const { readEnvironment } = require('./environment.js');
const { LEVELS, usualLevel } = require('./log.js');

/** What timers can wait for, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** The least memory that a helper can do anything with. */
const LEAST_MEMORY = 2 ** 20;

const KEYS = [
  'callTimeout',
  'callbackTimeout',
  'maxRestarts',
  'limits',
  'allow',
  'env',
  'cwd',
  'noNewPrivileges',
  'noNetwork',
  'log',
];
const LIMITS = ['memory', 'cpuTime', 'libraries', 'liveAllocations'];

/**
 * What a helper may take; undefined is no limit.
 * @typedef {object} Limits
 * @property {number} [memory] bytes of address space, beyond what the helper has once it runs
 * @property {number} [cpuTime] milliseconds of processor time, beyond what its start took
 * @property {number} [libraries] open at once
 * @property {number} [liveAllocations] at once
 */

/**
 * @typedef {object} IsolateOptions
 * @property {number} callTimeout milliseconds; 0 for ever
 * @property {number} callbackTimeout milliseconds after which C gets the default; 0 for never
 * @property {number} maxRestarts
 * @property {Readonly<Limits>} limits
 * @property {{ patterns: string[], process: boolean } | undefined} allow which libraries; undefined for any. Patterns
 *   are of whole paths
 * @property {Record<string, string>} env all that the helper has
 * @property {string | undefined} cwd undefined where there is none
 * @property {boolean} noNewPrivileges
 * @property {boolean} noNetwork
 * @property {import('./log.js').Level} log
 * @property {import('../library/open.js').Opening} opening how the library is opened
 */

/**
 * @param {string} caller
 * @param {unknown} given
 * @param {number} index which argument of `caller` it is
 * @param {'opens'} [opens] whether they are also those of the library that is opened
 * @returns {Readonly<IsolateOptions>}
 */
function readIsolateOptions(caller, given, index, opens) {
  const options = ownOptions(caller, given, opens ? [...KEYS, ...OPENING_KEYS] : KEYS, index);
  const reader = new Reader(caller, index);
  const limits = reader.limits(options.limits);
  const opening = Object.fromEntries(OPENING_KEYS.filter((key) => key in options).map((key) => [key, options[key]]));
  return Object.freeze({
    callTimeout: reader.integer('callTimeout', options.callTimeout, 0, LONGEST) ?? 3000,
    callbackTimeout: reader.integer('callbackTimeout', options.callbackTimeout, 0, LONGEST) ?? 10_000,
    maxRestarts: reader.integer('maxRestarts', options.maxRestarts, 0) ?? 5,
    limits,
    allow: reader.allowed(options.allow),
    env: readEnvironment(caller, options.env, index, limits.memory !== undefined),
    cwd: reader.folder(options.cwd),
    noNewPrivileges: reader.choice('noNewPrivileges', options.noNewPrivileges),
    noNetwork: reader.choice('noNetwork', options.noNetwork),
    log: reader.level(options.log),
    opening: readOptions(caller, opening, index),
  });
}

/** Checks options of one call. */
class Reader {
  /** @param {string} caller @param {number} index */
  constructor(caller, index) {
    this.caller = caller;
    this.index = index;
  }

  /** @param {string} code @param {string} text */
  refuse(code, text) {
    return createError(code, `${this.caller}: argument ${this.index}: ${text}`, this.caller, this.index);
  }

  /**
   * @param {string} name
   * @param {unknown} value
   * @param {number} least
   * @param {number} [most]
   * @returns {number | undefined}
   */
  integer(name, value, least, most = Number.MAX_SAFE_INTEGER) {
    if (value === undefined) return undefined;
    if (typeof value !== 'number') {
      throw this.refuse('ERR_INVALID_ARG_TYPE', `${name} must be a number, got ${describe(value)}`);
    }
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    const range = `an integer from ${least} to ${most}`;
    throw this.refuse('ERR_OUT_OF_RANGE', `${name} must be ${range}, got ${describe(value)}`);
  }

  /** @param {unknown} given @returns {Readonly<Limits>} */
  limits(given) {
    const own = ownOptions(this.caller, given, LIMITS, this.index);
    const limits = {
      memory: this.integer('limits.memory', own.memory, LEAST_MEMORY),
      cpuTime: this.integer('limits.cpuTime', own.cpuTime, 1, LONGEST),
      libraries: this.integer('limits.libraries', own.libraries, 1),
      liveAllocations: this.integer('limits.liveAllocations', own.liveAllocations, 1),
    };
    return Object.freeze(Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined)));
  }

  /** @param {unknown} value */
  choice(/** @type {string} */ name, value) {
    if (value === undefined) return false;
    if (typeof value === 'boolean') return value;
    throw this.refuse('ERR_INVALID_ARG_TYPE', `${name} must be a boolean, got ${describe(value)}`);
  }

  /** @param {unknown} value */
  allowed(value) {
    if (value === undefined) return undefined;
    const { patterns, process } = readPatterns(this.caller, value, this.index);
    // The helper may be elsewhere.
    return { patterns: patterns.map((pattern) => this.whole(pattern)), process };
  }

  /** @param {unknown} value @returns {string | undefined} */
  folder(value) {
    if (value === undefined) return currentFolder();
    let folder = value;
    if (isFileURL(value)) {
      try {
        folder = fileURLToPath(/** @type {any} */ (value));
      } catch (error) {
        throw this.refuse('ERR_INVALID_ARG_VALUE', `cwd: ${/** @type {Error} */ (error).message}`);
      }
    }
    if (typeof folder !== 'string') {
      throw this.refuse('ERR_INVALID_ARG_TYPE', `cwd must be a path or a file: URL, got ${describe(value)}`);
    }
    const isThere = folder !== '' && !folder.includes('\0') && statSync(folder, { throwIfNoEntry: false });
    if (!isThere || !isThere.isDirectory()) {
      throw this.refuse('ERR_INVALID_ARG_VALUE', `cwd: ${describe(folder)} is no directory`);
    }
    return this.whole(folder);
  }

  /** The whole path. @param {string} given @returns {string} */
  whole(given) {
    return wholePath(given, (text) => this.refuse('ERR_INVALID_ARG_VALUE', text));
  }

  /** @param {unknown} value */
  level(value) {
    if (value === undefined) return usualLevel;
    if (typeof value !== 'string') {
      throw this.refuse('ERR_INVALID_ARG_TYPE', `log must be one of ${LEVELS.join(', ')}, got ${describe(value)}`);
    }
    const level = LEVELS.find((known) => known === value);
    if (level !== undefined) return level;
    throw this.refuse('ERR_INVALID_ARG_VALUE', `log must be one of ${LEVELS.join(', ')}, got ${describe(value)}`);
  }
}

/** The program's working directory; undefined where it is gone. */
function currentFolder() {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/**
 * @param {string} given
 * @param {(text: string) => Error} refuse
 * @returns {string} it, from the root on
 */
function wholePath(given, refuse) {
  if (!path.isAbsolute(given) && currentFolder() === undefined) {
    throw refuse(`${describe(given)} is relative to the working directory, which is gone`);
  }
  return path.resolve(given);
}

/**
 * What is opened, wherever the helper is, and the program when it has to be opened again. Names without a folder are
 * looked for by the system.
 * @param {string} caller
 * @param {string[] | null} paths
 * @param {import('../library/open.js').Opening} opening
 */
function placed(caller, paths, opening) {
  const whole = (/** @type {string} */ one) =>
    wholePath(one, (text) => createError('ERR_INVALID_ARG_VALUE', `${caller}: ${text}`, caller));
  const isName = (/** @type {string} */ one) => path.basename(one) === one;
  return {
    paths: paths && paths.map((one) => (isName(one) ? one : whole(one))),
    opening: { ...opening, search: opening.search.map(whole) },
  };
}

module.exports = { currentFolder, placed, readIsolateOptions };
