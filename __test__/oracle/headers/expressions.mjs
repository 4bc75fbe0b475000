// Constant expressions at random, as macros.

const INTEGERS = [
  ...['0', '1', '2', '3', '7', '8', '31', '32', '63', '64', '100', '255', '256', '65535', '0x7fff', '010'],
  ...['2147483647', '2147483648', '4294967295', '4294967296', '9223372036854775807', '9223372036854775808'],
  ...['0x7fffffff', '0x80000000', '0xffffffff', '0x7fffffffffffffff', '0x8000000000000000', '0xffffffffffffffff'],
  ...['1u', '0u', '7U', '4294967295u', '1l', '2L', '9223372036854775807l', '1ul', '18446744073709551615ul'],
  ...['1ll', '9223372036854775807LL', '1ull', '18446744073709551615ull', "'a'", "'\\xff'", "'\\0'", "L'x'"],
];
const FLOATS = [
  ...[
    '0.0',
    '1.0',
    '0.5',
    '2.5',
    '255.9',
    '3e9',
    '1e10',
    '1.9e19',
    '1e300',
    '0x1p31',
    '0x1.8p-3',
    '9007199254740993.0',
  ],
  ...['0.1f', '1.5f', '16777217.0f', '3.4e38f', '0x1.000001p0f', '0x1.fffffffffffff8p0', '4.9e-324', '1e-50f'],
];
const TYPES = [
  ...['int', 'unsigned', 'long', 'unsigned long', 'long long', 'unsigned long long', 'char', 'signed char'],
  ...['unsigned char', 'short', 'unsigned short', '_Bool', '__int128', 'unsigned __int128', 'float', 'double'],
];
const BINARY = ['+', '-', '*', '/', '%', '<<', '>>', '&', '|', '^', '<', '>', '<=', '>=', '==', '!=', '&&', '||'];
const UNARY = ['-', '~', '!', '+'];

/** @param {{ below(end: number): number }} random @param {number} depth @returns {string} */
function expression(random, depth) {
  const pick = (/** @type {string[]} */ list) => list[random.below(list.length)];
  const inner = () => expression(random, depth - 1);
  if (depth === 0) return random.below(6) === 0 ? pick(FLOATS) : pick(INTEGERS);
  switch (random.below(8)) {
    case 0:
      return pick(INTEGERS);
    case 1:
      return `${pick(UNARY)}(${inner()})`;
    case 2:
      return `((${pick(TYPES)})(${inner()}))`;
    case 3:
      return `((${inner()}) ? (${inner()}) : (${inner()}))`;
    case 4:
      return random.below(4) === 0 ? `sizeof(${inner()})` : `-${pick(INTEGERS)}`;
    default:
      return `((${inner()}) ${pick(BINARY)} (${inner()}))`;
  }
}

/** Macros `X0`, `X1`, …, each for a constant expression, of which some have no value. */
export const randomMacros = (random, count) =>
  Array.from({ length: count }, (_, index) => `#define X${index} ${expression(random, 1 + random.below(3))}\n`).join(
    '',
  );
