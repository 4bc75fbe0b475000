'use strict';
// Records and arrays in place: objects whose members and elements are those in memory.

const marshallers = require('../marshal.generated.js');
const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { INVALID, registerWrapper, views } = require('../pointer.js');
const { specialAccept } = require('./accept.js');
const { byteCount } = require('../address.js');
const { fitting } = require('./array-type.js');
const { lengthOf, wholeSize } = require('./flexible.js');
const { demandLocal } = require('./addresses.js');
const { findGround } = require('./ground.js');
const { marshalOf } = require('./marshal.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {InstanceType<typeof import('./ground.js').Ground>} Ground */

const inspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * How a value in memory is read: records and arrays as views, text as a string.
 * @param {CType} type
 * @returns {((view: DataView, at: number, first: number) => any) | undefined} undefined for a view
 */
function reader(type) {
  if (type.record || (type.array && !type.array.isText)) return undefined;
  if (type.array) return marshalOf(type).get;
  if (type.bits) return type.bits.get;
  const { make } = type;
  const { get } = marshallers[type.base];
  return make ? (view, at) => make(get(view, at)) : get;
}

/**
 * How a scalar is written that needs no memory of its own: true when that was done, else nothing was.
 * @param {CType} type
 * @returns {(view: DataView, at: number, first: number, value: unknown) => boolean}
 */
function writer(type) {
  const { bits } = type;
  if (bits) {
    return (view, at, first, value) => {
      const accepted = bits.accept(value);
      if (accepted !== undefined) bits.put(view, at, first, accepted);
      return accepted !== undefined;
    };
  }
  if (type.kind !== 'scalar' || type.text || (specialAccept(type) && !type.accept)) return () => false;
  const { read, invalid, put } = marshallers[type.base];
  const accept = type.accept ?? read;
  return (view, at, first, value) => {
    const accepted = accept(value);
    if (invalid(accepted)) return false;
    put(view, at, accepted);
    return true;
  };
}

/** A record in memory. Each type has a class of its own, with an accessor for each member. */
class RecordView {
  /** @type {Ground} */
  #ground;
  /** @type {number} */
  #at;
  /** @type {CType} */
  #type;

  /** @param {CType} type @param {Ground} ground @param {number} at */
  constructor(type, ground, at) {
    this.#type = type;
    this.#ground = ground;
    this.#at = at;
    // A misspelt member must not become a property.
    Object.preventExtensions(this);
  }

  /**
   * @param {typeof RecordView} ViewClass
   * @param {import('./declare.js').Member} member
   */
  static define(ViewClass, member) {
    const { key, type, offset, first } = member;
    const get = reader(type);
    const put = writer(type);
    /** @param {any} self @returns {RecordView} */
    const checked = (self) => {
      if (typeof self === 'object' && self !== null && #at in self) return self;
      throw createError('ERR_INVALID_ARG_TYPE', `the member ${key} is one of a view, got ${describe(self)}`);
    };
    // Not enumerable: whoever is given a view for a record then sees that it is one.
    Object.defineProperty(ViewClass.prototype, key, {
      configurable: true,
      get: get
        ? /** @this {any} */ function () {
            return #at in this ? this.#ground.read(get, this.#at + offset, first) : checked(this);
          }
        : /** @this {any} */ function () {
            const view = checked(this);
            return viewValue(type, view.#ground, view.#at + offset);
          },
      set: /** @this {any} */ function (value) {
        const view = checked(this);
        if (view.#ground.put(put, view.#at + offset, first, value)) return;
        view.#ground.write(member, view.#at + offset, value, `.${key}`);
      },
    });
  }

  /** @param {any} value @returns {import('../pointer.js').ViewPlace | undefined} */
  static placeOf(value) {
    if (!(#at in value)) return undefined;
    const ground = value.#ground;
    const type = value.#type;
    const length = type.record?.flexible ? ground.view.byteLength - value.#at : type.size;
    return { ground, at: value.#at, length, type };
  }
}

/**
 * What `console.log` shows: the values, or why they are not there.
 * @param {() => unknown} copy
 */
function shown(copy) {
  return /** @this {object} */ function () {
    return placeOf(this).ground.problem()?.text ?? copy.call(this);
  };
}

/** @type {WeakMap<CType, typeof RecordView>} */
const classes = new WeakMap();

/** @param {CType} type @returns {typeof RecordView} */
function classOf(type) {
  let ViewClass = classes.get(type);
  if (!ViewClass) {
    ViewClass = class extends RecordView {};
    const { members } = /** @type {import('./declare.js').RecordType} */ (type.record);
    const copy = /** @this {object} */ function () {
      const { ground, at } = placeOf(this);
      return ground.read(marshalOf(type).get, at, 0);
    };
    Object.defineProperty(ViewClass.prototype, 'toJSON', { value: copy, configurable: true });
    Object.defineProperty(ViewClass.prototype, inspect, { value: shown(copy), configurable: true });
    for (const member of members) RecordView.define(ViewClass, member);
    classes.set(type, ViewClass);
  }
  return ViewClass;
}

/** What each view on an array, and its proxy, stands for. @type {WeakMap<object, { element: CType, ground: Ground, at: number, length: number }>} */
const arrays = new WeakMap();

/** @param {object} view */
const arrayOf = (view) =>
  /** @type {{ element: CType, ground: Ground, at: number, length: number }} */ (arrays.get(view));

/** An array in memory, behind a proxy that gives its elements by index. */
class ArrayView {
  /** Number of elements. */
  get length() {
    return arrayOf(this).length;
  }

  /** @param {number} index negative ones count from the end */
  at(index) {
    const { length } = arrayOf(this);
    return elementAt(this, index < 0 ? index + length : index);
  }

  *[Symbol.iterator]() {
    for (let index = 0; index < this.length; index++) yield elementAt(this, index);
  }

  /** A copy, as a plain array. */
  toJSON() {
    const { element, ground, at, length } = arrayOf(this);
    const get = reader(element) ?? marshalOf(element).get;
    return Array.from({ length }, (_, index) => ground.read(get, at + index * element.size, 0));
  }

  [inspect]() {
    return arrayOf(this).ground.problem()?.text ?? this.toJSON();
  }
}

/** @param {object} view @param {number} index @returns {number} where it is */
function elementPlace(view, index) {
  const { element, at, length } = arrayOf(view);
  if (Number.isInteger(index) && index >= 0 && index < length) return at + index * element.size;
  const message = `element ${index} is outside of the array's ${length} elements`;
  throw createError('ERR_OUT_OF_BOUNDS', message);
}

/** @param {object} view @param {number} index */
function elementAt(view, index) {
  const { element, ground } = arrayOf(view);
  const at = elementPlace(view, index);
  const get = reader(element);
  return get ? ground.read(get, at, 0) : viewValue(element, ground, at);
}

/** Whether a key is a number as numbers are written. @param {string | symbol} key @returns {key is string} */
const isIndex = (key) => typeof key === 'string' && /^[-\d]/.test(key) && String(Number(key)) === key;

/** @param {string | symbol} key @returns {never} */
function noElement(key) {
  throw createError('ERR_INVALID_ARG_TYPE', `${String(key)} is no element of the array: only elements can be assigned`);
}

/** @type {ProxyHandler<object>} */
const handler = {
  get: (view, key) => (isIndex(key) ? elementAt(view, Number(key)) : Reflect.get(view, key)),
  has: (view, key) => (isIndex(key) ? Number(key) >= 0 && Number(key) < arrayOf(view).length : Reflect.has(view, key)),
  set(view, key, value) {
    if (!isIndex(key)) noElement(key);
    const at = elementPlace(view, Number(key));
    const { element, ground } = arrayOf(view);
    ground.write({ type: element, first: 0 }, at, value, `[${key}]`);
    return true;
  },
  defineProperty: (_, key) => noElement(key),
  deleteProperty: (_, key) => noElement(key),
};

/** @param {CType} element @param {Ground} ground @param {number} at @param {number} length */
function viewElements(element, ground, at, length) {
  const view = new ArrayView();
  const proxy = new Proxy(view, handler);
  for (const object of [view, proxy]) arrays.set(object, { element, ground, at, length });
  return proxy;
}

/** @param {CType} type a record or an array @param {Ground} ground @param {number} at @returns {any} */
function viewValue(type, ground, at) {
  ground.check();
  if (!type.array) return new (classOf(type))(type, ground, at);
  const { element, count, isFlexible } = type.array;
  const length = isFlexible ? fitting(ground.end - at, element) : count;
  return viewElements(element, ground, at, length);
}

/** @param {any} value @returns {import('../pointer.js').ViewPlace | undefined} */
function findPlace(value) {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = arrays.get(value);
  if (!found) return RecordView.placeOf(value);
  const { ground, at, length, element } = found;
  return { ground, at, length: length * element.size, type: undefined };
}
const otherPlaces = views.placeOf;
views.placeOf = (value) => findPlace(value) ?? otherPlaces(value);

/** The place of what is a view. @param {object} view */
const placeOf = (view) => /** @type {{ ground: Ground, at: number }} */ (/** @type {unknown} */ (findPlace(view)));

/** @param {object} value @returns {number | undefined} INVALID for a view whose memory is gone */
function addressOfView(value) {
  const place = findPlace(value);
  if (place === undefined) return undefined;
  return place.ground.problem() ? INVALID : place.ground.address(place.at);
}
registerWrapper(addressOfView, (value) => (findPlace(value) ? 'a view of memory' : undefined));

/**
 * A record in place.
 * @param {string} caller
 * @param {CType} type
 * @param {any} memory an address or a buffer
 * @param {unknown} byteOffset
 * @param {unknown} count of elements of a flexible array member
 * @param {boolean} isChecked
 */
function viewRecord(caller, type, memory, byteOffset, count, isChecked) {
  const flexible = type.record?.flexible;
  if (count !== undefined && !flexible) {
    throw createError('ERR_INVALID_ARG_VALUE', `${caller}: argument 2: there is no flexible array to count`, caller, 2);
  }
  const room = count === undefined ? 0 : byteCount(caller, count, 2) * elementSize(type);
  const size = wholeSize(type, room);
  demandLocal(caller, memory, type);
  const ground = findGround(caller, memory, byteOffset, size, isChecked);
  if (flexible) {
    // Without a count, memory of C has no elements, and a buffer as many as there are.
    const known = ground.buffer ? lengthOf(memory, byteOffset, ground.view.byteLength) : flexible.offset;
    ground.end = count === undefined ? known : flexible.offset + room;
  }
  return viewValue(type, ground, 0);
}

/** The size of an element of a flexible array member. @param {CType} type */
const elementSize = (type) => type.record?.flexible?.type.array?.element.size ?? 0;

/**
 * So many elements in place.
 * @param {string} caller
 * @param {CType} element
 * @param {number} count
 * @param {any} memory an address or a buffer
 * @param {unknown} byteOffset
 * @param {boolean} isChecked
 */
function viewArray(caller, element, count, memory, byteOffset, isChecked) {
  demandLocal(caller, memory, element);
  return viewElements(element, findGround(caller, memory, byteOffset, count * element.size, isChecked), 0, count);
}

module.exports = { reader, writer, viewRecord, viewArray, viewValue };
