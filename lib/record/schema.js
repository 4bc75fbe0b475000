'use strict';
// Struct and Union: what programs see of a record.

const { isCheckedCall } = require('../checked.js');
const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { Keeper, keeperFor } = require('../keeper.js');
const { MemoryView } = require('../memory-view.js');
const { bufferAddress, isBuffer, isWrapper } = require('../pointer.js');
const { worded } = require('../refused.js');
const { newBuffer } = require('../retained.js');
const { declareType } = require('../types.js');
const { holdsPointers } = require('./accept.js');
const { demandLocal } = require('./addresses.js');
const { findAddress, offsetBy, readAt, roomAt, targetIn, writeAt } = require('./access.js');
const { declareRecord } = require('./declare.js');
const { flexibleBytes, lengthOf, readFlexible, rememberEnd, roomIn, wholeSize } = require('./flexible.js');
const { marshalOf } = require('./marshal.js');
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
    declareType(this, this.#type);
    if (new.target === StructSchema) Object.freeze(this);
  }

  get #marshal() {
    this.#made ??= marshalOf(this.#type);
    return this.#made;
  }

  /** @param {string} caller @param {Member} member */
  #checkDefault(caller, member) {
    const scratch = new MemoryView(new ArrayBuffer(member.type.size + 8));
    try {
      writeMember(member, scratch, 0, member.fallback, new Keeper({}, false), '');
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
    try {
      const room = flexibleBytes(this.#type, value);
      const buffer = newBuffer('create', wholeSize(this.#type, room));
      const keeper = keeperFor(this.#type, buffer, true);
      keeper.room = room;
      this.#marshal.put(new MemoryView(buffer), 0, value, keeper);
      // To ask for an address takes as long as all the rest.
      if (holdsPointers(this.#type)) keeper.settle(bufferAddress(buffer), this.size);
      rememberEnd(this.#type, buffer, room);
      return buffer;
    } catch (error) {
      throw worded(error, 'create', 0, '');
    }
  }

  /**
   * The record in memory as an object.
   * @param {any} memory an address, a buffer or a view; an object is returned as it is
   * @param {unknown} [byteOffset]
   * @param {unknown} [count] of elements of a flexible array member; from a buffer, as many as there are
   * @param {unknown} [options] `{ checked }`
   */
  fromPtr(memory, byteOffset = 0, count, options) {
    const isChecked = isCheckedCall('fromPtr', options, 3);
    if (typeof memory === 'object' && memory !== null && !isBuffer(memory) && !isWrapper(memory)) return memory;
    demandLocal('fromPtr', memory, this.#type);
    const address = findAddress('fromPtr', memory, byteOffset, this.size);
    const value = readAt(address, this.size, this.#marshal.get, 'fromPtr', isChecked, 0, memory);
    const { flexible } = this.#type.record;
    if (flexible)
      value[flexible.key] = readFlexible(
        'fromPtr',
        flexible,
        address,
        this.#length('fromPtr', memory, byteOffset),
        count,
        isChecked,
        memory,
      );
    else if (count !== undefined) {
      throw createError(
        'ERR_INVALID_ARG_VALUE',
        'fromPtr: argument 2: there is no flexible array to count',
        'fromPtr',
        2,
      );
    }
    return value;
  }

  /**
   * Writes all members: all of them, or an error and nothing.
   * @param {any} memory an address, a buffer or a view
   * @param {any} value
   * @param {unknown} [byteOffset]
   * @param {unknown} [options] `{ checked }`
   */
  write(memory, value, byteOffset = 0, options) {
    const isChecked = isCheckedCall('write', options, 3);
    demandLocal('write', memory, this.#type);
    const { put } = this.#marshal;
    const room = this.#room('write', memory, byteOffset);
    const size = wholeSize(this.#type, room);
    const target = targetIn('write', memory, byteOffset, size, 0, isChecked);
    /** @type {Parameters<typeof writeAt>[3]} */
    const writing = (view, at, keep) => {
      keep.room = room;
      put(view, at, value, keep);
    };
    writeAt(target, this.#type, size, writing, 1);
  }

  /**
   * One member.
   * @param {any} memory a buffer, an address or a view
   * @param {unknown} field
   * @param {unknown} [options] `{ checked }`
   */
  get(memory, field, options) {
    const isChecked = isCheckedCall('get', options, 2);
    const member = this.#member('get', field);
    demandLocal('get', memory, member.type);
    const address = findAddress('get', memory, 0, this.size);
    if (member === this.#type.record.flexible) {
      return readFlexible('get', member, address, this.#length('get', memory, 0), undefined, isChecked, memory);
    }
    const read = (/** @type {DataView} */ view, /** @type {number} */ at) => readMember(member, view, at);
    return readAt(offsetBy(address, member.offset), extentOf(member), read, 'get', isChecked, 0, memory);
  }

  /**
   * Writes one member.
   * @param {any} memory a buffer, an address or a view
   * @param {unknown} field
   * @param {unknown} value
   * @param {unknown} [options] `{ checked }`
   */
  set(memory, field, value, options) {
    const isChecked = isCheckedCall('set', options, 3);
    const member = this.#member('set', field);
    demandLocal('set', memory, member.type);
    const room = member === this.#type.record.flexible ? this.#room('set', memory, 0) : 0;
    const target = targetIn('set', memory, 0, wholeSize(this.#type, room), member.offset, isChecked);
    /** @type {Parameters<typeof writeAt>[3]} */
    const put = (view, at, keep) => {
      keep.room = room;
      writeMember(member, view, at, value, keep, `.${member.key}`);
    };
    writeAt(target, member.type, room || extentOf(member), put, 2);
  }

  /** The bytes up to the end of the elements. @param {string} caller @param {any} memory @param {unknown} byteOffset */
  #length(caller, memory, byteOffset) {
    return lengthOf(memory, byteOffset, roomAt(caller, memory, byteOffset));
  }

  /** The bytes of a flexible array member. @param {string} caller @param {any} memory @param {unknown} byteOffset */
  #room(caller, memory, byteOffset) {
    return this.#type.record.flexible ? Math.max(0, roomIn(this.#type, this.#length(caller, memory, byteOffset))) : 0;
  }

  /**
   * The record in place: an object whose members are those in memory.
   * @param {any} memory an address or a buffer
   * @param {unknown} [byteOffset]
   * @param {unknown} [count] of elements of a flexible array member; in a buffer, as many as there are
   * @param {unknown} [options] `{ checked }`
   */
  view(memory, byteOffset = 0, count, options) {
    const isChecked = isCheckedCall('view', options, 3);
    return viewRecord('view', this.#type, memory, byteOffset, count, isChecked);
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
