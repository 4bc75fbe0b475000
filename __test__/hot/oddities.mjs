// What happens between loops and inside of calls: collections, optimization and its end, as far as the host lets us.

const attempt = (make) => {
  try {
    return make();
  } catch {
    return undefined;
  }
};

/** Whatever the host has to collect with. */
const collect = globalThis.Bun ? () => globalThis.Bun.gc(true) : globalThis.gc;

/** The engine's own functions, where `--allow-natives-syntax` is on. */
const native = (text) => attempt(() => new Function('f', text));

const hasMaglev = native('return %IsMaglevEnabled()')?.() === true;

/** A function is told what to do with its optimized code. @type {Record<string, ((f: Function) => void) | undefined>} */
const compilers = {
  deoptimize: native('%DeoptimizeFunction(f)'),
  optimize: native('%PrepareFunctionForOptimization(f); %OptimizeFunctionOnNextCall(f)'),
  maglev: hasMaglev ? native('%PrepareFunctionForOptimization(f); %OptimizeMaglevOnNextCall(f)') : undefined,
  baseline: native('%CompileBaseline(f)'),
  forget: native('%ClearFunctionFeedback(f)'),
};

export const oddities = {
  collect: () => collect?.(),
  collectYoung: () => collect?.({ type: 'minor' }),
  ...Object.fromEntries(
    Object.entries(compilers).map(([name, change]) => [name, (...functions) => functions.forEach((f) => change?.(f))]),
  ),
};

/** What of it this host has. */
export const available = [
  ...(collect ? ['collections'] : []),
  ...Object.entries(compilers).flatMap(([name, change]) => (change ? [name] : [])),
];
