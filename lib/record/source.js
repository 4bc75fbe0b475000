'use strict';
// Records and arrays as source text: functions that write a JavaScript value to memory and read it back.
// The text holds numbers and identifiers of ours; keys of the user are values in its scope.

const { emitters } = require('../emitters.js');
const { specialAccept } = require('./accept.js');
const cold = require('./cold.js');
const { membersOf } = require('./declare.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./declare.js').Member} Member */
/** @typedef {import('./declare.js').Part} Part */
/** @typedef {import('./marshal.js').Marshal} Marshal */

/** What a source refers to besides lib/runtime.js. */
class Scope {
  /** @type {Record<string, unknown>} */
  values = { ...cold };

  /** @param {string} prefix @param {number} index @param {unknown} value @returns {string} its name */
  add(prefix, index, value) {
    const name = `${prefix}${index}`;
    this.values[name] = value;
    return name;
  }
}

/** @param {number} offset */
const plus = (offset) => (offset === 0 ? 'at' : `at + ${offset}`);

/**
 * Zeros where no member is.
 * @param {[number, number]} hole
 */
function clearing([offset, length]) {
  if (length > 16) return `clear(view, ${plus(offset)}, ${length});`;
  const lines = [];
  for (let done = 0; done < length;) {
    const bits = length - done >= 4 ? 32 : length - done >= 2 ? 16 : 8;
    lines.push(`view.setInt${bits}(${plus(offset + done)}, 0, true);`);
    done += bits / 8;
  }
  return lines.join(' ');
}

/**
 * Writes a scalar `m`.
 * @param {CType} type
 * @param {string} at
 * @param {string} mending what stands for an unfit value
 * @param {(prefix: string, value: unknown) => string} name puts a value into the scope
 * @param {number} first of a bit-field
 */
function putScalar(type, at, mending, name, first) {
  const special = specialAccept(type);
  const { read, invalid, put } = emitters[type.base];
  const accepted = special ? `${name('accept', special)}(m, keep)` : read ? read('m') : 'm';
  const unfit = type.bits ? 'v === undefined' : invalid('v');
  const stored = type.bits ? `${name('bits', type.bits)}.put(view, ${at}, ${first}, v);` : put('view', at, 'v');
  return `v = ${accepted}; if (${unfit}) v = ${mending}; ${stored}`;
}

/** Reads a value of any type. @type {(type: CType, at: string, marshal: string, name: (prefix: string, value: unknown) => string, first: number) => string} */
function getValue(type, at, marshal, name, first) {
  if (type.record || type.array) return `${marshal}.get(view, ${at})`;
  if (type.bits) return `${name('bits', type.bits)}.get(view, ${at}, ${first})`;
  const value = emitters[type.base].get('view', at);
  return type.make ? `${name('make', type.make)}(${value})` : value;
}

/**
 * @param {CType & { record: import('./declare.js').RecordType }} type
 * @param {(type: CType) => Marshal} marshalOf
 * @returns {{ source: string, values: Record<string, unknown> }}
 */
