// Values that operations are tried with: mostly ones that fit, now and then ones that cannot.
import { below, chance, next, one } from './chance.mjs';
import { scalars } from './model.mjs';

const odd = [
  NaN,
  -1,
  0.5,
  -0,
  Infinity,
  2 ** 53,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
  1n,
  '1',
  null,
  {},
  [],
  true,
  2 ** 31,
  2 ** 32,
];
// No objects, which are options, and nothing that there may just be memory for.
export const oddSizes = odd.filter((value) => typeof value !== 'object' && value !== 2 ** 31 && value !== 2 ** 32);
export const offsetIn = (size) => (chance(0.03) ? one(odd) : below(size + 4) - (chance(0.02) ? 3 : 0));
export const lengthIn = (size) => (chance(0.2) ? undefined : offsetIn(size));
export const typeNames = Object.keys(scalars);

/** A value to write as this type. */
export function valueOf(type) {
  if (chance(0.05)) return one([...odd, 2n ** 64n, -(2n ** 63n), 1e300]);
  if (type === 'f64') return next() * 2 ** below(100);
  if (type === 'f32') return Math.fround(next() * 100);
  const [size] = scalars[type];
  const raw = BigInt(Math.floor(next() * 2 ** 32)) * 2n ** 32n + BigInt(Math.floor(next() * 2 ** 32));
  const isSigned = type.startsWith('i') || type === 'bigint64';
  const fitting = isSigned ? BigInt.asIntN(8 * size, raw) : BigInt.asUintN(8 * size, raw);
  return size === 8 ? fitting : Number(fitting);
}
