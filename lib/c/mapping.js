'use strict';
// What C types are to arkffi, whoever makes them: values for cdef, text for a generated module.

/** @typedef {import('./declarations.js').Declarations} Declarations */
/** @typedef {import('./format.js').CType} CType */
/** @typedef {import('./format.js').CSignature} CSignature */
/** @typedef {import('./format.js').CRecord} CRecord */
/** @typedef {import('./format.js').CField} CField */

/**
 * Where a type stands: what a function takes and gives, the same of a callback, what a record has, what a pointer
 * points to.
 * @typedef {'parameter' | 'result' | 'argument' | 'returned' | 'member' | 'target'} Place
 */

/**
 * Makes types of arkffi in some form.
 * @template T
 * @typedef {object} Maker
 * @property {(name: string) => T} name a type by its name
 * @property {(number: number, place: Place) => T} record a struct or union that is complete
 * @property {(number: number) => T} enumeration
 * @property {(tag: string) => T} opaque a pointer to what nothing is known of
 * @property {(direction: 'pointer' | 'inout', target: () => T, isRecord: boolean) => T} pointer to a type, which may
 *   be a record that is being made
 * @property {(of: T, length: number | null) => T} array
 * @property {(number: number) => T | undefined} [typedef] the type that a typedef of a function, or of a pointer to
 *   one, was made before, or what it is called
 * @property {(args: T[], returns: T) => T} callback
 */

/** A type that has no place in a signature or record of arkffi's. */
class Unmapped extends Error {}

/** How deep types may be in each other: functions that take functions, arrays of arrays, structs in structs. */
const MOST_DEEP = 200;

/** Unlike what is Unmapped, it is not left to be an address where that would do: making it ends. */
class TooDeep extends Unmapped {}

/** Whether an address can stand for what was pointed to. @param {unknown} error */
const isOpen = (error) => error instanceof Unmapped && !(error instanceof TooDeep);

/** A type without its typedefs. @typedef {{ type: CType, isConst: boolean, name: string | undefined }} Resolved */

/**
 * The types of a unit, made by a maker.
 * @template T
 */
class Mapping {
  /** @type {Pick<Declarations, 'record' | 'typedef'>} */
  #declared;
  /** @type {Maker<T>} */
  #make;
  #depth = 0;

  /** @param {Pick<Declarations, 'record' | 'typedef'>} declared @param {Maker<T>} make */
  constructor(declared, make) {
    this.#declared = declared;
    this.#make = make;
  }

  /** @param {CType} type @returns {Resolved} */
  resolve(type) {
    let isConst = type.const === true;
    /** @type {string | undefined} */
    let name;
    while (type.kind === 'typedef') {
      const typedef = this.#declared.typedef(type.typedef);
      if (name === undefined || typedef.builtin) name = typedef.name;
      type = typedef.type;
      isConst ||= type.const === true;
    }
    return { type, isConst, name };
  }

  /** Whether nothing is known of what is in a record. @param {CRecord} record */
  static isUnknown(record) {
    return record.incomplete === true || record.problem !== undefined || record.size === undefined;
  }

  /**
   * @param {CType} declared
   * @param {Place} place
   * @returns {T} throws Unmapped
   */
  type(declared, place) {
    if (this.#depth === MOST_DEEP) throw new TooDeep('its types are nested too deep');
    this.#depth++;
    try {
      return this.#type(declared, place);
    } finally {
      this.#depth--;
    }
  }

  /** @param {CType} declared @param {Place} place @returns {T} */
  #type(declared, place) {
    const { type } = this.resolve(declared);
    const make = this.#make;
    const called = this.#calledFunction(declared);
    if (called !== undefined) return called;
    switch (type.kind) {
      case 'void':
        if (place === 'result' || place === 'returned') return make.name('void');
        throw new Unmapped('it is void');
      case 'bool':
        return make.name('bool');
      case 'int':
        return make.name(this.#integer(declared, type));
      case 'float':
        return make.name(type.size === 8 ? 'double' : 'float');
      case 'opaque':
        if (place === 'member' || place === 'target') return this.#bytes(type);
        throw new Unmapped(`${type.name}: ${type.reason}`);
      case 'pointer':
        return this.#pointer(type.to, place);
      case 'array':
        return make.array(this.type(type.of, 'target'), type.length);
      case 'function':
        return this.#function(type);
      case 'enum':
        return make.enumeration(type.enum);
      case 'record': {
        const record = this.#declared.record(type.record);
        if (!Mapping.isUnknown(record)) return make.record(type.record, place);
        const name = `${record.union ? 'union' : 'struct'} ${record.tag ?? '{…}'}`;
        throw new Unmapped(record.problem ? `${name}: ${record.problem}` : `${name} is declared only`);
      }
      default:
        throw new Unmapped('its type is not known here');
    }
  }

  /** What a type is called that is the typedef of a function or of a pointer to one. @param {CType} declared */
  #calledFunction(declared) {
    if (declared.kind !== 'typedef' || !this.isFunction(declared)) return undefined;
    for (
      let type = /** @type {CType} */ (declared);
      type.kind === 'typedef';
      { type } = this.#declared.typedef(type.typedef)
    ) {
      const name = this.#make.typedef?.(type.typedef);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  /** Whether a type is a function or a pointer to one. @param {CType} declared */
  isFunction(declared) {
    const { type } = this.resolve(declared);
    return type.kind === 'function' || (type.kind === 'pointer' && this.resolve(type.to).type.kind === 'function');
  }

  /**
   * Names as `size_t` and `int32_t` are kept: they are what they are on every machine.
   * @param {CType} declared
   * @param {Extract<CType, { kind: 'int' }>} type
   */
  #integer(declared, type) {
    const { name } = this.resolve(declared);
    const known = name !== undefined && /^(u?int(8|16|32|64|max|ptr)|s?size|ptrdiff|wchar|char16|char32)_t$/.test(name);
    return known ? name : type.name;
  }

  /** Memory of which only the size matters. @param {Extract<CType, { kind: 'opaque' }>} type */
  #bytes({ name, size, reason }) {
    if (size === null) throw new Unmapped(`${name}: ${reason}`);
    return this.#make.array(this.#make.name('uint8_t'), size);
  }

