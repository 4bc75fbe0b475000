// Where the memory is: in this process or, with --isolated, in a helper process.
import { createRequire } from 'node:module';

const arkffi = createRequire(import.meta.url)('../../index.js');

export const isIsolated = process.argv.includes('--isolated');

const memset = { args: ['ptr', 'i32', 'size_t'], returns: isIsolated ? 'bool' : 'ptr' };
const own = {
  malloc: { args: ['size_t'], returns: 'ptr' },
  aligned_alloc: { args: ['size_t', 'size_t'], returns: 'ptr' },
  free: { args: ['ptr'] },
};

export const isolate = isIsolated ? arkffi.isolate(null, { memset }, { maxRestarts: 1e6 }) : undefined;
const { symbols } = arkffi.dlopen(null, { memset, ...own });

/** Functions of C; what fills memory is where the memory is. */
export const c = isolate ? { ...symbols, memset: isolate.symbols.memset } : symbols;
export const alloc = isolate ? isolate.alloc.bind(isolate) : arkffi.alloc;
export const strdup = isolate ? isolate.strdup.bind(isolate) : arkffi.strdup;
