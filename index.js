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

module.exports = {
  dlopen,
  linkSymbols,
  CFunction,
  Library,
  FFIType,
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
