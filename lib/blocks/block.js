'use strict';
// Blocks of memory: who they belong to, and whether they are still there. What programs see of one is a Memory.

const native = require('../binding.js');
const { allChecked } = require('../checked.js');
const { groundOfText } = require('../cstring.js');
const { createError } = require('../errors.js');
const { MemoryView } = require('../memory-view.js');
const { extent, isBuffer, memories: lent, views } = require('../pointer.js');
const { offsetBy } = require('../record/access.js');
const { Ground } = require('../record/ground.js');
const { NOBODY } = require('../owner.js');
const { listLive } = require('../leaks.js');
const { Address, trace, tracing } = require('../tracing.js');
const { here, isTracking } = require('../tracking.js');
const { Exposure } = require('./exposure.js');
const { HEAP, freeHeap, freeWith } = require('./heap.js');

/** @typedef {import('../retained.js').Owner} Owner */
/** @typedef {import('./heap.js').Allocator} Allocator */

/**
 * What is allocated and not freed, of all copies of the package, by address: all but the memories on C's heap, for
 * which a map would take as long as all the rest.
 * @type {Map<number | bigint, Block>}
 */
const known = native.allocations;

/** Those, in any order. @type {Block[]} */
const memories = [];

/** So often a block is used before a buffer is made on it, which takes as long as many uses. */
const FEW = 8;

/** While tracking: which calls freed the addresses that were freed last. @type {Map<number | bigint, string | undefined>} */
const freed = new Map();
const MOST_FREED = 10_000;

/** Asked once, as all of it is decided when the package is loaded. */
const isWatched = isTracking || tracing.memory;

/** What makes a block of each kind, as it is traced. */
const MAKERS = { memory: 'alloc', raw: 'malloc', arena: 'Arena' };

/** @param {string | undefined} stack @returns {string} the end of a message */
const byWhom = (stack) => (stack === undefined ? '' : `, by:\n${stack}`);

class Block {
  /**
   * @param {number | bigint} start its address
   * @param {number} size in bytes
   * @param {Allocator | undefined} allocator undefined for memory that is not freed here
   * @param {number} shift by how much what the allocator gave begins before it
   * @param {string | undefined} name of its type
   * @param {'memory' | 'raw' | 'arena'} kind what programs know of it: a Memory of all of it, its address only, or
   *   Memories of parts, which are freed with their arena
   */
  constructor(start, size, allocator, shift, name, kind) {
    this.start = start;
    this.size = size;
    this.allocator = allocator;
    this.shift = shift;
    this.name = name;
    this.kind = kind;
    this.alive = true;
    /** Tells whether the memory is there. @type {Owner} */
    this.owner = this;
    /** What is written to it lives as long as that; undefined for memory of C, which keeps nothing. @type {object | undefined} */
    this.buffer = this;
    /** For quick access, when it is worth it. @type {DataView | undefined} */
    this.fast = undefined;
    this.uses = 0;
    /** In how many asynchronous calls C uses it. */
    this.pins = 0;
    /** What programs were given to use it without us. @type {InstanceType<typeof Exposure> | undefined} */
    this.exposure = undefined;
    /** While tracking, the stacks of the calls that made it and that freed it. @type {{ made?: string, freed?: string } | undefined} */
    this.stacks = undefined;
    /** The helper process that it is in, if any. @type {InstanceType<typeof import('../isolate/helper.js').Helper> | undefined} */
    this.isolated = undefined;
    /** Where it is in `memories`; -1 when it is not. */
    this.place = -1;
  }

  // As the owner of its memory.

  get code() {
    return 'ERR_INVALID_MEM_ID';
  }

  get text() {
    const what = this.kind === 'arena' ? 'the arena of this memory has ended' : 'the memory was freed';
    return `${what}${byWhom(this.stacks?.freed)}`;
  }

  // As the ground of views and schemas; see lib/record/ground.js.

  /** @returns {DataView} */
  get view() {
    this.check();
    if (this.isChecked) return new MemoryView(this.expose().whole('view'));
    this.fast ??= new MemoryView(this.expose().whole('view'));
    return this.fast;
  }

  /** The type of values in it. @param {import('../types.js').CType} type @returns {import('../types.js').CType} */
  ownType(type) {
    return type;
  }

  /** What programs know an address in it by. @param {number} at @returns {unknown} */
  pointerAt(at) {
    this.check('ptr');
    return offsetBy(this.start, at);
  }

  /** Some of it. @param {DataView} view */
  part(view) {
    return new Ground(view, this.owner, this.buffer);
  }

  /** Every block may be written. @param {string} _caller */
  mayWrite(_caller) {}

  /** Throws where nothing could tell a view that the memory is gone. @param {string} caller */
  mayGiveViews(caller) {
    if (this.owner === NOBODY || 'expose' in this.owner) return;
    const text =
      'this memory is of a library, of a struct that was returned or of a buffer, and can be gone without a word';
    throw createError('ERR_INVALID_ARG_VALUE', `${caller}: ${text}: use read, write, bytes and setBytes`, caller);
  }

  /** Why the memory is no longer there. @returns {{ code: string, text: string } | undefined} */
  problem() {
    return this.owner.alive ? undefined : this.owner;
  }

