'use strict';
// retain(): buffers that C keeps beyond the call that they are passed to.

const { isResizable, lock } = require('./async/lock.js');
const { createError } = require('./errors.js');
const { listLive } = require('./leaks.js');
const { INVALID, memories, memoryOf, registerWrapper, retainedViews } = require('./pointer.js');
const { refusal } = require('./refuse.js');
const { Address, trace, tracing } = require('./tracing.js');
const { here } = require('./tracking.js');

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** Those that are not released, which keeps them. @type {Set<RetainedView>} */
const live = new Set();

const RELEASED = { code: 'ERR_INVALID_POINTER', text: 'the memory was released: C has no claim to it any more' };

class RetainedView {
  /** What is kept; undefined when it was released. @type {unknown} */
  #kept;
  /** The memory of ours that it is on: not freed before it is released. */
  #block;
  #address;
  #size;
  #stack = here();

  /** @param {unknown} kept @param {number} address @param {number} size */
  constructor(kept, address, size) {
    this.#kept = kept;
    this.#address = address;
    this.#size = size;
    this.#block = memories.blockOf(kept);
    this.#block?.pin();
    live.add(this);
    if (tracing.memory) trace('retain', [kept], new Address(address));
  }

  /** The address of the first byte; 0 when it was released. */
  get ptr() {
    return this.#address;
  }

  /** C uses the memory no more. Again does nothing. */
  release() {
    if (this.#kept === undefined) return;
    if (tracing.memory) trace('RetainedView.release', [new Address(this.#address)]);
    const block = this.#block;
    this.#block = undefined;
    this.#kept = undefined;
    this.#address = 0;
    live.delete(this);
    block?.unpin();
  }

  [dispose]() {
    this.release();
  }

  static {
    listLive('retained view', function* list() {
      for (const view of live) yield { ptr: view.#address, size: view.#size, stack: view.#stack };
    });
    retainedViews.holdOf = (value) => {
      if (typeof value !== 'object' || value === null || !(#kept in value)) return undefined;
      const view = /** @type {RetainedView} */ (value);
      return view.#kept === undefined ? undefined : { kept: view.#kept, block: view.#block };
    };
    const isReleased = (/** @type {RetainedView} */ view) => view.#kept === undefined;
    registerWrapper(
      (value) => (#kept in value ? (isReleased(value) ? INVALID : value.#address) : undefined),
      (value) => (#kept in value ? 'a retained view' : undefined),
      (value) => (#kept in value && isReleased(value) ? RELEASED : undefined),
    );
  }
}

/**
 * Keeps a buffer for C until it is released: it is not collected, and cannot be transferred where the host can
 * prevent that.
 * @param {unknown} view an ArrayBuffer, a SharedArrayBuffer, or a view on one
 * @returns {RetainedView}
 */
function retain(view) {
  const found = memoryOf(view);
  if (found === undefined) throw refusal('buffer', view, 0, 'retain');
  const { buffer, address, length } = found;
  if (isResizable(buffer)) {
    const message = 'retain: argument 0: a resizable buffer can be made smaller while C uses it';
    throw createError('ERR_INVALID_ARG_VALUE', message, 'retain', 0);
  }
  // Memory of ours stays where it is; were its buffer marked, it could not be freed.
  if (length > 0 && !memories.blockOf(view)) lock(buffer);
  return new RetainedView(view, address, length);
}

module.exports = { retain };
