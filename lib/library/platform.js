'use strict';
// Libraries that are shipped as one file for each platform, named as Go names platforms.

const fs = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { isFileURL } = require('../file-url.js');
const { isMusl } = require('../is-musl.js');
const { dlopen, isOpen, ownProperties } = require('../library.js');
const { isDeclared } = require('../types.js');

/** What Go calls the systems and machines that Node has other names for. @type {Record<string, string>} */
const GO_SYSTEMS = { win32: 'windows', sunos: 'solaris' };
/** @type {Record<string, string>} */
const GO_MACHINES = { x64: 'amd64', ia32: '386', mipsel: 'mipsle' };

/** @type {Record<string, string>} */
const EXTENSIONS = { darwin: 'dylib', windows: 'dll' };

const SYSTEMS = ['linux', 'darwin', 'windows'];
const MACHINES = ['amd64', 'arm64'];

/** How many names of files a message has at most. */
const MOST_NAMES = 10;

/** The platform that this process runs on. */
function platform() {
  const { platform: system, arch: machine } = process;
  const os = GO_SYSTEMS[system] ?? system;
  const arch = GO_MACHINES[machine] ?? machine;
  const supported = SYSTEMS.includes(os) && MACHINES.includes(arch);
  return { os, arch, extension: EXTENSIONS[os] ?? 'so', supported };
}

const CALLER = 'loadPlatformLibrary';

/** @param {string} text @param {number} [argument] */
const invalid = (text, argument) =>
  createError(
    'ERR_INVALID_ARG_TYPE',
    `${CALLER}: ${argument === undefined ? '' : `argument ${argument}: `}${text}`,
    CALLER,
    argument,
  );

/** @param {string} text */
const failed = (text) => createError('ERR_DLOPEN_FAILED', `${CALLER}: ${text}`, CALLER);

/** @param {unknown} given a path or a file: URL @param {string} what @param {number} argument @returns {string} */
function pathOf(given, what, argument) {
  try {
    if (isFileURL(given)) return fileURLToPath(given);
  } catch (error) {
    throw invalid(/** @type {Error} */ (error).message, argument);
  }
  if (typeof given === 'string' && given !== '' && !given.includes('\0')) return given;
  throw invalid(`expected ${what} (a path or a file: URL), got ${describe(given)}`, argument);
}

/** The names in a directory; undefined when there is none. @param {string} directory */
function namesIn(directory) {
  try {
    return fs.readdirSync(directory).sort();
  } catch {
    return undefined;
  }
}

/**
 * The file for this platform: exactly `{base}-{os}-{arch}.{extension}`, or the one with more behind the machine.
 * @param {string} directory
 * @param {string} base
 * @param {ReturnType<typeof platform>} here
 * @returns {string}
 */
function findFile(directory, base, { os, arch, extension }) {
  const start = `${base}-${os}-${arch}`;
  const exact = `${start}.${extension}`;
  const names = namesIn(directory);
  if (names?.includes(exact)) return path.join(directory, exact);
  // Another machine may have a longer name.
  const fits = (/** @type {string} */ name) => /^[^0-9A-Za-z]/.test(name.slice(start.length));
  let found = (names ?? []).filter((name) => name.startsWith(start) && name.endsWith(`.${extension}`) && fits(name));
  const isForMusl = (/** @type {string} */ name) => name.includes('musl', start.length);
  if (found.some(isForMusl)) {
    const musl = isMusl();
    found = found.filter((name) => isForMusl(name) === musl);
  }
  if (found.length === 1) return path.join(directory, found[0]);
  if (found.length > 1) throw failed(`several files fit this platform: ${listed(found)}; name one of them ${exact}`);
  const there = names?.filter((name) => name.startsWith(base)) ?? [];
  const instead =
    names === undefined ? 'there is no such directory' : `there is ${listed(there.length > 0 ? there : names)}`;
  throw failed(`library file not found: ${path.join(directory, exact)}; ${instead}`);
}

