// Hands callbacks to the compiled functions and compares both sides.
import { inspect } from 'node:util';
import { createRandom } from '../random.mjs';
import { createDeclarer } from '../records/schema.mjs';
import { createSpeller } from '../types.mjs';
import { FORMS, drawExchange, drawRun, functionFor } from './runs.mjs';
import { callbackPointer, functionText } from './source.mjs';
import * as values from './values.mjs';

/** Keeps the streams that spell types and draw values apart from the one that draws signatures. */
const SPELLING = 0x5be11;
const VALUES = 0x7a1e5;

/** As in ../records/prelude.c. */
const RIGHT = -1;
const STACK = -2;

const { stringify } = JSON;

/**
 * Opens one part.
 * @param {object} arkffi
 * @param {object[]} rows the table of types
 * @param {{ seed: number, file: string }} part
 */
export function openCallbackPart(arkffi, rows, { seed, file }) {
  const control = arkffi.dlopen(file, {
    oracle_begin: { args: ['ptr'] },
    oracle_called: { returns: 'i32' },
    oracle_mismatch: { returns: 'i32' },
    oracle_read: { returns: 'i32' },
    oracle_length: { args: ['cstring'], returns: 'i32' },
  });
  const { oracle_begin: begin, oracle_called: called, oracle_mismatch: mismatch, oracle_read: read } = control.symbols;
  // Outside of the engine's heap, where it stays.
  const stream = new BigUint64Array(1 << 17);
  const bound = new Map();

  const Pair = arkffi.Struct({ a: 'i64', b: 'f64' });
  const inner = new arkffi.JSCallback((pair, text) => Pair.fromPtr(pair).b === 0.5 && text === 'inner', {
    args: [Pair, 'cstring'],
    returns: 'bool',
  });

  /** Calls and callbacks inside of a callback, which must leave its arguments alone. */
  function makeCallsInside() {
    return control.symbols.oracle_length('x'.repeat(100)) === 100 && inner.call({ a: -1, b: 0.5 }, 'inner');
  }

  /** Binds a function for one of the two forms. */
  function bind(fn, form) {
    const random = createRandom(seed, fn.number ^ SPELLING);
    const of = createDeclarer(arkffi, createSpeller(rows), random);
    const isObject = ({ type }) => type.kind === 'record' && random.chance(0.5) === (form === 0);
    const declared = (one) => ({ isObject: isObject(one), type: of(one.type) });
    const [result, ...params] = [fn.result, ...fn.params].map(declared);
    const [returns, ...args] = [result, ...params].map(({ isObject, type }) => (isObject ? type.object : type));
    const pointer = (type) => ({ symbol: fn.name, args: [type], returns: 'i32' });
    try {
      const library = arkffi.dlopen(file, {
        jscallback: pointer('function'),
        pointer: pointer('ptr'),
        typed: pointer(arkffi.callback(args, returns)),
        plain: pointer(arkffi.callback(args, returns)),
      });
      const isObjects = params.map((each) => each.isObject);
      return { library, of, args, returns, isObject: isObjects, isResultObject: result.isObject };
    } catch (error) {
      throw problem(fn, `it cannot be bound: ${error.code} ${error.stack}`);
    }
  }

  function boundTo(fn, form) {
    const key = `${fn.number} ${form}`;
    if (!bound.has(key)) bound.set(key, bind(fn, form));
    return bound.get(key);
  }

  function problem(fn, text, run) {
    const lines = [
      `callback oracle failed: seed ${seed}, signature ${fn.number}: ${text}`,
      `  C: ${callbackPointer(fn)}`,
    ];
    if (run) {
      const { hand, form, isAsync, isListener, trouble, troubled, calls, hasDefault, onError } = run;
      lines.push(
        `  ${stringify({ hand, form, isAsync, isListener, trouble, troubled, hasDefault, calls: calls.length })}`,
      );
      const inWords = ({ js }) => inspect(js, { depth: 6, breakLength: 100 });
      if (hasDefault) lines.push(`    onError ${inWords(onError)}`);
      for (const { result } of calls) lines.push(`    returns ${inWords(result)}`);
    }
    return new Error([...lines, functionText(fn)].join('\n'));
  }

  /** Opens the callback, or not if C is to be given the plain function. */
  function handOver(run, given) {
    const { to, hand, isListener, hasDefault, onError } = run;
    const fn = to.library.symbols[hand];
    if (hand === 'plain') return { fn, value: given };
    const options = { args: to.args, returns: to.returns };
    if (hasDefault) options.onError = onError.js;
    if (isListener) options.threadsafe = 'listener';
    const opened = new arkffi.JSCallback(given, options);
    return { fn, value: hand === 'pointer' ? opened.ptr : opened, close: () => opened.close() };
  }

  function prepare(fn, random, options) {
    const run = drawRun(arkffi, (form) => boundTo(fn, form), fn, random, options);
    if (run.numbers.length > stream.length) throw problem(fn, `there are ${run.numbers.length} numbers`);
    run.given = functionFor(fn, run, random, () => random.chance(0.5) || makeCallsInside());
    return run;
  }

  function write({ numbers }) {
    numbers.forEach(([bits], index) => (stream[index] = bits));
    begin(stream);
  }

  function start(run) {
    write(run);
    run.open = arkffi.stats().callbacks.open;
    return handOver(run, run.given);
  }

  /** What is wrong with what the call threw, in words. */
  function* wrongError({ trouble, hand, error }, thrown) {
    const name = hand === 'plain' ? 'callback' : 'JSCallback';
    if (trouble === undefined) yield `it threw ${inspect(thrown)}`;
    else if (trouble === 'throw' || trouble === 'reject') {
      if (thrown !== error) yield `it threw ${inspect(thrown)} instead of what the callback threw`;
    } else if (!/^ERR_(INVALID_ARG_TYPE|INVALID_ARG_VALUE|OUT_OF_RANGE|MISSING_ARGS)$/.test(thrown?.code)) {
      yield `it threw ${inspect(thrown)}`;
    } else if (thrown.symbol !== name || !thrown.message.startsWith(`${name}: result`)) {
      yield `it threw ${inspect(thrown)}, not with ${name} as the symbol and result in the message`;
    }
  }

  /** What C says of the call, in words. */
  function* wrongInC(fn, { numbers, calls }, outcome) {
    if (called() !== fn.number) yield `C entered function ${called()}`;
    const at = mismatch();
    if (at === STACK) yield 'the stack was misaligned';
    else if (at !== RIGHT) yield `C did not get ${numbers[at]?.[1] ?? `number ${at}`} as it was given`;
    else if (read() !== numbers.length) yield `C read ${read()} numbers instead of ${numbers.length}`;
    if ('value' in outcome && outcome.value !== calls.length && at === RIGHT)
      yield `the call returned ${outcome.value}`;
  }

  /** Compares all that can be seen of a call. */
  function check(fn, run, outcome) {
    const { calls, trouble, troubled, seen } = run;
    const expected = trouble ? troubled + 1 : calls.length;
    const wrong = [...run.wrong, ...wrongInC(fn, run, outcome)];
    if ('error' in outcome) wrong.push(...wrongError(run, outcome.error));
    else if (trouble) wrong.push(`the error of the callback is lost (${trouble})`);
    if (seen !== expected && wrong.length === 0)
      wrong.push(`JavaScript was called ${seen} times instead of ${expected}`);
    if (wrong.length > 0) throw problem(fn, wrong.slice(0, 5).join('; '), run);
  }

  function finish(fn, run, outcome) {
    check(fn, run, outcome);
    const open = arkffi.stats().callbacks.open - run.open;
    if (open !== 0) throw problem(fn, `${open} callbacks are still open`, run);
  }

  function callSync(fn, run) {
    const { fn: symbol, value, close } = start(run);
    let outcome;
    try {
      outcome = { value: symbol(value) };
    } catch (error) {
      outcome = { error };
    }
    close?.();
    finish(fn, run, outcome);
  }

  async function callAsync(fn, run) {
    const { fn: symbol, value, close } = start(run);
    const outcome = await symbol.async(value).then(
      (result) => ({ value: result }),
      (error) => ({ error }),
    );
    // Nobody waited for these. After something wrong C does not call any more.
    if (run.isListener && mismatch() === RIGHT && !('error' in outcome)) await run.allSeen;
    close?.();
    finish(fn, run, outcome);
  }

  const randomFor = (fn, kind) => createRandom(seed, fn.number ^ VALUES ^ (kind << 24));

  /** Calls on the JavaScript thread, with new values each time. */
  function callRepeatedly(fn, rounds) {
    const random = randomFor(fn, 1);
    for (let round = 0; round < rounds; round++) callSync(fn, prepare(fn, random));
  }

  /** Calls on another thread. */
  async function callElsewhere(fn, rounds) {
    const random = randomFor(fn, 2);
    for (let round = 0; round < rounds; round++) await callAsync(fn, prepare(fn, random, { isAsync: true }));
  }

  /** Calls with an error in one of the callbacks. */
  async function callWithTrouble(fn, rounds) {
    const random = randomFor(fn, 3);
    for (let round = 0; round < rounds; round++) {
      callSync(fn, prepare(fn, random, { hasTrouble: true }));
      await callAsync(fn, prepare(fn, random, { isAsync: true, hasTrouble: true }));
    }
  }

  /** Calls one and the same callback with the same values, so that the engine optimizes what is run for it. */
  function callHot(fn, calls) {
    const run = prepare(fn, randomFor(fn, 4), { isHot: true });
    const { fn: symbol, value, close } = start(run);
    for (let call = 0; call < calls; call++) {
      write(run);
      run.seen = 0;
      check(fn, run, { value: symbol(value) });
    }
    close?.();
  }

  /** Whether an error is that libffi keeps no alignment above 16 on the stack, of which calls are made. */
  const isLimit = ({ code }, fn, of) =>
    code === 'ERR_UNSUPPORTED_ARGS' &&
    arkffi.stats().backend === 'libffi' &&
    fn.params.some(({ type }) => type.kind === 'record' && of(type).alignment > 16);

  /**
   * Calls as JavaScript can, through C that nobody has compiled: with `call`.
   * @returns {boolean} whether this backend can
   */
  function callThrough(fn, rounds) {
    const random = randomFor(fn, 5);
    for (let round = 0; round < rounds; round++) {
      const to = boundTo(fn, random.pick(FORMS));
      const host = { arkffi, of: to.of, owners: [] };
      const { params, result } = drawExchange(fn, host, random);
      const wrong = [];
      const compare = (at, value, got, path, isObject) =>
        wrong.push(...values.compareArgument(at, value, got, path, isObject, host));
      const given = (...got) => {
        params.forEach(({ value }, at) => compare(fn.params[at], value, got[at], `a${at}`, to.isObject[at]));
        return result.js;
      };
      const opened = new arkffi.JSCallback(given, { args: to.args, returns: to.returns });
      try {
        const got = opened.call(...params.map(({ js }) => js));
        if (result.value) compare(fn.result, result.value, got, 'the result', to.isResultObject);
        else if (got !== undefined) wrong.push(`the result is ${inspect(got)}`);
        if (fn.result.type.kind === 'record' && !to.isResultObject) arkffi.releasePtr(got);
      } catch (error) {
        if (isLimit(error, fn, to.of)) return false;
        wrong.push(`it threw ${error.stack}`);
      } finally {
        opened.close();
      }
      if (wrong.length > 0) throw problem(fn, `through call: ${wrong.slice(0, 5).join('; ')}`);
    }
    return true;
  }

  /**
   * As a call, after one bit was changed of what C passes or of what it checks.
   * @returns {boolean} whether there was one to change
   */
  function callSpoiled(fn, random, isResult) {
    const run = prepare(fn, random);
    const spots = run.numbers.filter(([, , counts, isBack = false]) => counts && isBack === isResult);
    if (spots.length === 0) return false;
    random.pick(spots)[0] ^= 1n;
    callSync(fn, run);
    return true;
  }

  function close() {
    for (const { library } of bound.values()) library.close();
    inner.close();
    control.close();
  }
  return { callRepeatedly, callElsewhere, callWithTrouble, callThrough, callHot, callSpoiled, close };
}
