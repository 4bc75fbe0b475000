'use strict';
// Facts about the host and this environment.

const native = require('./binding.js');
const { canGenerate } = require('./generate.js');
const { countLive, countMemory } = require('./leaks.js');
const { retainedCount } = require('./retained.js');

/** The usual ending of a shared library's file name here, without the dot. */
const suffix = { darwin: 'dylib', win32: 'dll' }[/** @type {'darwin'} */ (process.platform)] ?? 'so';

/** Numbers about this environment. */
function stats() {
  const [libraries, functions, open, afterClose, pending, finalizers] = native.counts();
  const stubs = canGenerate ? 'generated' : 'closures';
  const callbacks = { open, afterClose };
  const retained = retainedCount();
  const retainedViews = countLive('retained view');
  const memory = countMemory();
  const { backend } = native;
  const counts = { libraries, functions, retained, retainedViews, memory, callbacks, finalizers };
  return { backend, stubs, ...counts, async: pending };
}

module.exports = { suffix, stats };
