'use strict';
// Enumerations: integers that can be given by name.

const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const marshallers = require('../marshal.generated.js');
const { declareType, resolveType } = require('../types.js');

const { isSafeInteger } = Number;

/** @param {string} text */
const invalid = (text) => createError('ERR_INVALID_ARG_TYPE', `enumeration: ${text}`, 'enumeration', 0);

/**
 * The type that gcc and clang give an enumeration of these values.
 * @param {(number | bigint)[]} values
 */
function storageOf(values) {
  const isSigned = values.some((value) => value < 0);
  const fits = (/** @type {number} */ bits) =>
    values.every((value) => (isSigned ? value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1) : value < 2 ** bits));
  return `${isSigned ? 'i' : 'u'}${fits(32) ? 32 : 64}`;
}

/** The type of an enumeration. */
class EnumSchema {
  /**
   * @param {Readonly<Record<string, number | bigint>>} values
   * @param {number} size
   */
  constructor(values, size) {
    /** The enumerators. */
    this.values = values;
    /** In bytes. */
    this.size = size;
    /** In bytes. */
    this.alignment = size;
    Object.freeze(this);
  }

  /**
   * The first name of a value.
   * @param {number | bigint} value
   */
  nameOf(value) {
    return Object.keys(this.values).find((name) => this.values[name] === value);
  }
}

/**
 * An enumeration: values are given as names or numbers and read as numbers.
 * @param {unknown} values the enumerators, `{ name: value }`
 * @param {unknown} [storage] an integer type; the one that C compilers choose when left out
 */
function enumeration(values, storage) {
  if (typeof values !== 'object' || values === null) throw invalid('the enumerators must be an object');
  // TypeScript's own enums have their names by number too.
  const isReverse = (/** @type {[string, any]} */ [name, value]) =>
    typeof value === 'string' && String(/** @type {any} */ (values)[value]) === name;
  const given = Object.entries(values).filter((entry) => !isReverse(entry));
  const entries = given.map(([name, value]) => {
    const plain = typeof value === 'bigint' && isSafeInteger(Number(value)) ? Number(value) : value;
    if (typeof plain === 'bigint' || isSafeInteger(plain))
      return /** @type {[string, number | bigint]} */ ([name, plain]);
    throw invalid(`the value of '${name}' must be an integer, got ${describe(value)}`);
  });
  const base = resolveType(
    storage ?? storageOf(entries.map(([, value]) => value)),
    'enumeration: argument 1',
    'enumeration',
    1,
  );
  if (!/^[iu]\d+$/.test(base.base)) throw invalid('the storage must be an integer type');
  for (const [name, value] of entries) {
    if (marshallers[base.base].invalid(value)) throw invalid(`the value of '${name}' does not fit ${base.base}`);
  }
  const byName = new Map(entries);
  const names = [...byName.keys()];
  const shown = names.length > 8 ? `${names.slice(0, 8).join(', ')}, …` : names.join(', ');
  const schema = new EnumSchema(Object.freeze(Object.fromEntries(entries)), base.size);
  return declareType(schema, {
    ...base,
    expects: `one of ${shown}, or its number`,
    accept: (value) => (typeof value === 'string' ? byName.get(value) : value),
  });
}

module.exports = { enumeration };
