// @ts-nocheck: index.d.ts has its types, and the last lines look like those of another kind of module.
'use strict';

const ffi = require('./lib/bridge.js');
const { callAsync, callPtrAsync, callBySigAsArrayBuffer } = ffi;
const { CFunction, AsyncCFunction, linkSymbols } = require('./lib/cfunction.js');
const { CString } = require('./lib/cstring.js');
const { deferExports } = require('./lib/deferred.js');
const { errno, strerror } = require('./lib/errno.js');
const { FFIError, FFITypeError, FFIRangeError } = require('./lib/errors.js');
const { Library, dlopen } = require('./lib/library.js');
const { ptr, read, write, toArrayBuffer, toBuffer } = require('./lib/memory.js');
const { stats, suffix } = require('./lib/host.js');
const { releasePtr } = require('./lib/retained.js');
const { FFIType } = require('./lib/types.js');

/** They need many modules, which are loaded when they are called. */
const cdef = (source, library, options) => require('./lib/c/cdef.js').cdef(source, library, options);
const isolate = (path, definitions, options) => require('./lib/isolate/isolate.js').isolate(path, definitions, options);

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
  cdef,
  isolate,
};

deferExports(module.exports);

// Never run: Node finds the names for `import` here.
0 && (exports.Struct = exports.Union = exports.StructSchema = exports.array = exports.bits = exports.enumeration = 0);
0 && (exports.opaque = exports.pointer = exports.out = exports.inout = exports.sizeof = exports.alignof = 0);
0 && (exports.offsetof = exports.JSCallback = exports.callback = exports.leaks = exports.attachFinalizer = 0);
0 && (exports.platform = exports.loadPlatformLibrary = exports.allowLibraries = exports.retain = 0);
0 && (exports.alloc = exports.strdup = exports.reinterpret = exports.malloc = exports.calloc = exports.realloc = 0);
0 && (exports.free = exports.Memory = exports.Arena = exports.IsolatedPointer = 0);
