'use strict';
// The same as lib/record/source.js makes, as closures: for hosts that allow no generated code.

const marshallers = require('../marshal.generated.js');
const { clear } = require('../memory-view.js');
const { within } = require('../refused.js');
const { acceptOf, isUnfit } = require('./accept.js');
const { absent, admit, checkChoice, mend, ownMember, unfit } = require('./cold.js');
const { membersOf } = require('./declare.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./declare.js').Part} Part */
/** @typedef {import('./marshal.js').Marshal} Marshal */
/** @typedef {import('./cold.js').Keep} Keep */

const { defineProperty } = Object;
const PLAIN = { __proto__: null, writable: true, enumerable: true, configurable: true };

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
  const read =
    key in Object.prototype
      ? (/** @type {any} */ value) => ownMember(value, key)
      : (/** @type {any} */ value) => value[key];
  const marshal = type.record || type.array ? marshalOf(type) : undefined;
  const put = marshal ? undefined : scalarPutter(type);
  return (view, at, value, keep) => {
    try {
      const given = read(value);
      const place = at + offset;
      if (marshal) marshal.put(view, place, given === undefined ? absent(member, keep) : given, keep);
      else put?.(view, place, first, given, keep, () => mend(member, given, keep));
    } catch (error) {
      throw within(error, `.${key}`);
    }
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
  const all = groups.flat();
  const putters = part.alternatives.map((parts) => parts.map((each) => partPutter(each, marshalOf)));
  return (view, at, value, keep) => {
    let chosen = -1;
    for (let index = 0; index < groups.length; index++) {
      const isGiven = (/** @type {string} */ key) =>
        (key in Object.prototype ? ownMember(value, key) : value[key]) !== undefined;
      let given = false;
      for (let number = 0; number < groups[index].length; number++) given = isGiven(groups[index][number]) || given;
      if (given) chosen = chosen === -1 ? index : -2;
    }
    if (chosen < 0) checkChoice(all, chosen, keep);
    else for (let part = 0; part < putters[chosen].length; part++) putters[chosen][part](view, at, value, keep);
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
      if (admit(type, known, view, at, value, keep)) return;
      // Not iterated: that would run what somebody made of the iterator of arrays.
      for (let hole = 0; hole < holes.length; hole++) clear(view, at + holes[hole][0], holes[hole][1]);
      for (let part = 0; part < putters.length; part++) putters[part](view, at, value, keep);
    },
    get(view, at) {
      const object = {};
      for (let index = 0; index < readers.length; index++) {
        const { key, offset, first, get } = readers[index];
        defineProperty(object, key, { ...PLAIN, value: get(view, at + offset, first) });
      }
      return object;
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
  const marshal = isScalar ? undefined : marshalOf(element);
  const get = getter(element, marshalOf);
  return {
    put(view, at, values, keep, count) {
      for (let index = 0; index < count; index++) {
        const value = values[index];
        const place = at + index * element.size;
        try {
          if (put) put(view, place, 0, value, keep, () => unfit(element, value));
          else marshal?.put(view, place, value === undefined ? unfit(element, value) : value, keep);
        } catch (error) {
          throw within(error, `[${index}]`);
        }
      }
    },
    get(view, at, count) {
      const values = new Array(count);
      for (let index = 0; index < count; index++) values[index] = get(view, at + index * element.size, 0);
      return values;
    },
  };
}

module.exports = { recordClosures, elementClosures };
