'use strict';
// Finds the native addon and sets up this environment's instance of it.

const path = require('node:path');
const { FFIError, setErrorTable, createError } = require('./errors.js');
const { whyForbidden } = require('./forbidden.js');

const MACHINE = `${process.platform}-${process.arch}`;
const SUFFIXES = { linux: ['-gnu', '-musl'], win32: ['-msvc', '-gnu'] };

/** @returns {string[]} the files that may be the addon, the likeliest first */
function candidates() {
  const chosen = process.env.ARKFFI_NATIVE;
  if (chosen) return [path.resolve(chosen)];
  const suffixes = SUFFIXES[/** @type {keyof typeof SUFFIXES} */ (process.platform)] ?? [''];
  return suffixes.map((suffix) => path.join(__dirname, '..', `arkffi.${MACHINE}${suffix}.node`));
}

/** @returns {any} the addon's exports */
function loadAddon() {
  const failures = [];
  for (const file of candidates()) {
    try {
      const addon = require(file);
      addon.file ??= file;
      return addon;
    } catch (error) {
      const reason = whyForbidden(error);
      if (reason) throw new FFIError('ERR_DLOPEN_FAILED', reason);
      failures.push(`  ${file}: ${/** @type {Error} */ (error).message.split('\n')[0]}`);
    }
  }
  throw new FFIError(
    'ERR_DLOPEN_FAILED',
    `arkffi has no native addon for ${MACHINE} here. Tried:\n${failures.join('\n')}\nBuild it with: npm run build`,
  );
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
