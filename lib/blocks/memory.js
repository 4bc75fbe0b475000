'use strict';
// Memory: what programs see of a block. Every use is checked: that the memory is there, and that it reaches so far.

const { copyMemory } = require('../memory.js');
const { allChecked } = require('../checked.js');
const { decodeText, resolveEncoding } = require('../encoding.js');
const { readCString } = require('../cstring.js');
const { createError } = require('../errors.js');
const { dispose } = require('../library.js');
const { INVALID, bufferAddress, extent, registerWrapper, views } = require('../pointer.js');
const { copyChecked, offsetBy } = require('../record/access.js');
const { copyBytes } = require('../record/cold.js');
const { refusal } = require('../refuse.js');
const { getIn, putIn } = require('./access.js');
const { Block, notOurs } = require('./block.js');
const { inside, integer, outside, range } = require('./bounds.js');
const { elementOf, measure } = require('./element.js');
const { MOST } = require('./heap.js');

/** @typedef {import('./element.js').Element} Element */
/** @typedef {import('../encoding.js').Encoding} Encoding */

const { Uint8Array } = globalThis;
const { isSafeInteger } = Number;
const inspect = Symbol.for('nodejs.util.inspect.custom');

/** Whoever has it may make memories. */
const SECRET = {};

class Memory {
  /** @type {InstanceType<typeof Block>} */
  #block;
  /** Where it begins in the block. */
  #at;
  /** In bytes. */
  #size;
  /** @type {Element | undefined} */
  #element;
  /** Number of elements. */
  #count;
  /** How far back `add` may go, in the block. */
  #first;
  /** It is part of another. */
  #isPart;
  /** Of its text. @type {Encoding | undefined} */
  #encoding = undefined;
  /** Its own buffer, in a block that is shared. @type {ArrayBuffer | undefined} */
  #buffer = undefined;

  /**
   * @param {object} secret
   * @param {InstanceType<typeof Block>} block
   * @param {number} at
   * @param {number} size
   * @param {Element | undefined} element
   * @param {number} count
   * @param {boolean} isPart
   * @param {number} first
   */
  constructor(secret, block, at, size, element, count, isPart, first) {
    if (secret !== SECRET) {
      throw createError('ERR_INVALID_ARG_TYPE', 'Memory: it is made by alloc, strdup, Arena and reinterpret', 'Memory');
    }
    this.#block = block;
    this.#at = at;
    this.#size = size;
    this.#element = element;
    this.#count = count;
    this.#isPart = isPart;
    this.#first = first;
  }

  /** The address. */
  get ptr() {
    return this.#block.pointerAt(this.#at);
  }

  /** In bytes. */
  get size() {
    return this.#size;
  }

  /** Whether the memory is gone. */
  get freed() {
    return !this.#block.owner.alive;
  }

  /** The type of its elements, as it was given. */
  get type() {
    return this.#element?.given;
  }

  /** Number of elements; of memory without a type, of bytes. */
  get count() {
    return this.#element ? this.#count : this.#size;
  }

