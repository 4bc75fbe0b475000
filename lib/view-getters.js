'use strict';
// What the engine knows of buffers and views, whatever properties of the user's they have.

/**
 * @param {object} prototype
 * @param {string | symbol} name
 * @returns {(self: any) => any} the built-in getter as a function; it throws for another kind of object
 */
function getter(prototype, name) {
  const { get } = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(prototype, name));
  return Function.prototype.call.bind(/** @type {any} */ (get));
}

const TypedArray = Object.getPrototypeOf(Uint8Array);
const typedBuffer = getter(TypedArray.prototype, 'buffer');
const typedOffset = getter(TypedArray.prototype, 'byteOffset');
const typedLength = getter(TypedArray.prototype, 'byteLength');
const typedCount = getter(TypedArray.prototype, 'length');
const typedName = getter(TypedArray.prototype, Symbol.toStringTag);
/** Throws for a view that is detached, or outside of its buffer since that was made smaller. */
const typedKeys = Function.prototype.call.bind(TypedArray.prototype.keys);
const dataViewBuffer = getter(DataView.prototype, 'buffer');
const dataViewOffset = getter(DataView.prototype, 'byteOffset');
const dataViewLength = getter(DataView.prototype, 'byteLength');
const bufferLength = getter(ArrayBuffer.prototype, 'byteLength');
const sharedLength = getter(SharedArrayBuffer.prototype, 'byteLength');

/** Whether the length of an ArrayBuffer may change. Not every version of Bun knows that. @type {(buffer: any) => boolean} */
const isResizable = (() => {
  if (!('resizable' in ArrayBuffer.prototype)) return () => false;
  const resizable = getter(ArrayBuffer.prototype, 'resizable');
  return (buffer) => {
    try {
      return resizable(buffer);
    } catch {
      return false;
    }
  };
})();

module.exports = {
  bufferLength,
  dataViewBuffer,
  dataViewLength,
  dataViewOffset,
  isResizable,
  sharedLength,
  typedBuffer,
  typedCount,
  typedKeys,
  typedLength,
  typedName,
  typedOffset,
};
