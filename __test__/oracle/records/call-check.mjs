// Calls the compiled functions of the record oracle and compares both sides.
import { inspect } from 'node:util';
import { createRandom } from '../random.mjs';
import { createSpeller } from '../types.mjs';
import { functionText, prototype } from './call-source.mjs';
import { compare } from './javascript.mjs';
import { compareMemory, drawCall, lookAfter } from './passing.mjs';
import { createDeclarer } from './schema.mjs';

/** Keeps the streams that spell types and draw values apart from the one that draws functions. */
const SPELLING = 0x5be11;
const VALUES = 0x7a1e5;

/** As in prelude.c. */
const RIGHT = -1;
const STACK = -2;

/** How a function can give its record back. */
const MODES = ['pointer', 'object'];

/** Whether libffi may refuse it: on the stack it keeps no alignment above 16. */
const isOverAligned = ({ params }, of) =>
  params.some(({ pass, type }) => pass === 'value' && type.kind === 'record' && of(type).alignment > 16);

/**
 * Opens one part and binds its functions.
 * @param {object} arkffi
 * @param {object[]} rows the table of types
 * @param {{ seed: number, file: string }} part
 * @param {any[]} functions those that are compiled in the file
 */
export function openRecordPart(arkffi, rows, { seed, file }, functions) {
  const control = arkffi.dlopen(file, {
    oracle_begin: { args: ['ptr'] },
    oracle_called: { returns: 'i32' },
    oracle_mismatch: { returns: 'i32' },
    oracle_read: { returns: 'i32' },
  });
  const { oracle_begin: begin, oracle_called: called, oracle_mismatch: mismatch, oracle_read: read } = control.symbols;
  // Outside of the engine's heap, where it stays.
  const numbers = new BigUint64Array(1 << 17);
  const bound = new Map();
  const refused = new Set();

  function definitionOf({ name, params, result }, of, random) {
    const passed = (schema) => (random.chance(0.3) ? schema.object : schema);
    const args = params.map(({ pass, type }) => {
      if (pass === 'value') return type.kind === 'record' ? passed(of(type)) : of(type);
      return pass === 'array' ? of(type) : arkffi[pass](of(type));
    });
    if (result.kind !== 'record') return { args, returns: of(result), symbol: name };
    const schema = of(result);
    return { args, symbol: name, pointer: schema, object: schema.object };
  }

  function bind(fn) {
    const random = createRandom(seed, fn.number ^ SPELLING);
    const of = createDeclarer(arkffi, createSpeller(rows), random);
    const { args, symbol, returns, ...modes } = definitionOf(fn, of, random);
    const definitions = returns ? { plain: { args, symbol, returns } } : {};
    for (const mode of MODES) if (modes[mode]) definitions[mode] = { args, symbol, returns: modes[mode] };
    try {
      const library = arkffi.dlopen(file, definitions);
      bound.set(fn.number, { library, of });
    } catch (error) {
      const isLimit = arkffi.stats().backend === 'libffi' && error.code === 'ERR_UNSUPPORTED_ARGS';
      if (!isLimit || !isOverAligned(fn, of)) throw problem(fn, `it cannot be bound: ${error.code} ${error.message}`);
      refused.add(fn.number);
    }
  }

  /** Whether a function that cannot be called here is refused, as it should be. */
  function isRefused(fn) {
    if (!bound.has(fn.number) && !refused.has(fn.number)) bind(fn);
    return refused.has(fn.number);
  }

  function problem(fn, text, made) {
    const values =
      made?.passed.map(({ js }, index) => `    a${index}: ${inspect(js, { depth: 6, breakLength: 100 })}`) ?? [];
    const lines = [
      `record oracle failed: seed ${seed}, function ${fn.number}: ${text}`,
      `  C: ${prototype(fn)}`,
      ...values,
    ];
    return new Error([...lines, functionText(fn)].join('\n'));
  }

  /** What is wrong with the value that came back, in words. */
  function* wrongResult({ result }, of, mode, got, value) {
    if (mode !== 'pointer') {
      if (value) yield* compare(result, value, got, 'the result');
      else if (got !== undefined) yield `the result is ${inspect(got)}`;
      return;
    }
    const { alignment, size } = of(result);
    // No memory of JavaScript is aligned to more.
    const align = Math.min(alignment, 16);
    if (Number(got) % align !== 0) yield `the result is at ${got}, not aligned to ${align}`;
    if (size > 0) yield* compareMemory(result, [value], got, 0, { arkffi, of }, 'the result');
    arkffi.releasePtr(got);
  }

  /** What C says of the last call, in words. @returns {string | undefined} */
  function whatCSaw(fn, { numbers: wanted }) {
    if (called() !== fn.number) return `C entered function ${called()}`;
    const at = mismatch();
    if (at === STACK) return 'the stack was misaligned';
    if (at !== RIGHT) return `C did not get ${wanted[at]?.[1] ?? `number ${at}`} as it was given`;
    return read() === wanted.length ? undefined : `C read ${read()} numbers instead of ${wanted.length}`;
  }

  /**
   * Calls a function and checks all that can be seen of the call.
   * @param {any} fn
   * @param {string} mode
   * @param {ReturnType<typeof drawCall>} made
   */
  function call(fn, mode, made) {
    const { library, of } = bound.get(fn.number);
    made.numbers.forEach(([bits], index) => (numbers[index] = bits));
    const before = arkffi.stats().retained;
    begin(numbers);
    let got;
    try {
      got = library.symbols[mode](...made.passed.map(({ js }) => js));
    } catch (error) {
      throw problem(fn, `it threw ${error.code ?? ''} ${error.stack}`, made);
    }
    const seen = whatCSaw(fn, made);
    if (seen) throw problem(fn, seen, made);
    const wrong = [...wrongResult(fn, of, mode, got, made.value), ...lookAfter(made)];
    if (wrong.length > 0) throw problem(fn, wrong.slice(0, 5).join('; '), made);
    const { retained } = arkffi.stats();
    if (retained !== before) throw problem(fn, `${retained - before} results are still retained`, made);
  }

  const modesOf = ({ result }) => (result.kind === 'record' ? MODES : ['plain']);

  function draw(fn, random) {
    try {
      return drawCall(fn, { arkffi, of: bound.get(fn.number).of }, random);
    } catch (error) {
      throw problem(fn, `its values could not be made: ${error.stack}`);
    }
  }

  /** Calls with new values each time. */
  function callRepeatedly(fn, rounds = 6) {
    if (isRefused(fn)) return;
    const random = createRandom(seed, fn.number ^ VALUES);
    for (let round = 0; round < rounds; round++) {
      for (const mode of modesOf(fn)) call(fn, mode, draw(fn, random));
    }
  }

  /** Calls with the same values again and again, so that the engine optimizes the stub. */
  function callHot(fn, calls) {
    if (isRefused(fn)) return;
    const random = createRandom(seed, fn.number ^ VALUES);
    for (const mode of modesOf(fn)) {
      const made = draw(fn, random);
      for (let index = 0; index < calls; index++) call(fn, mode, made);
    }
  }

  /**
   * As `call`, after one bit was changed of what C checks, or of what it gives back.
   * @returns {boolean} whether there was one to change
   */
  function callSpoiled(fn, random, isFromC) {
    if (isRefused(fn)) return false;
    const made = draw(fn, random);
    const spots = made.numbers.filter(([, , counts, isBack = false]) => counts && isBack === isFromC);
    if (spots.length === 0) return false;
    random.pick(spots)[0] ^= 1n;
    call(fn, modesOf(fn)[0], made);
    return true;
  }

  function close() {
    for (const { library } of bound.values()) library.close();
    control.close();
  }
  return { callRepeatedly, callHot, callSpoiled, isRefused, close };
}
