// What a hot program passes and expects: argument values with the word that C must note for them, values that must
// be refused, and results.
import { numbers } from '../oracle/numbers.mjs';
import { drawText } from '../oracle/memory.mjs';
import { narrowBits } from '../oracle/types.mjs';
import { TEXTS } from './functions.mjs';

/** As in C. */
export function hash(text) {
  let sum = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
  return sum | 1n;
}

const scalar = (type, random) => {
  const { draw, argument } = numbers[type] ?? numbers.address;
  const bits = draw(random);
  return { js: argument(bits, random), bits };
};

/** Memory of some words: small ones move in the engine's heap until their address has been asked for. */
function drawMemory(random) {
  const words = random.pick([1, 2, 7, 16, 64, 500]);
  if (random.chance(0.5)) return new Uint32Array(words);
  const offset = 4 * random.below(4);
  const Memory = random.chance(0.2) ? SharedArrayBuffer : ArrayBuffer;
  return new Uint32Array(new Memory(offset + words * 4), offset, words);
}

function view(random, host) {
  const js = drawMemory(random);
  return { js, memory: js, bits: BigInt(host.ptr(js)) };
}

/** A string that is not flat, as they are when they were just put together. */
function joined(text, random) {
  const js = `${text}${random.below(10)}${text}`;
  return { js, bits: hash(js) };
}

const pointers = {
  ptr: (random, host) => {
    switch (random.below(4)) {
      case 0:
        return { js: null, bits: 0n };
      case 1:
        return view(random, host);
      default:
        return scalar('address', random);
    }
  },
  buffer: (random, host) => ({ ...view(random, host), isTouched: true }),
  cstring: (random) => {
    const text = drawText(random);
    switch (random.below(6)) {
      case 0:
        return { js: null, bits: 0n };
      case 1:
        return { js: Uint8Array.from([...Buffer.from(text), 0]), bits: hash(text) };
      case 2:
        return joined(text, random);
      default:
        return { js: text, bits: hash(text) };
    }
  },
  function: (random, host) => {
    if (random.chance(0.2)) return { js: null, bits: 0n };
    if (!host.callback || random.chance(0.7)) return scalar('address', random);
    return { js: host.callback, bits: BigInt(host.callback.ptr) };
  },
};

/**
 * @typedef {object} Drawn
 * @property {any} js
 * @property {bigint} bits what C notes
 * @property {Uint32Array} [memory]
 * @property {boolean} [isTouched] C adds 1 to the first word of it
 *
 * @param {string} type @returns {Drawn}
 */
export const drawValue = (type, random, host) => pointers[type]?.(random, host) ?? scalar(type, random);

/** A result: the word for the board, and the value in JavaScript. @param {import('./functions.mjs').HotFunction} fn */
export function drawExpected({ result, garbage }, random, texts) {
  if (result === 'void') return { bits: 0n, js: undefined };
  if (result === 'cstring') {
    const index = random.below(TEXTS + 1);
    return { bits: BigInt(index), js: texts[index] ?? null };
  }
  const { draw, result: valueOf } = numbers[result] ?? numbers.address;
  const bits = draw(random);
  const width = BigInt(narrowBits[result] ?? 64);
  const above = garbage ? random.bits() << width : 0n;
  return { bits: BigInt.asUintN(64, above | BigInt.asUintN(Number(width), bits)), js: valueOf(bits) };
}

const TYPE = 'ERR_INVALID_ARG_TYPE';
const RANGE = 'ERR_OUT_OF_RANGE';
const VALUE = 'ERR_INVALID_ARG_VALUE';

const wrongForAll = [undefined, Symbol('no'), () => 1, {}, [], { valueOf: () => 1 }];

function outside(type) {
  const width = BigInt(narrowBits[type] ?? 64);
  const isSigned = type.includes('i') && !type.includes('u');
  const [low, high] = isSigned ? [-(1n << (width - 1n)), (1n << (width - 1n)) - 1n] : [0n, (1n << width) - 1n];
  return width === 64n
    ? [low - 1n, high + 1n, 2 ** 53, -(2 ** 63)]
    : [Number(low) - 1, Number(high) + 1, 2 ** 32, -(2 ** 31) - 1, 2 ** 53];
}

function detached() {
  const buffer = new ArrayBuffer(16);
  const js = new Uint32Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  return js;
}

/**
 * A value that a parameter must refuse, and the code of the error.
 * @param {string} type
 * @returns {[any, string]}
 */
export function drawRefused(type, random) {
  const wrong = () => [random.pick(wrongForAll), TYPE];
  if (random.chance(0.3)) return wrong();
  switch (type) {
    case 'bool':
      return random.pick([
        [2, RANGE],
        [-1, RANGE],
        [0.5, RANGE],
        ['true', TYPE],
        [null, TYPE],
        [1n, TYPE],
      ]);
    case 'f32':
      return random.pick([
        ['1', TYPE],
        [1n, TYPE],
        [null, TYPE],
        [true, TYPE],
        [3.5e38, RANGE],
        [-1e300, RANGE],
      ]);
    case 'f64':
      return random.pick([
        ['1', TYPE],
        [1n, TYPE],
        [null, TYPE],
        [true, TYPE],
      ]);
    case 'cstring':
      return random.pick([
        ['a\0b', VALUE],
        [true, TYPE],
        [-1, RANGE],
        [0.5, RANGE],
        [-1n, RANGE],
      ]);
    case 'ptr':
      return random.pick([
        ['text', TYPE],
        [true, TYPE],
        [-1, RANGE],
        [0.5, RANGE],
        [NaN, RANGE],
        [-1n, RANGE],
        [detached(), VALUE],
      ]);
    case 'buffer':
      return random.pick([
        ['text', TYPE],
        [true, TYPE],
        [null, TYPE],
        [1, TYPE],
        [detached(), VALUE],
      ]);
    case 'function':
      return random.pick([
        ['text', TYPE],
        [true, TYPE],
        [-1, RANGE],
        [0.5, RANGE],
        [-1n, RANGE],
      ]);
    default:
      if (random.chance(0.4)) return [random.pick(outside(type)), RANGE];
      if (narrowBits[type] && random.chance(0.3)) return [1n, TYPE];
      return random.pick([
        ['1', TYPE],
        [null, TYPE],
        [true, TYPE],
        [0.5, RANGE],
        [-0.1, RANGE],
        [NaN, RANGE],
        [Infinity, RANGE],
        [1e-300, RANGE],
      ]);
  }
}
