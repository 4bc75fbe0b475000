'use strict';
// Arenas: memory that is freed together.

const { describe } = require('../describe.js');
const { createError } = require('../errors.js');
const { dispose } = require('../library.js');
const { ownOptions } = require('../options.js');
const { bufferAddress } = require('../pointer.js');
const { offsetBy } = require('../record/access.js');
const { copyBytes } = require('../record/cold.js');
const { takeBlock, textBytes } = require('./alloc.js');
const { measure } = require('./element.js');
const { ALIGN, checkAlign, checkAllocator } = require('./heap.js');
const { hasText, memoryOn } = require('./memory.js');

/** @typedef {InstanceType<typeof import('./block.js').Block>} Block */

/** What small blocks are cut from, in bytes: the first piece, and the largest, as each is twice the one before. */
const FIRST_PIECE = 4096;
const LARGEST_PIECE = 256 * 1024;
/** A larger block than this part of a piece is a piece of its own. */
const PART = 4;

/** @param {string} caller */
const ended = (caller) => createError('ERR_INVALID_MEM_ID', `${caller}: the arena has ended`, caller);

/** A word about several errors of which each is to be told. @param {unknown[]} errors */
function together(errors) {
  if (errors.length === 1) return errors[0];
  return new AggregateError(errors, `${errors.length} errors when an arena ended`);
}

class Arena {
  #allocator;
  /** What blocks are cut from, the newest last. @type {Block[]} */
  #pieces = [];
  /** The piece that the next ones are cut from. @type {Block | undefined} */
  #piece = undefined;
  /** Where its free part begins. */
  #top = 0;
  #nextPiece = FIRST_PIECE;
  /** @type {{ resource: any, release: (resource: any) => unknown }[]} */
  #owned = [];
  /** @type {'open' | 'ending' | 'ended'} */
  #state = /** @type {any} */ ('open');

  /** @param {unknown} [options] `{ allocator }` */
  constructor(options = undefined) {
    const { allocator } = ownOptions('Arena', options, ['allocator'], 0);
    this.#allocator = checkAllocator('Arena', allocator, 0);
  }

  /** Whether its memory is gone. */
  get ended() {
    return this.#state === 'ended';
  }

