// Other hosts' own FFI, which arkffi is compared with in a process of that host.
import { functions } from './functions.mjs';

const plain = {
  scope: (bound, name) => ({ f: bound.functions[name] }),
  call: (args) => `f(${args})`,
};

/** What a host's own FFI calls the types, where it has other names. */
const spelled = (types) => (type) => types[type] ?? type;

const denoType = spelled({ cstring: 'buffer', ptr: 'pointer' });
const denoResult = spelled({ cstring: 'pointer', ptr: 'pointer' });

/** @type {import('./contenders.mjs').Contender} */
const deno = {
  id: 'deno',
  title: 'Deno.dlopen',
  binder(Deno, names) {
    const definitions = Object.fromEntries(
      names.map((name) => {
        const { args, returns } = functions[name];
        return [name, { parameters: args.map(denoType), result: denoResult(returns) }];
      }),
    );
    return (file) => {
      const library = Deno.dlopen(file, definitions);
      return { functions: library.symbols, close: () => library.close() };
    };
  },
  ...plain,
};

// Its `i64` gives a BigInt always, and `i64_fast` what arkffi gives.
const bunType = spelled({ i64: 'i64_fast', cstring: 'buffer' });
const bunResult = spelled({ i64: 'i64_fast' });

/** @type {import('./contenders.mjs').Contender} */
const bun = {
  id: 'bun',
  title: 'bun:ffi',
  binder({ dlopen }, names) {
    const definitions = Object.fromEntries(
      names.map((name) => {
        const { args, returns } = functions[name];
        return [name, { args: args.map(bunType), returns: bunResult(returns) }];
      }),
    );
    return (file) => {
      const library = dlopen(file, definitions);
      return { functions: library.symbols, close: () => library.close() };
    };
  },
  ...plain,
};

/** The name of the host that this runs in. */
export const host = globalThis.Deno ? 'deno' : globalThis.Bun ? 'bun' : 'node';

/** @param {NodeJS.Require} require @returns the host's own FFI with its module, bound to a library */
export function enlistHost(require, file) {
  const module = host === 'deno' ? globalThis.Deno : require('bun:ffi');
  const contender = host === 'deno' ? deno : bun;
  return { ...contender, module, bound: contender.binder(module, Object.keys(functions))(file) };
}
