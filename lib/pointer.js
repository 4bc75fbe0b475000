'use strict';
// What a value of a pointer type is as an address. No code of the user runs here: views are asked
// through the built-in getters, whatever their own properties say.

const { isAnyArrayBuffer } = require('node:util').types;
const { BufferStamp, ViewStamp, wholeLength } = require('./stamps.js');
const getters = require('./view-getters.js');

// Taken once: what becomes of the globals later changes nothing.
const { Number, Uint8Array } = globalThis;
const { dataViewBuffer, dataViewLength, dataViewOffset } = getters;
const { typedBuffer, typedCount, typedKeys, typedLength, typedName, typedOffset } = getters;
// Called so because V8 13.6 compiles a plain call of it for a view that never changes to `false`.
const { apply } = Reflect;
const isViewOf = ArrayBuffer.isView;
/** @param {unknown} value @returns {boolean} */
const isView = (value) => apply(isViewOf, undefined, [value]);
const { asUintN } = BigInt;
const { isSafeInteger } = Number;
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** The answer for a value that is no address. */
const INVALID = -1;

/**
 * Whether a buffer or view has no memory (any more): its buffer is detached, or it lies outside of it.
 * @param {any} value
 * @returns {boolean}
 */
function isGone(value) {
  try {
    if (!isView(value)) new Uint8Array(value);
    else if (typedName(value) !== undefined) typedKeys(value);
    else dataViewLength(value);
    return false;
  } catch {
    return true;
  }
}

/**
 * The buffer, offset and length of an ArrayBuffer, SharedArrayBuffer or view; undefined for anything
 * else, and for a DataView without memory.
 * @param {any} value
 * @returns {{ buffer: any, offset: number, length: number } | undefined}
 */
function extent(value) {
  try {
    if (!isView(value)) return { buffer: value, offset: 0, length: wholeLength(value) };
    if (typedName(value) !== undefined) {
      return { buffer: typedBuffer(value), offset: typedOffset(value), length: typedLength(value) };
    }
    return { buffer: dataViewBuffer(value), offset: dataViewOffset(value), length: dataViewLength(value) };
  } catch {
    return undefined;
  }
}

/**
 * The address of a buffer's or view's first byte; NULL for an empty one, INVALID for one without memory
 * and for everything else.
 * @param {any} value
 * @returns {number}
 */
function bufferAddress(value) {
  if (typeof value !== 'object' || value === null) return INVALID;
  const known = ViewStamp.address(value);
  return known === 0 ? otherBufferAddress(value) : known;
}

/** The same for what is no typed array, or an empty one. @param {object} value @returns {number} */
const otherBufferAddress = (value) => memoryOf(value)?.address ?? INVALID;

/**
 * Where the memory of a buffer or view is.
 * @param {any} value
 * @returns {{ buffer: any, address: number, length: number } | undefined} undefined for one without, and anything else
 */
function memoryOf(value) {
  const found = extent(value);
  if (found === undefined) return undefined;
  const { buffer, offset, length } = found;
  if (length === 0) return isGone(value) ? undefined : { buffer, address: 0, length };
  return { buffer, address: BufferStamp.address(buffer) + offset, length };
}

/**
 * @param {bigint} value
 * @returns {number | bigint}
 */
function bigintAddress(value) {
  if (asUintN(64, value) !== value) return INVALID;
  return value <= MAX_SAFE ? Number(value) : value;
}

/** @type {(value: any) => number | bigint | undefined} set by the classes that stand for an address */
let addressOfWrapper = () => undefined;

/** @type {(value: object) => string | undefined} what an object of ours is called in messages */
let wrapperName = () => undefined;

/** @typedef {{ code: string, text: string }} Problem */

/** @type {(value: object) => Problem | undefined} why an object of ours stands for no address any more */
let wrapperProblem = () => undefined;

/**
 * Teaches pointers a class of ours whose instances stand for an address.
 * @param {(value: object) => number | bigint | undefined} reader the address, or undefined for other objects
 * @param {(value: object) => string | undefined} [namer] what it is called in messages
 * @param {(value: object) => Problem | undefined} [judge] why it stands for no address any more
 */
