// Numbers: bits that C must see, the JavaScript values that stand for them as arguments, and the one
// value that must come back as a result.
import { isSigned } from './types.mjs';

const view = new DataView(new ArrayBuffer(8));
const F64_NAN = 0x7ff8_0000_0000_0000n;

function doubleOf(bits) {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

function floatOf(bits) {
  view.setUint32(0, Number(bits));
  return view.getFloat32(0);
}

export function bitsOf(double) {
  view.setFloat64(0, double);
  return view.getBigUint64(0);
}

/** Whether the engine keeps the bits of a NaN: V8 does, JavaScriptCore has but one. */
const keepsNaNs = bitsOf(doubleOf(F64_NAN | 1n)) === (F64_NAN | 1n);
/** Whether JavaScript has a number of its own for these bits. */
export const isKept = (type, bits) =>
  keepsNaNs || !Number.isNaN(type === 'f64' ? doubleOf(bits) : type === 'f32' ? floatOf(bits) : 0);

/** Extremes, ones next to them, powers of two and their neighbours, and anything. */
function drawInteger(width, signed, random) {
  const one = 1n << BigInt(random.below(width));
  const patterns = [0n, 1n, -1n, -2n, one, one - 1n, -one, ~one, random.bits() & 0xffn];
  const bits = random.chance(0.5) ? random.pick(patterns) : random.bits();
  return BigInt.asUintN(64, signed ? BigInt.asIntN(width, bits) : BigInt.asUintN(width, bits));
}

const isSafe = (value) => value >= -(2n ** 53n) + 1n && value <= 2n ** 53n - 1n;
const safeOrBig = (value) => (isSafe(value) ? Number(value) : value);

/** @param {string} type @param {number} width */
export function integer(type, width) {
  const signed = isSigned(type);
  const valueOf = (bits) => (signed ? BigInt.asIntN(width, bits) : BigInt.asUintN(width, bits));
  return {
    draw: (random) => drawInteger(width, signed, random),
    argument(bits, random) {
      const value = valueOf(bits);
      if (value === 0n && random.chance(0.3)) return -0;
      if (width === 64 && random.chance(0.5)) return value;
      return safeOrBig(value);
    },
    result: (bits) => (type.startsWith('big') ? valueOf(bits) : safeOrBig(valueOf(bits))),
  };
}

const bool = {
  draw: (random) => BigInt(random.below(2)),
  argument: (bits, random) => (random.chance(0.5) ? bits === 1n : Number(bits)),
  result: (bits) => bits === 1n,
};

// Smallest and largest denormal, smallest and largest normal, one, infinity; all with either sign.
const F64_SPECIAL = [1n, 0x000f_ffff_ffff_ffffn, 1n << 52n, 0x7fef_ffff_ffff_ffffn, 0x3ff0n << 48n, 0x7ff0n << 48n];
const F32_SPECIAL = [1n, 0x007f_ffffn, 0x0080_0000n, 0x7f7f_ffffn, 0x3f80_0000n, 0x7f80_0000n];

/** NaNs are made quiet: hardware does not promise to keep signalling ones. */
function drawFloat(random, width, fraction, special) {
  const sign = BigInt(random.below(2)) << (width - 1n);
  const exponent = ((1n << (width - 1n - fraction)) - 1n) << fraction;
  const quiet = 1n << (fraction - 1n);
  const any = BigInt.asUintN(Number(width), random.bits());
  switch (random.below(8)) {
    case 0:
      return sign;
    case 1:
      return sign | random.pick(special);
    case 2:
      return keepsNaNs ? sign | exponent | quiet | (any & (quiet - 1n)) : exponent | quiet;
    case 3:
      return exponent | quiet;
    case 4:
      return any & ~exponent;
    default:
      if ((any & exponent) !== exponent) return any;
      return keepsNaNs ? any | quiet : exponent | quiet;
  }
}

const f64 = {
  // Whole numbers too: engines keep those apart.
  draw: (random) =>
    random.chance(0.2) ? bitsOf(random.between(-1000, 1000)) : drawFloat(random, 64n, 52n, F64_SPECIAL),
  argument(bits) {
    const value = doubleOf(bits);
    return Object.is(value, value | 0) ? value | 0 : value;
  },
  result: doubleOf,
};

/** The double that is exactly the float with these bits. */
function widened(bits) {
  if ((bits & 0x7f80_0000n) === 0x7f80_0000n && (bits & 0x7f_ffffn) !== 0n) {
    return doubleOf(((bits >> 31n) << 63n) | F64_NAN | ((bits & 0x7f_ffffn) << 29n));
  }
  return floatOf(bits);
}

const f32 = {
  draw: (random) => drawFloat(random, 32n, 23n, F32_SPECIAL),
  argument(bits, random) {
    const value = widened(bits);
    if (random.chance(0.5)) return value;
    if (value === 0) return value + (Object.is(value, -0) ? -1e-60 : 1e-60);
    // Less than half a unit away, also from a power of two down: C must get this float.
    const isNormal = (bits & 0x7f80_0000n) !== 0n && (bits & 0x7f80_0000n) !== 0x7f80_0000n;
    return isNormal ? doubleOf(bitsOf(value) + BigInt(random.between(1 - 2 ** 27, 2 ** 28 - 1))) : value;
  },
  result: widened,
};

/** @type {Record<string, { draw: Function, argument: Function, result: Function }>} */
export const numbers = {
  bool,
  i8: integer('i8', 8),
  u8: integer('u8', 8),
  i16: integer('i16', 16),
  u16: integer('u16', 16),
  i32: integer('i32', 32),
  u32: integer('u32', 32),
  i64: integer('i64', 64),
  u64: integer('u64', 64),
  bigint64: integer('bigint64', 64),
  biguint64: integer('biguint64', 64),
  f32,
  f64,
  // Addresses that are only compared, never followed.
  address: integer('u64', 64),
};