  /**
   * The value of a type at an offset.
   * @param {unknown} type
   * @param {number} [offset] in bytes
   */
  read(type, offset = 0) {
    const element = elementOf('read', type, 0);
    const block = this.#block;
    const view = block.fast;
    if (view !== undefined && block.owner.alive) {
      if (isSafeInteger(offset) && offset >= 0 && offset + element.size <= this.#size) {
        // What is called in one place for all types makes an object of each double.
        return element.isDouble ? view.getFloat64(this.#at + offset, true) : element.get(view, this.#at + offset);
      }
    }
    block.check('read');
    return getIn('read', block, element, this.#at + inside('read', offset, 1, element.size, this.#size));
  }

  /**
   * Writes a value of a type: all of it, or an error and nothing.
   * @param {unknown} type
   * @param {number} offset in bytes
   * @param {any} value
   */
  write(type, offset, value) {
    const element = elementOf('write', type, 0);
    const block = this.#block;
    const view = block.fast;
    if (view !== undefined && block.owner.alive) {
      if (isSafeInteger(offset) && offset >= 0 && offset + element.size <= this.#size) {
        if (element.put(view, this.#at + offset, value)) return;
      }
    }
    block.check('write');
    const at = this.#at + inside('write', offset, 1, element.size, this.#size);
    putIn('write', block, element, at, value, 2);
  }

  /** The element at an index. @param {number} index */
  at(index) {
    const element = this.#element;
    const block = this.#block;
    const view = block.fast;
    if (view !== undefined && element !== undefined && block.owner.alive) {
      if (isSafeInteger(index) && index >= 0 && index < this.#count) {
        return element.get(view, this.#at + index * element.size);
      }
    }
    block.check('at');
    const [of, where] = this.#elementAt('at', index);
    return getIn('at', block, of, this.#at + where);
  }

  /** Writes the element at an index. @param {number} index @param {any} value */
  set(index, value) {
    const element = this.#element;
    const block = this.#block;
    const view = block.fast;
    if (view !== undefined && element !== undefined && block.owner.alive) {
      if (isSafeInteger(index) && index >= 0 && index < this.#count) {
        if (element.put(view, this.#at + index * element.size, value)) return;
      }
    }
    block.check('set');
    const [of, where] = this.#elementAt('set', index);
    putIn('set', block, of, this.#at + where, value, 1);
  }

  /**
   * What is so many elements further on, to the end, as `p + n` in C.
   * @param {number} count may be negative, to come back
   */
  add(count) {
    const block = this.#block;
    block.check('add');
    const element = this.#typed('add');
    const steps = integer('add', count, 0, 'a number of elements');
    const at = this.#at + steps * element.size;
    const size = this.#size - steps * element.size;
    if (steps > this.#count || at < this.#first) {
      throw outside('add', `${steps} elements from here is outside of the memory`, 0);
    }
    return new Memory(SECRET, block, at, size, element, this.#count - steps, true, this.#first);
  }

  /** A copy of bytes. @param {number} [offset] @param {number} [length] up to the end when left out */
  bytes(offset = 0, length = undefined) {
    this.#block.check('bytes');
    const [at, size] = range('bytes', offset, length, this.#size);
    return new Uint8Array(copyMemory('bytes', this.#addressOf(at), size));
  }

  /** Writes bytes. @param {unknown} source a buffer, a view or a Memory @param {number} [offset] */
  setBytes(source, offset = 0) {
    this.#block.check('setBytes');
    const place = views.placeOf(source);
    const isGone = place ? place.ground.problem() !== undefined : bufferAddress(source) === INVALID;
    if (isGone) throw refusal('buffer', source, 0, 'setBytes');
    const { length } = place ?? /** @type {NonNullable<ReturnType<typeof extent>>} */ (extent(source));
    const at = inside('setBytes', offset, 1, length, this.#size);
    const from = place ? place.ground.address(place.at) : bufferAddress(source);
    if (length === 0) return;
    const to = this.#addressOf(at);
    if (allChecked) copyChecked('setBytes', from, to, length, this.#block.isChecked ? undefined : 0, source);
    else copyBytes(from, to, length, false, source);
  }

  /** The memory itself, until it is freed. @param {number} [offset] @param {number} [length] as of `bytes` */
  view(offset = 0, length = undefined) {
    const block = this.#block;
    block.check('view');
    const [at, size] = range('view', offset, length, this.#size);
    block.mayGiveViews('view');
    if (this.#size === 0) return new Uint8Array(0);
    if (block.kind === 'memory') return new Uint8Array(block.expose().give('view'), this.#at + at, size);
    // Nobody gets a buffer that others' memory is in too.
    this.#buffer = block.expose().givePart('view', this.#at, this.#size, this.#buffer);
    return new Uint8Array(this.#buffer, at, size);
  }

  /** A part, which is there as long as this is. @param {number} offset @param {number} [length] as of `bytes` */
  slice(offset, length = undefined) {
    this.#block.check('slice');
    const [at, size] = range('slice', offset, length, this.#size);
    return new Memory(SECRET, this.#block, this.#at + at, size, undefined, size, true, this.#at + at);
  }

  /**
   * The same memory of another size and type, which nothing checks: it is there as long as this is.
   * @param {unknown} type or a size in bytes
   * @param {number} [count]
   */
  reinterpret(type, count = undefined) {
    this.#block.checkAddresses('reinterpret');
    const { size, element, count: n } = measure('reinterpret', type, count);
    return foreign('reinterpret', 0, this.#addressOf(0), size, element, n, this.#block);
  }

  /** The text up to a NUL, or to the end; of a copy, if another process may write to it meanwhile. @param {unknown} [encoding] */
  toString(encoding = undefined) {
    const known = encoding === undefined ? this.#encoding : undefined;
    const of = known ?? resolveEncoding(encoding, 'toString: argument 0', 'toString', 0);
    this.#block.check('toString');
    if (this.#size === 0) return '';
    if (of.name !== 'utf8' || this.#block.isolated) return decodeText(of, this.bytes(), 'toString');
    return readCString('toString', this.#addressOf(0), this.#size) ?? '';
  }

  /** Frees the memory. */
  free() {
    this.#free('free');
  }

  [dispose]() {
    this.#free('free');
  }

  [inspect]() {
    const { owner, isolated } = this.#block;
    const where = isolated ? 'in a helper process' : `0x${this.#addressOf(0).toString(16)}`;
    return `Memory { ${this.#size} bytes, ${owner.alive ? where : 'freed'} }`;
  }

  /** @param {string} caller */
  #free(caller) {
    const block = this.#block;
    block.check(caller);
    if (this.#isPart) throw notOurs(caller, 'a part of memory is freed with the whole');
    if (block.kind === 'arena') throw notOurs(caller, 'this memory is freed with its arena');
    block.free(caller);
  }

  /** @param {number} at @returns {number | bigint} */
  #addressOf(at) {
    return offsetBy(this.#block.start, this.#at + at);
  }

  /** @param {string} caller @returns {Element} */
  #typed(caller) {
    if (this.#element) return this.#element;
    throw createError('ERR_INVALID_ARG_VALUE', `${caller}: this memory has no type: use read and write`, caller);
  }

  /** @param {string} caller @param {unknown} index @returns {[Element, number]} and where it is */
  #elementAt(caller, index) {
    const element = this.#typed(caller);
    const n = integer(caller, index, 0, 'an index');
    if (n >= 0 && n < this.#count) return [element, n * element.size];
    throw outside(caller, `element ${n} is outside of the ${this.#count} elements`, 0);
  }

  /** @param {Memory} memory @param {Encoding} encoding of its text */
  static hasText(memory, encoding) {
    memory.#encoding = encoding;
    return memory;
  }

  /** @param {any} value @returns {import('../pointer.js').ViewPlace | undefined} */
  static placeOf(value) {
    if (typeof value !== 'object' || value === null || !(#block in value)) return undefined;
    const memory = /** @type {Memory} */ (value);
    const type = memory.#count === 1 ? memory.#element?.type : undefined;
    return { ground: memory.#block, at: memory.#at, length: memory.#size, type, isMemory: true };
  }

  /** @param {any} value an object @returns {number | bigint | undefined} INVALID for memory that is gone, or in another process */
  static addressOf(value) {
    if (!(#block in value)) return undefined;
    const { owner, isolated } = value.#block;
    return owner.alive && !isolated ? value.#addressOf(0) : INVALID;
  }
}

const { addressOf, hasText, placeOf } = Memory;
for (const name of ['addressOf', 'hasText', 'placeOf']) Reflect.deleteProperty(Memory, name);

const otherPlaces = views.placeOf;
views.placeOf = (value) => placeOf(value) ?? otherPlaces(value);
registerWrapper(addressOf, (value) => (placeOf(value) ? 'a Memory' : undefined));
/**
 * The memory of a block, or of a part of one that is shared.
 * @param {InstanceType<typeof Block>} block
 * @param {number} at
 * @param {number} size
 * @param {Element | undefined} element
 * @param {number} count
 */
const memoryOn = (block, at, size, element, count) => new Memory(SECRET, block, at, size, element, count, false, at);

/**
 * Memory that is not ours.
 * @param {string} caller
 * @param {number} index which argument of `caller` the size is from
 * @param {number | bigint} address
 * @param {number} size
 * @param {Element | undefined} element
 * @param {number} count
 * @param {Pick<InstanceType<typeof Block>, 'owner' | 'buffer'>} of whose it is, and what keeps what is written to it
 */
function foreign(caller, index, address, size, element, count, { owner, buffer }) {
  if (size > MOST) {
    const message = `${caller}: argument ${index}: ${size} bytes are more than there can be`;
    throw createError('ERR_OUT_OF_RANGE', message, caller, index);
  }
  const block = new Block(address, size, undefined, 0, undefined, 'memory');
  block.owner = owner;
  block.buffer = buffer;
  return memoryOn(block, 0, size, element, count);
}

module.exports = { Memory, foreign, hasText, memoryOn };
