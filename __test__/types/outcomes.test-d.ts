// Definitions that ask for errno, or say which results are failures.
import { CFunction, dlopen, JSCallback, linkSymbols, type BoundFunction } from 'arkffi';
import { same } from './same.js';

declare const maybe: boolean;
const { symbols: c } = dlopen(null, {
  strtol: { args: ['cstring', 'ptr', 'int'], returns: 'long', errno: true },
  sync: { errno: true },
  open: { args: ['cstring', 'int'], returns: 'int', check: (result: number) => result < 0 },
  both: { returns: 'int', check: (result) => result < 0, errno: true },
  without: { returns: 'int', errno: false },
  unknown: { returns: 'int', errno: maybe },
  absent: { returns: 'int', errno: undefined, check: undefined },
});

same<ReturnType<typeof c.strtol>, { value: number | bigint; errno: number }>(true);
same<ReturnType<typeof c.strtol.async>, Promise<{ value: number | bigint; errno: number }>>(true);
same<ReturnType<typeof c.sync>, { value: void; errno: number }>(true);
same<ReturnType<typeof c.open>, number>(true);
same<ReturnType<typeof c.both>, { value: number; errno: number }>(true);
same<typeof c.without, BoundFunction<[], number>>(true);
same<ReturnType<typeof c.unknown>, number | { value: number; errno: number }>(true);
same<typeof c.absent, BoundFunction<[], number>>(true);
CFunction({ ptr: 1, returns: 'int', errno: true })().errno.toFixed();
linkSymbols({ f: { ptr: 1, returns: 'int', errno: true } })
  .symbols.f()
  .value.toFixed();

// @ts-expect-error not a boolean
dlopen(null, { f: { errno: 1 } });
// @ts-expect-error not a function
dlopen(null, { f: { check: 1 } });
// @ts-expect-error callbacks have no errno
new JSCallback(() => {}, { errno: true });
