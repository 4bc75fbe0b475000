'use strict';
// What the helper process takes from itself once it runs, before it opens a library. None of it can be taken back.

const native = require('../binding.js');

/** @typedef {import('./options.js').IsolateOptions} IsolateOptions */

/**
 * All that is asked for, or an error: never silently less.
 * @param {Pick<IsolateOptions, 'limits' | 'allow' | 'noNewPrivileges' | 'noNetwork'>} options
 */
function confineHelper({ limits: { memory, cpuTime }, allow, noNewPrivileges, noNetwork }) {
  if (allow !== undefined) native.allowLibraries(allow.patterns, allow.process);
  if (memory === undefined && cpuTime === undefined && !noNewPrivileges && !noNetwork) return;
  // The system counts whole seconds.
  const seconds = cpuTime === undefined ? undefined : Math.ceil(cpuTime / 1000);
  native.confineProcess(memory, seconds, noNewPrivileges, noNetwork);
}

module.exports = { confineHelper };
