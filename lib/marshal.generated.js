'use strict';
// Made by `npm run generate` from lib/emitters.js; do not edit. Offsets (`at`) are in bytes, of the frame
// or of the memory that a view is on.

const {
  i8, u8, i16, u16, i32, u32, f32, f64, i64, u64,
  isSafeInteger, isBigInt64, isBigUint64, fround,
  addressOf, bufferAddress, functionAddress, frameAddress, copyString,
  putInt64, getInt64, putUint64, getUint64, putPointer, getPointer,
} = require('./runtime.js');

/**
 * @typedef {object} Marshaller
 * @property {null} __proto__ an absent key must stay absent
 * @property {(value: any) => any} read
 * @property {(value: any) => boolean} invalid
 * @property {(value: any, at: number) => void} store
 * @property {(at: number) => any} [load]
 * @property {(view: DataView, at: number, value: any) => void} put
 * @property {(view: DataView, at: number) => any} get
 * @property {boolean} [string]
 */

/** @type {Record<string, Marshaller>} */
module.exports = {
  void: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => true,
    store: (value, at) => {  },
    put: (view, at, value) => {  },
    get: (view, at) => undefined,
  },
  bool: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => value !== !!value && value !== 0 && value !== 1,
    store: (value, at) => { i32[(at >> 2)] = value; },
    put: (view, at, value) => { view.setUint8(at, value); },
    get: (view, at) => view.getUint8(at) !== 0,
    load: (at) => u8[at] !== 0,
  },
  i8: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || value !== value << 24 >> 24,
    store: (value, at) => { i32[(at >> 2)] = value; },
    put: (view, at, value) => { view.setInt8(at, value); },
    get: (view, at) => view.getInt8(at),
    load: (at) => i8[at],
  },
  u8: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || value !== (value & 255),
    store: (value, at) => { i32[(at >> 2)] = value; },
    put: (view, at, value) => { view.setUint8(at, value); },
    get: (view, at) => view.getUint8(at),
    load: (at) => u8[at],
  },
  i16: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || value !== value << 16 >> 16,
    store: (value, at) => { i32[(at >> 2)] = value; },
    put: (view, at, value) => { view.setInt16(at, value, true); },
    get: (view, at) => view.getInt16(at, true),
    load: (at) => i16[at >> 1],
  },
  u16: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || value !== (value & 65535),
    store: (value, at) => { i32[(at >> 2)] = value; },
    put: (view, at, value) => { view.setUint16(at, value, true); },
    get: (view, at) => view.getUint16(at, true),
    load: (at) => u16[at >> 1],
  },
  i32: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || value !== (value | 0),
    store: (value, at) => { i32[(at >> 2)] = value; },
    put: (view, at, value) => { view.setInt32(at, value, true); },
    get: (view, at) => view.getInt32(at, true),
    load: (at) => i32[(at >> 2)],
  },
  u32: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || value !== value >>> 0,
    store: (value, at) => { i32[(at >> 2)] = value; },
    put: (view, at, value) => { view.setUint32(at, value, true); },
    get: (view, at) => view.getUint32(at, true),
    load: (at) => u32[(at >> 2)],
  },
  i64: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => !isSafeInteger(value) && !isBigInt64(value),
    store: (value, at) => { if (typeof value === 'number') { i32[(at >> 2)] = value; i32[(at >> 2) + 1] = (value - (value >>> 0)) * 2.3283064365386963e-10; } else i64[at >> 3] = value; },
    put: (view, at, value) => { putInt64(view, at, value); },
    get: (view, at) => getInt64(view, at),
    load: (at) => i32[(at >> 2)] >> 31 === i32[(at >> 2) + 1] ? i32[(at >> 2)] : (i32[(at >> 2) + 1] + 2097152) >>> 0 < 4194304 && (i32[(at >> 2) + 1] !== -2097152 || i32[(at >> 2)] !== 0) ? i32[(at >> 2) + 1] * 4294967296 + u32[(at >> 2)] : i64[at >> 3],
  },
  u64: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => !(isSafeInteger(value) && value >= 0) && !isBigUint64(value),
    store: (value, at) => { if (typeof value === 'number') { u32[(at >> 2)] = value; u32[(at >> 2) + 1] = value * 2.3283064365386963e-10; } else u64[at >> 3] = value; },
    put: (view, at, value) => { putUint64(view, at, value); },
    get: (view, at) => getUint64(view, at),
    load: (at) => u32[(at >> 2) + 1] === 0 ? u32[(at >> 2)] : u32[(at >> 2) + 1] < 2097152 ? u32[(at >> 2) + 1] * 4294967296 + u32[(at >> 2)] : u64[at >> 3],
  },
  bigint64: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => !isSafeInteger(value) && !isBigInt64(value),
    store: (value, at) => { if (typeof value === 'number') { i32[(at >> 2)] = value; i32[(at >> 2) + 1] = (value - (value >>> 0)) * 2.3283064365386963e-10; } else i64[at >> 3] = value; },
    put: (view, at, value) => { putInt64(view, at, value); },
    get: (view, at) => view.getBigInt64(at, true),
    load: (at) => i64[at >> 3],
  },
  biguint64: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => !(isSafeInteger(value) && value >= 0) && !isBigUint64(value),
    store: (value, at) => { if (typeof value === 'number') { u32[(at >> 2)] = value; u32[(at >> 2) + 1] = value * 2.3283064365386963e-10; } else u64[at >> 3] = value; },
    put: (view, at, value) => { putUint64(view, at, value); },
    get: (view, at) => view.getBigUint64(at, true),
    load: (at) => u64[at >> 3],
  },
  f32: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => typeof value !== 'number' || value / fround(value) === 0,
    store: (value, at) => { f32[(at >> 2)] = value; },
    put: (view, at, value) => { view.setFloat32(at, value, true); },
    get: (view, at) => view.getFloat32(at, true),
    load: (at) => f32[(at >> 2)],
  },
  f64: {
    __proto__: null,
    read: (value) => value,
    invalid: (value) => typeof value !== 'number',
    store: (value, at) => { f64[at >> 3] = value; },
    put: (view, at, value) => { view.setFloat64(at, value, true); },
    get: (view, at) => view.getFloat64(at, true),
    load: (at) => f64[at >> 3],
  },
  ptr: {
    __proto__: null,
    read: (value) => isSafeInteger(value) && value >= 0 ? value : addressOf(value),
    invalid: (value) => value === -1,
    store: (value, at) => { if (typeof value === 'number') { u32[(at >> 2)] = value; u32[(at >> 2) + 1] = value * 2.3283064365386963e-10; } else u64[at >> 3] = value; },
    put: (view, at, value) => { putPointer(view, at, value); },
    get: (view, at) => getPointer(view, at),
    load: (at) => u32[(at >> 2) + 1] < 2097152 ? u32[(at >> 2) + 1] * 4294967296 + u32[(at >> 2)] : u64[at >> 3],
  },
  buffer: {
    __proto__: null,
    read: (value) => bufferAddress(value),
    invalid: (value) => value === -1,
    store: (value, at) => { if (typeof value === 'number') { u32[(at >> 2)] = value; u32[(at >> 2) + 1] = value * 2.3283064365386963e-10; } else u64[at >> 3] = value; },
    put: (view, at, value) => { putPointer(view, at, value); },
    get: (view, at) => getPointer(view, at),
  },
  cstring: {
    __proto__: null,
    read: (value) => typeof value === 'string' ? frameAddress + copyString(value) : isSafeInteger(value) && value >= 0 ? value : addressOf(value),
    invalid: (value) => value === -1,
    store: (value, at) => { if (typeof value === 'number') { u32[(at >> 2)] = value; u32[(at >> 2) + 1] = value * 2.3283064365386963e-10; } else u64[at >> 3] = value; },
    put: (view, at, value) => { putPointer(view, at, value); },
    get: (view, at) => getPointer(view, at),
    string: true,
  },
  function: {
    __proto__: null,
    read: (value) => isSafeInteger(value) && value >= 0 ? value : functionAddress(value),
    invalid: (value) => value === -1,
    store: (value, at) => { if (typeof value === 'number') { u32[(at >> 2)] = value; u32[(at >> 2) + 1] = value * 2.3283064365386963e-10; } else u64[at >> 3] = value; },
    put: (view, at, value) => { putPointer(view, at, value); },
    get: (view, at) => getPointer(view, at),
    load: (at) => u32[(at >> 2) + 1] < 2097152 ? u32[(at >> 2) + 1] * 4294967296 + u32[(at >> 2)] : u64[at >> 3],
  },
};
