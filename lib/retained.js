'use strict';
// Results that are records: buffers kept by the address that the program was given, until it releases them.

const { bufferAddress } = require('./pointer.js');
const { pointerValue } = require('./address.js');

/** Something that memory belongs to, and whether it is still there. @typedef {{ alive: boolean }} Owner */

/** @type {Map<number | bigint, { buffer: ArrayBuffer, owner: Owner }>} */
const retained = new Map();

/**
 * @param {ArrayBuffer} buffer not empty
 * @returns {number} its address
 */
function retain(buffer) {
  const address = bufferAddress(buffer);
  retained.set(address, { buffer, owner: { alive: true } });
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
  found.owner.alive = false;
  retained.delete(address);
}

/** The retained buffer at an address. @param {number | bigint} address */
const retainedAt = (address) => retained.get(address);

const retainedCount = () => retained.size;

module.exports = { retain, releasePtr, retainedAt, retainedCount };
