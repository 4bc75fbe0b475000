'use strict';
// The types of a signature as they are for an isolated library: pointers are those of its helper.

const { createError } = require('../errors.js');
const { INVALID } = require('../pointer.js');
const { hasAddresses } = require('../record/addresses.js');
const { Lent } = require('../record/lent.js');
const { Refused } = require('../refused.js');
const { addressIn } = require('./pointer.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('../signature.js').Signature} Signature */
/** @typedef {import('../record/declare.js').Member} Member */
/** @typedef {import('../record/declare.js').Part} Part */
/** @typedef {InstanceType<typeof import('./passage.js').Passage>} Passage */
/** @typedef {InstanceType<typeof import('./isolation.js').Isolation>} Isolation */

const POINTER = 'a pointer (IsolatedPointer, null, ArrayBuffer, view, Memory, CString or JSCallback)';

/**
 * Records that the program gets without their members being read would have addresses of the helper in them.
 * @param {string} symbol
 * @param {string} place
 * @param {CType} type
 */
function demandRead(symbol, place, type) {
  if (!type.record || type.decodes || !hasAddresses(type)) return;
  const text = `${symbol}: ${place}: the pointers in a copy of a record would be the helper's: use the schema's .object`;
  throw createError('ERR_UNSUPPORTED_ARGS', text, symbol);
}

/**
 * The same for what a callback gets.
 * @param {string} symbol
 * @param {string} place
 * @param {Signature} signature
 */
function demandReadArguments(symbol, place, { params }) {
  params.forEach((type, index) => demandRead(symbol, `${place}args[${index}]`, type));
}

/** What a parameter takes that has nothing to lend to. @param {CType} type */
const expectations = {
  ptr: POINTER,
  cstring: `a cstring (a string without NUL characters) or ${POINTER}`,
  function: 'a function pointer (JSCallback, IsolatedPointer or null)',
};

/** A pointer to objects of a type, which are lent as copies. */
class IsolatedLent extends Lent {
  #types;

  /** @param {Types} types @param {InstanceType<typeof Lent>} lent */
  constructor(types, lent) {
    super(() => types.of(lent.target), lent.direction);
    this.#types = types;
  }

  /** No Number is a pointer there: `address` refuses all. */
  checkNumber() {}

  /** @param {any} value @returns {number | bigint} */
  address(value) {
    this.checkMemory(value);
    return this.#types.passage().pointer(value);
  }
}

/** A function pointer with a signature. */
class IsolatedFunction {
  /** @type {'in'} */
  direction = 'in';
  /** The passage closes what is opened. */
  opens = false;
  /** @type {CType} */
  type = /** @type {any} */ (undefined);

  /** @param {Types} types @param {any} lent the same for this process */
  constructor(types, lent) {
    this.types = types;
    this.lent = lent;
  }

  /** Nothing of C's is known of it. */
  get target() {
    return this.lent.target;
  }

  /** @param {unknown} value @param {{ passage: Passage }} call */
  lend(value, { passage }) {
    if (typeof value !== 'function') return INVALID;
    const callback = passage.helper.callbacks.lend(value, this.lent.signature);
    passage.opens(callback);
    return callback.address;
  }

  /** As there. */
  checkNumber() {}

  /** @param {any} value @returns {number | bigint} */
  address(value) {
    if (typeof value === 'object' && value !== null) this.lent.compare(value);
    return functionPointer(this.types.passage(), value);
  }

  /** @param {any} value @param {{ passage?: Passage }} keep */
  accept = (value, keep) => functionPointer(this.types.passage(keep), value);
}

/** @param {Passage} passage @param {any} value @returns {number | bigint} */
function functionPointer(passage, value) {
  if (value === null || value === 0) return 0;
  if (typeof value !== 'object') return INVALID;
  return addressIn(value, passage.helper) ?? passage.helper.callbacks.address(value) ?? INVALID;
}

/** The types of one isolate. */
class Types {
  /** @type {WeakMap<CType, CType>} */
  #known = new WeakMap();
  /** @type {Isolation} */
  #isolation;

  /** @param {Isolation} isolation */
  constructor(isolation) {
    this.#isolation = isolation;
  }

  /**
   * Where what is lent goes to.
   * @param {{ passage?: Passage }} [keep] of a call that has its own; else it is the call that is being prepared
   * @returns {Passage}
   */
  passage(keep) {
    return keep === undefined ? this.#isolation.passage : (keep.passage ?? this.#isolation.outside());
  }

  /** @param {CType} type @returns {CType} */
  of(type) {
    let known = this.#known.get(type);
    if (!known) {
      known = Object.setPrototypeOf(this.#make(type), null);
      // Types may refer to themselves, but only through pointers, which look later.
      this.#known.set(type, /** @type {CType} */ (known));
    }
    return /** @type {CType} */ (known);
  }

  /** @param {CType} type @returns {CType} */
  #make(type) {
    if (type.record) return hasAddresses(type) ? this.#record(type) : type;
    if (type.array) {
      if (!hasAddresses(type)) return type;
      return { ...type, array: { ...type.array, element: this.of(type.array.element) }, crosses: true };
    }
    if (type.lent) return this.#lent(type);
    if (type.opaque !== undefined) return this.#opaque(type, type.opaque);
    switch (type.base) {
      case 'ptr':
        return this.#pointer(type, (passage, value) => passage.pointer(value));
      case 'function':
        return this.#pointer(type, functionPointer);
      case 'cstring': {
        const { text } = type;
        return this.#pointer(type, (passage, value) =>
          typeof value === 'string' ? passage.string(value, text) : passage.pointer(value),
        );
      }
      case 'buffer': {
        const { isBuffer } = require('../pointer.js');
        return this.#pointer(type, (passage, value) => (isBuffer(value) ? passage.pointer(value) : INVALID));
      }
      default:
        return type;
    }
  }

  /**
   * @param {CType} type
   * @param {(passage: Passage, value: any) => number | bigint} accept
   * @returns {CType}
   */
  #pointer(type, accept) {
    const { base } = type;
    const make = (/** @type {number | bigint} */ address) => this.pointer(address);
    const expects = type.text
      ? type.expects
      : (expectations[/** @type {keyof typeof expectations} */ (base)] ?? type.expects);
    return {
      ...type,
      expects,
      crosses: true,
      accept: (value, keep) => {
        if (keep) return accept(this.passage(keep), value);
        const { passage } = this.#isolation;
        try {
          return accept(passage, value);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          // Whoever refuses the value knows which argument of what it is.
          passage.refusal = error;
          return INVALID;
        }
      },
      // As a result it is the string itself.
      make,
    };
  }

  /** @param {number | bigint} address @param {string} [name] */
  pointer(address, name) {
    return address === 0 ? null : this.#isolation.pointer(address, name);
  }

  /** @param {CType} type @param {string} name @returns {CType} */
  #opaque(type, name) {
    return {
      ...type,
      expects: `a pointer to ${name} (an IsolatedPointer of that name, or null)`,
      crosses: true,
      accept: (value, keep) =>
        value === null || value === 0 ? 0 : (addressIn(value, this.passage(keep).helper, name) ?? INVALID),
      make: (address) => this.pointer(address, name),
    };
  }

  /** @param {CType} type @returns {CType} */
  #lent(type) {
    const given = /** @type {any} */ (type.lent);
    const lent = /** @type {any} */ (
      given instanceof Lent ? new IsolatedLent(this, given) : new IsolatedFunction(this, given)
    );
    const own = given instanceof Lent ? 'an object or array to be copied, or ' : 'a function (as an argument), or ';
    const expects = `${own}${given instanceof Lent ? POINTER : expectations.function}`;
    const mapped = { ...type, expects, crosses: /** @type {true} */ (true), lent };
    mapped.make = (/** @type {number | bigint} */ address) => this.pointer(address);
    return (lent.type = Object.setPrototypeOf(mapped, null));
  }

  /** @param {CType} type @returns {CType} */
  #record(type) {
    const record = /** @type {import('../record/declare.js').RecordType} */ (type.record);
    /** @type {Map<Member, Member>} */
    const members = new Map(record.members.map((member) => [member, { ...member, type: this.of(member.type) }]));
    /** @param {Part} part @returns {Part} */
    const map = (part) => {
      if ('alternatives' in part) return { ...part, alternatives: part.alternatives.map((parts) => parts.map(map)) };
      return members.get(part) ?? { ...part, type: this.of(part.type) };
    };
    const parts = record.parts.map(map);
    const { membersOf } = require('../record/declare.js');
    const mapped = membersOf(parts);
    const flexible = record.flexible && mapped.find(({ key }) => key === record.flexible?.key);
    return { ...type, crosses: true, record: { ...record, members: mapped, parts, flexible } };
  }

  /**
   * The signature of a function of this isolate.
   * @param {Signature} signature
   * @param {string} symbol
   * @returns {Signature}
   */
  signature(signature, symbol) {
    const { params, result } = signature;
    demandRead(symbol, 'returns', result);
    params.forEach(({ lent }, index) => {
      const { signature: called } = /** @type {any} */ (lent ?? {});
      if (called) demandReadArguments(symbol, `args[${index}]: `, called);
    });
    return this.#own(signature);
  }

  /**
   * That of a callback.
   * @param {Signature} signature
   * @returns {Signature}
   */
  callback(signature) {
    demandReadArguments('callback', '', signature);
    return this.#own(signature);
  }

  /** @param {Signature} signature @returns {Signature} */
  #own(signature) {
    const { params, result } = signature;
    return { ...signature, params: params.map((type) => this.of(type)), result: this.of(result), isNamed: false };
  }
}

module.exports = { Types };
