'use strict';
// Variadic functions. Each list of types that one is called with is bound as a function of its own, a variant,
// which is found by the types, one step for each argument after the named ones.

const { describeBound, releaseWithStub } = require('./bound.js');
const { closureStub } = require('./closure-stub.js');
const { createError } = require('./errors.js');
const { describe } = require('./describe.js');
const marshallers = require('./marshal.generated.js');
const { defineValue } = require('./property.js');
const { parameter, planVariant } = require('./signature.js');
const { makeStubs } = require('./stub.js');
const { resolveType } = require('./types.js');

/** @typedef {import('./types.js').CType} CType */
/** @typedef {import('./bind.js').Binding} Binding */
/** @typedef {typeof import('./async/stub.js')} AsyncModule */

// Taken once: what becomes of the globals later changes nothing.
const { apply } = Reflect;
const { isArray } = Array;
const { floor, fround } = Math;
const { asIntN } = BigInt;

/** So many steps are kept for one function; then all are forgotten. */
const MOST_STEPS = 512;

/** Variants that are called so often are compiled. */
const OFTEN = 8;

const [INT, DOUBLE, BOOL, LONG_LONG, UNSIGNED_LONG_LONG, STRING, POINTER] = [
  ...['i32', 'f64', 'bool', 'i64', 'u64', 'cstring', 'ptr'],
].map((name) => resolveType(name, 'variadic'));

/** What no type is. */
const NONE = {};

/** A function for one list of types. */
class Variant {
  /** Calls that are inside. */
  inside = 0;
  calls = 0;
  /** @type {((...args: unknown[]) => Promise<unknown>) | undefined} */
  asyncForm = undefined;

  /** @param {Binding} binding of the variadic function @param {CType[]} more */
  constructor(binding, more) {
    const { elsewhere } = binding;
    const types = more.map(promoted);
    if (elsewhere) ({ signature: this.signature, number: this.number } = elsewhere.bindVariant(this, types));
    else {
      this.signature = planVariant(binding, types);
      this.number = this.signature.plan;
      releaseWithStub(this, this.number);
    }
    describeBound(this.number, binding.name, [
      ...binding.signature.params,
      ...(elsewhere ? more.map(elsewhere.typeOf) : more),
    ]);
    this.stub = closureStub(this);
  }

  /** @param {any[]} args */
  call(args) {
    this.calls += 1;
    if (this.calls === OFTEN && !this.signature.crossing) this.stub = makeStubs([this])[0];
    // It is written after the call too, so that nobody collects it, and gives its number away, meanwhile.
    this.inside += 1;
    try {
      return apply(this.stub, undefined, args);
    } finally {
      this.inside -= 1;
    }
  }

  /** @param {any[]} args @param {AsyncModule} asyncModule @returns {Promise<unknown>} */
  callAsync(args, { asyncStub }) {
    this.asyncForm ??= asyncStub(this, this);
    return apply(this.asyncForm, undefined, args);
  }
}

/**
 * How a value of a type is passed to a parameter without one. Integers are stored as ints in any case.
 * @param {CType} type
 * @returns {CType}
 */
function promoted(type) {
  if (type.base !== 'f32') return type;
  return Object.setPrototypeOf({ ...DOUBLE, accept: acceptFloat }, null);
}

/** @param {unknown} value @returns {number | undefined} */
const acceptFloat = (value) => (marshallers.f32.invalid(value) ? undefined : fround(/** @type {number} */ (value)));

/**
 * The type of a value that comes without one, as C promotes it.
 * @param {unknown} value
 * @returns {CType | undefined} undefined where it could be of several
 */
function typeOf(value) {
  switch (typeof value) {
    case 'number':
      if ((value | 0) === value) return value !== 0 || 1 / value > 0 ? INT : undefined;
      return floor(value) === value && value - value === 0 ? undefined : DOUBLE;
    case 'string':
      return STRING;
    case 'boolean':
      return BOOL;
    case 'bigint':
      return value < 0n || asIntN(64, value) === value ? LONG_LONG : UNSIGNED_LONG_LONG;
    case 'object':
      return POINTER;
    default:
      return undefined;
  }
}

/** The type of one more argument, after those of the steps before. */
class Step {
  /** The one that was taken last, and how it was asked for. @type {unknown} */
  lastKind = NONE;
  /** @type {Step} */
  last = this;
  /** By what stands for their types. @type {Map<unknown, Step> | undefined} */
  next = undefined;
  /** @type {Variant | undefined} */
  variant = undefined;

  /** @param {CType | undefined} type @param {Step | undefined} before */
  constructor(type, before) {
    this.type = type;
    this.before = before;
  }

