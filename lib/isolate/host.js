'use strict';
// Whether there are helper processes here.

const native = require('../binding.js');
const { createError } = require('../errors.js');

/** Whether this Node is a single executable application: it would start itself as its helper. */
function isProgram() {
  try {
    return require('node:sea').isSea();
  } catch {
    // A Node without them.
    return false;
  }
}

/** Throws where there are none. @param {string} caller */
function demandHelpers(caller) {
  const { bun, deno, electron, nw } = process.versions;
  const isNode = [bun, deno, electron, nw].every((version) => version === undefined) && !isProgram();
  if (native.isolateStart !== undefined && isNode) return;
  const text = `${caller}: helper processes are for Node itself, on Linux and other Unix systems`;
  throw createError('ERR_CALL_FAILED', text, caller);
}

module.exports = { demandHelpers };
