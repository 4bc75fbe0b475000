'use strict';
// The types of a unit by their names.

const { defineLater, explaining } = require('./reasons.js');
const { Mapping, Unmapped } = require('./mapping.js');
const { unusable } = require('./schemas.js');

/** @typedef {import('./format.js').CUnit} CUnit */

/**
 * The typedefs and tags of a unit. Where a tag is another type than the typedef of its name, it is under
 * `struct x`, `union x` or `enum x`.
 * @param {CUnit} unit
 * @param {import('./schemas.js').UnitSchemas} schemas
 * @param {Map<string, import('./cdef.js').Skipped>} skipped why names are missing
 * @returns {Record<string, any>}
 */
function typesOf(unit, schemas, skipped) {
  const { mapping } = schemas;
  /** @type {Map<string, () => unknown>} */
  const builtin = new Map();
  const look = (/** @type {string} */ name) => {
    const missing = skipped.get(name);
    if (missing) throw unusable('types', name, missing.reason);
    return builtin.get(name)?.();
  };
  const types = Object.create(explaining('types', look));
  const told = (/** @type {string} */ name, /** @type {() => unknown} */ make) => () => {
    try {
      return make();
    } catch (error) {
      throw error instanceof Unmapped ? unusable('types', name, error.message) : error;
    }
  };
  /** The typedefs by their names. @type {Map<string, number>} */
  const named = new Map();
  unit.typedefs.forEach((typedef, number) => {
    const { name } = typedef;
    const make = told(name, () => {
      const { type } = mapping.resolve(typedef.type);
      if (type.kind === 'void') return 'void';
      if (type.kind === 'record') return recordType(unit, schemas, type.record, name);
      const bytes = mapping.alignedBytes(typedef.type);
      // As bytes it would be laid out, and passed, as what it is not.
      if (bytes) throw new Unmapped(`${bytes.name}: ${bytes.reason}`);
      return mapping.type({ kind: 'typedef', typedef: number }, 'member');
    });
    if (typedef.builtin) return void builtin.set(name, make);
    named.set(name, number);
    defineLater(types, name, make);
  });
  const isOf = (/** @type {number} */ typedef, /** @type {'record' | 'enum'} */ kind, /** @type {number} */ number) => {
    const { type } = mapping.resolve(unit.typedefs[typedef].type);
    return type.kind === kind && /** @type {any} */ (type)[kind] === number;
  };
  const addTag = (
    /** @type {string} */ tag,
    /** @type {string} */ keyword,
    /** @type {'record' | 'enum'} */ kind,
    /** @type {number} */ number,
    /** @type {() => unknown} */ make,
  ) => {
    const known = named.get(tag);
    if (known !== undefined && isOf(known, kind, number)) return;
    const name = known === undefined && !Object.hasOwn(types, tag) ? tag : `${keyword} ${tag}`;
    if (!Object.hasOwn(types, name)) defineLater(types, name, told(name, make));
  };
  unit.records.forEach(({ tag, union }, number) => {
    if (tag === undefined) return;
    addTag(tag, union ? 'union' : 'struct', 'record', number, () => recordType(unit, schemas, number, tag));
  });
  unit.enums.forEach(({ tag }, number) => {
    if (tag !== undefined) addTag(tag, 'enum', 'enum', number, () => schemas.enumeration(number));
  });
  return types;
}

/**
 * A record's schema; of one that is declared only, the type of pointers to it.
 * @param {CUnit} unit
 * @param {import('./schemas.js').UnitSchemas} schemas
 * @param {number} number
 * @param {string} name
 */
function recordType(unit, schemas, number, name) {
  const record = unit.records[number];
  if (!record.problem && Mapping.isUnknown(record)) return schemas.opaque(record.tag ?? name);
  return schemas.record(number);
}

module.exports = { typesOf };
