'use strict';
// Definitions written by hand, compared with what a header declares.

const { spell } = require('../c/spell.js');
const { titleOf } = require('../c/schemas.js');

/** @typedef {import('../c/format.js').CUnit} CUnit */
/** @typedef {import('../c/format.js').CType} CType */
/** @typedef {import('../c/format.js').CSignature} CSignature */
/** @typedef {import('../c/format.js').CField} CField */
/** @typedef {import('../types.js').CType} Type */

/** What stands for each kind of C scalar. */
const INTEGERS = /^(big)?(u?int|[iu])\d+$/;
const POINTERS = new Set(['ptr', 'cstring', 'buffer', 'function']);

/** @param {Type} type */
const isInteger = ({ kind, base }) => kind === 'scalar' && INTEGERS.test(base);

/** @param {Type} type */
const isSigned = ({ base }) => !base.includes('u');

class Comparison {
  /** @type {CUnit} */
  #unit;
  /** @type {(given: unknown, where: string) => Type} */
  #resolveType;
  /** What was compared, so that types that refer to themselves end. @type {Map<object, Set<number>>} */
  #compared = new Map();
  /** One line each. @type {string[]} */
  differences = [];

  /** @param {CUnit} unit @param {(given: unknown, where: string) => Type} resolveType */
  constructor(unit, resolveType) {
    this.#unit = unit;
    this.#resolveType = resolveType;
  }

