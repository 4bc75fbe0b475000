'use strict';
// The frame: this environment's memory shared with Rust, as typed arrays. Never exposed to users.

const native = require('./binding.js');

const { frame, offsets } = native;

const i8 = new Int8Array(frame);
const u8 = new Uint8Array(frame);
const i16 = new Int16Array(frame);
const u16 = new Uint16Array(frame);
const i32 = new Int32Array(frame);
const u32 = new Uint32Array(frame);
const f32 = new Float32Array(frame);
const f64 = new Float64Array(frame);
const i64 = new BigInt64Array(frame);
const u64 = new BigUint64Array(frame);

const TWO_32 = 4294967296;
const ADDRESS = offsets.address / 4;
const LENGTH = offsets.length / 4;

/** @returns {number} the address that Rust left; user-space addresses are safe integers */
function takeAddress() {
  return u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
}

/** @param {number | bigint} address a valid operand: a safe integer or an unsigned 64-bit BigInt */
function putAddress(address) {
  if (typeof address === 'number') {
    u32[ADDRESS] = address;
    u32[ADDRESS + 1] = address / TWO_32;
  } else {
    u64[offsets.address / 8] = address;
  }
}

/** @param {number} length a non-negative safe integer, in bytes */
function putLength(length) {
  u32[LENGTH] = length;
  u32[LENGTH + 1] = length / TWO_32;
}

/** The length that stands for "up to the NUL". */
function putNoLength() {
  u32[LENGTH] = 0xffffffff;
  u32[LENGTH + 1] = 0xffffffff;
}

module.exports = {
  views: { i8, u8, i16, u16, i32, u32, f32, f64, i64, u64 },
  offsets,
  takeAddress,
  putAddress,
  putLength,
  putNoLength,
};