function registerWrapper(reader, namer = () => undefined, judge = () => undefined) {
  const nextProblem = wrapperProblem;
  wrapperProblem = (value) => judge(value) ?? nextProblem(value);
  const nextName = wrapperName;
  wrapperName = (value) => namer(value) ?? nextName(value);
  const next = addressOfWrapper;
  addressOfWrapper = (value) => reader(value) ?? next(value);
}

/**
 * The memory that a view is on.
 * @typedef {Pick<InstanceType<typeof import('./record/ground.js').Ground>, 'view' | 'owner' | 'buffer' | 'problem' | 'address' | 'part' | 'mayWrite'>} PlaceGround
 *
 * Where a view on a record or array in memory is.
 * @typedef {object} ViewPlace
 * @property {PlaceGround} ground
 * @property {number} at
 * @property {number} length in bytes
 * @property {import('./types.js').CType | undefined} type of a record
 * @property {boolean} [isMemory] it is a Memory
 */

/** Set by lib/record/view.js. */
const views = {
  /** @type {(value: any) => ViewPlace | undefined} undefined for what is no view */
  placeOf: () => undefined,
};

/** Set by lib/blocks/memory.js. */
const memories = {
  /** @type {(value: unknown) => InstanceType<typeof import('./blocks/block.js').Block> | undefined} whose memory a value is, or is on */
  blockOf: () => undefined,
};

/** Set by lib/retain.js. */
const retainedViews = {
  /** @type {(value: unknown) => { kept: unknown, block: ReturnType<typeof memories.blockOf> } | undefined} what a retained view keeps, until it is released */
  holdOf: () => undefined,
};

/** Whether a value is an object of ours that stands for an address. @param {object} value */
const isWrapper = (value) => addressOfWrapper(value) !== undefined;

/** @param {unknown} value @returns {boolean} whether it is an ArrayBuffer, SharedArrayBuffer or view */
function isBuffer(value) {
  return isView(value) || isAnyArrayBuffer(value);
}

/**
 * The address that a value stands for where a pointer is expected, a safe Number aside.
 * @param {any} value
 * @returns {number | bigint} INVALID when it is none
 */
function addressOf(value) {
  if (typeof value === 'object' && value !== null) {
    const known = ViewStamp.address(value);
    if (known !== 0) return known;
    return BufferStamp.known(value) ?? addressOfWrapper(value) ?? otherBufferAddress(value);
  }
  if (value === null) return 0;
  return typeof value === 'bigint' ? bigintAddress(value) : INVALID;
}

/**
 * The same, of a Number too.
 * @param {any} value
 * @returns {number | bigint} INVALID when it is none
 */
function anyAddress(value) {
  return typeof value === 'number' ? (isSafeInteger(value) && value >= 0 ? value : INVALID) : addressOf(value);
}

/** Set by lib/callback/callback.js. */
const callbacks = {
  /** @type {(value: object) => number | undefined} the address of a JSCallback; undefined for other objects */
  addressOf: () => undefined,
  /** @type {(value: object) => number | undefined} the number of an open JSCallback; -1 of a closed one, undefined for other objects */
  numberOf: () => undefined,
  /** @type {(value: any) => import('./signature.js').Signature} of a JSCallback */
  signatureOf: () => /** @type {any} */ (undefined),
};

/**
 * The address that a value stands for where a function pointer is expected, a safe Number aside.
 * @param {any} value
 * @returns {number | bigint} INVALID when it is none
 */
function functionAddress(value) {
  if (typeof value === 'object') return value === null ? 0 : (callbacks.addressOf(value) ?? INVALID);
  return typeof value === 'bigint' ? bigintAddress(value) : INVALID;
}

module.exports = {
  INVALID,
  extent,
  memoryOf,
  isGone,
  isBuffer,
  isView,
  isWrapper,
  typedCount,
  typedName,
  bufferAddress,
  addressOf,
  anyAddress,
  functionAddress,
  registerWrapper,
  wrapperName: (/** @type {object} */ value) => wrapperName(value),
  wrapperProblem: (/** @type {object} */ value) => wrapperProblem(value),
  callbacks,
  memories,
  retainedViews,
  views,
};
