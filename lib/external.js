'use strict';
// ArrayBuffers that programs were given on memory of C.

/** @type {WeakSet<object>} */
const external = new WeakSet();

/**
 * Remembers a buffer as one on memory of C, which stays where it is whatever becomes of the buffer.
 * @param {ArrayBuffer} buffer
 */
function markExternal(buffer) {
  external.add(buffer);
  return buffer;
}

/** @param {object} buffer @returns {boolean} */
const isExternal = (buffer) => external.has(buffer);

module.exports = { isExternal, markExternal };
