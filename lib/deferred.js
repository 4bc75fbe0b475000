'use strict';
// The exports that are loaded when they are first asked for: few programs need all of it.

/** What loads each. @type {Record<string, () => unknown>} */
const later = {
  CFunction: () => require('./cfunction.js').CFunction,
  AsyncCFunction: () => require('./cfunction.js').AsyncCFunction,
  linkSymbols: () => require('./cfunction.js').linkSymbols,
  CString: () => require('./cstring.js').CString,
  ptr: () => require('./memory.js').ptr,
  read: () => require('./memory.js').read,
  write: () => require('./memory.js').write,
  toArrayBuffer: () => require('./memory.js').toArrayBuffer,
  toBuffer: () => require('./memory.js').toBuffer,
  errno: () => require('./errno.js').errno,
  strerror: () => require('./errno.js').strerror,
  callAsync: () => require('./bridge.js').callAsync,
  callPtrAsync: () => require('./bridge.js').callPtrAsync,
  callBySigAsArrayBuffer: () => require('./bridge.js').callBySigAsArrayBuffer,
  ffi: () => require('./bridge.js'),
  Struct: () => require('./record/schema.js').Struct,
  Union: () => require('./record/schema.js').Union,
  StructSchema: () => require('./record/schema.js').StructSchema,
  array: () => require('./record/array.js').array,
  bits: () => require('./types/bits.js').bits,
  enumeration: () => require('./types/enumeration.js').enumeration,
  opaque: () => require('./types/opaque.js').opaque,
  pointer: () => require('./types/pointer.js').pointer,
  out: () => require('./types/pointer.js').out,
  inout: () => require('./types/pointer.js').inout,
  sizeof: () => require('./record/queries.js').sizeof,
  alignof: () => require('./record/queries.js').alignof,
  offsetof: () => require('./record/queries.js').offsetof,
  JSCallback: () => require('./callback/callback.js').JSCallback,
  callback: () => require('./callback/type.js').callback,
  platform: () => require('./library/platform.js').platform,
  loadPlatformLibrary: () => require('./library/platform.js').loadPlatformLibrary,
  retain: () => require('./retain.js').retain,
  leaks: () => require('./leaks.js').leaks,
  attachFinalizer: () => require('./finalizer.js').attachFinalizer,
  alloc: () => require('./blocks/alloc.js').alloc,
  strdup: () => require('./blocks/alloc.js').strdup,
  reinterpret: () => require('./blocks/alloc.js').reinterpret,
  malloc: () => require('./blocks/raw.js').malloc,
  calloc: () => require('./blocks/raw.js').calloc,
  realloc: () => require('./blocks/raw.js').realloc,
  free: () => require('./blocks/raw.js').free,
  Memory: () => require('./blocks/memory.js').Memory,
  Arena: () => require('./blocks/arena.js').Arena,
  allowLibraries: () => require('./library/allow.js').allowLibraries,
  IsolatedPointer: () => require('./isolate/pointer.js').IsolatedPointer,
};

/**
 * Defines them. `import` asks for all, whatever a program names: what many modules are needed for, and is a function, is
 * better loaded when it is called.
 * @param {object} exported
 */
function deferExports(exported) {
  for (const [name, load] of Object.entries(later)) {
    /** @param {unknown} value what a program may put there, as for any other */
    const set = (value) => {
      Object.defineProperty(exported, name, { value, writable: true });
    };
    const get = () => {
      const value = load();
      set(value);
      return value;
    };
    Object.defineProperty(exported, name, { enumerable: true, configurable: true, get, set });
  }
}

module.exports = { deferExports };
