'use strict';
// Types: their names, projected from the one table in src/ctype.rs, and those that programs declare.

const native = require('./binding.js');
const { describe } = require('./describe.js');
const { createError } = require('./errors.js');
const { didYouMean } = require('./nearest.js');

/**
 * A type: what C sees, and how JavaScript values stand for it.
 * @typedef {object} CType
 * @property {'scalar' | 'record' | 'array' | 'bits'} kind
 * @property {number} number by which Rust knows what C sees
 * @property {string} base the name of the scalar in lib/emitters.js that it is to C; else its kind
 * @property {number} size in bytes
 * @property {number} align in bytes
 * @property {string} [expects] what it accepts, in words, where that is not what its base does
 * @property {(value: any, keep?: any) => any} [accept] of a scalar: the value to check and store as the base does, where
 *   that is not the value itself. Runs no code of the user's
 * @property {(stored: any) => any} [make] of a scalar: what users see for a value of the base
 * @property {InstanceType<typeof import('./record/lent.js').Lent>} [lent] of a pointer: how objects are lent to C, or
 *   functions (`LentFunction`)
 * @property {import('./record/declare.js').RecordType} [record]
 * @property {import('./record/array-type.js').ArrayType} [array]
 * @property {import('./types/bits.js').BitsType} [bits]
 * @property {InstanceType<typeof import('./encoded.js').EncodedText>} [text] of a cstring: how strings are, where that
 *   is not UTF-8
 * @property {string | number | bigint} [free] of a cstring: the function that frees a result, by its name in the library
 *   or its address
 * @property {string} [opaque] of a pointer: the name of what it points to, of which nothing else is known
 * @property {boolean} [crosses] it is, or has, a pointer of another process; see lib/isolate
 * @property {boolean} [decodes] of a record: as a result it is an object, not a pointer
 */

let count = 0;
/** @type {Map<string, CType>} every accepted name, in the form `normalize` gives */
const byName = new Map();
/** @type {Record<string, string>} */
const FFIType = Object.create(null);

for (const row of native.types()) {
  /** @type {CType} */
  const type = { kind: 'scalar', number: count++, base: row.name, size: row.size, align: row.size || 1 };
  Object.setPrototypeOf(type, null);
  for (const name of [row.name, row.letter, ...row.spellings]) {
    if (!name) continue;
    byName.set(name, type);
    if (name.length > 1 && /^\w+$/.test(name)) FFIType[name] = row.letter ?? row.name;
  }
}
Object.freeze(FFIType);

/** What programs declare, by the object that they use. @type {WeakMap<object, CType>} */
const declared = new WeakMap();

/**
 * Makes an object usable as a type.
 * @template {object} T
 * @param {T} object
 * @param {CType} type
 * @returns {T}
 */
function declareType(object, type) {
  // An absent key must stay absent, whatever `Object.prototype` comes to have.
  declared.set(object, Object.setPrototypeOf(type, null));
  return object;
}

/** Whether it is a type by itself. @param {object} object */
const isDeclared = (object) => declared.has(object);

/** @param {string} name */
function normalize(name) {
  return name
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/ ?\* ?/g, '*');
}

/** Whether a type is C's `char`, whose arrays are text. @param {unknown} name */
const isChar = (name) => typeof name === 'string' && normalize(name) === 'char';

/**
 * The type that a user names.
 * @param {unknown} name
 * @param {string} where what the name stands for in the message, as in `add: argument 0`
 * @param {string} [symbol]
 * @param {number} [argument]
 * @param {boolean} [isResult]
 * @returns {CType}
 */
function resolveType(name, where, symbol, argument, isResult = false) {
  if (typeof name !== 'string') {
    const found = typeof name === 'object' && name !== null ? declared.get(name) : undefined;
    if (found) return found;
    if (typeof name === 'object' && name !== null && Object.hasOwn(name, 'type')) {
      const { describedString } = require('./types/cstring.js');
      const string = describedString(name, resolveType, where, symbol, argument);
      if (string.free === undefined || isResult) return string;
      const message = `${where}: only the result of a function can be freed, not this`;
      throw createError('ERR_INVALID_ARG_TYPE', message, symbol, argument);
    }
    const message = `${where}: a type must be a name, or what Struct, array and the like return; got ${describe(name)}`;
    throw createError('ERR_INVALID_ARG_TYPE', message, symbol, argument);
  }
  const type = byName.get(name) ?? byName.get(normalize(name));
  if (type) return type;
  const hint = didYouMean(
    name,
    [...byName.keys()].filter((known) => known.length > 1),
  );
  throw createError('ERR_INVALID_ARG_TYPE', `${where}: unknown type ${describe(name)}${hint}`, symbol, argument);
}

module.exports = { FFIType, resolveType, declareType, isChar, isDeclared };
