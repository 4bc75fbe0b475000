'use strict';
// The types of a module: each is declared once, before it is used.

const { declarationsOf } = require('../c/declarations.js');
const { fieldsOf } = require('../c/fields.js');
const { Mapping, Unmapped } = require('../c/mapping.js');
const { integer, titleOf } = require('../c/schemas.js');
const { expressionMaker, typeMaker } = require('./makers.js');
const { docComment, isIdentifier, key, quote } = require('./names.js');

/** @typedef {import('../c/format.js').CUnit} CUnit */
/** @typedef {'ts' | 'js' | 'd.ts'} Language */

/**
 * What the types of a unit are called; the same for all files that are written from it.
 */
class TypeNames {
  /** @type {CUnit} */
  #unit;
  /** @type {import('./names.js').ModuleNames} */
  #names;
  /** @type {Map<string, string>} */
  #called = new Map();
  /** The typedefs of records and enumerations, by what they are of. @type {Map<string, string>} */
  #typedefs = new Map();

  /** @param {CUnit} unit @param {import('./names.js').ModuleNames} names */
  constructor(unit, names) {
    this.#unit = unit;
    this.#names = names;
    for (const { name, type } of unit.typedefs) {
      const what = type.kind === 'record' ? `record ${type.record}` : type.kind === 'enum' ? `enum ${type.enum}` : '';
      if (what !== '' && !this.#typedefs.has(what)) this.#typedefs.set(what, name);
    }
  }

  /** @param {string} what @param {string | undefined} name @param {string} kind */
  #take(what, name, kind) {
    let called = this.#called.get(what);
    if (called === undefined) {
      const own = name !== undefined && isIdentifier(name) ? name : kind;
      called = this.#names.take(own, `${kind}_${own}`);
      this.#called.set(what, called);
    }
    return called;
  }

  /** @param {number} number */
  record(number) {
    const { tag, union } = this.#unit.records[number];
    const what = `record ${number}`;
    return this.#take(what, this.#typedefs.get(what) ?? tag, union ? 'union' : 'struct');
  }

  /** @param {number} number @returns {string | undefined} */
  enumeration(number) {
    const what = `enum ${number}`;
    const { tag, members } = this.#unit.enums[number];
    const name = this.#typedefs.get(what) ?? tag;
    return name === undefined || members.length === 0 ? undefined : this.#take(what, name, 'enum');
  }

  /** @param {string} tag */
  opaque(tag) {
    return this.#take(`opaque ${tag}`, tag, 'struct');
  }

  /** @param {number} number */
  typedef(number) {
    return this.#take(`typedef ${number}`, this.#unit.typedefs[number].name, 'type');
  }
}

/** Writes the declarations of types, as they are asked for. */
class TypeWriter {
  /** @type {CUnit} */
  #unit;
  /** @type {TypeNames} */
  #names;
  /** @type {Language} */
  #language;
  /** @type {Map<string, 'open' | 'written'>} */
  #state = new Map();
  /** Records that are only pointed to so far. @type {Set<number>} */
  #later = new Set();
  #isDeferring = false;
  #depth = 0;
  /** The declarations in their order. @type {string[]} */
  texts = [];
  /** What the module has of arkffi. @type {Set<string>} */
  used = new Set();
  /** @type {import('../c/mapping.js').TypeMapping<string>} */
  mapping;

  /** @param {CUnit} unit @param {TypeNames} names @param {Language} language */
  constructor(unit, names, language) {
    this.#unit = unit;
    this.#names = names;
    this.#language = language;
    /** @type {import('./makers.js').Called} */
    const called = {
      record: (number) => this.#record(number),
      enumeration: (number) => this.#enumeration(number),
      storage: (number) => this.#storage(number),
      opaque: (tag) => this.#opaque(tag),
      typedef: (number) => this.#typedef(number),
      uses: (name) => this.used.add(name),
      later: (target) => this.#deferred(target),
    };
    this.mapping = new Mapping(
      declarationsOf(unit),
      language === 'd.ts' ? typeMaker(called) : expressionMaker(called, () => this.#depth > 0),
    );
  }

  /** How many types there are. */
  get count() {
    return this.texts.length;
  }

  /** Writes a type that may not be used by anything. @param {'record' | 'enum' | 'typedef'} kind @param {number} number */
  add(kind, number) {
    if (kind === 'enum') return void this.#enumeration(number);
    if (kind === 'typedef') return void this.#typedef(number);
    const record = this.#unit.records[number];
    if (!Mapping.isUnknown(record)) return void this.#record(number);
    if (record.tag !== undefined && !record.problem) this.#opaque(record.tag);
  }

  /** Writes the records that were only pointed to. */
  finish() {
    for (const number of this.#later) this.#record(number);
  }

  /** @param {() => string} target */
  #deferred(target) {
    const before = this.#isDeferring;
    this.#isDeferring = true;
    try {
      return target();
    } finally {
      this.#isDeferring = before;
    }
  }

  /**
   * Writes a declaration, and before it those that it needs.
   * @param {string} what
   * @param {() => string} write
   */
  #once(what, write) {
    if (this.#state.has(what)) return;
    this.#state.set(what, 'open');
    this.#depth++;
    const before = this.#isDeferring;
    this.#isDeferring = false;
    try {
      this.texts.push(write());
      this.#state.set(what, 'written');
    } catch (error) {
      this.#state.delete(what);
      throw error;
    } finally {
      this.#isDeferring = before;
      this.#depth--;
    }
  }

  /**
   * A declaration of a constant, and of the type that is called the same.
   * @param {string} name
   * @param {string} value
   * @param {string} type
   * @param {string} [doc]
   * @param {string} [own] the type of its values
   */
  #constant(name, value, type, doc, own) {
    const text = docComment(doc);
    const alias = own === undefined || this.#language === 'js' ? '' : `export type ${name} = ${own};\n`;
    if (this.#language === 'd.ts') return `${text}export declare const ${name}: ${type};\n${alias}`;
    return `${text}export const ${name} = ${value};\n${alias}`;
  }

  /** @param {number} number */
  #record(number) {
    const name = this.#names.record(number);
    const what = `record ${number}`;
    if (this.#isDeferring) {
      this.#later.add(number);
      return name;
    }
    const record = this.#unit.records[number];
    if (this.#language !== 'd.ts' && this.#state.get(what) === 'open') {
      throw new Unmapped(`${titleOf(record)} contains itself`);
    }
    this.#once(what, () => this.#recordText(name, record));
    return name;
  }