  /** @param {string} where @param {string} text */
  #differ(where, text) {
    this.differences.push(`${where}: ${text}`);
  }

  /** @param {CType} type @returns {CType} without its typedefs */
  resolve(type) {
    while (type.kind === 'typedef') type = this.#unit.typedefs[type.typedef].type;
    return type;
  }

  /**
   * @param {string} where
   * @param {{ args?: unknown[], returns?: unknown }} definition
   * @param {CSignature} declared
   */
  signature(where, { args = [], returns = 'void' }, declared) {
    const list = Array.from(args);
    const isVariadic = list[list.length - 1] === '...';
    if (isVariadic) list.pop();
    if (isVariadic !== (declared.variadic === true)) {
      this.#differ(where, isVariadic ? 'is not variadic in C' : "is variadic in C: its args end with '...'");
    }
    if (list.length !== declared.params.length) {
      this.#differ(where, `has ${list.length} parameters, in C ${declared.params.length}`);
    }
    declared.params.slice(0, list.length).forEach(({ type, name }, index) => {
      this.type(`${where}: args[${index}]${name ? ` (${name})` : ''}`, list[index], type);
    });
    this.type(`${where}: returns`, returns, declared.result);
  }

  /**
   * @param {string} where
   * @param {any} given
   * @param {CType} declared
   * @returns {void}
   */
  type(where, given, declared) {
    // A string with its encoding, and with what frees it.
    if (typeof given === 'object' && given !== null && 'type' in given && typeof given.type === 'string')
      return this.#text(where, given, declared);
    /** @type {Type} */
    let type;
    try {
      type = this.#resolveType(given, where);
    } catch (error) {
      this.differences.push(/** @type {Error} */ (error).message);
      return;
    }
    const of = this.resolve(declared);
    const wrong = () =>
      this.#differ(where, `is ${titled(given, type)}, in C \`${spell(this.#unit, declared)}\`${sized(of)}`);
    switch (of.kind) {
      case 'void':
        return void (type.base === 'void' || wrong());
      case 'bool':
        return void ((type.kind === 'scalar' && type.size === 1 && !POINTERS.has(type.base)) || wrong());
      case 'int':
        return void ((isInteger(type) && type.size === of.size && isSigned(type) === of.signed) || wrong());
      case 'float':
        return void (type.base === (of.size === 8 ? 'f64' : 'f32') || wrong());
      case 'enum': {
        const storage = this.resolve(this.#unit.enums[of.enum].type);
        return void ((isInteger(type) && storage.kind === 'int' && type.size === storage.size) || wrong());
      }
      case 'pointer':
        return this.#pointer(where, given, type, of.to, wrong);
      case 'array': {
        if (!type.array) return wrong();
        if (!type.array.isFlexible && type.array.count !== of.length) {
          this.#differ(where, `has ${type.array.count} elements, in C ${of.length}`);
        }
        return this.type(`${where}[]`, given.element, of.of);
      }
      case 'record':
        return type.record ? this.record(where, type, of.record) : wrong();
      case 'opaque':
        return void (of.size === null || type.size === of.size || wrong());
      default:
        return wrong();
    }
  }

  /** @param {string} where @param {{ type: string, encoding?: unknown }} given @param {CType} declared */
  #text(where, { type, encoding = 'utf8' }, declared) {
    const of = this.resolve(declared);
    const to = of.kind === 'pointer' ? this.resolve(of.to) : undefined;
    const width = /16/.test(String(encoding)) ? 2 : /32/.test(String(encoding)) ? 4 : 1;
    const isText = to?.kind === 'int' && to.size === width;
    if (width === 1) this.type(where, type, declared);
    else if (!isText) this.#differ(where, `is ${String(encoding)} text, in C \`${spell(this.#unit, declared)}\``);
  }

  /** @param {string} where @param {any} given @param {Type} type @param {CType} to @param {() => void} wrong @returns {void} */
  #pointer(where, given, type, to, wrong) {
    if (type.kind === 'array') return this.type(`${where}[]`, given.element, to);
    if (type.kind !== 'scalar' || !POINTERS.has(type.base)) return wrong();
    const of = this.resolve(to);
    const isBytes = of.kind === 'void' || of.kind === 'bool' || (of.kind === 'int' && of.size === 1);
    if (type.base === 'cstring' && !isBytes) return wrong();
    if (of.kind === 'function') {
      if (typeof given === 'object' && 'args' in given) this.signature(`${where}: callback`, given, of);
      return;
    }
    if (typeof given !== 'object' || !('target' in given) || of.kind === 'void') return;
    const target = typeof given.target === 'function' ? given.target() : given.target;
    if (this.#resolveType(target, where).base !== 'void') this.type(`${where}: target`, target, to);
  }

  /** @param {string} where @param {Type} type @param {number} number */
  record(where, type, number) {
    const record = this.#unit.records[number];
    const members = /** @type {NonNullable<Type['record']>} */ (type.record).members;
    const known = this.#compared.get(members) ?? new Set();
    if (known.has(number) || record.size === undefined) return;
    this.#compared.set(members, known.add(number));
    const title = `${where} (${titleOf(record)})`;
    const left = new Map(members.map((member) => [member.key, member]));
    for (const { field, offset } of this.#fields(number, 0)) {
      const name = /** @type {string} */ (field.name);
      const member = left.get(name);
      left.delete(name);
      if (!member) {
        this.#differ(title, `has no field ${name}, in C \`${spell(this.#unit, field.type, name)}\` at ${offset}`);
        continue;
      }
      const place = `${title}.${name}`;
      if (member.offset !== offset) this.#differ(place, `is at ${member.offset}, in C at ${offset}`);
      const { bits } = member.type;
      if ((bits?.width ?? 0) !== (field.bits ?? 0)) {
        this.#differ(place, `has ${bits?.width ?? 'no'} bits, in C ${field.bits ?? 'none: it is no bit-field'}`);
      } else if (!bits) this.type(place, member.given, field.type);
      else if (member.first !== (field.bit ?? 0))
        this.#differ(place, `starts at bit ${member.first}, in C at ${field.bit}`);
    }
    for (const name of left.keys()) this.#differ(title, `has a field ${name} that C has not`);
    if (type.size !== record.size) this.#differ(title, `has ${type.size} bytes, in C ${record.size}`);
    if (type.align !== record.alignment)
      this.#differ(title, `is aligned to ${type.align}, in C to ${record.alignment}`);
  }

  /**
   * The fields of a record by name, with those of anonymous records in it.
   * @param {number} number
   * @param {number} start in bytes
   * @returns {{ field: CField, offset: number }[]}
   */
  #fields(number, start) {
    return this.#unit.records[number].fields.flatMap((field) => {
      if (field.offset === undefined) return [];
      const offset = start + field.offset;
      const of = this.resolve(field.type);
      if (field.name !== undefined) return [{ field, offset }];
      return of.kind === 'record' ? this.#fields(of.record, offset) : [];
    });
  }

  /** @param {string} name @param {Record<string, number | bigint>} values @param {number} number */
  enumeration(name, values, number) {
    const { members, tag } = this.#unit.enums[number];
    const left = new Map(Object.entries(values));
    for (const member of members) {
      const value = left.get(member.name);
      left.delete(member.name);
      if (value === undefined) this.#differ(name, `has no ${member.name}, in C ${member.value}`);
      else if (String(value) !== String(member.value))
        this.#differ(`${name}.${member.name}`, `is ${value}, in C ${member.value}`);
    }
    for (const extra of left.keys()) this.#differ(name, `has ${extra}, which enum ${tag ?? '{…}'} has not`);
  }
}

/** @param {any} given @param {Type} type */
function titled(given, { kind, base, size }) {
  if (typeof given === 'string') return `'${given}' (${size} bytes)`;
  return kind === 'scalar' ? `${base} (${size} bytes)` : `a ${kind} of ${size} bytes`;
}

/** @param {CType} type */
const sized = (type) => ('size' in type && type.size ? ` (${type.size} bytes)` : '');

module.exports = { Comparison };
