'use strict';
// From the fields that a program declares to a record: its members and their places.

const native = require('../binding.js');
const { didYouMean } = require('../nearest.js');
const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { resolveType } = require('../types.js');
const { declarations } = require('../types/declarations.js');

/** @typedef {import('../types.js').CType} CType */

/**
 * A member that users see; those of anonymous records are the record's own.
 * @typedef {object} Member
 * @property {string} key
 * @property {unknown} given the type as the program wrote it
 * @property {CType} type
 * @property {number} offset in bytes; of a bit-field, the byte that its first bit is in
 * @property {number} first of a bit-field, which bit of that byte; else 0
 * @property {unknown} fallback what stands for a missing value; undefined for none
 *
 * A union: one of several groups of members.
 * @typedef {object} Choice
 * @property {number} offset in bytes
 * @property {number} size in bytes
 * @property {Part[][]} alternatives
 *
 * What is written of a record, in order: members, and unions.
 * @typedef {Member | Choice} Part
 *
 * @typedef {object} RecordType
 * @property {boolean} isUnion
 * @property {Member[]} members
 * @property {Part[]} parts
 * @property {[offset: number, length: number][]} holes the bytes that no whole member covers
 * @property {Member | undefined} flexible the flexible array member
 * @property {number} number
 * @property {number} size in bytes
 * @property {number} align in bytes
 */

/** What a field that is not only a type may have. */
const FIELD_KEYS = ['type', 'default', 'align', 'anonymous', 'unnamed', 'encoding', 'free'];
const RECORD_KEYS = ['pack', 'align'];

/** Each is looked at by its name, and named in generated code. */
const MOST_MEMBERS = 2048;

const UNNAMED = 1;
const FLEXIBLE = 2;

/** @param {string} caller @param {string} text @param {string} [code] */
const invalid = (caller, text, code = 'ERR_INVALID_ARG_TYPE') => createError(code, `${caller}: ${text}`, caller);

/**
 * @param {string} caller
 * @param {object} options
 * @param {string[]} keys
 * @param {string} what
 */
function checkKeys(caller, options, keys, what) {
  const unknown = Object.keys(options).find((key) => !keys.includes(key));
  if (unknown === undefined) return;
  throw invalid(caller, `${what} has an unknown key '${unknown}'${didYouMean(unknown, keys)}`);
}

/** @param {string} caller @param {unknown} value @param {string} what @returns {number} 0 for undefined */
function alignment(caller, value, what) {
  if (value === undefined) return 0;
  if (typeof value === 'number' && value > 0 && value <= 0xffffffff && Number.isInteger(value)) return value;
  const code = typeof value === 'number' ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARG_TYPE';
  throw invalid(caller, `${what} must be a power of two, got ${describe(value)}`, code);
}

/** @param {string} caller @param {string} key @param {any} field a type, or `{ type, … }` */
function readField(caller, key, field) {
  // Objects have such keys first, whatever the order they are written in.
  if (/^(0|[1-9]\d*)$/.test(key)) throw invalid(caller, `field ${key}: a name cannot be a number`);
  const isPlain = typeof field === 'object' && field !== null && Object.hasOwn(field, 'type') && !isDeclared(field);
  if (isPlain) checkKeys(caller, field, FIELD_KEYS, `the field ${key}`);
  /** @type {any} */
  const {
    type: named,
    encoding,
    free,
    default: fallback,
    align,
    anonymous = false,
    unnamed = false,
  } = isPlain ? Object.setPrototypeOf({ ...field }, null) : { __proto__: null, type: field };
  // What is said of a string may stand among what is said of the member.
  const given = encoding === undefined && free === undefined ? named : { type: named, encoding, free };
  const type = resolveType(given, `${caller}: field ${key}`, caller);
  if (type.lent && type.lent.direction !== 'in')
    throw invalid(caller, `field ${key}: out and inout are for parameters`);
  if (anonymous && fallback !== undefined) throw invalid(caller, `field ${key}: an anonymous record has no default`);
  if (anonymous && !type.record) throw invalid(caller, `field ${key}: only a record can be anonymous`);
  const isNameless = unnamed || type.bits?.width === 0;
  if (isNameless && !type.bits) throw invalid(caller, `field ${key}: only a bit-field can be unnamed`);
  return { key, given, type, fallback, align: alignment(caller, align, `field ${key}: align`), anonymous, isNameless };
}

