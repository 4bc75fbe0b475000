'use strict';
// Memory at raw addresses: reading, writing, and buffers on it. Unchecked, unless that is asked for (lib/checked.js).

const native = require('./binding.js');
const { allChecked, isCheckedCall, probe, telling } = require('./checked.js');
const { createError } = require('./errors.js');
const { markExternal } = require('./external.js');
const { views, offsets, putCopy, putOperands } = require('./frame.js');
const { FIRST_ADDRESS, byteCount, locate, usable } = require('./address.js');
const marshallers = require('./marshal.generated.js');
const { INVALID, extent, bufferAddress, views: recordViews } = require('./pointer.js');
const { afterFew } = require('./quick.js');
const { refusal } = require('./refuse.js');
const { newBuffer } = require('./retained.js');
const { resolveType } = require('./types.js');
const { fromWords, toWords, words } = require('./words.js');

/** @typedef {InstanceType<typeof import('./blocks/block.js').Block>} Block */

const { isSafeInteger } = Number;
const { u32 } = views;
const VALUE = offsets.value / 4;

/** The longest buffer: what the engine can make, and no more than a process can address. */
const MAX_BUFFER = Math.min(require('node:buffer').constants.MAX_LENGTH, 2 ** 48);

/** The accessors of `read` and `write`, by the name of a type. */
const ACCESSORS = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'u64', 'i64', 'f32', 'f64', 'bool', 'ptr', 'intptr'];

/**
 * The address that most ask for: an integer from a Number, unchecked.
 * @param {unknown} ptr
 * @param {unknown} byteOffset
 * @param {unknown} options
 * @returns {number} 0 for what is to be looked at more closely
 */
function plainAddress(ptr, byteOffset, options) {
  if (options !== undefined || allChecked || !isSafeInteger(ptr) || !isSafeInteger(byteOffset)) return 0;
  const base = /** @type {number} */ (ptr);
  const address = base + /** @type {number} */ (byteOffset);
  return base >= FIRST_ADDRESS && address >= FIRST_ADDRESS && isSafeInteger(address) ? address : 0;
}

/** @param {string} name */
function makeReader(name) {
  const caller = `read.${name}`;
  const type = resolveType(name, caller);
  const { get } = marshallers[type.base];
  const quickly = afterFew(() => require('./own.js').readerOf(caller, name));
  return (/** @type {unknown} */ ptr, /** @type {unknown} */ byteOffset = 0, /** @type {unknown} */ options) => {
    const plain = plainAddress(ptr, byteOffset, options);
    const quick = plain === 0 ? undefined : quickly();
    return quick === undefined ? closely(ptr, byteOffset, options) : quick(plain);
  };

  // Apart: engines make room for what functions inside of it share as soon as a function is called.
  /** @param {unknown} ptr @param {unknown} byteOffset @param {unknown} options */
  function closely(ptr, byteOffset, options) {
    const isChecked = options === undefined ? allChecked : isCheckedCall(caller, options, 2);
    const address = usable(caller, locate(caller, ptr, byteOffset, type.size));
    // The pointer is passed only to be kept reachable: it may be a view on memory of JavaScript.
    const load = isChecked ? native.loadChecked : native.load;
    const loaded = () => {
      putOperands(address, type.size);
      load(ptr);
      return fromWords(get, u32[VALUE], u32[VALUE + 1]);
    };
    return isChecked ? telling(caller, loaded, 0) : loaded();
  }
}

/** @param {string} name */
function makeWriter(name) {
  const caller = `write.${name}`;
  const type = resolveType(name, caller);
  const { read, invalid, put: toBytes } = marshallers[type.base];
  const quickly = afterFew(() => require('./own.js').writerOf(caller, name));
  const check = (/** @type {unknown} */ value) => {
    const checked = read(value);
    if (invalid(checked)) throw refusal(type, value, 2, caller);
    return checked;
  };
  /** @param {unknown} ptr @param {unknown} byteOffset @param {unknown} value @param {unknown} [options] */
  return (ptr, byteOffset, value, options) => {
    const plain = plainAddress(ptr, byteOffset, options);
    const quick = plain === 0 ? undefined : quickly();
    if (quick === undefined) closely(ptr, byteOffset, value, options);
    else quick(plain, check(value));
  };

  /** @param {unknown} ptr @param {unknown} byteOffset @param {unknown} value @param {unknown} options */
  function closely(ptr, byteOffset, value, options) {
    const isChecked = options === undefined ? allChecked : isCheckedCall(caller, options, 3);
    const address = usable(caller, locate(caller, ptr, byteOffset, type.size));
    const checked = check(value);
    toWords(toBytes, checked);
    const low = words[0];
    const high = words[1];
    const store = isChecked ? native.storeChecked : native.store;
    const put = () => {
      putOperands(address, type.size, low, high);
      store(ptr);
    };
    if (isChecked) telling(caller, put, 0);
    else put();
  }
}

