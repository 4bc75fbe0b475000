// The loops that a hot program runs: code of their own for each, so that the engine learns of one call site what is
// passed there, inlines the stub into it, and optimizes both.
import { BOARD } from './functions.mjs';

/** Sets of values that a loop goes through: a power of two. */
export const SETS = 16;

/** How arguments are written: what kind of value an engine sees depends on where it is from. */
const SOURCES = ['member', 'member', 'array', 'typed', 'literal', 'local'];

const typedArrays = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  f64: Float64Array,
  f32: Float32Array,
  bigint64: BigInt64Array,
  biguint64: BigUint64Array,
};

const literals = {
  number: (value) => (Object.is(value, -0) ? '-0' : String(value)),
  bigint: (value) => `${value}n`,
  boolean: String,
  string: (value) => JSON.stringify(value),
};

/**
 * Chooses for every parameter where a loop has its argument from.
 * @param {import('./functions.mjs').HotFunction} fn
 */
export function drawSources({ params }, random) {
  return params.map((type) => {
    const source = random.pick(SOURCES);
    return source === 'typed' && !typedArrays[type] ? 'array' : source;
  });
}

/** Whether all sets have the same value there. */
export const isConstant = (source) => source === 'literal';

/** What stands for an argument in a call, and what that refers to. */
function argument(source, type, index, sets) {
  const values = sets.map(({ args }) => args[index].js);
  switch (source) {
    case 'array':
      return { text: `c${index}[i & ${SETS - 1}]`, value: values };
    case 'typed': {
      const array = new typedArrays[type](SETS);
      const isBig = typeof array[0] === 'bigint';
      values.forEach((value, at) => (array[at] = isBig ? BigInt(value) : value));
      return { text: `c${index}[i & ${SETS - 1}]`, value: array };
    }
    case 'literal': {
      const write = literals[values[0] === null ? 'null' : typeof values[0]];
      return write ? { text: write(values[0]), value: undefined } : { text: `c${index}`, value: values[0] };
    }
    case 'local':
      return { text: `l${index}`, value: undefined, before: `let l${index} = s.args[${index}].js;` };
    default:
      return { text: `s.v${index}`, value: undefined };
  }
}

/**
 * @typedef {object} Loop
 * @property {(f: Function, sets: object[], count: number) => void} run
 * @property {string} text
 */

/**
 * The text of a loop. `board` is of 32-bit words.
 * @param {import('./functions.mjs').HotFunction} fn
 * @param {object} shape
 * @param {string[]} shape.sources
 * @param {boolean} shape.catches calls may throw
 * @param {boolean} shape.asksErrno
 * @param {number} serial makes the text unique
 */
function loopText({ number, params }, { sources, catches, asksErrno }, written, serial) {
  const at = (word) => 2 * word;
  const call = `f(${written.map(({ text }) => text).join(', ')})`;
  const lines = [
    `// loop ${serial}`,
    'let s;',
    'for (let i = 0; i < count; i++) {',
    `  s = sets[i & ${SETS - 1}];`,
    `  board[${at(BOARD.result)}] = s.low; board[${at(BOARD.result) + 1}] = s.high;`,
    `  board[${at(BOARD.errno)}] = s.errno; board[${at(BOARD.action)}] = s.action;`,
    `  const entries = board[${at(BOARD.count)}];`,
    ...params.flatMap((type, index) =>
      type === 'buffer'
        ? [`  const m${index} = s.args[${index}].memory, w${index} = m${index} ? m${index}[0] : 0;`]
        : [],
    ),
    ...written.flatMap(({ before }) => (before ? [`  ${before}`] : [])),
    catches
      ? `  let got; try { got = ${call}; } catch (error) { caught(error, s, i, entries); continue; }`
      : `  const got = ${call};`,
    '  if (s.throws) missed(s, i);',
    '  if (got !== s.expected || got === 0) compare(got, s, i);',
    `  if (board[${at(BOARD.entered)}] !== ${number} || board[${at(BOARD.stack)}] !== 0) lost(s, i);`,
    `  if (s.action === 0 && board[${at(BOARD.count)}] !== (entries + 1 >>> 0)) lost(s, i);`,
    ...params.map(
      (_, index) =>
        `  if (board[${at(BOARD.args + index)}] !== s.args[${index}].low || board[${at(BOARD.args + index) + 1}] !== s.args[${index}].high) differs(${index}, s, i);`,
    ),
    ...params.flatMap((type, index) =>
      type === 'buffer' ? [`  if (m${index} && m${index}[0] === w${index}) untouched(${index}, s, i);`] : [],
    ),
    asksErrno ? '  if (errno() !== s.errno) wrongErrno(s, i);' : '',
    '}',
  ];
  return lines.filter(Boolean).join('\n');
}

let serial = 0;

/**
 * @param {import('./functions.mjs').HotFunction} fn
 * @param {object[]} sets see table.mjs
 * @param {{ sources: string[], catches: boolean, asksErrno: boolean }} shape
 * @param {Record<string, any>} reports what a loop calls when something is wrong, the board, and errno
 * @returns {Loop}
 */
export function makeLoop(fn, sets, shape, reports) {
  const written = fn.params.map((type, index) => argument(shape.sources[index], type, index, sets));
  const text = loopText(fn, shape, written, serial++);
  const scope = { ...reports };
  written.forEach(({ value }, index) => {
    if (value !== undefined) scope[`c${index}`] = value;
  });
  try {
    return {
      run: new Function(...Object.keys(scope), `return function (f, sets, count) {\n${text}\n};`)(
        ...Object.values(scope),
      ),
      text,
    };
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error(`${error.message} in\n${text}`);
    return { run: plainLoop(fn, reports), text: 'the same loop, not generated' };
  }
}

/** Where code cannot be generated. */
function plainLoop({ number, params }, reports) {
  const { board, caught, missed, compare, lost, differs, untouched } = reports;
  return (f, sets, count) => {
    for (let i = 0; i < count; i++) {
      const s = sets[i & (SETS - 1)];
      [board[2 * BOARD.result], board[2 * BOARD.result + 1]] = [s.low, s.high];
      [board[2 * BOARD.errno], board[2 * BOARD.action]] = [s.errno, s.action];
      const entries = board[2 * BOARD.count];
      const before = s.args.map(({ memory }) => memory?.[0]);
      let got;
      try {
        got = f(...s.args.map(({ js }) => js));
      } catch (error) {
        caught(error, s, i, entries);
        continue;
      }
      if (s.throws) missed(s, i);
      compare(got, s, i);
      if (board[2 * BOARD.entered] !== number || board[2 * BOARD.stack] !== 0) lost(s, i);
      s.args.forEach(({ low, high, memory }, index) => {
        const slot = 2 * (BOARD.args + index);
        if (board[slot] !== low || board[slot + 1] !== high) differs(index, s, i);
        if (params[index] === 'buffer' && memory && memory[0] === before[index]) untouched(index, s, i);
      });
    }
  };
}
