'use strict';
// Facts about the host and this environment.

const native = require('./binding.js');
const { canGenerate } = require('./generate.js');
const { countLive, countMemory } = require('./leaks.js');
const { retainedCount } = require('./retained.js');

/** The usual ending of a shared library's file name here, without the dot. */
const suffix = { darwin: 'dylib', win32: 'dll' }[/** @type {'darwin'} */ (process.platform)] ?? 'so';

/** The fastest way into C here, and why it is not a faster one. */
function wayInUse() {
  const found = require('./fast/provider.js').provider();
  if ('reason' in found) return { backend: native.backend, reason: found.reason };
  return {
    backend: found.name,
    reason: found.reenters === 'never' ? 'functions that are not leaves go by Node-API' : null,
  };
}

/** Numbers about this environment. */
function stats() {
  const [libraries, functions, open, afterClose, pending, finalizers] = native.counts();
  const stubs = canGenerate ? 'generated' : 'closures';
  const callbacks = { open, afterClose };
  const retained = retainedCount();
  const retainedViews = countLive('retained view');
  const memory = countMemory();
  const { backend, reason } = wayInUse();
  const counts = { libraries, functions, retained, retainedViews, memory, callbacks, finalizers };
  return { backend, reason, stubs, ...counts, async: pending };
}

module.exports = { suffix, stats };
