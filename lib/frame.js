'use strict';
// The frame: this environment's memory shared with Rust, as typed arrays. Never exposed to users.
//
// V8 lets a debugger run code wherever a function begins, also one of the engine's own, and where a loop goes round; that code
// may use the frame too. So what is left in it for Rust is used at once: between the first word that is stored and the function
// of Rust's that reads it, and between that and the last word that is read, nothing else is called, and nothing loops. Where
// that cannot be, it is seen whether others have come in between; see lib/scratch.js. __test__/debugger has a debugger run code
// wherever it can.

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

const { BigInt } = globalThis;
const TWO_32 = 4294967296;

/** Where Rust leaves an address: `u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS]`. User-space addresses are safe integers. */
const ADDRESS = offsets.address / 4;
const LENGTH = offsets.length / 4;
const VALUE = offsets.value / 4;

// Operands of operations in Rust, which are to be called right after one of these.

/** @param {number | bigint} address a valid operand: a safe integer or an unsigned 64-bit BigInt */
function putAddress(address) {
  if (typeof address === 'number') {
    u32[ADDRESS] = address;
    u32[ADDRESS + 1] = address / TWO_32;
  } else {
    u64[offsets.address / 8] = address;
  }
}

/** The length of what ends with a NUL. */
const UNLIMITED = -1;

/**
 * Memory, and more.
 * @param {number | bigint} address
 * @param {number} length in bytes, or UNLIMITED
 * @param {number} low 32 bits of a value
 * @param {number} high 32 bits of it
 */
function putOperands(address, length, low = 0, high = 0) {
  if (typeof address === 'number') {
    u32[ADDRESS] = address;
    u32[ADDRESS + 1] = address / TWO_32;
  } else {
    u64[offsets.address / 8] = address;
  }
  u32[LENGTH] = length;
  u32[LENGTH + 1] = (length - (length >>> 0)) / TWO_32;
  u32[VALUE] = low;
  u32[VALUE + 1] = high;
}

/**
 * Memory that is copied, and where to.
 * @param {number | bigint} source
 * @param {number | bigint} target
 * @param {number} length in bytes
 */
function putCopy(source, target, length) {
  if (typeof source === 'number' && typeof target === 'number') {
    u32[ADDRESS] = source;
    u32[ADDRESS + 1] = source / TWO_32;
    u32[VALUE] = target;
    u32[VALUE + 1] = target / TWO_32;
  } else {
    const from = BigInt(source);
    const to = BigInt(target);
    u64[offsets.address / 8] = from;
    u64[offsets.value / 8] = to;
  }
  u32[LENGTH] = length;
  u32[LENGTH + 1] = length / TWO_32;
}

module.exports = {
  views: { i8, u8, i16, u16, i32, u32, f32, f64, i64, u64 },
  offsets,
  ADDRESS,
  TWO_32,
  putAddress,
  UNLIMITED,
  putOperands,
  putCopy,
};
