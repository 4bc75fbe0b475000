'use strict';
// A layout in words.

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./declare.js').Part} Part */

/** @param {CType} type @returns {string} */
function nameOf(type) {
  if (type.bits) return `${type.bits.of.base}:${type.bits.width}`;
  if (type.array) return `${nameOf(type.array.element)}[${type.array.isFlexible ? '' : type.array.count}]`;
  if (type.record) return type.record.isUnion ? 'union' : 'struct';
  return type.lent ? 'pointer' : type.base;
}

/**
 * @param {number} offset
 * @param {number | string} size
 * @param {string} text
 * @param {number} depth
 */
const line = (offset, size, text, depth) =>
  `${String(offset).padStart(6)} ${String(size).padStart(6)}  ${'  '.repeat(depth)}${text}`;

/**
 * @param {CType} type
 * @param {number} base
 * @param {number} depth
 * @returns {string[]}
 */
function recordLines(type, base, depth) {
  const record = /** @type {import('./declare.js').RecordType} */ (type.record);
  const parts = record.parts.map((part) => ({ offset: part.offset, lines: partLines(part, base, depth) }));
  if (record.isUnion) return parts.flatMap(({ lines }) => lines);
  const covered = [...bytesOfBits(record.parts), ...record.parts.filter((part) => 'alternatives' in part).map(span)];
  const holes = record.holes.flatMap(([offset, length]) => without([offset, offset + length], covered));
  const shown = holes.map(([start, end]) => {
    const size = end - start;
    const text = `/* ${end === type.size ? 'padding' : 'hole'} of ${size} byte${size === 1 ? '' : 's'} */`;
    return { offset: start, lines: [line(base + start, size, text, depth)] };
  });
  // Sorting is stable: members of one offset stay in their order.
  return [...parts, ...shown].sort((a, b) => a.offset - b.offset).flatMap(({ lines }) => lines);
}

/** @param {{ offset: number, size?: number }} part @returns {[number, number]} */
const span = ({ offset, size = 0 }) => [offset, offset + size];

/** @param {Part[]} parts @returns {[number, number][]} */
const bytesOfBits = (parts) =>
  parts.flatMap((part) =>
    'alternatives' in part || !part.type.bits
      ? []
      : [[part.offset, part.offset + Math.ceil((part.first + part.type.bits.width) / 8)]],
  );

/**
 * What is left of a range without others.
 * @param {[number, number]} range
 * @param {[number, number][]} others
 * @returns {[number, number][]}
 */
function without([start, end], others) {
  /** @type {[number, number][]} */
  const rest = [];
  for (const [from, to] of others.sort(([a], [b]) => a - b)) {
    if (to <= start || from >= end) continue;
    if (from > start) rest.push([start, from]);
    start = Math.max(start, to);
  }
  if (start < end) rest.push([start, end]);
  return rest;
}

/**
 * @param {Part} part
 * @param {number} base
 * @param {number} depth
 * @returns {string[]}
 */
function partLines(part, base, depth) {
  if ('alternatives' in part) {
    const inner = part.alternatives.flatMap((parts) => {
      if (parts.length < 2) return parts.flatMap((each) => partLines(each, base, depth + 1));
      const head = line(base + parts[0].offset, '', 'all of', depth + 1);
      return [head, ...parts.flatMap((each) => partLines(each, base, depth + 2))];
    });
    return [line(base + part.offset, part.size, 'one of', depth), ...inner];
  }
  const { key, type, offset, first } = part;
  const name = `${key}: ${nameOf(type)}`;
  if (type.bits) return [line(base + offset, `:${first}`, name, depth)];
  const inner = type.record ?? type.array?.element.record;
  const own = line(base + offset, type.size, name, depth);
  const innerType = type.record ? type : type.array?.element;
  return inner && innerType ? [own, ...recordLines(innerType, base + offset, depth + 1)] : [own];
}

/**
 * The layout as text: offset and size in bytes of each member (of a bit-field, its first bit), and the holes.
 * @param {CType} type a record
 */
function picture(type) {
  const { isUnion } = /** @type {import('./declare.js').RecordType} */ (type.record);
  const head = `${isUnion ? 'union' : 'struct'} { /* size ${type.size}, alignment ${type.align} */`;
  return [head, '/* offset  size */', ...recordLines(type, 0, 0), '}'].join('\n');
}

module.exports = { picture };
