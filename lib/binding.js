'use strict';
// Finds the native addon and sets up this environment's instance of it.

const { existsSync } = require('node:fs');
const path = require('node:path');
const { setErrorTable, createError } = require('./errors.js');

/** As in package.json, which takes longer to read. */
const version = '0.1.0';

const { platform, arch } = process;
const ABIS = { linux: arch === 'arm' ? ['-gnueabihf'] : ['-gnu', '-musl'], win32: ['-msvc', '-gnu'] };
const names = (ABIS[/** @type {keyof typeof ABIS} */ (platform)] ?? ['']).map((abi) => `${platform}-${arch}${abi}`);

/** @returns {string[]} what may be the addon, the likeliest first: built here, or a package of its own */
function candidates() {
  const chosen = process.env.ARKFFI_NATIVE;
  if (chosen) return [path.resolve(chosen)];
  const built = names.map((name) => path.join(__dirname, '..', `arkffi.${name}.node`)).filter(existsSync);
  return [...built, ...names.map((name) => `arkffi-${name}`)];
}

/** @param {string | undefined} found the version of what is not the addon of this package */
function otherAddon(found) {
  return new Error(found ? `it is of arkffi ${found}, and this is ${version}` : 'it is not an addon of arkffi');
}

/** @returns {any} the addon's exports, with its file */
function loadAddon() {
  const failures = [];
  for (const candidate of candidates()) {
    try {
      const addon = require(candidate);
      if (addon.VERSION !== version) throw otherAddon(addon.VERSION);
      addon.file ??= require.resolve(candidate);
      return addon;
    } catch (error) {
      failures.push({ candidate, error: /** @type {Error} */ (error) });
    }
  }
  throw require('./missing-addon.js').missingAddon(names, version, failures);
}

/**
 * @param {Error} error
 * @param {string | undefined} cause what the system said
 */
function withCause(error, cause) {
  if (cause === undefined) return error;
  return Object.defineProperty(error, 'cause', { value: new Error(cause), writable: true, configurable: true });
}

const addon = loadAddon();
setErrorTable(addon.codes());

// Copies of this package in one environment share the addon, the numbers that it gives to functions, libraries and
// asynchronous calls, and who lists what is live.
addon.described ??= new Map();
addon.pending ??= new Map();
addon.opened ??= new Map();
addon.listers ??= [];
addon.reporting ??= { isOn: false };
// What programs have allocated and not freed, by address.
addon.allocations ??= new Map();
addon.heap ??= Object.freeze({});

/**
 * The native half of arkffi: cold functions, hot entries, the frame; what is known of functions and calls by number.
 * @type {any}
 */
module.exports = {
  ...addon,
  ...addon.attach(
    (
      /** @type {string} */ code,
      /** @type {string} */ message,
      /** @type {string | undefined} */ symbol,
      /** @type {string | undefined} */ cause,
    ) => withCause(createError(code, message, symbol), cause),
  ),
};
