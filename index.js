'use strict';

const ffi = require('./lib/bridge.js');
const { CFunction, linkSymbols } = require('./lib/cfunction.js');
const { CString } = require('./lib/cstring.js');
const { errno, strerror } = require('./lib/errno.js');
const { FFIError, FFITypeError, FFIRangeError } = require('./lib/errors.js');
const { Library, dlopen } = require('./lib/library.js');
const { ptr, read, write, toArrayBuffer, toBuffer } = require('./lib/memory.js');
const { stats, suffix } = require('./lib/host.js');
const { FFIType } = require('./lib/types.js');
const { array } = require('./lib/record/array.js');
const { StructSchema, Struct, Union } = require('./lib/record/schema.js');
const { sizeof, alignof, offsetof } = require('./lib/record/queries.js');
const { releasePtr } = require('./lib/retained.js');
const { bits } = require('./lib/types/bits.js');
const { enumeration } = require('./lib/types/enumeration.js');
const { opaque } = require('./lib/types/opaque.js');
const { pointer, out, inout } = require('./lib/types/pointer.js');

module.exports = {
  dlopen,
  linkSymbols,
  CFunction,
  Library,
  FFIType,
  Struct,
  Union,
  StructSchema,
  array,
  bits,
  enumeration,
  opaque,
  pointer,
  out,
  inout,
  sizeof,
  alignof,
  offsetof,
  releasePtr,
  CString,
  ptr,
  read,
  write,
  toArrayBuffer,
  toBuffer,
  suffix,
  errno,
  strerror,
  stats,
  FFIError,
  FFITypeError,
  FFIRangeError,
  ffi,
};
