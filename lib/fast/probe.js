'use strict';
// Whether the callers of a host reach the entries: asked once, while these make no calls, and only say so.

const native = require('../binding.js');
const { views, offsets } = require('../frame.js');
const { NOTHING } = require('./holding.js');

/** No function has this callee. */
const NONE = 0x7fffffff;

/**
 * @param {import('./provider.js').Provider} provider
 * @param {{ isOpen: number }} entries which are open if another copy of the package has tried them
 * @returns {import('./provider.js').Provider | import('./provider.js').Absence} the provider, if calls are answered as not made
 */
function probed(provider, { isOpen }) {
  if (isOpen !== 0) return provider;
  const status = offsets.status / 4;
  /** @type {(caller: import('./provider.js').Caller | null | undefined, ...values: number[]) => boolean} */
  const isAnswered = (caller, ...values) => {
    views.u32[status] = 0;
    const result = caller?.(NONE, ...values);
    return views.u32[status] === 1 && (result === undefined || result === 0);
  };
  const { frameCaller } = provider;
  /** @type {(kinds: import('./provider.js').Kind[], result: import('./provider.js').Kind) => boolean} */
  const isAnsweredWith = (kinds, result) => {
    const { caller, order = [] } = provider.caller(kinds, result, {}) ?? {};
    return isAnswered(caller, ...order.map((index) => (index === NOTHING ? 0 : [1, 0.5][index])));
  };
  const isReached =
    isAnsweredWith(['i32', 'f64'], 'f64') &&
    isAnsweredWith(['u32', 'f32'], 'i32') &&
    isAnsweredWith(['i64', 'f32'], 'i32') &&
    isAnswered(frameCaller?.(0, 0, { isApart: false, clears: false, lowers: false }));
  if (!isReached) return { reason: `${provider.name} calls functions otherwise than is known of it` };
  native.openEntries();
  return provider;
}

module.exports = { probed };
