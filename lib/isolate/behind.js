'use strict';
// What is behind pointers of a helper: read and written through the arena, by the helper itself.

const { describe } = require('../describe.js');
const { createError } = require('../errors.js');
const { elementOf } = require('../blocks/element.js');
const { integer } = require('../blocks/bounds.js');
const { INVALID, bufferAddress, extent } = require('../pointer.js');
const { copyBytes } = require('../record/cold.js');
const { readOne, writeMember } = require('../record/member.js');
const { refusal } = require('../refuse.js');
const { worded } = require('../refused.js');
const { IsolatedCall } = require('./isolated-call.js');
const { addressIn, problem } = require('./pointer.js');

/** @typedef {InstanceType<typeof import('./isolation.js').Isolation>} Isolation */

/** No buffer has more. */
const MOST = 2 ** 31;

/**
 * @param {Isolation} isolation
 * @param {string} caller
 * @param {unknown} pointer
 * @param {unknown} offset in bytes
 * @param {number} index which argument of `caller` that is
 * @returns {number | bigint} the address
 */
function resolve(isolation, caller, pointer, offset, index) {
  const helper = isolation.inside;
  const address = addressIn(pointer, helper);
  const gone = address === INVALID ? problem(pointer) : undefined;
  if (gone) throw createError(gone.code, `${caller}: argument 0: ${gone.text}`, caller, 0);
  if (address === undefined || address === INVALID) {
    const text = `${caller}: argument 0: expected an IsolatedPointer of this isolate, got ${describe(pointer)}`;
    throw createError('ERR_INVALID_ARG_TYPE', text, caller, 0);
  }
  const by = integer(caller, offset, index, 'an offset in bytes');
  return typeof address === 'bigint' ? address + BigInt(by) : address + by;
}

/**
 * Runs something with memory of the arena.
 * @template T
 * @param {Isolation} isolation
 * @param {string} caller
 * @param {number} size
 * @param {(call: InstanceType<typeof IsolatedCall>, at: number, copy: (from: number | bigint, to: number | bigint) => void) => T} work
 * @returns {T}
 */
function staged(isolation, caller, size, work) {
  const helper = isolation.inside;
  const passage = helper.passage(false);
  try {
    const call = new IsolatedCall(passage);
    const at = call.take(size, 16);
    return work(call, at, (from, to) => helper.ask(caller, { op: 'copy', from: String(from), to: String(to), size }));
  } catch (error) {
    throw worded(error, caller, undefined, '');
  } finally {
    passage.close();
  }
}

/** @param {Isolation} isolation @param {unknown} pointer @param {unknown} type @param {unknown} [offset] */
function read(isolation, pointer, type, offset = 0) {
  const element = elementOf('read', type, 1);
  const from = resolve(isolation, 'read', pointer, offset, 2);
  return staged(isolation, 'read', element.size, (call, at, copy) => {
    const { address, view } = call;
    copy(from, address);
    return readOne(isolation.types.of(element.type), view, at);
  });
}

/** @param {Isolation} isolation @param {unknown} pointer @param {unknown} type @param {unknown} offset @param {any} value */
function write(isolation, pointer, type, offset, value) {
  const element = elementOf('write', type, 1);
  const own = isolation.types.of(element.type);
  const to = resolve(isolation, 'write', pointer, offset, 2);
  staged(isolation, 'write', element.size, (call, at, copy) => {
    const { address, view } = call;
    copy(to, address);
    const keep = { take: () => 0, room: 0, depth: 0, fills: false, hold: () => {} };
    const outside = Object.assign(keep, { passage: isolation.outside() });
    writeMember({ type: own, first: 0 }, view, at, value, /** @type {any} */ (outside), '');
    copy(address, to);
  });
}

/** A copy of bytes. @param {Isolation} isolation @param {unknown} pointer @param {unknown} offset @param {unknown} length */
function bytes(isolation, pointer, offset, length) {
  const size = integer('bytes', length, 2, 'a number of bytes');
  const from = resolve(isolation, 'bytes', pointer, offset, 1);
  if (size < 0 || size > MOST) {
    throw createError('ERR_OUT_OF_RANGE', `bytes: argument 2: ${size} is no number of bytes`, 'bytes', 2);
  }
  const target = new Uint8Array(size);
  if (size === 0) return target;
  return staged(isolation, 'bytes', size, (call, _, copy) => {
    const { address } = call;
    copy(from, address);
    copyBytes(address, bufferAddress(target), size);
    return target;
  });
}

/** @param {Isolation} isolation @param {unknown} pointer @param {unknown} source @param {unknown} [offset] */
function setBytes(isolation, pointer, source, offset = 0) {
  const from = bufferAddress(source);
  if (from === INVALID) throw refusal('buffer', source, 1, 'setBytes');
  const { length } = /** @type {NonNullable<ReturnType<typeof extent>>} */ (extent(source));
  const to = resolve(isolation, 'setBytes', pointer, offset, 2);
  if (length === 0) return;
  staged(isolation, 'setBytes', length, (call, _, copy) => {
    const { address } = call;
    copyBytes(from, address, length, undefined, source);
    copy(address, to);
  });
}

/** @param {Isolation} isolation @param {unknown} pointer */
function text(isolation, pointer) {
  if (pointer === null) return null;
  return isolation.textAt('text', resolve(isolation, 'text', pointer, 0, 1), {});
}

module.exports = { bytes, read, setBytes, text, write };
