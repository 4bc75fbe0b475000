'use strict';
// The types of a unit by their names.

const { defineLater, explaining } = require('./reasons.js');
const { Mapping, Unmapped } = require('./mapping.js');
const { unusable } = require('./schemas.js');

/** @typedef {import('./declarations.js').Declarations} Declarations */

/** Before a tag. */
const KEYWORDS = ['struct', 'union', 'enum'];

/**
 * The types of a unit by their names.
 * @param {import('./declarations.js').Unit} unit
 * @param {import('./schemas.js').UnitSchemas} schemas
 * @param {Map<string, import('./cdef.js').Skipped>} skipped why names are missing
 * @returns {Record<string, any>}
 */
function typesOf({ summary, declarations }, schemas, skipped) {
  const { mapping } = schemas;
  const make = {
    typedef: (/** @type {number} */ number, /** @type {string} */ name) => {
      const declared = declarations.typedef(number).type;
      const { type } = mapping.resolve(declared);
      if (type.kind === 'void') return 'void';
      if (type.kind === 'record') return recordType(declarations, schemas, type.record, name);
      const bytes = mapping.alignedBytes(declared);
      // As bytes it would be laid out, and passed, as what it is not.
      if (bytes) throw new Unmapped(`${bytes.name}: ${bytes.reason}`);
      return mapping.type({ kind: 'typedef', typedef: number }, 'member');
    },
    record: (/** @type {number} */ number, /** @type {string} */ name) =>
      recordType(declarations, schemas, number, name),
    enum: (/** @type {number} */ number, /** @type {string} */ name) => {
      const { problem, incomplete, tag = name } = declarations.enumeration(number);
      const reason = problem ?? skipped.get(`enum ${tag}`)?.reason ?? 'it is declared only';
      if (problem || incomplete) throw new Unmapped(reason);
      return schemas.enumeration(number);
    },
  };
  const told = (/** @type {import('./declarations.js').TypeName} */ [name, kind, number]) => {
    try {
      return make[kind](number, name);
    } catch (error) {
      throw error instanceof Unmapped ? unusable('types', name, error.message) : error;
    }
  };
  /** @type {Map<string, number> | undefined} */
  let builtin;
  const look = (/** @type {string} */ name) => {
    const missing = skipped.get(name) ?? KEYWORDS.map((word) => skipped.get(`${word} ${name}`)).find(Boolean);
    if (missing) throw unusable('types', name, missing.reason);
    builtin ??= new Map(summary.builtin);
    const number = builtin.get(name);
    return number === undefined ? undefined : told([name, 'typedef', number]);
  };
  const types = Object.create(explaining('types', look));
  const names = summary.types.map(([name]) => name);
  defineLater(types, names, (index) => told(summary.types[index]));
  return types;
}

/**
 * A record's schema; of one that is declared only, the type of pointers to it.
 * @param {Declarations} declarations
 * @param {import('./schemas.js').UnitSchemas} schemas
 * @param {number} number
 * @param {string} name
 */
function recordType(declarations, schemas, number, name) {
  const record = declarations.record(number);
  if (!record.problem && Mapping.isUnknown(record)) return schemas.opaque(record.tag ?? name);
  return schemas.record(number);
}

module.exports = { typesOf };