  /** Those of all steps up to this one. @returns {CType[]} */
  types() {
    const types = [];
    /** @type {Step | undefined} */
    let step = this;
    for (; step?.type; step = step.before) types.push(step.type);
    return types.reverse();
  }
}

/** The variants of one function. */
class Variants {
  #root = new Step(undefined, undefined);
  #steps = 0;

  /** @param {Binding} binding */
  constructor(binding) {
    this.binding = binding;
    this.named = binding.signature.params.length;
  }

  /**
   * The variant for some arguments, of which those with a type are replaced by their values. What it looks at
   * may run code of the user's.
   * @param {any[]} args
   * @param {number} count
   * @returns {Variant}
   */
  find(args, count) {
    const { named } = this;
    if (count < named) throw this.#tooFew(count);
    let step = this.#root;
    for (let index = named; index < count; index++) {
      const given = args[index];
      /** @type {unknown} */
      let kind;
      if (isArray(given)) {
        if (given.length !== 2) throw this.#noPair(given, index);
        kind = given[0];
        args[index] = given[1];
      } else kind = typeOf(given) ?? this.#unclear(given, index);
      step = step.lastKind === kind ? step.last : this.#follow(step, kind, index);
    }
    return (step.variant ??= new Variant(this.binding, step.types()));
  }

  /** @param {Step} step @param {unknown} kind a type, or what stands for one @param {number} index */
  #follow(step, kind, index) {
    let next = step.next?.get(kind);
    if (!next) {
      next = new Step(this.#resolve(kind, index), step);
      if (this.#steps === MOST_STEPS) {
        this.#root = new Step(undefined, undefined);
        this.#steps = 0;
      }
      this.#steps += 1;
      step.next ??= new Map();
      step.next.set(kind, next);
    }
    step.lastKind = kind;
    step.last = next;
    return next;
  }

  /** @param {unknown} kind @param {number} index @returns {CType} */
  #resolve(kind, index) {
    if (plain.has(kind)) return /** @type {CType} */ (kind);
    const { name } = this.binding;
    const where = `argument ${index}`;
    const type = resolveType(kind, `${name}: ${where}`, name, index);
    if (type.base === 'void') {
      throw createError('ERR_INVALID_ARG_TYPE', `${name}: ${where}: there is no value of type void`, name, index);
    }
    return parameter(type, kind, name, where, index);
  }

  /** @param {number} count */
  #tooFew(count) {
    const { name } = this.binding;
    const wanted = `at least ${this.named} argument${this.named === 1 ? '' : 's'}`;
    return createError('ERR_MISSING_ARGS', `${name}: expected ${wanted}, got ${count}`, name, count);
  }

  /** @param {unknown} given @param {number} index */
  #noPair(given, index) {
    const { name } = this.binding;
    const text = `expected a value, or [type, value], got ${describe(given)}`;
    return createError('ERR_INVALID_ARG_TYPE', `${name}: argument ${index}: ${text}`, name, index);
  }

  /** @param {unknown} given @param {number} index @returns {never} */
  #unclear(given, index) {
    const { name } = this.binding;
    const example =
      typeof given === 'function' ? '[callback(args, returns), value]' : "['i64', value] or ['f64', value]";
    const text = `the C type of ${describe(given)} is not clear: give it as [type, value], such as ${example}`;
    throw createError('ERR_INVALID_ARG_TYPE', `${name}: argument ${index}: ${text}`, name, index);
  }
}

/** The types of values that come without one. */
const plain = new Set(/** @type {unknown[]} */ ([INT, DOUBLE, BOOL, LONG_LONG, UNSIGNED_LONG_LONG, STRING, POINTER]));

/** @type {WeakMap<Function, Variants>} */
const variantsOf = new WeakMap();

/** @param {Binding} binding @returns {Function} */
function variadicStub(binding) {
  const variants = new Variants(binding);
  const stub = function (/** @type {any[]} */ ...args) {
    return variants.find(args, args.length).call(args);
  };
  variantsOf.set(stub, variants);
  return defineValue(stub, 'length', variants.named, 'configurable');
}

/** The asynchronous form. @param {Function} stub @param {AsyncModule} asyncModule */
function variadicAsync(stub, asyncModule) {
  const variants = /** @type {Variants} */ (variantsOf.get(stub));
  const { isOptions } = asyncModule;
  // An executor that throws rejects.
  const asyncForm = (/** @type {any[]} */ ...args) =>
    new Promise((resolve) => {
      const last = args.length - 1;
      const hasOptions = last >= variants.named && (args[last] === undefined || isOptions(args[last]));
      resolve(variants.find(args, hasOptions ? last : last + 1).callAsync(args, asyncModule));
    });
  return defineValue(asyncForm, 'length', variants.named, 'configurable');
}

module.exports = { variadicStub, variadicAsync };
