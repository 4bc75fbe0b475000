'use strict';
// The fields of a record of C, as `Struct` and `Union` take them.

/** @typedef {import('./format.js').CRecord} CRecord */
/** @typedef {import('./format.js').CField} CField */

/**
 * A field: its type, and what else is said of it.
 * @template T
 * @typedef {object} Field
 * @property {string} key
 * @property {T} type of a bit-field, what its bits are of
 * @property {number} [bits] the width of a bit-field
 * @property {number} [align]
 * @property {true} [anonymous] its members are the record's
 * @property {true} [unnamed] it only takes room
 * @property {CField} field
 */

/**
 * The fields of a record, in order.
 * @template T
 * @param {import('./mapping.js').TypeMapping<T>} mapping
 * @param {CRecord} record
 * @returns {Field<T>[]} throws Unmapped
 */
function fieldsOf(mapping, record) {
  const names = new Set(record.fields.map(({ name }) => name));
  let count = 0;
  const invented = (/** @type {string} */ what) => {
    let name;
    do name = `_${what}${++count}`;
    while (names.has(name));
    return name;
  };
  return record.fields.map((field) => {
    const type = mapping.type(field.type, 'member');
    /** @type {Field<T>} */
    const made = { key: field.name ?? '', type, field };
    if (field.bits !== undefined) {
      made.bits = field.bits;
      if (field.name === undefined) {
        made.key = invented('padding');
        made.unnamed = true;
      }
      return made;
    }
    if (field.name === undefined) {
      made.key = invented('anonymous');
      made.anonymous = true;
    }
    const align = field.align ?? alignmentOf(mapping, record, field);
    if (align) made.align = align;
    return made;
  });
}

/**
 * What is only bytes to arkffi has the alignment that C gives it.
 * @template T
 * @param {import('./mapping.js').TypeMapping<T>} mapping
 * @param {CRecord} record
 * @param {CField} field
 */
function alignmentOf(mapping, record, field) {
  let { type } = mapping.resolve(field.type);
  while (type.kind === 'array') ({ type } = mapping.resolve(type.of));
  if (type.kind !== 'opaque' || !type.alignment || field.packed) return undefined;
  return Math.min(type.alignment, record.pack ?? type.alignment);
}

module.exports = { fieldsOf };
