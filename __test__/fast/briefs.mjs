// Functions in C that call nothing. Random ones run a few instructions: each adds its arguments up, each times another
// number, so that one in a wrong place makes another sum.
import { createRandom } from '../oracle/random.mjs';

const integers = {
  bool: { c: '_Bool', low: 0, high: 1 },
  i8: { c: 'signed char', low: -128, high: 127 },
  u8: { c: 'unsigned char', low: 0, high: 255 },
  i16: { c: 'short', low: -32768, high: 32767 },
  u16: { c: 'unsigned short', low: 0, high: 65535 },
  i32: { c: 'int', low: -(2 ** 31), high: 2 ** 31 - 1 },
  u32: { c: 'unsigned', low: 0, high: 2 ** 32 - 1 },
  i64: { c: 'long long', low: -(2 ** 40), high: 2 ** 40 },
  u64: { c: 'unsigned long long', low: 0, high: 2 ** 40 },
  ptr: { c: 'void *', low: 0, high: 2 ** 40 },
};
/** These have whole numbers here. */
const floats = {
  f32: { c: 'float', low: -1000, high: 1000 },
  f64: { c: 'double', low: -(2 ** 40), high: 2 ** 40 },
};
const types = { ...integers, ...floats };

/** What a sum comes back as: cut as C cuts it. */
const results = {
  void: { c: 'void', cut: () => undefined },
  i8: { c: 'signed char', cut: (sum) => Number(BigInt.asIntN(8, sum)) },
  u16: { c: 'unsigned short', cut: (sum) => Number(BigInt.asUintN(16, sum)) },
  i32: { c: 'int', cut: (sum) => Number(BigInt.asIntN(32, sum)) },
  u32: { c: 'unsigned', cut: (sum) => Number(BigInt.asUintN(32, sum)) },
  i64: { c: 'long long', cut: Number },
  ptr: { c: 'void *', cut: (sum) => Number(BigInt.asUintN(40, sum)) },
  f32: { c: 'float', cut: (sum) => Math.fround(Number(sum)) },
  f64: { c: 'double', cut: Number },
};

/** @param {number} seed @param {number} count */
export function drawBriefs(seed, count) {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, number) => {
    const draw = (from, most) => Array.from({ length: random.below(most + 1) }, () => random.pick(Object.keys(from)));
    const params = [...draw(integers, 5), ...draw(floats, 8)];
    for (let last = params.length - 1; last > 0; last--) {
      const other = random.below(last + 1);
      [params[last], params[other]] = [params[other], params[last]];
    }
    const weights = params.map(() => BigInt(random.between(-50, 50)));
    const sets = Array.from({ length: 64 }, () =>
      params.map((type) => random.between(types[type].low, types[type].high)),
    );
    return { name: `brief_${number}`, params, weights, sets, result: random.pick(Object.keys(results)) };
  });
}

/** The source of a function in C. Integers and whole floats are added as integers, which wrap as BigInts are cut. */
export function sourceOf({ name, params, weights, result }) {
  const terms = params.map(
    (type, index) => `(long long)${type === 'ptr' ? '(unsigned long)' : ''}a${index} * ${weights[index]}LL`,
  );
  const sum = ['7LL', ...terms].join(' + ');
  const returned =
    result === 'ptr' ? `(void *)(0xffffffffffUL & (unsigned long)(${sum}))` : `(${results[result].c})(${sum})`;
  const list = params.map((type, index) => `${types[type].c} a${index}`).join(', ') || 'void';
  const body = result === 'void' ? `last = ${sum};` : `return ${returned};`;
  return `${results[result].c} ${name}(${list}) { ${body} }`;
}

/** The sum that C makes of a set of values, and what the function returns for it. */
export function modelOf({ weights, result }, set) {
  const sum = set.reduce((sum, value, index) => sum + BigInt(value) * weights[index], 7n);
  return { sum: Number(sum), returned: results[result].cut(sum) };
}

/** A function with variable arguments, in C. It calls nothing, and has a loop. */
export const sumOf = `int sum_of(int count, ...) {
    __builtin_va_list list;
    int sum = 0;
    __builtin_va_start(list, count);
    while (count-- > 0) sum += __builtin_va_arg(list, int);
    __builtin_va_end(list);
    return sum;
  }`;