  /**
   * Memory, all zero, until the arena ends.
   * @param {unknown} type or a size in bytes
   * @param {unknown} [count] so many of them; 1 when left out
   * @param {unknown} [options] `{ align }`
   */
  alloc(type, count = undefined, options = undefined) {
    const isOptions = options === undefined && typeof count === 'object';
    const { size, element, count: n } = measure('alloc', type, isOptions ? undefined : count);
    let align = element ? element.type.align : ALIGN;
    const given = isOptions ? count : options;
    if (given !== undefined) {
      const index = isOptions ? 1 : 2;
      const chosen = ownOptions('alloc', given, ['align'], index);
      if (chosen.align !== undefined) align = Math.max(align, checkAlign('alloc', chosen.align, index));
    }
    const at = this.#take('alloc', size, align);
    return memoryOn(/** @type {Block} */ (this.#taken), at, size, element, n);
  }

  /**
   * A copy of a text, with a NUL at the end, until the arena ends.
   * @param {unknown} text
   * @param {unknown} [encoding] `utf8`, `utf16le`, `utf32le` or `latin1`
   */
  strdup(text, encoding = undefined) {
    const { bytes, of } = textBytes(text, encoding);
    const at = this.#take('strdup', bytes.length, of.unit);
    const block = /** @type {Block} */ (this.#taken);
    copyBytes(bufferAddress(bytes), offsetBy(block.start, at), bytes.length, undefined, bytes);
    return hasText(memoryOn(block, at, bytes.length, undefined, bytes.length), of);
  }

  /** The block that was taken from last. @type {Block | undefined} */
  #taken = undefined;

  /** @param {string} caller @param {number} size @param {number} align @returns {number} where it is in `#taken` */
  #take(caller, size, align) {
    if (this.#state !== 'open') throw ended(caller);
    const piece = this.#piece;
    if (piece !== undefined) {
      const top = this.#top;
      let at = top;
      // Pieces are aligned as malloc's memory is.
      if (align <= ALIGN) at = Math.ceil(at / align) * align;
      else at += Number(BigInt.asUintN(64, -BigInt(offsetBy(piece.start, at))) % BigInt(align));
      // Each has a place of its own, also when it has no bytes.
      const end = at + (size || 1);
      // A debugger may have had others take it; see lib/frame.js.
      if (this.#top !== top || this.#piece !== piece) return this.#take(caller, size, align);
      if (end <= piece.size) {
        this.#top = end;
        this.#taken = piece;
        return at;
      }
    }
    return this.#takePiece(caller, size, align);
  }

  /** @param {string} caller @param {number} size @param {number} align @returns {number} */
  #takePiece(caller, size, align) {
    const isLarge = size > this.#nextPiece / PART || align > ALIGN;
    const pieceSize = isLarge ? size : this.#nextPiece;
    const block = takeBlock(caller, this.#allocator, pieceSize, Math.max(align, ALIGN), true, 'Arena', 'arena').enlist(
      true,
    );
    this.#pieces.push(block);
    // Code of an allocator of the user's may have ended the arena.
    if (this.#state === 'ended') {
      this.#freePieces([]);
      throw ended(caller);
    }
    if (!isLarge) {
      this.#nextPiece = Math.min(this.#nextPiece * 2, LARGEST_PIECE);
      this.#piece = block;
      this.#top = size || 1;
    }
    this.#taken = block;
    return 0;
  }

  /**
   * Leaves something to the arena, which releases it when it ends, the last one first.
   * @template T
   * @param {T} resource
   * @param {(resource: T) => unknown} [release] when left out, its `[Symbol.dispose]`
   * @returns {T} the resource
   */
  own(resource, release = undefined) {
    if (this.#state !== 'open') throw ended('own');
    /** @type {any} */
    let way = release;
    if (release === undefined) {
      const disposal = /** @type {any} */ (resource)?.[dispose];
      if (typeof disposal === 'function') way = () => Reflect.apply(disposal, resource, []);
    }
    if (typeof way !== 'function') {
      const text = 'expected a function that releases the resource, or a resource with [Symbol.dispose]';
      throw createError('ERR_INVALID_ARG_TYPE', `own: argument 1: ${text}, got ${describe(release)}`, 'own', 1);
    }
    // A getter may have ended the arena.
    if (this.#state !== 'open') throw ended('own');
    this.#owned.push({ resource, release: way });
    return resource;
  }

  /** Releases what it owns and frees its memory; twice is fine. */
  end() {
    const errors = this.#end();
    if (errors.length > 0) throw together(errors);
  }

  [dispose]() {
    this.end();
  }

  /** @returns {unknown[]} the errors of what it owns */
  #end() {
    if (this.#state !== 'open') return [];
    this.#state = 'ending';
    /** @type {unknown[]} */
    const errors = [];
    for (let entry = this.#owned.pop(); entry !== undefined; entry = this.#owned.pop()) {
      const { resource, release } = entry;
      try {
        release(resource);
      } catch (error) {
        errors.push(error);
      }
    }
    this.#state = 'ended';
    this.#freePieces(errors);
    return errors;
  }

  /** @param {unknown[]} errors gets those that there are */
  #freePieces(errors) {
    this.#piece = undefined;
    for (let piece = this.#pieces.pop(); piece !== undefined; piece = this.#pieces.pop()) {
      try {
        piece.free('end');
      } catch (error) {
        // What cannot be freed is left, but nobody may use it as the arena's.
        if (piece.alive) piece.abandon();
        errors.push(error);
      }
    }
  }

  /**
   * Runs a function with an arena, which ends when the function has returned or thrown, or when the promise that it
   * returned is settled.
   * @template T
   * @param {(arena: Arena) => T} work
   * @param {unknown} [options] as of the constructor
   * @returns {T | Promise<any>}
   */
  static run(work, options = undefined) {
    if (typeof work !== 'function') {
      const message = `Arena.run: argument 0: expected a function, got ${describe(work)}`;
      throw createError('ERR_INVALID_ARG_TYPE', message, 'Arena.run', 0);
    }
    const arena = new Arena(options);
    let result;
    let isPromise;
    try {
      result = work(arena);
      isPromise = isThenable(result);
    } catch (error) {
      throw together([error, ...arena.#end()]);
    }
    if (isPromise) return finish(/** @type {any} */ (result), () => arena.#end());
    arena.end();
    return result;
  }
}

/** Whether `await` waits for a value. @param {any} value */
const isThenable = (value) =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && typeof value.then === 'function';

/**
 * @param {PromiseLike<any>} promise
 * @param {() => unknown[]} end
 */
async function finish(promise, end) {
  let result;
  try {
    result = await promise;
  } catch (error) {
    throw together([error, ...end()]);
  }
  const errors = end();
  if (errors.length > 0) throw together(errors);
  return result;
}

module.exports = { Arena };