function recordSource(type, marshalOf) {
  const { record } = type;
  const scope = new Scope();
  const known = new Map(record.members.map((member) => [member.key, member]));
  Object.assign(scope.values, { type, known, keys: record.members.map(({ key }) => key) });
  const numbers = new Map(record.members.map((member, index) => [member.key, index]));
  record.members.forEach((member, index) => {
    scope.add('k', index, member.key);
    scope.add('member', index, member);
    if (member.type.record || member.type.array) scope.add('marshal', index, marshalOf(member.type));
  });
  /** @param {number} index @returns {(prefix: string, value: unknown) => string} */
  const namer = (index) => (prefix, value) => scope.add(prefix, index, value);

  /** @param {Member} member */
  function valueOf({ key }) {
    const name = `k${numbers.get(key)}`;
    return key in Object.prototype ? `ownMember(value, ${name})` : `value[${name}]`;
  }

  /** @param {Member} member */
  function putMember(member) {
    const index = /** @type {number} */ (numbers.get(member.key));
    const at = plus(member.offset);
    const putting =
      member.type.record || member.type.array
        ? `if (m === undefined) m = absent(member${index}, keep); marshal${index}.put(view, ${at}, m, keep);`
        : putScalar(member.type, at, `mend(member${index}, m, keep)`, namer(index), member.first);
    return `i = ${index}; m = ${valueOf(member)}; ${putting}`;
  }

  let choices = 0;
  /** @param {Part} part @returns {string} */
  function putPart(part) {
    if (!('alternatives' in part)) return putMember(part);
    const number = choices++;
    const groups = part.alternatives.map(membersOf);
    const choosing = groups.map((members, index) => {
      const given = members.map((member) => `${valueOf(member)} !== undefined`).join(' || ');
      return `if (${given}) c = c === -1 ? ${index} : -2;`;
    });
    const writing = part.alternatives.map((parts, index) => `case ${index}: ${parts.map(putPart).join('\n')} break;`);
    const check = `if (c < 0) { i = -1; checkChoice(${scope.add(
      'choice',
      number,
      groups.flat().map(({ key }) => key),
    )}, c, keep); }`;
    return `{ let c = -1; ${choosing.join('\n')}\n${check}\nswitch (c) {\n${writing.join('\n')}\n} }`;
  }

  const body = [
    'let n = 0, m, v;',
    // Not over a typed array: all its indices would be listed.
    "if (typeof value === 'object' && value !== null && value.BYTES_PER_ELEMENT === undefined)",
    'for (const key in value) { if (key !== keys[n]) { n = -1; break; } n++; }',
    'if (n <= 0 && admit(type, known, view, at, value, keep)) return;',
    ...record.holes.map(clearing),
    'let i = -1;',
    'try {',
    ...record.parts.map(putPart),
    "} catch (error) { throw within(error, i < 0 ? '' : '.' + keys[i]); }",
  ];
  const read = record.members.map((member, index) =>
    getValue(member.type, plus(member.offset), `marshal${index}`, namer(index), member.first),
  );
  const put = `put(view, at, value, keep) {\n${body.join('\n')}\n}`;
  return { source: withReader(record.members, put, read), values: scope.values };
}

/**
 * Adds the function that reads a record. Engines are quick to make objects of a constructor; but a key that
 * every object has (`__proto__` has a setter) needs to be defined, which they are slow at.
 * @param {Member[]} members
 * @param {string} put
 * @param {string[]} values
 */
function withReader(members, put, values) {
  const keys = members.map((_, index) => `k${index}`);
  if (members.some(({ key }) => key in Object.prototype)) {
    const literal = keys.map((key, index) => `[${key}]: ${values[index]}`).join(',\n');
    return `{ ${put},\nget(view, at) { return { ${literal} }; } }`;
  }
  const parameters = keys.map((_, index) => `v${index}`);
  const stores = keys.map((key, index) => `this[${key}] = v${index};`);
  return `(() => {
function Fields(${parameters.join(', ')}) { ${stores.join(' ')} }
Fields.prototype = Object.prototype;
return { ${put},\nget(view, at) { return new Fields(${values.join(',\n')}); } };
})()`;
}

/**
 * Functions for so many elements, one after the other.
 * @param {CType} element
 * @param {(type: CType) => Marshal} marshalOf
 * @returns {{ source: string, values: Record<string, unknown> }}
 */
function elementsSource(element, marshalOf) {
  const scope = new Scope();
  /** @param {string} prefix @param {unknown} value */
  const name = (prefix, value) => scope.add(prefix, 0, value);
  const isScalar = !element.record && !element.array;
  if (!isScalar) scope.add('marshal', 0, marshalOf(element));
  scope.values.element = element;
  const putting = isScalar
    ? putScalar(element, 'at', 'unfit(element, m)', name, 0)
    : 'if (m === undefined) unfit(element, m); marshal0.put(view, at, m, keep);';
  const source = `{ put(view, at, value, keep, count) {
let i = 0, m, v;
try {
for (; i < count; i++, at += ${element.size}) { m = value[i]; ${putting} }
} catch (error) { throw within(error, '[' + i + ']'); }
},
get(view, at, count) {
const values = new Array(count);
for (let i = 0; i < count; i++, at += ${element.size}) values[i] = ${getValue(element, 'at', 'marshal0', name, 0)};
return values;
} }`;
  return { source, values: scope.values };
}

module.exports = { recordSource, elementsSource };
