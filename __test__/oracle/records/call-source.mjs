// Writes a C file of functions that take and return records. Each record has a function that checks all its
// members against the stream of numbers (see prelude.c), and one that makes a record of that stream.
import { readFileSync } from 'node:fs';
import { isSigned } from '../types.mjs';
import { declarations, declare } from './declare.mjs';
import { isNamed } from './shapes.mjs';

export const prelude = readFileSync(new URL('./prelude.c', import.meta.url), 'utf8');

const typeName = (type) => declare(type).trim();

/** For every element, under an index of this nesting. */
function forEach({ count }, depth, body) {
  return `for (int i${depth} = 0; i${depth} < ${count}; i${depth}++) { ${body} }`;
}

/** For each member that has a value; of a union, for the one that the stream names. */
function forMembers({ members, isUnion }, place, each) {
  const parts = members.map((member, index) => {
    if (!isNamed(member)) return '';
    const body = each(member, member.anonymous ? place : `${place}.${member.name}`);
    return isUnion ? `case ${index}: ${body} break;` : body;
  });
  const all = parts.filter(Boolean).join('\n  ');
  return isUnion ? `switch (next()) {\n  ${all}\n  }` : all;
}

function checkNumber(type, place, isBits) {
  if (type === 'bool' && !isBits) return `expect_bool(&${place});`;
  if (type === 'f32' || type === 'f64') return `expect_${type}(${place});`;
  if (['ptr', 'cstring', 'function'].includes(type)) return `expect_pointer((uintptr_t)${place});`;
  return `expect(${isSigned(type) ? '(uint64_t)(int64_t)' : ''}${place});`;
}

/** Statements that check what is at a place. */
export function check(type, place, depth = 0, isBits = false) {
  switch (type.kind) {
    case 'scalar':
      return checkNumber(type.type, place, isBits);
    case 'enum':
      return checkNumber(type.storage, place, isBits);
    case 'opaque':
      return `expect_pointer((uintptr_t)${place});`;
    case 'pointer': {
      const [pointer, count] = [`p${depth}`, `n${depth}`];
      const loop = `for (uint64_t ${count} = follow((uintptr_t)${pointer}, _Alignof(${typeName(type.to)})); ${count} > 0; ${count}--, ${pointer}++)`;
      return `{ __auto_type ${pointer} = ${place}; ${loop} { ${check(type.to, `(*${pointer})`, depth + 1)} } }`;
    }
    case 'chars':
      return `expect_bytes(${place}, ${type.count});`;
    case 'array':
      return forEach(type, depth, check(type.element, `${place}[i${depth}]`, depth + 1));
    default:
      if (type.tag) return `check_${type.tag}(${place});`;
      return forMembers(type, place, (member, inner) => check(member.type, inner, depth, member.width !== undefined));
  }
}

/** Statements that store the next value of the stream at a place. */
export function make(type, place, depth = 0) {
  switch (type.kind) {
    case 'scalar':
      if (type.type === 'f32' || type.type === 'f64') return `${place} = next_${type.type}();`;
      if (['ptr', 'cstring', 'function'].includes(type.type)) return `${place} = (void *)next_address();`;
      return `${place} = next();`;
    case 'enum':
      return `${place} = next();`;
    case 'opaque':
    case 'pointer':
      return `${place} = (void *)next_address();`;
    case 'chars':
      return `next_bytes(${place}, ${type.count});`;
    case 'array':
      return forEach(type, depth, make(type.element, `${place}[i${depth}]`, depth + 1));
    default:
      if (type.tag) return `${place} = make_${type.tag}();`;
      return forMembers(type, place, (member, inner) => make(member.type, inner, depth));
  }
}

/** Where no member is, there is something too. */
function recordFunctions(record) {
  const { tag } = record;
  const inside = { ...record, tag: '' };
  return `LOCAL void check_${tag}(${declare(record, 'value')}) {
  ${check(inside, 'value')}
}
LOCAL ${typeName(record)} make_${tag}(void) {
  ${declare(record, 'value')};
  memset(&value, 0xa5, sizeof value);
  ${make(inside, 'value')}
  return value;
}`;
}

const paramText = ({ pass, type }, index) =>
  pass === 'value' || pass === 'array'
    ? declare(type, `a${index}`)
    : declare({ kind: 'pointer', to: type }, `a${index}`);

export function prototype({ name, params, result }) {
  return `${declare(result, name)}(${params.map(paramText).join(', ') || 'void'})`;
}

/** What C does with a parameter; it leaves the next values of the stream behind `out` and `inout`. */
function checkParam({ pass, type }, index) {
  const name = `a${index}`;
  if (pass === 'value') {
    if (type.kind !== 'record') return check(type, name);
    const aligned = `expect_aligned(&${name}, ALIGN(${typeName(type)}));`;
    return `${aligned} ${check(type, name)} overwrite(&${name}, sizeof ${name});`;
  }
  const element = pass === 'array' ? type.element : type;
  const loop = (body) => `for (uint64_t k = 0; k < count; k++) { ${body} }`;
  const steps = [
    `uint64_t count = follow((uintptr_t)${name}, _Alignof(${typeName(element)}));`,
    pass === 'out'
      ? `if (count > 0) expect_zero(${name}, count * sizeof *${name});`
      : loop(check(element, `${name}[k]`)),
    ['out', 'inout'].includes(pass) ? loop(make(element, `${name}[k]`)) : '',
  ];
  return `{ ${steps.filter(Boolean).join(' ')} }`;
}

function returned(result) {
  if (result.kind === 'record') return `return make_${result.tag}();`;
  if (result.type === 'void') return '';
  return `${declare(result, 'value')}; ${make(result, 'value')} return value;`;
}

/** The declarations of a function's types, and the functions that check and make its records. */
export function recordsText(fn) {
  const { records } = fn;
  return `${declarations(fn)}
${records.map((record) => `LOCAL void check_${record.tag}(${typeName(record)});`).join('\n')}
${records.map(recordFunctions).join('\n')}`;
}

export function functionText(fn) {
  const { number, params } = fn;
  return `${recordsText(fn)}
EXPORT ${prototype(fn)} {
  begin(${number}, __builtin_frame_address(0));
${params.map((param, index) => `  ${checkParam(param, index)}\n`).join('')}  ${returned(fn.result)}
}
`;
}

/** @param {any[]} functions */
export const callSource = (functions) => [prelude, ...functions.map(functionText)].join('\n');
