// Writes types as C declares them.
import { words } from '../types.mjs';

const keyword = ({ isUnion }) => (isUnion ? 'union' : 'struct');

/** @param {any} type @param {string} [declarator] a name; without it, the name of the type */
export function declare(type, declarator = '') {
  switch (type.kind) {
    case 'scalar':
      return `${type.word} ${declarator}`;
    case 'enum':
      return `${type.given ? words[type.given][0] : `enum ${type.tag}`} ${declarator}`;
    case 'opaque':
      return `struct ${type.tag} *${declarator}`;
    case 'chars':
      return `char ${declarator}[${type.count}]`;
    case 'pointer':
      return declare(type.to, ['array', 'chars'].includes(type.to.kind) ? `(*${declarator})` : `*${declarator}`);
    case 'array':
      return declare(type.element, `${declarator}[${type.isFlexible ? '' : type.count}]`);
    default:
      return `${keyword(type)} ${type.tag} ${declarator}`;
  }
}

/** Twice, because `_Alignas` cannot lower an alignment and the larger of two counts. */
function alignas({ type, align, anonymous }) {
  if (!align) return '';
  const own = type.isFlexible ? type.element : type;
  return `${anonymous ? '' : `_Alignas(${declare(own).trim()}) `}_Alignas(${align}) `;
}

function memberText(member, indent) {
  const { name, type, width, unnamed, anonymous } = member;
  if (anonymous) return `${indent}${alignas(member)}${body(type, indent)};`;
  if (width === undefined) return `${indent}${alignas(member)}${declare(type, name)};`;
  return `${indent}${declare(type, width === 0 || unnamed ? '' : `${name} `)}: ${width};`;
}

function body(record, indent) {
  const { tag, pack, align, members } = record;
  const inner = members.map((member) => {
    const text = memberText(member, `${indent}  `);
    // Its own packing, not that of the record around it.
    return member.anonymous
      ? `#pragma pack(push)\n#pragma pack(${member.type.pack || ''})\n${text}\n#pragma pack(pop)`
      : text;
  });
  const attribute = align ? ` __attribute__((aligned(${align})))` : '';
  return `${keyword(record)} ${tag ? `${tag} ` : ''}{\n${inner.join('\n')}\n${indent}}${attribute}`;
}

export function recordText(record) {
  const text = `${body(record, '')};`;
  return record.pack ? `#pragma pack(push, ${record.pack})\n${text}\n#pragma pack(pop)` : text;
}

/** The smallest number of all cannot be written as one literal. */
function literal(value) {
  if (value > 2n ** 63n - 1n) return `${value}u`;
  return value === -(2n ** 63n) ? `(-${-(value + 1n)} - 1)` : String(value);
}

function enumText({ tag, entries }) {
  return `enum ${tag} { ${entries.map(([name, value]) => `${tag}_${name} = ${literal(value)}`).join(', ')} };`;
}

/** Everything that a case declares. */
export function declarations({ enums, records }) {
  return [...enums.filter(({ given }) => !given).map(enumText), ...records.map(recordText)].join('\n');
}
