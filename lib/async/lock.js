'use strict';
// Buffers that C uses while JavaScript runs on: used in place where they cannot be taken away meanwhile,
// else copied.

const { isSharedArrayBuffer } = require('node:util').types;
const { isExternal } = require('../external.js');
const { extent } = require('../pointer.js');

/**
 * What makes a buffer untransferable for good; undefined where the host has nothing that also holds for
 * `ArrayBuffer.prototype.transfer`.
 * @returns {((buffer: ArrayBuffer) => void) | undefined}
 */
function findMark() {
  try {
    const { markAsUntransferable } = require('node:worker_threads');
    const buffer = new ArrayBuffer(8);
    markAsUntransferable(buffer);
    for (const take of [
      () => structuredClone(buffer, { transfer: [buffer] }),
      () => /** @type {any} */ (buffer).transfer(),
    ]) {
      try {
        take();
      } catch {}
    }
    return buffer.byteLength === 8 ? markAsUntransferable : undefined;
  } catch {
    return undefined;
  }
}

/** @type {((buffer: ArrayBuffer) => void) | undefined | null} null before it is known */
let mark = null;
/** @type {WeakSet<object>} */
const marked = new WeakSet();

/** Memory of WebAssembly comes in pages. It cannot be marked: engines die of it when it grows. */
const PAGE = 65_536;

/** The built-in getter, whatever the buffer's own properties say. @type {((buffer: object) => boolean) | undefined} */
const isResizable = (() => {
  const { get } = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'resizable') ?? {};
  return get && Function.prototype.call.bind(get);
})();

/**
 * Whether C can use a buffer in place; it then stays where it is for good.
 * @param {ArrayBuffer | SharedArrayBuffer} buffer not empty
 * @returns {boolean}
 */
function lock(buffer) {
  // Node aborts at its end for a buffer on memory of C that is marked.
  if (marked.has(buffer) || isExternal(buffer)) return true;
  if (mark === null) mark = findMark();
  const { length } = /** @type {{ length: number }} */ (extent(buffer));
  if (isSharedArrayBuffer(buffer)) return true;
  if (!mark || length % PAGE === 0 || isResizable?.(buffer)) return false;
  try {
    mark(/** @type {ArrayBuffer} */ (buffer));
  } catch {
    return false;
  }
  marked.add(buffer);
  return true;
}

module.exports = { lock };
