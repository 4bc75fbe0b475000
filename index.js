// @ts-nocheck: index.d.ts has its types, and the last lines look like those of another kind of module.
'use strict';

const { deferExports } = require('./lib/deferred.js');
const { FFIError, FFITypeError, FFIRangeError } = require('./lib/errors.js');
const { Library, dlopen } = require('./lib/library.js');
const { stats, suffix } = require('./lib/host.js');
const { releasePtr } = require('./lib/retained.js');
const { FFIType } = require('./lib/types.js');

/** They need many modules, which are loaded when they are called. */
const cdef = (source, library, options) => require('./lib/c/cdef.js').cdef(source, library, options);
const isolate = (path, definitions, options) => require('./lib/isolate/isolate.js').isolate(path, definitions, options);

module.exports = {
  dlopen,
  Library,
  FFIType,
  releasePtr,
  suffix,
  stats,
  FFIError,
  FFITypeError,
  FFIRangeError,
  cdef,
  isolate,
};

deferExports(module.exports);

// Never run: Node finds the names for `import` here.
0 &&
  (exports.CFunction = exports.AsyncCFunction = exports.linkSymbols = exports.CString = exports.ptr = exports.read = 0);
0 && (exports.write = exports.toArrayBuffer = exports.toBuffer = exports.errno = exports.strerror = exports.ffi = 0);
0 && (exports.callAsync = exports.callPtrAsync = exports.callBySigAsArrayBuffer = 0);
0 && (exports.Struct = exports.Union = exports.StructSchema = exports.array = exports.bits = exports.enumeration = 0);
0 && (exports.opaque = exports.pointer = exports.out = exports.inout = exports.sizeof = exports.alignof = 0);
0 && (exports.offsetof = exports.JSCallback = exports.callback = exports.leaks = exports.attachFinalizer = 0);
0 && (exports.platform = exports.loadPlatformLibrary = exports.allowLibraries = exports.retain = 0);
0 && (exports.alloc = exports.strdup = exports.reinterpret = exports.malloc = exports.calloc = exports.realloc = 0);
0 && (exports.free = exports.Memory = exports.Arena = exports.IsolatedPointer = 0);