/** @param {string[]} names */
function listed(names) {
  if (names.length === 0) return 'nothing';
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${names.slice(0, MOST_NAMES).join(', ')}${more}`;
}

/** @param {string} directory @param {unknown} header @returns {string} */
function findHeader(directory, header) {
  const file = path.resolve(directory, pathOf(header, 'a header', 2));
  if (fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  throw failed(`header file not found: ${file}`);
}

/**
 * What a library was opened with: definitions, and the path of a header that it is bound by.
 * @typedef {{ symbols: any, header: string | undefined }} Wanted
 */

/** Libraries that are open, by the real path of their file. @type {Map<string, { wanted: Wanted, library: any }[]>} */
const loaded = new Map();

/**
 * Whether two definitions say the same: plain objects and arrays of the same things.
 * @param {any} one
 * @param {any} other
 * @returns {boolean}
 */
function isSame(one, other) {
  if (Object.is(one, other)) return true;
  if (!isPlain(one) || !isPlain(other) || isDeclared(one) || isDeclared(other)) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
  );
}

/** @param {unknown} value */
function isPlain(value) {
  if (Array.isArray(value)) return true;
  return typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

/** Deeper definitions are none that could be bound. */
const DEEPEST = 64;

/**
 * A copy of plain objects and arrays, which programs may change later.
 * @param {any} value
 * @param {number} [depth]
 * @returns {any}
 */
function snapshot(value, depth = 0) {
  if (!isPlain(value) || isDeclared(value) || depth > DEEPEST) return value;
  if (Array.isArray(value)) return value.map((element) => snapshot(element, depth + 1));
  const entries = Object.entries(value).map(([key, element]) => [key, snapshot(element, depth + 1)]);
  // A key can be __proto__.
  return Object.setPrototypeOf(Object.fromEntries(entries), null);
}

/** @param {string} file @param {Wanted} wanted */
function load(file, wanted) {
  const real = fs.realpathSync(file);
  const known = (loaded.get(real) ?? []).filter(({ library }) => isOpen(library));
  const same = known.find((entry) => isSame(entry.wanted, wanted));
  if (same) return same.library;
  const library = bind(file, wanted);
  loaded.set(real, [...known, { wanted, library }]);
  return library;
}

/** @param {string} file @param {Wanted} wanted */
function bind(file, { symbols, header }) {
  try {
    const library = dlopen(file, symbols);
    if (header !== undefined) library.symbols = require('../c/cdef.js').cdef({ file: header }, library).symbols;
    return library;
  } catch (error) {
    const { code, message, symbol } = /** @type {any} */ (error);
    const wrapped = createError(code ?? 'ERR_CALL_FAILED', `${CALLER}: cannot bind ${file}: ${message}`, symbol);
    throw Object.defineProperty(wrapped, 'cause', { value: error, configurable: true, writable: true });
  }
}

/**
 * Opens the library of this platform, `{base}-{os}-{arch}….{extension}` in a directory, once: the same file with
 * the same definitions is the same Library, until that is closed.
 * @param {unknown} dir
 * @param {unknown} base
 * @param {unknown} [options] `{ header, symbols }`
 */
function loadPlatformLibrary(dir, base, options = {}) {
  const directory = path.resolve(pathOf(dir, 'a directory', 0));
  if (typeof base !== 'string' || base === '' || /[/\\\0]/.test(base)) {
    throw invalid(`expected the beginning of a file's name, got ${describe(base)}`, 1);
  }
  if (typeof options !== 'object' || options === null) throw invalid(`expected options, got ${describe(options)}`, 2);
  const { header, symbols, ...others } = ownProperties(options);
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw invalid(`unknown option ${describe(unknown)}: there are header and symbols`, 2);
  const here = platform();
  if (!here.supported) throw failed(`unsupported platform: ${here.os}-${here.arch}`);
  const file = findFile(directory, base, here);
  const declarations = header === undefined ? undefined : findHeader(directory, header);
  return load(file, { symbols: snapshot(symbols ?? {}), header: symbols === undefined ? declarations : undefined });
}

module.exports = { platform, loadPlatformLibrary };
