'use strict';
// The same as lib/record/source.js makes, as closures: for hosts that allow no generated code.

const marshallers = require('../marshal.generated.js');
const { clear } = require('../memory-view.js');
const { within } = require('../refused.js');
const { acceptOf, isUnfit } = require('./accept.js');
const { absent, admit, checkChoice, mend, unfit } = require('./cold.js');
const { membersOf } = require('./declare.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./declare.js').Part} Part */
/** @typedef {import('./marshal.js').Marshal} Marshal */
/** @typedef {import('./cold.js').Keep} Keep */

/**
 * @param {CType} type
 * @param {(type: CType) => Marshal} marshalOf
 * @returns {(view: DataView, at: number, first: number) => unknown}
 */
function getter(type, marshalOf) {
  if (type.record || type.array) {
    const { get } = marshalOf(type);
    return (view, at) => get(view, at);
  }
  if (type.bits) return type.bits.get;
  const { get } = marshallers[type.base];
  const { make } = type;
  return make ? (view, at) => make(get(view, at)) : get;
}

/**
 * Writes a scalar; `mended` gives what stands for an unfit value.
 * @param {CType} type
 * @returns {(view: DataView, at: number, first: number, value: unknown, keep: Keep, mended: () => unknown) => void}
 */
function scalarPutter(type) {
  const accept = acceptOf(type);
  const { bits } = type;
  const { put } = marshallers[type.base];
  return (view, at, first, value, keep, mended) => {
    let accepted = accept(value, keep);
    if (isUnfit(type, accepted)) accepted = mended();
    if (bits) bits.put(view, at, first, accepted);
    else put(view, at, accepted);
  };
}

/** @typedef {(view: DataView, at: number, value: any, keep: Keep) => void} Put */

/**
 * @param {import('./declare.js').Member} member
 * @param {(type: CType) => Marshal} marshalOf
 * @returns {Put}
 */
function memberPutter(member, marshalOf) {
  const { key, type, offset, first } = member;
  if (type.record || type.array) {
    const { put } = marshalOf(type);
    return (view, at, value, keep) => {
      const given = value[key];
      const written = given === undefined ? absent(member, keep) : given;
      try {
        put(view, at + offset, written, keep);
      } catch (error) {
        throw within(error, `.${key}`);
      }
    };
  }
  const put = scalarPutter(type);
  return (view, at, value, keep) => {
    const given = value[key];
    put(view, at + offset, first, given, keep, () => mend(member, given, keep));
  };
}

/**
 * @param {Part} part
 * @param {(type: CType) => Marshal} marshalOf
 * @returns {Put}
 */
function partPutter(part, marshalOf) {
  if (!('alternatives' in part)) return memberPutter(part, marshalOf);
  const groups = part.alternatives.map((parts) => membersOf(parts).map(({ key }) => key));
  const putters = part.alternatives.map((parts) => parts.map((each) => partPutter(each, marshalOf)));
  return (view, at, value, keep) => {
    let chosen = -1;
    groups.forEach((keys, index) => {
      if (keys.some((key) => value[key] !== undefined)) chosen = chosen === -1 ? index : -2;
    });
    if (chosen < 0) checkChoice(groups.flat(), chosen, keep);
    else for (const put of putters[chosen]) put(view, at, value, keep);
  };
}

/**
 * @param {CType & { record: import('./declare.js').RecordType }} type
 * @param {(type: CType) => Marshal} marshalOf
 * @returns {Marshal}
 */
function recordClosures(type, marshalOf) {
  const { members, parts, holes } = type.record;
  const known = new Map(members.map((member) => [member.key, member]));
  const putters = parts.map((part) => partPutter(part, marshalOf));
  const readers = members.map((member) => ({ ...member, get: getter(member.type, marshalOf) }));
  return {
    put(view, at, value, keep) {
      if (admit(type, known, view, at, value)) return;
      for (const [offset, length] of holes) clear(view, at + offset, length);
      for (const put of putters) put(view, at, value, keep);
    },
    get(view, at) {
      return Object.fromEntries(readers.map(({ key, offset, first, get }) => [key, get(view, at + offset, first)]));
    },
  };
}

/**
 * @param {CType} element
 * @param {(type: CType) => Marshal} marshalOf
 * @returns {import('./marshal.js').Elements}
 */
function elementClosures(element, marshalOf) {
  const isScalar = !element.record && !element.array;
  const put = isScalar ? scalarPutter(element) : undefined;
  const get = getter(element, marshalOf);
  return {
    put(view, at, values, keep, count) {
      for (let index = 0; index < count; index++) {
        const value = values[index];
        const place = at + index * element.size;
        try {
          if (put) put(view, place, 0, value, keep, () => unfit(element, value));
          else marshalOf(element).put(view, place, value === undefined ? unfit(element, value) : value, keep);
        } catch (error) {
          throw within(error, `[${index}]`);
        }
      }
    },
    get(view, at, count) {
      return Array.from({ length: count }, (_, index) => get(view, at + index * element.size, 0));
    },
  };
}

module.exports = { recordClosures, elementClosures };
