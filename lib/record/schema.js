'use strict';
// Struct and Union: what programs see of a record.

const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { byteCount } = require('../address.js');
const { Keeper, keeperFor } = require('../keeper.js');
const { MemoryView } = require('../memory-view.js');
const { extent, isBuffer, isWrapper } = require('../pointer.js');
const { worded } = require('../refused.js');
const { newBuffer } = require('../retained.js');
const { declareType } = require('../types.js');
const { findAddress, offsetBy, readAt, roomAt, writeAt } = require('./access.js');
const { declareRecord } = require('./declare.js');
const { elementsOf, marshalOf } = require('./marshal.js');
const { extentOf, readMember, writeMember } = require('./member.js');
const { picture } = require('./picture.js');
const { viewRecord } = require('./view.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./declare.js').Member} Member */
/** @typedef {import('./declare.js').RecordType} RecordType */

/** A record's layout, and its values in JavaScript. */
class StructSchema {
  /** @type {CType & { record: RecordType }} */
  #type;
  /** @type {Map<string, Member>} */
  #members;
  /** @type {import('./marshal.js').Marshal | undefined} */
  #made;

  /**
   * @param {unknown} fields
   * @param {unknown} [options] `{ pack, align }`
   * @param {boolean} [isUnion]
   */
  constructor(fields, options, isUnion = false) {
    const caller = isUnion ? 'Union' : 'Struct';
    const record = declareRecord(caller, isUnion, fields, options);
    const { number, size, align, members } = record;
    this.#members = new Map(members.map((member) => [member.key, member]));
    const names = [...this.#members.keys()];
    const shown = names.length > 8 ? `${names.slice(0, 8).join(', ')}, …` : names.join(', ');
    const expects = `an object with ${isUnion ? 'one of ' : ''}${shown}, or a buffer of ${size} bytes`;
    this.#type = { kind: 'record', number, base: 'record', size, align, expects, record };
    for (const member of members) if (member.fallback !== undefined) this.#checkDefault(caller, member);
    /** In bytes. */
    this.size = size;
    /** In bytes. */
    this.alignment = align;
    this.fieldNames = Object.freeze(names);
    this.fieldTypes = Object.freeze(members.map((member) => member.given));
    this.fieldOffsets = Object.freeze(members.map((member) => member.offset));
    /** As the type of a result: an object, not a pointer. */
    this.object = declareType(Object.freeze({ schema: this }), { ...this.#type, decodes: true });
    Object.freeze(declareType(this, this.#type));
  }

  get #marshal() {
    this.#made ??= marshalOf(this.#type);
    return this.#made;
  }

  /** @param {string} caller @param {Member} member */
  #checkDefault(caller, member) {
    const scratch = new MemoryView(new ArrayBuffer(member.type.size + 8));
    try {
      writeMember(member, scratch, 0, member.fallback, new Keeper({}, false));
    } catch (error) {
      throw worded(error, caller, undefined, `default of ${member.key}`);
    }
  }

  /** @param {string} caller @param {unknown} key @returns {Member} */
  #member(caller, key) {
    const member = this.#members.get(/** @type {string} */ (key));
    if (member) return member;
    throw createError('ERR_INVALID_ARG_VALUE', `${caller}: there is no member ${describe(key)}`, caller, 1);
  }

  /**
   * A buffer with the record of an object; missing members are zero, or their default.
   * @param {any} [value]
   * @returns {ArrayBuffer}
   */
  create(value = {}) {
    const { flexible } = this.#type.record;
    const rest = flexible ? value?.[flexible.key] : undefined;
    const count = rest === undefined ? 0 : rest.length;
    const element = flexible?.type.array?.element;
    const tail =
      Number.isSafeInteger(count) && count > 0
        ? Math.max(0, /** @type {Member} */ (flexible).offset + count * (element?.size ?? 0) - this.size)
        : 0;
    const buffer = newBuffer('create', this.size + tail);
    const keeper = keeperFor(this.#type, buffer, true);
    try {
      const view = new MemoryView(buffer);
      this.#marshal.put(view, 0, flexible && count > 0 ? { ...value, [flexible.key]: [] } : value, keeper);
      if (flexible && element && count > 0) elementsOf(element).put(view, flexible.offset, rest, keeper, count);
    } catch (error) {
      throw worded(error, 'create', 0, '');
    }
    keeper.settle(0, this.size);
    return buffer;
  }

  /**
   * The record in memory as an object.
   * @param {any} memory an address, or a buffer; an object is returned as it is
   * @param {unknown} [byteOffset]
   * @param {unknown} [count] of elements of a flexible array member; from a buffer, as many as there are
   */
  fromPtr(memory, byteOffset = 0, count) {
    if (typeof memory === 'object' && memory !== null && !isBuffer(memory) && !isWrapper(memory)) return memory;
    const address = findAddress('fromPtr', memory, byteOffset, this.size);
    const value = readAt(address, this.size, this.#marshal.get);
    const { flexible } = this.#type.record;
    if (flexible)
      value[flexible.key] = this.#readFlexible(flexible, address, roomAt('fromPtr', memory, byteOffset), count);
    return value;
  }

  /**
   * @param {Member} member
   * @param {number | bigint} address of the record
   * @param {number} room
   * @param {unknown} count
   */
  #readFlexible({ type, offset }, address, room, count) {
    const { element } = /** @type {import('./array-type.js').ArrayType} */ (type.array);
    const there = room === Infinity ? 0 : Math.floor((room - offset) / element.size);
    const wanted = count === undefined ? there : byteCount('fromPtr', count, 2);
    if (room !== Infinity && wanted > there) {
      throw createError('ERR_OUT_OF_BOUNDS', `fromPtr: there are ${there} elements, not ${wanted}`, 'fromPtr', 2);
    }
    const { get } = elementsOf(element);
    return readAt(offsetBy(address, offset), wanted * element.size, (view, at) => get(view, at, wanted));
  }

  /**
   * Writes all members: all of them, or an error and nothing.
   * @param {any} memory an address or a buffer
   * @param {any} value
   * @param {unknown} [byteOffset]
   */
  write(memory, value, byteOffset = 0) {
    const { put } = this.#marshal;
    const target = this.#target('write', memory, byteOffset, 0);
    writeAt(target, this.#type, this.size, (view, at, keep) => put(view, at, value, keep), 1, '');
  }

  /** One member. @param {any} memory a buffer or an address @param {unknown} field */
  get(memory, field) {
    const member = this.#member('get', field);
    const address = offsetBy(findAddress('get', memory, 0, this.size), member.offset);
    return readAt(address, extentOf(member), (view, at) => readMember(member, view, at));
  }

  /** Writes one member. @param {any} memory a buffer or an address @param {unknown} field @param {unknown} value */
  set(memory, field, value) {
    const member = this.#member('set', field);
    const target = this.#target('set', memory, 0, member.offset);
    /** @type {Parameters<typeof writeAt>[3]} */
    const put = (view, at, keep) => writeMember(member, view, at, value, keep);
    writeAt(target, member.type, extentOf(member), put, 2, member.key);
  }

  /**
   * @param {string} caller
   * @param {any} memory
   * @param {unknown} byteOffset of the record
   * @param {number} offset in the record
   */
  #target(caller, memory, byteOffset, offset) {
    const find = () => offsetBy(findAddress(caller, memory, byteOffset, this.size), offset);
    return { caller, find, buffer: isBuffer(memory) ? extent(memory)?.buffer : undefined };
  }

  /**
   * The record in place: an object whose members are those in memory.
   * @param {any} memory an address or a buffer
   * @param {unknown} [byteOffset]
   */
  view(memory, byteOffset = 0) {
    return viewRecord('view', this.#type, memory, byteOffset);
  }

  /** The layout in words, as pahole prints it. */
  layout() {
    return picture(this.#type);
  }

  /** @param {unknown} schema @param {string} field @returns {number} bytes; of a bit-field, bits */
  static offsetOf(schema, field) {
    if (typeof schema !== 'object' || schema === null || !(#members in schema)) {
      const message = `offsetof: argument 0: expected a Struct or Union, got ${describe(schema)}`;
      throw createError('ERR_INVALID_ARG_TYPE', message, 'offsetof', 0);
    }
    const { type, offset, first } = schema.#member('offsetof', field);
    return type.bits ? offset * 8 + first : offset;
  }
}

/** @param {unknown} fields @param {unknown} [options] */
const Struct = (fields, options) => new StructSchema(fields, options);

/** @param {unknown} fields @param {unknown} [options] */
const Union = (fields, options) => new StructSchema(fields, options, true);

module.exports = { StructSchema, Struct, Union };
