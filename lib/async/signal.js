'use strict';
// AbortSignals, through the built-ins: what users make of their own signals changes nothing here.

const { apply } = Reflect;
const { addEventListener, removeEventListener } = globalThis.EventTarget?.prototype ?? {};

/** @param {'aborted' | 'reason'} name @returns {(signal: any) => any} throws for what is no signal */
function getter(name) {
  const { get } = Object.getOwnPropertyDescriptor(globalThis.AbortSignal?.prototype ?? {}, name) ?? {};
  return (signal) => apply(/** @type {() => any} */ (get), signal, []);
}
const isAborted = getter('aborted');
const reasonOf = getter('reason');

/** @param {unknown} value @returns {boolean} */
function isSignal(value) {
  try {
    isAborted(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {AbortSignal} signal
 * @param {() => void} abort called once, when it aborts
 * @returns {() => void} ends that
 */
function watch(signal, abort) {
  apply(addEventListener, signal, ['abort', abort, { __proto__: null, once: true }]);
  return () => apply(removeEventListener, signal, ['abort', abort]);
}

module.exports = { isAborted, isSignal, reasonOf, watch };