  /** @param {CType} to @param {Place} place @returns {T} */
  #pointer(to, place) {
    const make = this.#make;
    const { type, isConst, name } = this.resolve(to);
    const isChanged = place === 'parameter' && !isConst;
    switch (type.kind) {
      case 'void':
      case 'opaque':
        return make.name('ptr');
      case 'function':
        return this.#calledFunction(to) ?? this.#function(type);
      case 'record': {
        const record = this.#declared.record(type.record);
        if (Mapping.isUnknown(record)) return make.opaque(record.tag ?? name ?? 'struct');
        return make.pointer(isChanged ? 'inout' : 'pointer', () => make.record(type.record, 'target'), true);
      }
      case 'int':
        if (type.name === 'char') return make.name(this.#isText(place, isConst) ? 'cstring' : 'ptr');
      // falls through
      default: {
        if (this.alignedBytes(to)) return make.name('ptr');
        /** @type {T} */
        let target;
        try {
          target = this.type(to, 'target');
        } catch (error) {
          if (isOpen(error)) return make.name('ptr');
          throw error;
        }
        return make.pointer(isChanged ? 'inout' : 'pointer', () => target, false);
      }
    }
  }

  /**
   * Whether `char *` is text there. What a callback gets need not end with a NUL, and what a function
   * returns must be freed by somebody.
   * @param {Place} place
   * @param {boolean} isConst
   */
  #isText(place, isConst) {
    return isConst || place === 'parameter' || place === 'member' || place === 'target';
  }

  /** A pointer to a function. @param {CSignature} signature @returns {T} */
  #function(signature) {
    // Nothing is known of what it is called with.
    if (signature.variadic || signature.unprototyped || signature.uncallable) return this.#make.name('function');
    try {
      const args = signature.params.map(({ type }) => this.type(type, 'argument'));
      return this.#make.callback(args, this.type(signature.result, 'returned'));
    } catch (error) {
      if (isOpen(error)) return this.#make.name('function');
      throw error;
    }
  }

  /**
   * The types of a function.
   * @param {CSignature} signature
   * @returns {{ args: T[], returns: T }} throws Unmapped
   */
  signature(signature) {
    const args = signature.params.map(({ type }, index) => {
      try {
        return this.type(type, 'parameter');
      } catch (error) {
        if (error instanceof Unmapped)
          throw new Unmapped(`its parameter ${index + 1} cannot be passed: ${error.message}`);
        throw error;
      }
    });
    if (signature.variadic) args.push(this.#make.name('...'));
    try {
      return { args, returns: this.type(signature.result, 'result') };
    } catch (error) {
      if (error instanceof Unmapped) throw new Unmapped(`its result cannot be read: ${error.message}`);
      throw error;
    }
  }

  /** The type of a global. @param {CType} declared @returns {T} throws Unmapped */
  global(declared) {
    const { type } = this.resolve(declared);
    if (type.kind === 'array' && type.length === null) throw new Unmapped('nothing tells how many elements it has');
    return this.type(declared, 'member');
  }

  /**
   * What a type is, or is an array of, that is only bytes to arkffi, where those would be aligned otherwise.
   * @param {CType} declared
   */
  alignedBytes(declared) {
    let { type } = this.resolve(declared);
    while (type.kind === 'array') ({ type } = this.resolve(type.of));
    return type.kind === 'opaque' && type.alignment !== 1 ? type : undefined;
  }

  /** Whether a function gives text that somebody has to free. @param {CSignature} signature */
  givesText({ result }) {
    const { type } = this.resolve(result);
    if (type.kind !== 'pointer') return false;
    const to = this.resolve(type.to).type;
    return to.kind === 'int' && to.name === 'char';
  }
}

/**
 * @template T
 * @typedef {Mapping<T>} TypeMapping
 */

module.exports = { Mapping, TooDeep, Unmapped };
