'use strict';
// The addresses of buffers and views, which are remembered in them.

const native = require('./binding.js');
const { ADDRESS, TWO_32, views } = require('./frame.js');
const getters = require('./view-getters.js');

const { bufferLength, isResizable, sharedLength, typedBuffer, typedLength, typedName, typedOffset } = getters;
// What becomes of the global later changes nothing.
const { Uint8Array } = globalThis;
const { u32 } = views;

/**
 * @param {any} buffer
 * @returns {number}
 */
function wholeLength(buffer) {
  try {
    return bufferLength(buffer);
  } catch {
    return sharedLength(buffer);
  }
}

const isBun = 'Bun' in globalThis;

/**
 * Whether the memory of a buffer may be elsewhere later: in Bun, that of a WebAssembly.Memory which is given as resizable.
 * @param {any} buffer
 */
const mayMove = (buffer) => isBun && isResizable(buffer);

/** A class whose instances are the objects given to it, so that a private field can be put on them. */
const Returned = /** @type {any} */ (
  function (/** @type {object} */ object) {
    return object;
  }
);

/**
 * Remembers addresses in a private field of the buffer itself: no map to look into and nothing to keep,
 * and the field cannot be seen from outside. The address of a buffer's memory does not change, but for those
 * that `mayMove`; when it is detached, its views have length 0, and that is checked first.
 */
class BufferStamp extends Returned {
  /** @type {number} */
  #address;

  /**
   * @param {object} buffer
   * @param {number} address
   */
  constructor(buffer, address) {
    super(buffer);
    this.#address = address;
  }

  /**
   * @param {any} value an object
   * @returns {number | undefined} undefined for what has no stamp, and for an empty or detached buffer
   */
  static known(value) {
    return #address in value && wholeLength(value) > 0 ? /** @type {any} */ (value).#address : undefined;
  }

  /**
   * @param {any} buffer an attached ArrayBuffer or SharedArrayBuffer that is not empty
   * @returns {number}
   */
  static address(buffer) {
    if (#address in buffer) return /** @type {any} */ (buffer).#address;
    native.addressOf(new Uint8Array(buffer, 0, 1));
    const address = u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
    if (!mayMove(buffer)) attempt(() => new BufferStamp(buffer, address));
    return address;
  }
}

/**
 * The same for typed arrays, because to ask one for its buffer costs as much as a call. A class of its own,
 * not one made by a function for both: engines would mix what they learn about the two.
 */
class ViewStamp extends Returned {
  /** @type {number} */
  #address;

  /**
   * @param {object} view
   * @param {number} address
   */
  constructor(view, address) {
    super(view);
    this.#address = address;
  }

  /**
   * @param {any} value an object
   * @returns {number} 0 for what is no typed array, an empty one, and a detached one. Not undefined: JavaScriptCore is
   *   quick at what is only Numbers
   */
  static address(value) {
    if (#address in value) {
      // Bun reads an element, which no property of the user's stands for either, much faster than it calls a getter so.
      const isEmpty = isBun ? /** @type {any} */ (value)[0] === undefined : typedLength(value) === 0;
      return isEmpty ? 0 : /** @type {any} */ (value).#address;
    }
    if (typedName(value) === undefined || typedLength(value) === 0) return 0;
    const buffer = typedBuffer(value);
    const address = BufferStamp.address(buffer) + typedOffset(value);
    if (!mayMove(buffer)) attempt(() => new ViewStamp(value, address));
    return address;
  }

  /**
   * @param {any} value an object
   * @returns {boolean} whether it is a typed array with a stamp, neither empty nor detached; for hosts that read elements
   */
  static isFilled(value) {
    return #address in value && /** @type {any} */ (value)[0] !== undefined;
  }
}

/**
 * Puts a stamp on an object; an engine that lets frozen objects have no new private fields is asked for
 * the address each time.
 * @param {() => unknown} stamp
 */
function attempt(stamp) {
  try {
    stamp();
  } catch {}
}

/**
 * Whether a value is a typed array that has been passed before, and is neither empty nor detached.
 * @param {unknown} value
 */
const isFilled = (value) => typeof value === 'object' && value !== null && ViewStamp.isFilled(value);

module.exports = { BufferStamp, ViewStamp, isFilled, wholeLength };
