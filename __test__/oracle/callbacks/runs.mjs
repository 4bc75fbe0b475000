// What happens in one call of a compiled function: the calls of the callback that it makes, what JavaScript
// returns to them, and what goes wrong.
import { collect } from '../../collect.mjs';
import * as values from './values.mjs';

/** Each signature twice: what is an address in one is an object in the other. */
export const FORMS = [0, 1];

/** How a callback can be handed over. */
const HANDS = ['jscallback', 'pointer', 'typed', 'plain'];

/** What can go wrong in a callback: on the JavaScript thread, and for another. */
const TROUBLES = { sync: ['throw', 'bad', 'promise'], async: ['throw', 'bad', 'reject', 'later bad'] };

/** As in prelude.c. */
const CALLS = 3;

/** Draws one call of the callback. */
function drawCall(fn, { to, host }, random, isAsync) {
  const args = fn.params.map((param) => values.drawArgument(param, random));
  const isPromised = isAsync && random.chance(0.4);
  const echo = fn.params.findIndex(({ type }, at) => type === fn.result.type && !to.isObject[at]);
  // Valid until the callback returns.
  const isEcho = fn.result.type.kind === 'record' && echo !== -1 && !isPromised && random.chance(0.3);
  const result = isEcho ? values.echoOf(fn.result, args[echo], echo) : values.drawResult(fn.result, host, random);
  return { args, result, isPromised };
}

/** The numbers that C reads. `onError` is the result from number `troubled` on. */
function* numbersOf({ params }, calls, troubled, onError) {
  yield [BigInt(calls.length), 'the number of calls'];
  for (const [index, { args, result }] of calls.entries()) {
    for (const [at, value] of args.entries()) yield* values.argumentStream(params[at], value, `call ${index}, a${at}`);
    const { stream } = index < troubled ? result : onError;
    const path = `the result of call ${index}`;
    for (const [bits, where, counts] of stream(path)) yield [bits, where, counts, true];
  }
}

/**
 * Draws all that happens in one call of a function.
 * @param {object} arkffi
 * @param {(form: number) => any} boundTo the function as it was bound for a form
 */
export function drawRun(arkffi, boundTo, fn, random, { isAsync = false, hasTrouble = false, isHot = false } = {}) {
  const form = random.pick(FORMS);
  const to = boundTo(form);
  const host = { arkffi, of: to.of, owners: [] };
  const isListener = isAsync && !hasTrouble && random.chance(0.25);
  const hand = random.pick(isListener ? HANDS.slice(0, 3) : HANDS);
  const isVoid = fn.result.type.type === 'void';
  const hasDefault = hand !== 'plain' && !isVoid && random.chance(0.6);
  const onError = hasDefault ? values.drawResult(fn.result, host, random) : values.zeroResult(fn.result);
  const calls = Array.from({ length: random.between(1, CALLS) }, () => drawCall(fn, { to, host }, random, isAsync));
  const troubles = TROUBLES[isAsync ? 'async' : 'sync'].filter((kind) => !isVoid || !kind.endsWith('bad'));
  const trouble = hasTrouble ? random.pick(troubles) : undefined;
  const troubled = hasTrouble ? random.below(calls.length) : isListener ? 0 : calls.length;
  const numbers = [...numbersOf(fn, calls, troubled, onError)];
  return { to, host, form, hand, isHot, isAsync, isListener, hasDefault, onError, calls, numbers, trouble, troubled };
}

/** Draws a call that JavaScript makes itself: its parameters and result. */
export const drawExchange = (fn, host, random) => ({
  params: fn.params.map((param) => values.drawExchanged(param, host, random)),
  result: values.drawExchanged(fn.result, host, random),
});

/** Has what nobody keeps collected, and its memory used again. */
function collectGarbage() {
  collect();
  // Which waits until the memory is free.
  collect();
  for (let size = 1; size < 200; size++) new Uint8Array(size).fill(0x5a);
}

const nextTick = () => new Promise((resolve) => setImmediate(resolve));

/**
 * The function that C calls; what is wrong with its arguments it notes in `run.wrong`.
 * @param {() => boolean} makeCallsInside uses what calls and callbacks use; whether it was right
 */
export function functionFor(fn, run, random, makeCallsInside) {
  const { calls, host, to, trouble, troubled } = run;
  const canLose = !run.isHot && values.mayPoint(fn.result.type);
  run.seen = 0;
  run.wrong = [];
  run.error = new Error('thrown by the oracle');
  run.allSeen = new Promise((resolve) => (run.resolve = resolve));
  const makeTrouble = () => {
    if (trouble === 'throw') throw run.error;
    if (trouble === 'reject') return nextTick().then(() => Promise.reject(run.error));
    if (trouble === 'promise') return Promise.resolve(calls[0].result.js);
    const bad = values.drawBadResult(fn.result, random);
    return trouble === 'bad' ? bad : nextTick().then(() => bad);
  };
  return (...got) => {
    const index = run.seen++;
    if (run.seen === calls.length) run.resolve();
    if (index >= calls.length) return run.wrong.push('JavaScript was called too often');
    if (!makeCallsInside()) run.wrong.push('a call inside of the callback was wrong');
    const { args, result, isPromised } = calls[index];
    if (got.length !== args.length) run.wrong.push(`call ${index} has ${got.length} arguments`);
    for (const [at, value] of args.entries()) {
      const path = `call ${index}: a${at}`;
      run.wrong.push(...values.compareArgument(fn.params[at], value, got[at], path, to.isObject[at], host));
    }
    // C still has what was returned before.
    if (index > 0 && canLose && random.chance(0.03)) collectGarbage();
    if (index === troubled && trouble) return makeTrouble();
    if (result.echo !== undefined) return got[result.echo];
    if (!isPromised) return result.js;
    return random.chance(0.5) ? Promise.resolve(result.js) : nextTick().then(() => result.js);
  };
}