  /** @param {string} name @param {import('../c/format.js').CRecord} record */
  #recordText(name, record) {
    const isType = this.#language === 'd.ts';
    const [sign, end] = isType ? ['readonly ', ';'] : ['', ','];
    const made = record.union ? 'Union' : 'Struct';
    const fields = fieldsOf(this.mapping, record).map(
      ({ key: called, type, bits, align, anonymous, unnamed, field }) => {
        let text = type;
        if (bits !== undefined) {
          text = isType ? `BitsType<${type}, ${bits}>` : `bits(${type}, ${bits})`;
          this.used.add(isType ? 'BitsType' : 'bits');
        }
        const more = [
          align === undefined ? '' : `align: ${align}`,
          anonymous ? 'anonymous: true' : '',
          unnamed ? 'unnamed: true' : '',
        ].filter(Boolean);
        if (more.length > 0) {
          text = isType
            ? `{ readonly type: ${text}; ${more.map((each) => `readonly ${each}`).join('; ')} }`
            : `{ type: ${text}, ${more.join(', ')} }`;
        }
        return `${docComment(field.doc, '  ')}  ${sign}${key(called)}: ${text}${end}\n`;
      },
    );
    const options = [
      record.pack === undefined ? '' : `pack: ${record.pack}`,
      record.align === undefined ? '' : `align: ${record.align}`,
    ].filter(Boolean);
    const second = options.length === 0 ? '' : `, { ${options.join(', ')} }`;
    this.used.add(isType ? 'StructSchema' : made);
    if (this.#language !== 'js') this.used.add('Infer');
    const values = `Infer<typeof ${name}>`;
    if (!isType) {
      return this.#constant(name, `${made}({\n${fields.join('')}}${second})`, '', record.doc, values);
    }
    const kind = record.union ? "'union'" : "'struct'";
    const type = `StructSchema<${name}Fields, ${kind}>`;
    return `interface ${name}Fields {\n${fields.join('')}}\n${this.#constant(name, '', type, record.doc, values)}`;
  }

  /** The integers that an enumeration is stored as. @param {number} number */
  #storage(number) {
    const { type } = this.mapping.resolve(this.#unit.enums[number].type);
    return type.kind === 'int' ? type.name : 'int';
  }

  /** @param {number} number @returns {string | undefined} */
  #enumeration(number) {
    const name = this.#names.enumeration(number);
    if (name === undefined) return undefined;
    this.#once(`enum ${number}`, () => {
      const { members, doc } = this.#unit.enums[number];
      const storage = quote(this.#storage(number));
      const isType = this.#language === 'd.ts';
      const lines = members.map((member) => {
        const value = integer(member.value);
        const text = `${isType ? 'readonly ' : ''}${key(member.name)}: ${value}${typeof value === 'bigint' ? 'n' : ''}`;
        return `${docComment(member.doc, '  ')}  ${text}${isType ? ';' : ','}\n`;
      });
      this.used.add(isType ? 'EnumSchema' : 'enumeration');
      const body = `{\n${lines.join('')}}`;
      return this.#constant(name, `enumeration(${body}, ${storage})`, `EnumSchema<${body}, ${storage}>`, doc);
    });
    return name;
  }

  /** @param {string} tag */
  #opaque(tag) {
    const name = this.#names.opaque(tag);
    this.#once(`opaque ${tag}`, () => {
      const quoted = quote(tag);
      const isType = this.#language === 'd.ts';
      this.used.add(isType ? 'OpaqueType' : 'opaque');
      if (this.#language !== 'js') this.used.add('OpaquePointer');
      const doc = this.#unit.records.find((record) => record.tag === tag)?.doc;
      return this.#constant(name, `opaque(${quoted})`, `OpaqueType<${quoted}>`, doc, `OpaquePointer<${quoted}>`);
    });
    return name;
  }

  /** @param {number} number @returns {string | undefined} */
  #typedef(number) {
    const typedef = this.#unit.typedefs[number];
    if (typedef.builtin || !this.mapping.isFunction(typedef.type)) return undefined;
    const what = `typedef ${number}`;
    if (this.#state.get(what) === 'open') throw new Unmapped(`${typedef.name} is a function of itself`);
    const name = this.#names.typedef(number);
    this.#once(what, () => {
      const type = this.mapping.type(typedef.type, 'member');
      return this.#constant(name, type, type, typedef.doc);
    });
    return name;
  }
}

/** @typedef {TypeNames} NamesOfTypes */
/** @typedef {TypeWriter} WriterOfTypes */

module.exports = { TypeNames, TypeWriter };
