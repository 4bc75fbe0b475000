'use strict';
// Results that are records: buffers kept by the address that the program was given, until it releases them.

const { createError } = require('./errors.js');
const { listLive } = require('./leaks.js');
const { bufferAddress } = require('./pointer.js');
const { pointerValue } = require('./address.js');
const { Address, trace, tracing } = require('./tracing.js');
const { here } = require('./tracking.js');

/**
 * Something that memory belongs to, and whether it is still there.
 * @typedef {object} Owner
 * @property {boolean} alive
 * @property {string} code of the error when it is not
 * @property {string} text
 * @property {InstanceType<typeof import('./isolate/helper.js').Helper>} [isolated] whose memory it is, not this process's
 */

/** @type {Map<number | bigint, { buffer: ArrayBuffer, owner: Owner, stack: string | undefined }>} */
const retained = new Map();

listLive('retained', function* list() {
  for (const [ptr, { buffer, stack }] of retained) yield { ptr, size: buffer.byteLength, stack };
});

/**
 * @param {string} caller
 * @param {number} size in bytes
 * @returns {ArrayBuffer}
 */
function newBuffer(caller, size) {
  try {
    return new ArrayBuffer(size);
  } catch {
    throw createError('ERR_MALLOC_FAILED', `${caller}: no memory for ${size} bytes`, caller);
  }
}

/**
 * @param {ArrayBuffer} buffer not empty
 * @returns {number} its address
 */
function retain(buffer) {
  const address = bufferAddress(buffer);
  // Who has the owner keeps the buffer: an asynchronous call may use it when it was released.
  const owner = { alive: true, code: 'ERR_INVALID_POINTER', text: 'the memory of this view was released', buffer };
  if (tracing.memory) trace('retain', [buffer]);
  retained.set(address, { buffer, owner, stack: here() });
  return address;
}

/**
 * Lets go of a struct that a function returned. Pointers that are none of these are ignored.
 * @param {unknown} pointer
 */
function releasePtr(pointer) {
  const address = pointerValue('releasePtr', pointer);
  const found = retained.get(address);
  if (!found) return;
  if (tracing.memory) trace('releasePtr', [new Address(address)]);
  found.owner.alive = false;
  retained.delete(address);
}

/** The retained buffer at an address. @param {number | bigint} address */
const retainedAt = (address) => retained.get(address);

const retainedCount = () => retained.size;

/**
 * The retained buffer that some bytes lie inside of, and where.
 * @param {number | bigint} address
 * @param {number} size
 */
function retainedAround(address, size) {
  for (const [start, { buffer, owner }] of retained) {
    const offset = Number(address) - Number(start);
    if (offset >= 0 && offset + size <= buffer.byteLength) return { buffer, owner, offset };
  }
  return undefined;
}

module.exports = { newBuffer, retain, releasePtr, retainedAround, retainedAt, retainedCount };