/** @param {(name: string) => Function} make @returns {Record<string, any>} */
const accessors = (make) => Object.freeze(Object.fromEntries(ACCESSORS.map((name) => [name, make(name)])));

const read = accessors(makeReader);
const write = accessors(makeWriter);

/**
 * The address of a buffer's or view's memory; 0 for an empty one.
 * @param {unknown} view
 * @param {unknown} [byteOffset] within the view
 * @returns {number}
 */
function ptr(view, byteOffset = 0) {
  const place = recordViews.placeOf(view);
  if (place && !place.ground.problem()) return place.ground.address(place.at) + insideOf(place.length, byteOffset);
  const address = bufferAddress(view);
  if (address === INVALID) throw refusal('buffer', view, 0, 'ptr');
  const offset = insideOf(/** @type {{ length: number }} */ (extent(view)).length, byteOffset);
  return address === 0 ? 0 : address + offset;
}

/** @param {number} length @param {unknown} byteOffset @returns {number} */
function insideOf(length, byteOffset) {
  const offset = byteCount('ptr', byteOffset, 1);
  if (offset <= length) return offset;
  const message = `ptr: argument 1: the offset ${offset} is outside the view's ${length} bytes`;
  throw createError('ERR_OUT_OF_BOUNDS', message, 'ptr', 1);
}

/**
 * A copy of memory.
 * @param {string} caller
 * @param {number | bigint} address
 * @param {number} byteLength
 * @param {boolean} [isChecked]
 * @returns {ArrayBuffer}
 */
function copyMemory(caller, address, byteLength, isChecked = allChecked) {
  usable(caller, address);
  const copy = newBuffer(caller, byteLength);
  if (byteLength === 0) return copy;
  const target = bufferAddress(copy);
  const copyBytes = isChecked ? native.copyChecked : native.copy;
  const fill = () => {
    putCopy(address, target, byteLength);
    copyBytes(copy);
  };
  if (isChecked) telling(caller, fill, 0);
  else fill();
  return copy;
}

/**
 * An ArrayBuffer on C memory, not a copy where the host can do that.
 * @param {string} caller
 * @param {unknown} pointer
 * @param {unknown} byteOffset
 * @param {unknown} byteLength
 * @param {unknown} options
 * @returns {ArrayBuffer}
 */
function viewMemory(caller, pointer, byteOffset = 0, byteLength, options) {
  const isChecked = isCheckedCall(caller, options, 3);
  const address = locate(caller, pointer, byteOffset);
  const length = byteCount(caller, byteLength, 2);
  if (length > MAX_BUFFER) {
    throw createError('ERR_OUT_OF_RANGE', `${caller}: argument 2: a buffer has at most ${MAX_BUFFER} bytes`, caller, 2);
  }
  usable(caller, address);
  const place = recordViews.placeOf(pointer);
  if (place?.isMemory) locate(caller, pointer, byteOffset, length);
  if (length === 0) return new ArrayBuffer(0);
  if (isChecked) probe(caller, address, length, 0);
  putOperands(address, length);
  const buffer = native.viewMemory();
  if (!buffer) return copyMemory(caller, address, length, isChecked);
  // It is detached when the Memory is freed.
  if (place?.isMemory) /** @type {Block} */ (place.ground).expose().hand(buffer);
  return markExternal(buffer);
}

/** @param {unknown} pointer @param {unknown} byteOffset @param {unknown} byteLength @param {unknown} [options] */
const toArrayBuffer = (pointer, byteOffset, byteLength, options) =>
  viewMemory('toArrayBuffer', pointer, byteOffset, byteLength, options);

/** @param {unknown} pointer @param {unknown} byteOffset @param {unknown} byteLength @param {unknown} [options] */
const toBuffer = (pointer, byteOffset, byteLength, options) =>
  Buffer.from(viewMemory('toBuffer', pointer, byteOffset, byteLength, options));

module.exports = { read, write, ptr, toArrayBuffer, toBuffer, copyMemory };
