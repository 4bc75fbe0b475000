// Calls single functions often enough that the engine optimizes their stubs, and their callers too.
import { isSame } from './check.mjs';
import { SETS } from './signatures.mjs';

/**
 * Code of its own for each function, so that what the engine learns of one stays there and the stub
 * can be inlined; where code generation is not allowed, a spread call.
 */
function createCaller({ name, params }) {
  const args = params.map((_, index) => `args[${index}]`).join(', ');
  try {
    return new Function('call', 'args', `/* ${name} */ return call(${args});`);
  } catch {
    return (call, values) => call(...values);
  }
}

/** Functions with few enough parameters to be inlined; first those that bring a type not there yet. */
export function pickHot(functions, wanted = 20) {
  const seen = new Set();
  const short = functions.filter(({ params }) => params.length <= 12);
  const bringsNew = ({ params, result }) => {
    const uses = [`→ ${result.type}`, ...params.map(({ type }) => type)];
    const isNew = uses.some((use) => !seen.has(use));
    uses.forEach((use) => seen.add(use));
    return isNew;
  };
  const first = short.filter(bringsNew);
  return [...first, ...short.filter((fn) => !first.includes(fn))].slice(0, wanted);
}

/**
 * @param {ReturnType<import('./check.mjs').openPart>} part
 * @param {import('./signatures.mjs').OracleFunction} fn
 * @param {number} calls
 */
export function callHot(part, fn, calls) {
  const { oracle_select: select, oracle_mismatch: mismatch, [fn.name]: symbol } = part.symbols;
  const caller = createCaller(fn);
  const prepared = fn.sets.map(({ args, result }) => {
    const made = part.make(args);
    // The bytes that C inverts.
    const touched = made.flatMap(({ memory }, index) =>
      args[index].kind === 'bytes' && memory ? [{ memory, ...args[index] }] : [],
    );
    return { made, args: part.argumentsOf(fn, made), expected: result.js, touched };
  });
  for (let index = 0; index < calls; index++) {
    const chosen = index % SETS;
    const { made, args, expected, touched } = prepared[chosen];
    select(chosen);
    const got = caller(symbol, args);
    const wrong = mismatch();
    if (wrong !== -1) part.fail(fn, chosen, made, `call ${index}: C did not get argument ${wrong} as it was given`);
    if (!isSame(got, expected)) part.fail(fn, chosen, made, `call ${index}: the result is wrong: ${String(got)}`);
    for (const { memory, bytes, at } of touched) {
      if (memory[at] !== (bytes[at] ^ 0xff)) part.fail(fn, chosen, made, `call ${index}: C wrote to other memory`);
      memory[at] = bytes[at];
    }
  }
}
