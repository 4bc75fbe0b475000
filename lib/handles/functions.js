'use strict';
// The functions of arkffi/handles. Where memory and libraries are is somebody else's business.

const { describe } = require('../describe.js');
const { createError, FFIError } = require('../errors.js');
const { checkCount, dialect, fromBase64, MOST_BYTES, named, withOffset } = require('./dialect.js');
const { Ids } = require('./ids.js');

/** Text of this form is an id of memory, wherever a pointer or a string is expected. */
const MEMORY_ID = /^m-[0-9]+$/;

/**
 * Memory as far as it is used here.
 * @typedef {object} Block
 * @property {number} size
 * @property {() => void} free
 * @property {(bytes: Uint8Array, offset: number) => unknown} setBytes
 * @property {(offset: number, length: number) => Uint8Array} bytes
 */

/** @typedef {{ call: Function, params: { base: string | undefined }[], isVariadic?: true }} Bound */

/**
 * Where memory and libraries are: in this process, or in another.
 * @template Opened
 * @typedef {object} Place
 * @property {(size: number) => Block} allocate
 * @property {(text: unknown) => Block} duplicate
 * @property {(path: unknown) => Opened} open for `load`
 * @property {(library: Opened, name: string, args: unknown, returns: unknown) => Bound} bind
 */

/** @typedef {{ name: string, call: Function, takesIds: boolean[], isVariadic: boolean }} BoundSymbol */

/** @param {unknown} value @returns {value is [unknown, unknown]} an argument with its type */
const isPair = (value) => Array.isArray(value) && value.length === 2;

/**
 * Functions with ids of their own.
 * @template Opened
 * @param {Place<Opened>} place
 */
function createFunctions(place) {
  /** @type {InstanceType<typeof Ids<Block>>} */
  const memories = new Ids('m', 'ERR_INVALID_MEM_ID', 'memory that is not freed');
  /** @type {InstanceType<typeof Ids<Opened>>} */
  const libraries = new Ids('lib', 'ERR_INVALID_HANDLE', 'a library');
  /** @type {InstanceType<typeof Ids<BoundSymbol>>} */
  const symbols = new Ids('sym', 'ERR_INVALID_SYMBOL', 'a function');

  /** Memory of so many bytes, all zero; its id. @param {unknown} size */
  const alloc = dialect(function alloc(size) {
    if (typeof size === 'number') return memories.add(place.allocate(size));
    const message = `alloc: argument 0: expected a number of bytes, got ${describe(size)}`;
    throw createError('ERR_INVALID_ARG_TYPE', message, 'alloc', 0);
  });

  /** Frees memory. @param {unknown} id */
  const free = dialect(function free(id) {
    release('free', id);
  });

  /** As free. @param {unknown} id */
  const free_string = dialect(function free_string(id) {
    release('free_string', id);
  });

  /** @param {string} caller @param {unknown} id */
  function release(caller, id) {
    memories.find(caller, id, 0).free();
    memories.remove(id);
  }

  /** A copy of a text in memory, with a NUL at the end; its id. @param {unknown} text */
  const strdup = dialect(function strdup(text) {
    return memories.add(place.duplicate(text));
  });

  /** Writes bytes: `mem_write(id, [offset,] base64)`. @param {unknown} id @param {any[]} args @returns how many */
  const mem_write = dialect(function mem_write(id, ...args) {
    const memory = memories.find('mem_write', id, 0);
    checkCount(2, 'mem_write', args);
    const [offset, text, index] = withOffset(args);
    if (offset === undefined) {
      const message = 'mem_write: argument 1: expected a number of bytes, got undefined';
      throw createError('ERR_INVALID_ARG_TYPE', message, 'mem_write', 1);
    }
    const bytes = fromBase64('mem_write', text, index);
    named('mem_write', 0, () => memory.setBytes(bytes, offset));
    return bytes.length;
  });

  /** Reads bytes: `mem_read(id, [offset,] length)`. @param {unknown} id @param {any[]} args @returns base64 */
  const mem_read = dialect(function mem_read(id, ...args) {
    const memory = memories.find('mem_read', id, 0);
    checkCount(2, 'mem_read', args);
    const [offset, length] = withOffset(args);
    if (length === undefined) throw createError('ERR_MISSING_ARGS', 'mem_read: expected a length', 'mem_read');
    if (typeof length === 'number' && length > MOST_BYTES && length <= memory.size) {
      const message = `mem_read: argument ${args.length}: the base64 of ${length} bytes is longer than a string can be`;
      throw createError('ERR_OUT_OF_RANGE', message, 'mem_read', args.length);
    }
    const bytes = named('mem_read', args.length - 1, () => memory.bytes(offset, length));
    return Buffer.from(bytes.buffer).toString('base64');
  });

  /** Opens a library. @param {unknown} path null is the running process @returns its id */
  const load = dialect(function load(path) {
    return libraries.add(place.open(path));
  });

  /**
   * A function of a library; its id.
   * @param {unknown} library
   * @param {unknown} name
   * @param {unknown} [returns] a type; void when left out
   * @param {unknown} [args] types; none when left out
   */
  const sym = dialect(function sym(library, name, returns = 'void', args = []) {
    const opened = libraries.find('sym', library, 0);
    if (typeof name !== 'string') {
      const message = `sym: argument 1: expected the name of a function, got ${describe(name)}`;
      throw createError('ERR_INVALID_ARG_TYPE', message, 'sym', 1);
    }
    const { call, params, isVariadic = false } = place.bind(opened, name, args, returns);
    const takesIds = params.map(({ base }) => base === 'ptr' || base === 'cstring');
    return symbols.add({ name, call, takesIds, isVariadic });
  });

  /**
   * Calls a function. An id of memory stands for its address, also among those arguments of a variadic function that
   * have no parameter, alone and as `[type, id]`.
   * @param {unknown} symbol
   * @param {unknown[]} args
   */
  const call = dialect(function call(symbol, ...args) {
    const { name, call: bound, takesIds, isVariadic } = symbols.find('call', symbol, 0);
    const count = takesIds.length;
    if (isVariadic ? args.length < count : args.length !== count) {
      const message = `${name}: expected ${isVariadic ? 'at least ' : ''}${count} argument${count === 1 ? '' : 's'}, got ${args.length}`;
      throw createError('ERR_UNSUPPORTED_ARGS', message, name, Math.min(count, args.length));
    }
    const memoryOf = (/** @type {unknown} */ value, /** @type {number} */ index) =>
      typeof value === 'string' && MEMORY_ID.test(value) ? memories.find(name, value, index) : value;
    const given = args.map((value, index) => {
      if (index < count) return takesIds[index] ? memoryOf(value, index) : value;
      return isPair(value) ? [value[0], memoryOf(value[1], index)] : memoryOf(value, index);
    });
    try {
      return bound(...given);
    } catch (error) {
      const { code, message, symbol: culprit, argument } = /** @type {any} */ (error);
      // What does not fit the signature.
      if (!(error instanceof FFIError) || code !== 'ERR_INVALID_ARG_TYPE' || culprit !== name) throw error;
      throw createError('ERR_TYPE_ERROR', message, culprit, argument);
    }
  });

  return { alloc, free, free_string, strdup, mem_write, mem_read, load, sym, call };
}

module.exports = { createFunctions };
