'use strict';
// Finds functions that call nothing, by their machine code (src/leaf.rs): what may be done with leaves may be done with these.

const native = require('../binding.js');
const { provider } = require('./provider.js');
const { withLeaf } = require('./options.js');

/** ARKFFI_LEAVES=declared: only definitions say what is a leaf. */
const isAsked = process.env.ARKFFI_LEAVES !== 'declared';

/** Whether calls of leaves are made another way here than those of other functions. */
function matters() {
  const found = provider();
  return 'reenters' in found && found.reenters !== 'always';
}

/**
 * Looks at functions that have just been bound, and have no stubs yet. Those that call nothing get the signature of leaves,
 * unless their definitions say something else.
 * @param {import('../bind.js').Binding[]} bindings
 */
function findLeaves(bindings) {
  if (!isAsked || !matters()) return;
  for (const binding of bindings) {
    const { isLeaf, isSlow, mayCall } = binding.signature;
    if (isLeaf || isSlow || mayCall) continue;
    if (native.markLeaf(binding.number, false)) binding.signature = withLeaf(binding.signature, true);
  }
}

module.exports = { findLeaves };
