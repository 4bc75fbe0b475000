'use strict';
// Checked access to memory: through the system, which answers with an error where a bad address would end the
// process. Asked for by a call's options, or for everything with ARKFFI_CHECKED=1.

const native = require('./binding.js');
const { createError } = require('./errors.js');
const { putOperands } = require('./frame.js');

/** Whether everything is checked. Decided when the package is loaded. */
const allChecked = process.env.ARKFFI_CHECKED === '1';

/** Beside the number of an encoding; see src/enter_text.rs. */
const CHECKED_TEXT = 4;

const OPTIONS = 'the options';
const { keys } = Object;
let isReady = false;

/**
 * Throws ERR_CALL_FAILED where the system has no checked access: it is never less than what was asked for.
 * @param {string} caller
 */
function demandChecked(caller) {
  if (isReady) return;
  probe(caller, 0, 0);
  isReady = true;
}

/**
 * Throws for memory that cannot be read; with no length, where the system cannot tell.
 * @param {string} caller
 * @param {number | bigint} address
 * @param {number} length in bytes
 * @param {number} [argument] of `caller`, that has the address
 */
function probe(caller, address, length, argument) {
  telling(
    caller,
    () => {
      putOperands(address, length);
      native.probe();
    },
    argument,
  );
}

/**
 * Runs a native function, and tells what it throws as an error of `caller`.
 * @param {string} caller
 * @param {() => unknown} run
 * @param {number} [argument] of `caller`, that has the address
 * @returns {any}
 */
function telling(caller, run, argument) {
  try {
    return run();
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    if (!code) throw error;
    throw createError(code, `${caller}: ${message}`, caller, argument);
  }
}

/**
 * Whether a call is checked, by its options.
 * @param {string} caller
 * @param {unknown} options undefined for none
 * @param {number} index which argument of `caller` they are
 * @returns {boolean}
 */
function isCheckedCall(caller, options, index) {
  if (options === undefined) return allChecked;
  if (typeof options === 'object' && options !== null) {
    // The usual case first: to make an object of what it says takes longer than the access.
    const given = keys(options);
    if (given.length === 1 && given[0] === 'checked') {
      return checkedOption(caller, /** @type {any} */ (options).checked, OPTIONS, index);
    }
  }
  const { ownOptions } = require('./options.js');
  return checkedOption(caller, ownOptions(caller, options, ['checked'], index).checked, OPTIONS, index);
}

/**
 * @param {string} caller
 * @param {unknown} checked as given
 * @param {string} where it was given
 * @param {number} [index]
 * @returns {boolean}
 */
function checkedOption(caller, checked, where, index) {
  if (checked === true && isReady) return true;
  if (checked !== undefined && typeof checked !== 'boolean') {
    throw createError('ERR_INVALID_ARG_TYPE', `${caller}: ${where}: checked must be a boolean`, caller, index);
  }
  if (checked) demandChecked(caller);
  return checked === true || allChecked;
}

if (allChecked) demandChecked('ARKFFI_CHECKED');

module.exports = { CHECKED_TEXT, allChecked, checkedOption, isCheckedCall, probe, telling };
