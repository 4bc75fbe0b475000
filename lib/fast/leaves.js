'use strict';
// Finds functions that call nothing, by their machine code (src/leaf.rs): what may be done with leaves may be done with these.

const native = require('../binding.js');
const { provider } = require('./provider.js');
const { withBrief, withLeaf } = require('./options.js');

/** ARKFFI_LEAVES=declared: only definitions say what is a leaf. */
const isAsked = process.env.ARKFFI_LEAVES !== 'declared';

/** What Rust says of one: nothing; that it is a leaf; that nothing can happen in it, too. */
const [NONE, , BRIEF] = [0, 1, 2];

/**
 * Looks at functions that have just been bound, and have no stubs yet. Those that call nothing get the signature of leaves,
 * unless their definitions say something else.
 * @param {import('../bind.js').Binding[]} bindings
 */
function findLeaves(bindings) {
  const asked = bindings.filter(({ signature: { isSlow, mayCall } }) => !isSlow && !mayCall);
  if (!isAsked || asked.length === 0) return;
  if ('reason' in provider()) return;
  for (const binding of asked) {
    const leaf = native.markLeaf(binding.number, false);
    if (leaf === BRIEF) binding.signature = withBrief(binding.signature);
    else if (leaf !== NONE) binding.signature = withLeaf(binding.signature, true);
  }
}

module.exports = { findLeaves };
