'use strict';
// The types of a unit as types of arkffi: schemas, made when they are first needed.

const { createError } = require('../errors.js');
const { fieldsOf } = require('./fields.js');
const { Mapping, TooDeep, Unmapped } = require('./mapping.js');

/** @typedef {import('./declarations.js').Declarations} Declarations */
/** @typedef {import('./format.js').CRecord} CRecord */

/**
 * Loaded when there is a type to make, and then kept: a program uses few of a header's.
 * @template T
 * @param {() => T} load
 */
function later(load) {
  /** @type {T | undefined} */
  let loaded;
  return () => (loaded ??= load());
}
const callbacks = later(() => require('../callback/type.js'));
const arrays = later(() => require('../record/array.js'));
const records = later(() => require('../record/schema.js'));
const bitFields = later(() => require('../types/bits.js'));
const enumerations = later(() => require('../types/enumeration.js'));
const opaques = later(() => require('../types/opaque.js'));
const pointers = later(() => require('../types/pointer.js'));

/** An integer, as a Number where that is exact. @param {number | string} value */
const integer = (value) => (typeof value === 'number' ? value : BigInt(value));

/** @param {{ tag?: string, union?: true }} record */
const titleOf = ({ tag, union }) => `${union ? 'union' : 'struct'} ${tag ?? '{…}'}`;

class Schemas {
  /** @type {Declarations} */
  #declared;
  /** By number; null while it is being made. @type {Map<number, any>} */
  #records = new Map();
  /** @type {Map<number, any>} */
  #enums = new Map();
  /** @type {Map<string, any>} */
  #opaque = new Map();
  /** The types of function pointers, by the numbers of their typedefs. @type {Map<number, any>} */
  #functions = new Map();
  /** @type {import('./mapping.js').TypeMapping<any>} */
  mapping;

  /** @param {Declarations} declared */
  constructor(declared) {
    this.#declared = declared;
    /** @type {import('./mapping.js').Maker<any>} */
    const make = {
      name: (name) => name,
      record: (number, place) => {
        const schema = this.record(number);
        return place === 'result' || place === 'argument' ? schema.object : schema;
      },
      enumeration: (number) => this.enumeration(number),
      opaque: (tag) => this.opaque(tag),
      typedef: (number) => this.#function(number),
      pointer: (direction, target, isRecord) => pointers()[direction](isRecord ? () => this.#known(target) : target()),
      array: (of, length) => (length === null ? arrays().array(of) : arrays().array(of, length)),
      callback: (args, returns) => callbacks().callback(args, returns),
    };
    this.mapping = new Mapping(declared, make);
  }

  /** What a pointer points to: memory of which nothing is known, if arkffi cannot lay it out. @param {() => any} target */
  #known(target) {
    try {
      return target();
    } catch (error) {
      if (error instanceof Unmapped) return 'void';
      throw error;
    }
  }

  /** @param {number} number */
  record(number) {
    const known = this.#records.get(number);
    if (known instanceof Unmapped) throw known;
    if (known === null) throw new Unmapped(`${titleOf(this.#declared.record(number))} contains itself`);
    if (known) return known;
    this.#records.set(number, null);
    try {
      const schema = this.#make(this.#declared.record(number));
      this.#records.set(number, schema);
      return schema;
    } catch (error) {
      // What is too deep here need not be where it stands alone.
      if (error instanceof Unmapped && !(error instanceof TooDeep)) this.#records.set(number, error);
      else this.#records.delete(number);
      throw error;
    }
  }

  /** @param {CRecord} record */
  #make(record) {
    if (Mapping.isUnknown(record)) throw new Unmapped(record.problem ?? `${titleOf(record)} is declared only`);
    const fields = Object.create(null);
    for (const { key, type, bits: width, align, anonymous, unnamed } of fieldsOf(this.mapping, record)) {
      if (width !== undefined) fields[key] = { type: bitFields().bits(type, width), unnamed: unnamed === true };
      else if (align || anonymous) fields[key] = { type, align, anonymous: anonymous === true };
      else fields[key] = type;
    }
    const schema = layOut(record, fields);
    const places = new Map(schema.fieldNames.map((name, index) => [name, schema.fieldOffsets[index]]));
    const isSame =
      schema.size === record.size &&
      schema.alignment === record.alignment &&
      record.fields.every(
        ({ name, offset }) => name === undefined || offset === undefined || places.get(name) === offset,
      );
    if (!isSame) throw new Unmapped(`the layout of ${titleOf(record)} is beyond arkffi`);
    return schema;
  }

  /** @param {number} number */
  enumeration(number) {
    let schema = this.#enums.get(number);
    if (schema === undefined) {
      const { members, type } = this.#declared.enumeration(number);
      const values = Object.create(null);
      for (const { name, value } of members) values[name] = integer(value);
      schema = enumerations().enumeration(values, this.mapping.type(type, 'member'));
      this.#enums.set(number, schema);
    }
    return schema;
  }

  /**
   * The type of a typedef of a function, made once: in a chain of them that would else be twice as often at each link.
   * @param {number} number
   */
  #function(number) {
    const { type } = this.#declared.typedef(number);
    if (type.kind === 'typedef') return undefined;
    const known = this.#functions.get(number);
    if (known !== undefined) return known;
    const made = this.mapping.type(type, 'member');
    this.#functions.set(number, made);
    return made;
  }

  /** @param {string} tag */
  opaque(tag) {
    let type = this.#opaque.get(tag);
    if (type === undefined) this.#opaque.set(tag, (type = opaques().opaque(tag)));
    return type;
  }
}

/** @param {CRecord} record @param {object} fields */
function layOut(record, fields) {
  const { Struct, Union } = records();
  try {
    return (record.union ? Union : Struct)(fields, { pack: record.pack, align: record.align });
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    if (typeof code !== 'string') throw error;
    throw new Unmapped(`${titleOf(record)} cannot be declared: ${message}`);
  }
}

/**
 * The error for something that was declared and cannot be used.
 * @param {string} caller
 * @param {string} name
 * @param {string} reason
 */
const unusable = (caller, name, reason) =>
  createError('ERR_UNSUPPORTED_ARGS', `${caller}: ${name} cannot be used: ${reason}`, name);

/** @typedef {Schemas} UnitSchemas */

module.exports = { Schemas, integer, titleOf, unusable };
