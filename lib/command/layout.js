'use strict';
// arkffi layout: where the fields of a struct are.

const native = require('../binding.js');
const { createError } = require('../errors.js');
const { titleOf } = require('../c/schemas.js');
const { spell } = require('../c/spell.js');
const { HEADER_HELP, headerOptions, readHeader } = require('./header.js');
const { UsageError } = require('./run.js');

/** @typedef {import('../c/format.js').CUnit} CUnit */
/** @typedef {import('../c/format.js').CType} CType */

/**
 * The number of a record by its tag, `struct tag`, or a typedef's name.
 * @param {CUnit} unit
 * @param {string} name
 * @returns {number}
 */
function findRecord(unit, name) {
  const tag = name.replace(/^(struct|union)\s+/, '');
  const byTag = unit.records.findIndex((record) => record.tag === tag);
  const resolve = (/** @type {CType} */ type) => {
    while (type.kind === 'typedef') type = unit.typedefs[type.typedef].type;
    return type;
  };
  const typedef = tag === name ? unit.typedefs.find((each) => each.name === name) : undefined;
  const type = typedef && resolve(typedef.type);
  if (type?.kind === 'record') return type.record;
  if (byTag >= 0) return byTag;
  const names = [...unit.records.map((record) => record.tag ?? ''), ...unit.typedefs.map((each) => each.name)];
  const nearest = native.nearest(name, names.filter(Boolean));
  throw createError(
    'ERR_INVALID_ARG_VALUE',
    `there is no struct ${name}${nearest ? `; did you mean ${nearest}?` : ''}`,
  );
}

/** In bytes; 0 where nothing tells. @param {CUnit} unit @param {CType} type @returns {number} */
function sizeOf(unit, type) {
  switch (type.kind) {
    case 'bool':
      return 1;
    case 'int':
    case 'float':
      return type.size;
    case 'opaque':
      return type.size ?? 0;
    case 'pointer':
      return 8;
    case 'array':
      return sizeOf(unit, type.of) * (type.length ?? 0);
    case 'record':
      return unit.records[type.record].size ?? 0;
    case 'enum':
      return sizeOf(unit, unit.enums[type.enum].type);
    case 'typedef':
      return sizeOf(unit, unit.typedefs[type.typedef].type);
    default:
      return 0;
  }
}

/**
 * The lines of a record's fields.
 * @param {CUnit} unit
 * @param {number} number
 * @param {number} start where the record is, in bytes
 * @param {string} indent
 * @returns {string[]}
 */
function fieldLines(unit, number, start, indent) {
  const { fields, union, size = 0 } = unit.records[number];
  const lines = [];
  const row = (/** @type {string} */ at, /** @type {string} */ length, /** @type {string} */ text) =>
    `${at.padStart(8)} ${length.padStart(6)}  ${indent}${text}`;
  let end = 0;
  for (const { name, type, bits, offset, bit = 0 } of fields) {
    if (offset === undefined) continue;
    if (!union && bits === undefined && offset > end)
      lines.push(row(String(start + end), String(offset - end), '/* hole */'));
    if (bits !== undefined) {
      lines.push(row(`${start + offset}:${bit}`, `${bits}b`, `${spell(unit, type, name ?? '')} : ${bits};`));
      end = Math.max(end, offset + Math.ceil((bit + bits) / 8));
      continue;
    }
    const length = sizeOf(unit, type);
    if (name === undefined && type.kind === 'record') {
      lines.push(row(String(start + offset), String(length), `${titleOf(unit.records[type.record])} {`));
      lines.push(...fieldLines(unit, type.record, start + offset, `${indent}  `), row('', '', '};'));
    } else lines.push(row(String(start + offset), String(length), `${spell(unit, type, name)};`));
    end = Math.max(end, offset + length);
  }
  if (!union && size > end) lines.push(row(String(start + end), String(size - end), '/* padding */'));
  return lines;
}

/**
 * @param {string[]} positionals
 * @param {Record<string, any>} values
 * @returns {number}
 */
function run(positionals, values) {
  if (positionals.length !== 2) throw new UsageError('layout: give a header and the name of a struct');
  const [header, name] = positionals;
  const unit = readHeader(header, values);
  const number = findRecord(unit, name);
  const record = unit.records[number];
  if (record.size === undefined) {
    throw createError('ERR_UNSUPPORTED_ARGS', `${titleOf(record)}: ${record.problem ?? 'it is declared only'}`);
  }
  console.log(`${titleOf(record)} { /* size ${record.size}, alignment ${record.alignment} */`);
  console.log('/* offset   size */');
  for (const line of fieldLines(unit, number, 0, '')) console.log(line);
  console.log('};');
  return 0;
}

module.exports = {
  usage: '<header.h> <struct>',
  summary: 'Prints where the fields of a struct or union are, in bytes, as the C compilers of this machine lay it out.',
  help: `
The struct is its tag, as in 'tm' or 'struct tm', or the name of a typedef. A bit-field is at byte:bit.

${HEADER_HELP}

Exit status: 0, 1 when there is no such struct, 2 when the arguments are wrong.`,
  options: headerOptions,
  run,
};
