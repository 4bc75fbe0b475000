'use strict';
// Facts about the host and this environment.

const native = require('./binding.js');
const { canGenerate } = require('./stub.js');

/** The usual ending of a shared library's file name here, without the dot. */
const suffix = { darwin: 'dylib', win32: 'dll' }[/** @type {'darwin'} */ (process.platform)] ?? 'so';

/** Numbers about this environment. */
function stats() {
  const [libraries, functions] = native.counts();
  return { backend: native.backend, stubs: canGenerate ? 'generated' : 'closures', libraries, functions };
}

module.exports = { suffix, stats };
