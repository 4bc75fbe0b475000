// What is called, and with what. Arguments are source text: `i` counts the calls, `data` is below.

/** Strings as they come from a parser: flat, and not always the same one. */
const texts = (length) => Array.from({ length: 4 }, (_, index) => Buffer.alloc(length, 'abcd'[index]).toString());

const data = {
  short: texts(11),
  long: texts(1000),
  bytes: Uint8Array.from({ length: 64 }, (_, index) => index + 1),
};

export const cases = [
  { id: 'no-arguments', title: 'no arguments', target: 'nothing', args: [] },
  { id: 'add-i32', title: 'add(i32, i32)', target: 'add_i32', args: ['i & 1023', '7'] },
  { id: 'add-f64', title: 'add(f64, f64)', target: 'add_f64', args: ['i + 0.5', '1.25'] },
  { id: 'add-i64', title: 'add(i64, i64)', target: 'add_i64', args: ['i', '5000000000'] },
  {
    id: 'six-mixed',
    title: 'six mixed scalars',
    target: 'mixed',
    args: ['i & 1023', 'i + 0.5', '5000000000', '1.5', 'i & 255', '(i & 1) === 1'],
  },
  { id: 'strlen-11', title: 'string of 11 characters', target: 'length', args: ['data.short[i & 3]'] },
  { id: 'strlen-1000', title: 'string of 1000 characters', target: 'length', args: ['data.long[i & 3]'] },
  { id: 'string-result', title: 'string result', target: 'greeting', args: [], property: 'length' },
  { id: 'buffer', title: 'buffer argument', target: 'sum4', args: ['data.bytes'] },
];

/**
 * The loop that is timed. Every body has a source text of its own: the engine lets functions of the
 * same text share what it learns about types, and one contender's calls would slow another's down.
 * @param {object} which one of the cases
 * @param {string} who whose body it is
 * @param {(args: string) => string} call the text of a call
 * @param {Record<string, unknown>} scope what that text refers to
 * @returns {(count: number) => number} makes `count` calls and adds up their results
 */
export function makeBody({ id, args, property }, who, call, scope) {
  const result = property ? `${call(args.join(', '))}.${property}` : call(args.join(', '));
  const text = `return function (count) { // ${who}: ${id}
    let sum = 0;
    for (let i = 0; i < count; i++) sum += ${result};
    return sum;
  };`;
  return new Function('data', ...Object.keys(scope), text)(data, ...Object.values(scope));
}