/** Bit-fields are objects with a `type` too. @param {object} field */
function isDeclared(field) {
  try {
    resolveType(field, '');
    return true;
  } catch {
    return false;
  }
}

/** @param {Part} part @param {number} by @returns {Part} */
function shift(part, by) {
  if (!('alternatives' in part)) return { ...part, offset: part.offset + by };
  return {
    ...part,
    offset: part.offset + by,
    alternatives: part.alternatives.map((parts) => parts.map((each) => shift(each, by))),
  };
}

/** @param {Part[]} parts @returns {Member[]} */
const membersOf = (parts) =>
  parts.flatMap((part) => ('alternatives' in part ? part.alternatives.flatMap(membersOf) : [part]));

/**
 * The bytes of a record that no member covers; those of bit-fields and unions count as not covered, because
 * they are written bit by bit, or in part.
 * @param {Part[]} parts
 * @param {number} size
 * @returns {[number, number][]}
 */
function findHoles(parts, size) {
  const covered = parts.filter((part) => !('alternatives' in part) && part.type.kind !== 'bits');
  const spans = covered.map((part) => [part.offset, /** @type {Member} */ (part).type.size]);
  spans.sort(([a], [b]) => a - b);
  /** @type {[number, number][]} */
  const holes = [];
  let end = 0;
  for (const [offset, length] of [...spans, [size, 0]]) {
    if (offset > end) holes.push([end, offset - end]);
    end = Math.max(end, offset + length);
  }
  return holes;
}

/**
 * @param {string} caller
 * @param {boolean} isUnion
 * @param {unknown} fields
 * @param {any} options
 * @returns {RecordType}
 */
function declareRecord(caller, isUnion, fields, options = {}) {
  if (typeof fields !== 'object' || fields === null) throw invalid(caller, 'the fields must be an object');
  if (typeof options !== 'object' || options === null) throw invalid(caller, 'the options must be an object');
  checkKeys(caller, options, RECORD_KEYS, 'options');
  if (Object.keys(fields).length > MOST_MEMBERS) {
    throw invalid(caller, `a record has at most ${MOST_MEMBERS} members`, 'ERR_OUT_OF_RANGE');
  }
  const given = Object.entries(fields).map(([key, field]) => readField(caller, key, field));
  const defaulted = isUnion && given.find(({ fallback }) => fallback !== undefined);
  if (defaulted) throw invalid(caller, `field ${defaulted.key}: a member of a union has no default`);
  const { pack, align } = Object.setPrototypeOf({ ...options }, null);
  const declaration = [Number(isUnion), alignment(caller, pack, 'pack'), alignment(caller, align, 'align')];
  for (const field of given) {
    const { type } = field;
    const flags = (field.isNameless ? UNNAMED : 0) | (type.array?.isFlexible ? FLEXIBLE : 0);
    declaration.push(type.number, field.align, type.bits ? type.bits.width + 1 : 0, flags);
  }
  const nameOf = (/** @type {string} */ _, /** @type {string} */ index) => `field ${given[Number(index)].key}`;
  let laidOut;
  try {
    laidOut = native.declareRecord(Uint32Array.from(declaration));
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    // Rust knows the members by number.
    throw code ? invalid(caller, message.replace(/^member (\d+)/, nameOf), code) : error;
  }
  const [number, size, recordAlign, ...places] = laidOut;
  declarations.set(number, { kind: 'record', parts: given.map(({ type }) => type.number), words: declaration });
  const groups = given
    .filter(({ isNameless }) => !isNameless)
    .map(({ key, given: written, type, fallback, anonymous }, index) => {
      const [offset, first] = places.slice(2 * index, 2 * index + 2);
      if (anonymous) return /** @type {RecordType} */ (type.record).parts.map((part) => shift(part, offset));
      return [{ key, given: written, type, offset, first, fallback }];
    });
  const parts = isUnion ? [{ offset: 0, size, alternatives: groups }] : groups.flat();
  const members = membersOf(parts);
  const twice = members.find(({ key }, index) => members.findIndex((member) => member.key === key) !== index);
  if (twice) throw invalid(caller, `two members are called '${twice.key}'`);
  const flexible = members.find(({ type }) => type.array?.isFlexible);
  return { isUnion, members, parts, holes: findHoles(parts, size), flexible, number, size, align: recordAlign };
}

module.exports = { declareRecord, membersOf };
