'use strict';
// Memory of isolates. It is in the arena, where C in the helper and the program both see it; who has which part of it
// is known here only, so that nothing that C writes can confuse that.

const { createError } = require('../errors.js');
const { ownOptions } = require('../options.js');
const { bufferAddress } = require('../pointer.js');
const { offsetBy } = require('../record/access.js');
const { copyBytes } = require('../record/cold.js');
const { MemoryView } = require('../memory-view.js');
const { textBytes } = require('../blocks/alloc.js');
const { Block } = require('../blocks/block.js');
const { measure } = require('../blocks/element.js');
const { checkAlign, clearMemory, noMemory } = require('../blocks/heap.js');
const { hasText, memoryOn } = require('../blocks/memory.js');
const { pointerIn } = require('./pointer.js');

/** @typedef {InstanceType<typeof import('./isolation.js').Isolation>} Isolation */
/** @typedef {InstanceType<typeof import('./helper.js').Helper>} Helper */

/** What frees a block. @param {SharedBlock} block @param {Helper} helper */
const allocatorOf = (block, helper) => ({
  allocate: () => 0,
  free() {
    helper.isolation.log.info?.('free', `${block.size} bytes`);
    helper.blocks.delete(block);
    if (helper.isAlive) helper.arena.give(Number(block.start), true);
  },
});

/** A block that is there until it is freed, or its helper ends. */
class SharedBlock extends Block {
  /** @type {DataView | undefined} */
  #view;

  /**
   * @param {Helper} helper
   * @param {number} start
   * @param {number} size
   * @param {string | undefined} name
   */
  constructor(helper, start, size, name) {
    super(start, size, undefined, 0, name, 'memory');
    this.allocator = allocatorOf(this, helper);
    this.isolated = helper;
    helper.blocks.add(this);
  }

  get text() {
    return this.isolated?.isAlive ? super.text : 'the helper process that this memory is in has ended';
  }

  /** @returns {DataView} */
  get view() {
    this.check();
    return (this.#view ??= new MemoryView(this.expose().whole('view')));
  }

  /** Values may be pointers of the helper, which the quick way knows nothing of. */
  quicken() {
    return false;
  }

  /** @param {import('../types.js').CType} type */
  ownType(type) {
    return /** @type {Helper} */ (this.isolated).isolation.types.of(type);
  }

  /** @param {number} at */
  pointerAt(at) {
    this.check('ptr');
    return pointerIn(/** @type {Helper} */ (this.isolated), offsetBy(this.start, at));
  }

  /** The helper has ended. @returns {boolean} whether no program has its memory any more */
  leave() {
    this.abandon();
    try {
      this.exposure?.detach('isolate');
      return true;
    } catch {
      // The program has transferred it.
      return false;
    }
  }
}

/**
 * @param {Isolation} isolation
 * @param {string} caller
 * @param {number} size
 * @param {number} align
 * @param {string | undefined} name of its type
 */
function takeBlock(isolation, caller, size, align, name) {
  const helper = isolation.ready(caller);
  const { liveAllocations, memory } = isolation.options.limits;
  if (liveAllocations !== undefined && helper.blocks.size >= liveAllocations) {
    const text = `${caller}: no more than ${liveAllocations} allocations may be live at once`;
    throw createError('ERR_MALLOC_FAILED', text, caller);
  }
  const isTooMuch = memory !== undefined && !(helper.arena.used + size <= memory);
  const start = isTooMuch ? 0 : helper.arena.take(Math.max(size, align, 1));
  if (start === 0) throw noMemory(caller, size);
  isolation.log.info?.(caller, `${size} bytes`);
  return new SharedBlock(helper, start, size, name).enlist(false);
}

/**
 * Memory in the helper, all zero.
 * @param {Isolation} isolation
 * @param {unknown} type or a size in bytes
 * @param {unknown} [count] so many of them; 1 when left out
 * @param {unknown} [options] `{ align }`
 */
function alloc(isolation, type, count = undefined, options = undefined) {
  const isOptions = options === undefined && typeof count === 'object';
  const given = isOptions ? count : options;
  const { size, element, count: n } = measure('alloc', type, isOptions ? undefined : count);
  const index = isOptions ? 1 : 2;
  const chosen = ownOptions('alloc', given, ['align'], index);
  const align = chosen.align === undefined ? 1 : checkAlign('alloc', chosen.align, index);
  const name = typeof type === 'string' ? type : undefined;
  const block = takeBlock(isolation, 'alloc', size, align, name);
  if (size > 0) clearMemory(block.start, size);
  return memoryOn(block, 0, size, element, n);
}

/**
 * A copy of a text in the helper, with a NUL at the end.
 * @param {Isolation} isolation
 * @param {unknown} text
 * @param {unknown} [encoding]
 */
function strdup(isolation, text, encoding = undefined) {
  const { bytes, of } = textBytes(text, encoding);
  const block = takeBlock(isolation, 'strdup', bytes.length, of.unit, 'string');
  copyBytes(bufferAddress(bytes), block.start, bytes.length, undefined, bytes);
  return hasText(memoryOn(block, 0, bytes.length, undefined, bytes.length), of);
}

module.exports = { SharedBlock, alloc, strdup };
