// Calls the compiled functions and compares both sides.
import { createRandom } from './random.mjs';
import { bitsOf } from './numbers.mjs';
import { prototype } from './source.mjs';
import { SETS } from './signatures.mjs';
import { createSpeller } from './types.mjs';
import { variable } from './variables.mjs';

/** Keeps the stream that spells types apart from the one that draws them. */
const SPELLING = 0x5be11;

/** As in prelude.c. */
const MISALIGNED = -2;

function inWords(value) {
  if (typeof value === 'bigint') return `${value}n`;
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  if (typeof value === 'number') return `${Object.is(value, -0) ? '-0' : value} (bits 0x${bitsOf(value).toString(16)})`;
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value !== 'object' || value === null) return String(value);
  // A CString may stand on an address that nobody can read.
  if (value.byteLength === undefined) return `${value.constructor.name} at ${value.ptr}`;
  return `${value.constructor.name} of ${value.byteLength} bytes, ${value.byteOffset ?? 0} into its buffer`;
}

/** An array that always holds tagged values: engines write every NaN in an array of doubles alike. */
function taggedArray(values) {
  const array = [undefined];
  array.pop();
  for (const value of values) array.push(value);
  return array;
}

/** Whether two results are the same to the last bit. */
export function isSame(a, b) {
  return typeof a === 'number' && typeof b === 'number' ? bitsOf(a) === bitsOf(b) : a === b;
}

/** C inverts one byte of each memory it is given; the rest stays. */
function isWritten({ memory }, { kind, bytes, at }) {
  if (!memory) return true;
  const change = kind === 'bytes' ? 0xff : 0;
  return memory.every((byte, index) => byte === (index === at ? bytes[at] ^ change : bytes[index]));
}

/**
 * Opens one part and binds its functions under random spellings of their types.
 * @param {object} arkffi
 * @param {object[]} rows the table of types
 * @param {{ seed: number, file: string }} part
 * @param {import('./signatures.mjs').OracleFunction[]} functions
 */
export function openPart(arkffi, rows, { seed, file }, functions) {
  const spell = createSpeller(rows);
  const definitions = {
    oracle_select: { args: ['i32'] },
    oracle_called: { returns: 'i32' },
    oracle_mismatch: { returns: 'i32' },
    oracle_callee: { args: ['i32'], returns: 'i32' },
  };
  /** The types of the parameters that are in no definition, by function. */
  const extras = {};
  for (const { number, name, params, named, result } of functions) {
    const random = createRandom(seed, number ^ SPELLING);
    const [returns, ...args] = [result, ...params].map(({ type, word }) => spell(type, word, random));
    extras[name] = args.slice(named ?? args.length);
    definitions[name] = { args: named === undefined ? args : [...args.slice(0, named), '...'], returns };
  }
  const library = arkffi.dlopen(file, definitions);
  const host = { ptr: arkffi.ptr, CString: arkffi.CString, callee: library.symbols.oracle_callee.ptr };
  const make = (values) => values.map((value) => value.make(host));

  /** The arguments of a call. */
  function argumentsOf({ name, number, params, named = params.length }, made) {
    const plain = (index) => ((number >> (index % 8)) & 1) === 0;
    return taggedArray(
      made.map(({ js }, index) =>
        index < named ? js : variable(js, params[index].type, extras[name][index - named], plain(index)),
      ),
    );
  }

  /** @param {string} problem */
  function fail({ number, name, params, named }, chosen, made, problem) {
    const types = [...definitions[name].args.slice(0, named), ...extras[name]];
    const values = made.map(({ js }, index) => `    ${index} ${types[index]} (${params[index].word}): ${inWords(js)}`);
    const lines = [
      `oracle failed: seed ${seed}, function ${number}, value set ${chosen}: ${problem}`,
      `  C: ${prototype({ number, name, params, named, result: functions.find((each) => each.number === number).result })}`,
      `  JS: ${JSON.stringify(definitions[name])}`,
      ...values,
    ];
    throw new Error(lines.join('\n'));
  }

  /**
   * Calls a function with its value set and checks all that can be seen of the call.
   * @param {any[]} made what the arguments' `make` gave, fresh or used before
   * @param {(call: Function, args: any[]) => any} [through] the code that calls
   */
  function call(fn, chosen, made, through = (symbol, args) => symbol(...args)) {
    const { args, result } = fn.sets[chosen];
    library.symbols.oracle_select(chosen);
    let got;
    try {
      got = through(library.symbols[fn.name], argumentsOf(fn, made));
    } catch (error) {
      fail(fn, chosen, made, `it threw ${error.code ?? ''} ${error.message}`);
    }
    const mismatch = library.symbols.oracle_mismatch();
    const called = library.symbols.oracle_called();
    if (called !== fn.number) fail(fn, chosen, made, `C entered function ${called}`);
    if (mismatch === MISALIGNED) fail(fn, chosen, made, 'the stack was misaligned');
    if (mismatch !== -1) fail(fn, chosen, made, `C did not get argument ${mismatch} as it was given`);
    if (!isSame(got, result.js))
      fail(fn, chosen, made, `the result is ${inWords(got)} instead of ${inWords(result.js)}`);
    made.forEach((each, index) => {
      if (!isWritten(each, args[index])) fail(fn, chosen, made, `the memory of argument ${index} is not as C left it`);
      if (each.memory) each.memory.set(args[index].bytes);
    });
  }

  /** Calls with each value set in turn, some 50 times; every other round with new memory. */
  function callRepeatedly(fn, rounds = 8) {
    const made = fn.sets.map(({ args }) => make(args));
    for (let round = 0; round < rounds; round++) {
      for (let chosen = 0; chosen < SETS; chosen++) {
        if (round % 2 === 1) made[chosen] = make(fn.sets[chosen].args);
        call(fn, chosen, made[chosen]);
      }
    }
  }

  return { symbols: library.symbols, make, argumentsOf, call, callRepeatedly, fail, close: () => library.close() };
}
