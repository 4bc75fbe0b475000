'use strict';
// arkffi/handles: memory, libraries and functions by opaque ids, which are strings, and bytes as base64.

const { constants } = require('node:buffer');
const { bindAll, bindSymbol } = require('../bind.js');
const { alloc: allocate, strdup: duplicate } = require('../blocks/alloc.js');
const { describe } = require('../describe.js');
const { createError, FFIError } = require('../errors.js');
const { suffix } = require('../host.js');
const { handleNumber, openHandle } = require('../library.js');
const { planSignature } = require('../signature.js');

/** @typedef {InstanceType<typeof import('../blocks/memory.js').Memory>} Memory */

/** Text of this form is an id of memory, wherever a pointer or a string is expected. */
const MEMORY_ID = /^m-[0-9]+$/;

/** Things by their ids, which are not given again. @template T */
class Ids {
  /** @type {Map<unknown, T>} */
  #things = new Map();
  #count = 0;

  /** @param {string} prefix @param {string} code of the error for what is no id @param {string} what in words */
  constructor(prefix, code, what) {
    this.prefix = prefix;
    this.code = code;
    this.what = what;
  }

  /** @param {T} thing @returns {string} */
  add(thing) {
    const id = `${this.prefix}-${++this.#count}`;
    this.#things.set(id, thing);
    return id;
  }

