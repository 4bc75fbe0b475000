'use strict';
// Made by `npm run generate` from lib/emitters.js; do not edit. Offsets (`at`) are in bytes of the frame.

const {
  i8, u8, i16, u16, i32, u32, f32, f64, i64, u64,
  isSafeInteger, isBigInt64, isBigUint64, floor, fround,
  wide, addressOf, bufferAddress, functionAddress, frameAddress, copyString,
} = require('./runtime.js');

/**
 * @typedef {object} Marshaller
 * @property {(value: any) => any} read
 * @property {(value: any) => boolean} invalid
 * @property {(value: any, at: number) => void} store
 * @property {(at: number) => any} [load]
 * @property {boolean} [keeps]
 * @property {boolean} [scratch]
 * @property {boolean} [string]
 */

/** @type {Record<string, Marshaller>} */
module.exports = {
  void: {
    read: (value) => value,
    invalid: (value) => true,
    store: (value, at) => {  },
    load: (at) => undefined,
  },
  bool: {
    read: (value) => value === true || value === 1 ? 1 : value === false || value === 0 ? 0 : -1,
    invalid: (value) => value === -1,
    store: (value, at) => { i32[(at >> 2)] = value; },
    load: (at) => u8[at] !== 0,
  },
  i8: {
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || value << 24 >> 24 !== value,
    store: (value, at) => { i32[(at >> 2)] = value; },
    load: (at) => i8[at],
  },
  u8: {
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || (value & 255) !== value,
    store: (value, at) => { i32[(at >> 2)] = value; },
    load: (at) => u8[at],
  },
  i16: {
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || value << 16 >> 16 !== value,
    store: (value, at) => { i32[(at >> 2)] = value; },
    load: (at) => i16[at >> 1],
  },
  u16: {
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || (value & 65535) !== value,
    store: (value, at) => { i32[(at >> 2)] = value; },
    load: (at) => u16[at >> 1],
  },
  i32: {
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || (value | 0) !== value,
    store: (value, at) => { i32[(at >> 2)] = value; },
    load: (at) => i32[(at >> 2)],
  },
  u32: {
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || value >>> 0 !== value,
    store: (value, at) => { i32[(at >> 2)] = value; },
    load: (at) => u32[(at >> 2)],
  },
  i64: {
    read: (value) => value,
    invalid: (value) => !isSafeInteger(value) && !isBigInt64(value),
    store: (value, at) => { if (typeof value === 'number') { i32[(at >> 2)] = value; i32[(at >> 2) + 1] = floor(value * 2.3283064365386963e-10); } else i64[at >> 3] = value; },
    load: (at) => i32[(at >> 2)] >> 31 === i32[(at >> 2) + 1] ? i32[(at >> 2)] : wide(i32[(at >> 2) + 1] * 4294967296 + u32[(at >> 2)], i64, at >> 3),
  },
  u64: {
    read: (value) => value,
    invalid: (value) => !(isSafeInteger(value) && value >= 0) && !isBigUint64(value),
    store: (value, at) => { if (typeof value === 'number') { u32[(at >> 2)] = value; u32[(at >> 2) + 1] = value * 2.3283064365386963e-10; } else u64[at >> 3] = value; },
    load: (at) => u32[(at >> 2) + 1] === 0 ? u32[(at >> 2)] : wide(u32[(at >> 2) + 1] * 4294967296 + u32[(at >> 2)], u64, at >> 3),
  },
  bigint64: {
    read: (value) => value,
    invalid: (value) => !isSafeInteger(value) && !isBigInt64(value),
    store: (value, at) => { if (typeof value === 'number') { i32[(at >> 2)] = value; i32[(at >> 2) + 1] = floor(value * 2.3283064365386963e-10); } else i64[at >> 3] = value; },
    load: (at) => i64[at >> 3],
  },
  biguint64: {
    read: (value) => value,
    invalid: (value) => !(isSafeInteger(value) && value >= 0) && !isBigUint64(value),
    store: (value, at) => { if (typeof value === 'number') { u32[(at >> 2)] = value; u32[(at >> 2) + 1] = value * 2.3283064365386963e-10; } else u64[at >> 3] = value; },
    load: (at) => u64[at >> 3],
  },
  f32: {
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || (value - value === 0 && fround(value) - fround(value) !== 0),
    store: (value, at) => { f32[(at >> 2)] = value; },
    load: (at) => f32[(at >> 2)],
  },
  f64: {
    read: (value) => value,
    invalid: (value) => typeof value !== 'number',
    store: (value, at) => { f64[at >> 3] = value; },
    load: (at) => f64[at >> 3],
  },
  ptr: {
    read: (value) => isSafeInteger(value) && value >= 0 ? value : addressOf(value),
    invalid: (value) => value === -1,
    store: (value, at) => { if (typeof value === 'number') { u32[(at >> 2)] = value; u32[(at >> 2) + 1] = value * 2.3283064365386963e-10; } else u64[at >> 3] = value; },
    load: (at) => u32[(at >> 2) + 1] < 2097152 ? u32[(at >> 2) + 1] * 4294967296 + u32[(at >> 2)] : u64[at >> 3],
    keeps: true,
  },
  buffer: {
    read: (value) => bufferAddress(value),
    invalid: (value) => value === -1,
    store: (value, at) => { if (typeof value === 'number') { u32[(at >> 2)] = value; u32[(at >> 2) + 1] = value * 2.3283064365386963e-10; } else u64[at >> 3] = value; },
    keeps: true,
  },
  cstring: {
    read: (value) => typeof value === 'string' ? frameAddress + copyString(value) : isSafeInteger(value) && value >= 0 ? value : addressOf(value),
    invalid: (value) => value === -1,
    store: (value, at) => { if (typeof value === 'number') { u32[(at >> 2)] = value; u32[(at >> 2) + 1] = value * 2.3283064365386963e-10; } else u64[at >> 3] = value; },
    keeps: true,
    scratch: true,
    string: true,
  },
  function: {
    read: (value) => isSafeInteger(value) && value >= 0 ? value : functionAddress(value),
    invalid: (value) => value === -1,
    store: (value, at) => { if (typeof value === 'number') { u32[(at >> 2)] = value; u32[(at >> 2) + 1] = value * 2.3283064365386963e-10; } else u64[at >> 3] = value; },
    load: (at) => u32[(at >> 2) + 1] < 2097152 ? u32[(at >> 2) + 1] * 4294967296 + u32[(at >> 2)] : u64[at >> 3],
  },
};
