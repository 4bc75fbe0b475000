// @ts-nocheck: index.d.ts has its types, and the last lines look like those of another kind of module.
'use strict';

const ffi = require('./lib/bridge.js');
const { callAsync, callPtrAsync, callBySigAsArrayBuffer } = ffi;
const { CFunction, AsyncCFunction, linkSymbols } = require('./lib/cfunction.js');
const { CString } = require('./lib/cstring.js');
const { errno, strerror } = require('./lib/errno.js');
const { FFIError, FFITypeError, FFIRangeError } = require('./lib/errors.js');
const { Library, dlopen } = require('./lib/library.js');
const { ptr, read, write, toArrayBuffer, toBuffer } = require('./lib/memory.js');
const { stats, suffix } = require('./lib/host.js');
const { releasePtr } = require('./lib/retained.js');
const { FFIType } = require('./lib/types.js');

module.exports = {
  dlopen,
  linkSymbols,
  CFunction,
  AsyncCFunction,
  Library,
  FFIType,
  CString,
  ptr,
  read,
  write,
  toArrayBuffer,
  toBuffer,
  releasePtr,
  suffix,
  errno,
  strerror,
  stats,
  FFIError,
  FFITypeError,
  FFIRangeError,
  callAsync,
  callPtrAsync,
  callBySigAsArrayBuffer,
  ffi,
};

/** Loaded when they are first asked for: programs without records need not wait for them. */
const later = {
  Struct: () => require('./lib/record/schema.js').Struct,
  Union: () => require('./lib/record/schema.js').Union,
  StructSchema: () => require('./lib/record/schema.js').StructSchema,
  array: () => require('./lib/record/array.js').array,
  bits: () => require('./lib/types/bits.js').bits,
  enumeration: () => require('./lib/types/enumeration.js').enumeration,
  opaque: () => require('./lib/types/opaque.js').opaque,
  pointer: () => require('./lib/types/pointer.js').pointer,
  out: () => require('./lib/types/pointer.js').out,
  inout: () => require('./lib/types/pointer.js').inout,
  sizeof: () => require('./lib/record/queries.js').sizeof,
  alignof: () => require('./lib/record/queries.js').alignof,
  offsetof: () => require('./lib/record/queries.js').offsetof,
  JSCallback: () => require('./lib/callback/callback.js').JSCallback,
  callback: () => require('./lib/callback/type.js').callback,
  cdef: () => require('./lib/c/cdef.js').cdef,
  platform: () => require('./lib/library/platform.js').platform,
  loadPlatformLibrary: () => require('./lib/library/platform.js').loadPlatformLibrary,
  retain: () => require('./lib/retain.js').retain,
  leaks: () => require('./lib/leaks.js').leaks,
  attachFinalizer: () => require('./lib/finalizer.js').attachFinalizer,
  alloc: () => require('./lib/blocks/alloc.js').alloc,
  strdup: () => require('./lib/blocks/alloc.js').strdup,
  reinterpret: () => require('./lib/blocks/alloc.js').reinterpret,
  malloc: () => require('./lib/blocks/raw.js').malloc,
  calloc: () => require('./lib/blocks/raw.js').calloc,
  realloc: () => require('./lib/blocks/raw.js').realloc,
  free: () => require('./lib/blocks/raw.js').free,
  Memory: () => require('./lib/blocks/memory.js').Memory,
  Arena: () => require('./lib/blocks/arena.js').Arena,
  allowLibraries: () => require('./lib/library/allow.js').allowLibraries,
  isolate: () => require('./lib/isolate/isolate.js').isolate,
  IsolatedPointer: () => require('./lib/isolate/pointer.js').IsolatedPointer,
};
for (const [name, load] of Object.entries(later)) {
  const get = () => {
    const value = load();
    Object.defineProperty(module.exports, name, { value });
    return value;
  };
  Object.defineProperty(module.exports, name, { enumerable: true, configurable: true, get });
}

// Never run: Node finds the names for `import` here.
0 && (exports.Struct = exports.Union = exports.StructSchema = exports.array = exports.bits = exports.enumeration = 0);
0 && (exports.opaque = exports.pointer = exports.out = exports.inout = exports.sizeof = exports.alignof = 0);
0 && (exports.offsetof = exports.JSCallback = exports.callback = exports.leaks = exports.attachFinalizer = 0);
0 && (exports.platform = exports.loadPlatformLibrary = exports.allowLibraries = exports.retain = 0);
0 && (exports.alloc = exports.strdup = exports.reinterpret = exports.malloc = exports.calloc = exports.realloc = 0);
0 && (exports.free = exports.Memory = exports.Arena = exports.cdef = exports.isolate = exports.IsolatedPointer = 0);
