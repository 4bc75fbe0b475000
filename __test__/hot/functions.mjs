// The C functions of a hot program: signatures drawn at random, and their C. A function writes what it got to a board,
// memory that JavaScript has given it, and returns what stands there.
import { createRandom } from '../oracle/random.mjs';
import { isSigned, narrowBits, paramTypes, resultTypes } from '../oracle/types.mjs';
import { drawText, encodeText } from '../oracle/memory.mjs';

/** Words of 64 bits on the board. */
export const BOARD = {
  entered: 0,
  count: 1,
  result: 2,
  errno: 3,
  action: 4,
  callback: 5,
  stack: 6,
  answer: 7,
  args: 8,
};
const MOST_PARAMS = 20;
export const BOARD_WORDS = BOARD.args + MOST_PARAMS;

/** Strings that C returns. */
export const TEXTS = 16;

const cWords = {
  ...{ void: 'void', bool: 'bool', f32: 'float', f64: 'double', buffer: 'void *', ptr: 'void *', cstring: 'char *' },
  ...{ function: 'void *', bigint64: 'int64_t', biguint64: 'uint64_t' },
};
const cWord = (type) =>
  cWords[type] ?? `${type.replace(/^([iu])(\d+)$/, (_, sign, width) => `${sign === 'u' ? 'u' : ''}int${width}`)}_t`;

/** Few parameters mostly: those are quick, and what is quick is tried here. */
function drawTypes(random) {
  const count = random.chance(0.85) ? random.below(7) : random.below(MOST_PARAMS + 1);
  const pool = random.chance(0.5) ? [random.pick(paramTypes), random.pick(paramTypes)] : paramTypes;
  return Array.from({ length: count }, () => random.pick(pool));
}

/**
 * @typedef {object} HotFunction
 * @property {number} number
 * @property {string} name
 * @property {string[]} params types
 * @property {boolean[]} bare C sees the whole register of a narrow argument
 * @property {string} result a type
 * @property {boolean} garbage there is something above a narrow result
 */

/** @returns {HotFunction[]} */
export function drawHotFunctions(seed, count) {
  return Array.from({ length: count }, (_, number) => {
    const random = createRandom(seed, number + 1);
    const params = drawTypes(random);
    const bare = params.map(
      (type, index) => index < 4 && type !== 'f32' && narrowBits[type] < 32 && random.chance(0.5),
    );
    const result = resultTypes[number % resultTypes.length];
    const garbage = result in narrowBits && random.chance(0.5);
    return { number, name: `hot_${number}`, params, bare, result, garbage };
  });
}

/** @returns {string[]} the strings of a seed */
export function drawTexts(seed) {
  const random = createRandom(seed, 0x7e47);
  // As C and back: lone surrogates are no text.
  return Array.from({ length: TEXTS }, () => Buffer.from(drawText(random)).toString());
}

const literal = (text) =>
  `"${Array.from(encodeText(text).subarray(0, -1), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`;

const prelude = `#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static uint64_t *board;
void hot_board(void *memory) { board = memory; }

// Of a string: its bytes, but not 0, which is NULL's.
static __attribute__((unused)) uint64_t hash(const char *text) {
  if (text == NULL) return 0;
  uint64_t sum = 0xcbf29ce484222325u;
  for (; *text; text++) sum = (sum ^ (unsigned char)*text) * 0x100000001b3u;
  return sum | 1;
}

// JavaScript must see this right after the call.
static __attribute__((unused)) uint64_t touch(void *memory) {
  uint32_t value;
  if (memory == NULL) return 0;
  memcpy(&value, memory, 4);
  value++;
  memcpy(memory, &value, 4);
  return (uintptr_t)memory;
}

static __attribute__((noinline, unused)) void enter(uint64_t number, const void *stack) {
  board[${BOARD.entered}] = number;
  board[${BOARD.count}]++;
  board[${BOARD.stack}] = (uintptr_t)stack % 16;
}

// Calls JavaScript, which calls others of these functions.
static __attribute__((noinline, unused)) void act(uint64_t action, uint64_t callback) {
  if (action) board[${BOARD.answer}] = (uint64_t)((int32_t (*)(int32_t))(uintptr_t)callback)((int32_t)action);
}
`;

function declared({ params, bare }) {
  const types = params.map(
    (type, index) => `${bare[index] ? (isSigned(type) ? 'int32_t' : 'uint32_t') : cWord(type)} a${index}`,
  );
  return types.join(', ') || 'void';
}

function noted(type, index) {
  const slot = `board[${BOARD.args + index}]`;
  switch (type) {
    case 'f32':
      return `${slot} = 0; memcpy(&${slot}, &a${index}, 4);`;
    case 'f64':
      return `memcpy(&${slot}, &a${index}, 8);`;
    case 'cstring':
      return `${slot} = hash(a${index});`;
    case 'buffer':
      return `${slot} = touch(a${index});`;
    case 'ptr':
    case 'function':
      return `${slot} = (uintptr_t)a${index};`;
    default:
      return `${slot} = ${isSigned(type) ? '(uint64_t)(int64_t)' : '(uint64_t)'}a${index};`;
  }
}

function returned({ result, garbage }) {
  if (garbage && result === 'f32') return 'double value; memcpy(&value, &bits, 8); return value;';
  if (garbage) return 'return bits;';
  if (result === 'void') return '(void)bits;';
  if (result === 'cstring') return `return bits < ${TEXTS} ? (char *)texts[bits] : NULL;`;
  if (result === 'ptr' || result === 'function') return 'return (void *)(uintptr_t)bits;';
  if (result === 'f32' || result === 'f64') {
    return `${cWord(result)} value; memcpy(&value, &bits, sizeof value); return value;`;
  }
  return result === 'bool' ? 'return bits & 1;' : `return (${cWord(result)})bits;`;
}

function definition(fn) {
  const { number, name, params, result, garbage } = fn;
  const type = garbage ? (result === 'f32' ? 'double' : 'uint64_t') : cWord(result);
  return `${type} ${name}(${declared(fn)}) {
  uint64_t bits = board[${BOARD.result}], error = board[${BOARD.errno}];
  const void *stack = __builtin_frame_address(0);
  act(board[${BOARD.action}], board[${BOARD.callback}]);
  enter(${number}, stack);
  ${params.map(noted).join('\n  ')}
  errno = (int)error;
  ${returned(fn)}
}
`;
}

/** @param {HotFunction[]} functions @param {string[]} texts */
export function hotSource(functions, texts) {
  const table = `static __attribute__((unused)) const char *const texts[] = {${texts.map(literal).join(',\n')}};\n`;
  return [prelude, table, ...functions.map(definition)].join('\n');
}