  /** @param {string} caller @param {unknown} id @param {number} index which argument of `caller` it is @returns {T} */
  find(caller, id, index) {
    if (this.#things.has(id)) return /** @type {T} */ (this.#things.get(id));
    const message = `${caller}: argument ${index}: ${describe(id)} is no id of ${this.what}`;
    throw createError(this.code, message, caller, index);
  }

  /** @param {unknown} id */
  remove(id) {
    this.#things.delete(id);
  }
}

/** @type {Ids<Memory>} */
const memories = new Ids('m', 'ERR_INVALID_MEM_ID', 'memory that is not freed');
/** @type {Ids<number>} */
const libraries = new Ids('lib', 'ERR_INVALID_HANDLE', 'a library');
/** @typedef {{ name: string, call: Function, takesIds: boolean[] }} BoundSymbol */
/** @type {Ids<BoundSymbol>} */
const symbols = new Ids('sym', 'ERR_INVALID_SYMBOL', 'a function');

/**
 * The same function with errors as this dialect has them: the code is in the message too.
 * @template {(...args: any[]) => unknown} F
 * @param {F} work
 * @returns {F}
 */
function dialect(work) {
  const wrapped = (/** @type {any[]} */ ...args) => {
    try {
      return work(...args);
    } catch (error) {
      throw error instanceof FFIError ? inDialect(error) : error;
    }
  };
  Object.defineProperty(wrapped, 'name', { value: work.name });
  return /** @type {any} */ (wrapped);
}

/** @param {any} error */
function inDialect({ code, message, symbol, argument }) {
  // An error of a callback that calls a function here has it already.
  const text = message.startsWith(`[${code}] `) ? message : `[${code}] ${message}`;
  return createError(code, text, symbol, argument);
}

/**
 * The offset that may stand before the last argument.
 * @param {any[]} args after the id
 * @returns {[offset: any, last: any, index: number]} and which argument the last is
 */
const withOffset = (args) => (args.length > 1 ? [args[0], args[1], 2] : [0, args[0], 1]);

/** Bytes whose base64 is as long as a string can be. */
const MOST_BYTES = Math.floor(constants.MAX_STRING_LENGTH / 4) * 3;

/** @param {number} most @param {string} caller @param {unknown[]} args after the id */
function checkCount(most, caller, args) {
  if (args.length >= 1 && args.length <= most) return;
  const message = `${caller}: expected an id and ${most === 2 ? '1 or 2 values' : 'a value'}, got ${args.length} values`;
  throw createError(args.length === 0 ? 'ERR_MISSING_ARGS' : 'ERR_INVALID_ARG_VALUE', message, caller);
}

/**
 * @param {string} caller
 * @param {unknown} text
 * @param {number} index which argument of `caller` it is
 * @returns {Buffer}
 */
function fromBase64(caller, text, index) {
  if (typeof text !== 'string') {
    const message = `${caller}: argument ${index}: expected base64, got ${describe(text)}`;
    throw createError('ERR_INVALID_ARG_TYPE', message, caller, index);
  }
  const bytes = Buffer.from(text, 'base64');
  // Node skips what it does not know: strict is what is written the same again.
  if (bytes.toString('base64') === text) return bytes;
  const message = `${caller}: argument ${index}: ${describe(text)} is not base64, with padding and nothing else`;
  throw createError('ERR_INVALID_BASE64', message, caller, index);
}

/** Memory of so many bytes, all zero; its id. @param {unknown} size */
const alloc = dialect(function alloc(size) {
  if (typeof size === 'number') return memories.add(allocate(size));
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
  return memories.add(duplicate(text));
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

/**
 * @template T
 * @param {string} caller
 * @param {number} shift by how much the arguments of `caller` are further on
 * @param {() => T} work what a Memory does for it
 * @returns {T}
 */
function named(caller, shift, work) {
  try {
    return work();
  } catch (error) {
    const { code, message, symbol, argument } = /** @type {any} */ (error);
    if (symbol === undefined) throw error;
    const index = argument === undefined ? undefined : argument + shift;
    const text = message.slice(symbol.length).replace(`argument ${argument}`, `argument ${index}`);
    throw createError(code, `${caller}${text}`, caller, index);
  }
}

/** Opens a library. @param {unknown} path null is the running process @returns its id */
const load = dialect(function load(path) {
  return libraries.add(handleNumber(openHandle('load', path)));
});

/**
 * A function of a library; its id.
 * @param {unknown} library
 * @param {unknown} name
 * @param {unknown} [returns] a type; void when left out
 * @param {unknown} [args] types; none when left out
 */
const sym = dialect(function sym(library, name, returns = 'void', args = []) {
  const number = libraries.find('sym', library, 0);
  if (typeof name !== 'string') {
    const message = `sym: argument 1: expected the name of a function, got ${describe(name)}`;
    throw createError('ERR_INVALID_ARG_TYPE', message, 'sym', 1);
  }
  const signature = planSignature(name, args, returns);
  const { functions } = bindAll([() => bindSymbol(number, name, signature, name)]);
  const takesIds = signature.params.map(({ base }) => base === 'ptr' || base === 'cstring');
  return symbols.add({ name, call: /** @type {Function} */ (functions[0]), takesIds });
});

/**
 * Calls a function. An id of memory stands for its address.
 * @param {unknown} symbol
 * @param {unknown[]} args
 */
const call = dialect(function call(symbol, ...args) {
  const { name, call: bound, takesIds } = symbols.find('call', symbol, 0);
  const count = takesIds.length;
  if (args.length !== count) {
    const message = `${name}: expected ${count} argument${count === 1 ? '' : 's'}, got ${args.length}`;
    throw createError('ERR_UNSUPPORTED_ARGS', message, name, Math.min(count, args.length));
  }
  const given = args.map((value, index) =>
    takesIds[index] && typeof value === 'string' && MEMORY_ID.test(value) ? memories.find(name, value, index) : value,
  );
  try {
    return bound(...given);
  } catch (error) {
    const { code, message, symbol: culprit, argument } = /** @type {any} */ (error);
    // What does not fit the signature.
    if (!(error instanceof FFIError) || code !== 'ERR_INVALID_ARG_TYPE' || culprit !== name) throw error;
    throw createError('ERR_TYPE_ERROR', message, culprit, argument);
  }
});

/** The ending of shared libraries' file names here, with the dot. */
const lib_ext = () => `.${suffix}`;

/** The file name of a library here. @param {unknown} base its name without `lib` and ending */
const lib_name = dialect(function lib_name(base) {
  if (typeof base === 'string') return `${suffix === 'dll' ? '' : 'lib'}${base}.${suffix}`;
  const message = `lib_name: argument 0: expected a name, got ${describe(base)}`;
  throw createError('ERR_INVALID_ARG_TYPE', message, 'lib_name', 0);
});

/** Whether it works. */
const ping = () => 'pong';

module.exports = {
  alloc,
  free,
  free_string,
  strdup,
  mem_write,
  mem_read,
  load,
  sym,
  call,
  lib_ext,
  lib_name,
  ping,
};