  /** Throws when the memory is gone. @param {string} [caller] */
  check(caller) {
    const { owner } = this;
    if (!owner.alive) throw createError(owner.code, caller ? `${caller}: ${owner.text}` : owner.text, caller);
  }

  /** Throws as well when what is in it may be addresses of another process. @param {string} caller */
  checkAddresses(caller) {
    this.check(caller);
    if (!this.isolated) return;
    const text = `${caller}: memory of a helper process has addresses that are none here: use read and write`;
    throw createError('ERR_UNSUPPORTED_ARGS', text, caller);
  }

  /** @param {number} at @returns {number} a BigInt where the address is too large for one */
  address(at) {
    this.check();
    return /** @type {number} */ (offsetBy(this.start, at));
  }

  // Its own.

  /** @returns {InstanceType<typeof Exposure>} */
  expose() {
    return (this.exposure ??= new Exposure(this));
  }

  /** Whether each use goes through the system: it is not known what is there. */
  get isChecked() {
    return allChecked && this.allocator === undefined;
  }

  /** Whether the quick way is open from now on; it is opened after a few uses. */
  quicken() {
    if (this.fast !== undefined) return true;
    if (this.isChecked || ++this.uses <= FEW || !Exposure.isPossible(this.size)) return false;
    return this.owner.alive && this.view !== undefined;
  }

  /**
   * Makes it known as one that is to be freed.
   * @param {boolean} isByAddress whether it may be asked for by its address, again and again
   */
  enlist(isByAddress) {
    if (isByAddress) known.set(this.start, this);
    else {
      this.place = memories.length;
      memories[this.place] = this;
    }
    if (isWatched) this.#noteMade();
    return this;
  }

  /**
   * Frees it; the memory itself, when the last asynchronous call has returned that C uses it in.
   * @param {string} caller
   */
  free(caller) {
    this.check(caller);
    if (this.allocator === undefined) throw notOurs(caller, 'this memory was not allocated here');
    // If this throws, the memory stays, and so do the views that cannot be detached.
    this.exposure?.detach(caller);
    // A debugger may have freed it meanwhile.
    this.check(caller);
    this.#forget();
    if (this.pins === 0) this.#giveBack();
  }

  #forget() {
    this.alive = false;
    this.fast = undefined;
    // Its memory may be another block's already, if a debugger has had some allocated.
    if (this.place === -1) {
      if (known.get(this.start) === this) known.delete(this.start);
    } else {
      // The last one takes its place.
      const last = /** @type {Block} */ (memories.pop());
      if (last !== this) memories[(last.place = this.place)] = last;
    }
    if (isWatched) this.#noteFreed();
  }

  #noteMade() {
    if (tracing.memory) trace(MAKERS[this.kind], [this.size], new Address(this.start));
    if (isTracking) this.stacks = { made: here() };
  }

  #noteFreed() {
    if (tracing.memory) trace('free', [new Address(this.start)]);
    if (!isTracking) return;
    const stack = here();
    this.stacks = { freed: stack };
    freed.delete(this.start);
    freed.set(this.start, stack);
    if (freed.size > MOST_FREED) freed.delete(/** @type {number} */ (freed.keys().next().value));
  }

  #giveBack() {
    const { allocator, start, shift } = this;
    if (allocator === HEAP) freeHeap(shift === 0 ? start : offsetBy(start, -shift));
    else freeWith(/** @type {Allocator} */ (allocator), start);
  }

  /** Its memory has another block now, or cannot be freed. */
  abandon() {
    this.#forget();
  }

  /** C uses it until `unpin`. Only what is live can be pinned. */
  pin() {
    this.pins++;
  }

  unpin() {
    if (--this.pins > 0 || this.alive) return;
    try {
      this.#giveBack();
    } catch (error) {
      // Of an allocator of the user's. There is no call of theirs that could throw it.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/** @param {string} caller @param {string} text */
const notOurs = (caller, text) => createError('ERR_INVALID_MEM_ID', `${caller}: ${text}`, caller);

/**
 * The live block that begins at an address.
 * @param {string} caller
 * @param {number | bigint} address
 * @returns {Block}
 */
function blockAt(caller, address) {
  const block = known.get(address) ?? memories.find(({ start }) => start === address);
  if (block) return block;
  const where = `0x${address.toString(16)}`;
  if (freed.has(address)) throw notOurs(caller, `the memory at ${where} was freed${byWhom(freed.get(address))}`);
  throw notOurs(caller, `no memory that was allocated here and is not freed begins at ${where}`);
}

lent.blockOf = (value) => {
  const owner =
    (views.placeOf(value)?.ground ?? groundOfText(value))?.owner ??
    (isBuffer(value) && Exposure.blockOf(extent(value)?.buffer)?.owner);
  return owner instanceof Block && owner.alive ? owner : undefined;
};

/** Those of this copy of the package. */
function* mine() {
  for (const block of known.values()) if (block instanceof Block) yield block;
  yield* memories;
}

listLive(
  'memory',
  function* list() {
    for (const { start, size, name, stacks } of mine()) yield { ptr: start, size, type: name, stack: stacks?.made };
  },
  () => {
    const total = { blocks: 0, bytes: 0 };
    for (const { size } of mine()) {
      total.blocks++;
      total.bytes += size;
    }
    return total;
  },
);

module.exports = { Block, blockAt, known, notOurs };
