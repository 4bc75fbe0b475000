'use strict';
// Whether there are helper processes here.

const native = require('../binding.js');
const { createError } = require('../errors.js');

/** Throws where there are none. @param {string} caller */
function demandHelpers(caller) {
  const { bun, deno } = process.versions;
  if (native.isolateStart !== undefined && bun === undefined && deno === undefined) return;
  const text = `${caller}: helper processes are for Node, on Linux and other Unix systems`;
  throw createError('ERR_CALL_FAILED', text, caller);
}

module.exports = { demandHelpers };
