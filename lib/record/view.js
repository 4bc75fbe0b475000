'use strict';
// Records and arrays in place: objects whose members and elements are those in memory.

const marshallers = require('../marshal.generated.js');
const { createError } = require('../errors.js');
const { registerWrapper } = require('../pointer.js');
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

/** A record in memory. Each type has a class of its own, with an accessor for each member. */
class RecordView {
  /** @type {Ground} */
  #ground;
  /** @type {number} */
  #at;

  /** @param {Ground} ground @param {number} at */
  constructor(ground, at) {
    this.#ground = ground;
    this.#at = at;
  }

  /**
   * @param {typeof RecordView} ViewClass
   * @param {import('./declare.js').Member} member
   */
  static define(ViewClass, member) {
    const { key, type, offset, first } = member;
    const get = reader(type);
    Object.defineProperty(ViewClass.prototype, key, {
      enumerable: true,
      configurable: true,
      get: get
        ? /** @this {RecordView} */ function () {
            return this.#ground.read(get, this.#at + offset, first);
          }
        : /** @this {RecordView} */ function () {
            return viewValue(type, this.#ground, this.#at + offset);
          },
      set: /** @this {RecordView} */ function (value) {
        this.#ground.write(member, this.#at + offset, value, key);
      },
    });
  }

  /** @param {any} value @returns {{ ground: Ground, at: number } | undefined} */
  static placeOf(value) {
    return #at in value ? { ground: value.#ground, at: value.#at } : undefined;
  }
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
      const { ground, at } = /** @type {{ ground: Ground, at: number }} */ (RecordView.placeOf(this));
      return ground.read(marshalOf(type).get, at, 0);
    };
    for (const name of ['toJSON', inspect]) {
      Object.defineProperty(ViewClass.prototype, name, { value: copy, configurable: true });
    }
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
    return this.toJSON();
  }
}

/** @param {object} view @param {number} index @returns {number} where it is */
function placeOf(view, index) {
  const { element, at, length } = arrayOf(view);
  if (Number.isInteger(index) && index >= 0 && index < length) return at + index * element.size;
  const message = `element ${index} is outside of the array's ${length} elements`;
  throw createError('ERR_OUT_OF_BOUNDS', message);
}

/** @param {object} view @param {number} index */
function elementAt(view, index) {
  const { element, ground } = arrayOf(view);
  const at = placeOf(view, index);
  const get = reader(element);
  return get ? ground.read(get, at, 0) : viewValue(element, ground, at);
}

/** @param {string | symbol} key @returns {boolean} */
const isIndex = (key) => typeof key === 'string' && /^-?\d/.test(key);

/** @type {ProxyHandler<object>} */
const handler = {
  get: (view, key) => (isIndex(key) ? elementAt(view, Number(key)) : Reflect.get(view, key)),
  set(view, key, value) {
    if (!isIndex(key)) return false;
    const at = placeOf(view, Number(key));
    const { element, ground } = arrayOf(view);
    ground.write({ type: element, first: 0 }, at, value, `[${String(key)}]`);
    return true;
  },
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
  if (!type.array) return new (classOf(type))(ground, at);
  const { element, count, isFlexible } = type.array;
  // Of a flexible array there are as many elements as the buffer has room for.
  const length = isFlexible && ground.buffer ? Math.floor((ground.view.byteLength - at) / element.size) : count;
  return viewElements(element, ground, at, length);
}

/** @param {object} value @returns {number | undefined} */
function addressOfView(value) {
  const place = arrays.get(value) ?? RecordView.placeOf(value);
  return place?.ground.address(place.at);
}
registerWrapper(addressOfView);

/**
 * A record in place.
 * @param {string} caller
 * @param {CType} type
 * @param {any} memory an address or a buffer
 * @param {unknown} byteOffset
 */
const viewRecord = (caller, type, memory, byteOffset) =>
  viewValue(type, findGround(caller, memory, byteOffset, type.size), 0);

/**
 * So many elements in place.
 * @param {string} caller
 * @param {CType} element
 * @param {number} count
 * @param {any} memory an address or a buffer
 * @param {unknown} byteOffset
 */
const viewArray = (caller, element, count, memory, byteOffset) =>
  viewElements(element, findGround(caller, memory, byteOffset, count * element.size), 0, count);

module.exports = { viewRecord, viewArray };
