// What definitions make of dlopen, linkSymbols and CFunction.
import { CFunction, dlopen, FFIType, Library, linkSymbols } from 'arkffi';
import type { AddressDefinition, BoundFunction, CheckedAll, SymbolDefinition, SymbolsOf, TypeName } from 'arkffi';
import { same } from './same.js';

const library = dlopen('libm.so.6', {
  add: { args: ['i32', 'i32'], returns: 'i32' },
  tick: {},
  now: { returns: 'i64' },
  log: { args: ['cstring', 'f64'] },
  renamed: { symbol: 'c_name', args: ['ptr'], returns: 'cstring' },
  maybe: { args: ['u8'], returns: 'bool', optional: true },
  surely: { args: ['u8'], returns: 'bool', optional: false },
  explicit: { args: undefined, returns: undefined },
});
const { symbols } = library;

same<Parameters<typeof symbols.add>, [number, number]>(true);
same<ReturnType<typeof symbols.add>, number>(true);
same<typeof symbols.add.ptr, number>(true);
same<typeof symbols.tick, BoundFunction<[], void>>(true);
same<typeof symbols.now, BoundFunction<[], number | bigint>>(true);
same<ReturnType<typeof symbols.log>, void>(true);
same<ReturnType<typeof symbols.renamed>, string | null>(true);
same<typeof symbols.maybe, BoundFunction<[number], boolean> | null>(true);
same<typeof symbols.surely, BoundFunction<[number], boolean>>(true);
same<typeof symbols.explicit, BoundFunction<[], void>>(true);

export const add: (a: number, b: number) => number = symbols.add;
add(symbols.add(1, 2), symbols.add.ptr);
symbols.maybe?.(1);

// @ts-expect-error too few arguments
symbols.add(1);
// @ts-expect-error too many arguments
symbols.add(1, 2, 3);
// @ts-expect-error a string for a number
symbols.add(1, '2');
// @ts-expect-error an optional function may be null
symbols.maybe(1);
// @ts-expect-error nothing of this name was defined
symbols.subtract;
// @ts-expect-error an address does not change
symbols.add.ptr = 0;
// @ts-expect-error functions are not replaced
symbols.add = symbols.add;

// The constants of FFIType infer what their names do.
const constants = dlopen(null, {
  mixed: {
    args: [FFIType.int32, FFIType.u64, FFIType.cstring, FFIType.bool, FFIType.pointer],
    returns: FFIType.double,
  },
  target: { args: [FFIType.char, FFIType.long, FFIType.size_t], returns: FFIType.usize },
  nothing: { returns: FFIType.void },
}).symbols;
const names = dlopen(null, {
  mixed: { args: ['int32', 'u64', 'cstring', 'bool', 'pointer'], returns: 'double' },
  target: { args: ['char', 'long', 'size_t'], returns: 'usize' },
  nothing: { returns: 'void' },
}).symbols;
same<typeof constants, typeof names>(true);
same<Parameters<typeof constants.target>, [number, number | bigint, number | bigint]>(true);
same<typeof FFIType.int32, 'i'>(true);
same<typeof FFIType.u64, 'u64'>(true);
same<typeof FFIType.char, 'c' | 'u8'>(true);
same<typeof FFIType.buffer, 'buffer'>(true);
// @ts-expect-error FFIType has no letters
FFIType.i;
// @ts-expect-error only names that are identifiers
FFIType['void*'];
// @ts-expect-error constants do not change
FFIType.i32 = 'i';

// Wrong definitions are errors where they are wrong.
// @ts-expect-error no such type
dlopen(null, { f: { args: ['i32', 'int23'], returns: 'i32' } });
// @ts-expect-error no such result type
dlopen(null, { f: { args: ['i32', 'i32'], returns: 'int23' } });
// @ts-expect-error a parameter cannot be void
dlopen(null, { f: { args: ['void'] } });
// @ts-expect-error nor by its letter
dlopen(null, { f: { args: ['v'] } });
// @ts-expect-error a result cannot be a buffer
dlopen(null, { f: { returns: 'buffer' } });
// @ts-expect-error it is called returns
dlopen(null, { f: { args: [], return: 'i32' } });
// @ts-expect-error args is an array
dlopen(null, { f: { args: 'i32' } });
// @ts-expect-error types are strings, or what Struct and the like make
dlopen(null, { f: { args: [32] } });
// @ts-expect-error a type is missing
dlopen(null, { f: { args: ['i32', undefined] } });
// @ts-expect-error an object is no type
dlopen(null, { f: { returns: { x: 'f64', y: 'f64' } } });
// @ts-expect-error the symbol is a string
dlopen(null, { f: { symbol: 4 } });
// @ts-expect-error optional is a boolean
dlopen(null, { f: { optional: 'yes' } });
// @ts-expect-error a definition is an object
dlopen(null, { f: null });
// @ts-expect-error definitions are an object
dlopen(null, null);
// @ts-expect-error definitions are needed
dlopen(null);
// @ts-expect-error only linkSymbols and CFunction take addresses
dlopen(null, { f: { ptr: 0x10000 } });
// @ts-expect-error a path is a string
dlopen(4, {});

// Definitions made elsewhere: `as const` keeps the types; without it, or from anywhere, nothing is known.
const kept = { add: { args: ['i32', 'i32'], returns: 'i32' } } as const;
const keptSymbols = dlopen(null, kept).symbols;
same<Parameters<typeof keptSymbols.add>, [number, number]>(true);
const widened = { add: { args: ['i32', 'i32'], returns: 'i32' } };
const widenedSymbols = dlopen(null, widened).symbols;
same<typeof widenedSymbols.add, BoundFunction<any[], any>>(true);
declare const loose: Record<string, { args: string[]; returns: string }>;
const looseSymbols = dlopen('x', loose).symbols;
same<typeof looseSymbols, SymbolsOf<Record<string, { args: string[]; returns: string }>>>(true);
looseSymbols.anything?.(1, 'two', null).whatever;
declare const looser: Record<string, SymbolDefinition>;
dlopen('x', looser).symbols.anything?.(1).whatever;
declare const named: { f: { args: TypeName[] } };
// @ts-expect-error void could be among the types
dlopen('x', named);
declare const anything: any;
dlopen('x', anything).symbols.f?.(1).whatever;
dlopen('x', { f: anything }).symbols.f(1).whatever;
const half = dlopen('x', { f: { args: anything, returns: 'i32' }, g: { args: [anything] } }).symbols;
same<typeof half.f, BoundFunction<any[], number>>(true);
same<typeof half.g, BoundFunction<[any], void>>(true);
interface Definitions {
  f: { args: ['i32'] };
}
declare const ofInterface: Definitions;
const interfaceSymbols = dlopen('x', ofInterface).symbols;
same<typeof interfaceSymbols.f, BoundFunction<[number], void>>(true);

// A list of unknown length takes any number of its values.
declare const bytes: 'u8'[];
const varying = dlopen('x', { f: { args: bytes } }).symbols;
same<Parameters<typeof varying.f>, number[]>(true);

// Functions of the user's can pass definitions on.
function open<const D extends CheckedAll<D, SymbolDefinition>>(definitions: D): SymbolsOf<D> {
  return dlopen(null, definitions).symbols;
}
const opened = open({ add: { args: ['i32', 'i32'], returns: 'i32' } });
same<typeof opened.add, BoundFunction<[number, number], number>>(true);
// @ts-expect-error and their mistakes are found there
open({ add: { args: ['int23'] } });

// Forty parameters.
const many = dlopen('x', {
  // prettier-ignore
  f: {
    args: [
      'i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'f32', 'f64', 'i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64',
      'u64', 'f32', 'f64', 'i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'f32', 'f64', 'i8', 'u8', 'i16', 'u16',
      'i32', 'u32', 'i64', 'u64', 'f32', 'bool',
    ],
    returns: 'f64',
  },
}).symbols;
type Many = Parameters<typeof many.f>;
same<Many['length'], 40>(true);
same<Many[0], number>(true);
same<Many[37], number | bigint>(true);
same<Many[39], boolean | 0 | 1>(true);

// Addresses.
const linked = linkSymbols({ add: { ptr: symbols.add.ptr, args: ['i32', 'i32'], returns: 'i32' } });
same<typeof linked.symbols.add, BoundFunction<[number, number], number>>(true);
linked.close();
// @ts-expect-error no address
linkSymbols({ add: { args: ['i32', 'i32'], returns: 'i32' } });
// @ts-expect-error no such type
linkSymbols({ add: { ptr: 0x10000, args: ['int23'] } });
// @ts-expect-error an address has no symbol
linkSymbols({ add: { ptr: 0x10000, symbol: 'add' } });

const called = CFunction({ ptr: 0x10000n, args: ['cstring'], returns: 'cstring' });
const constructed = new CFunction({ ptr: 0x10000, args: ['cstring'], returns: 'cstring' });
same<typeof called, typeof constructed>(true);
same<ReturnType<typeof called>, string | null>(true);
same<typeof called.ptr, number>(true);
called('text');
called.close();
// @ts-expect-error a boolean is no string
called(true);
// @ts-expect-error NULL is no function
CFunction({ ptr: null });
// @ts-expect-error a function needs an address
new CFunction({ args: ['i32'] });
// @ts-expect-error no such type
new CFunction({ ptr: 0x10000, returns: 'int23' });
declare const looseAddress: AddressDefinition;
new CFunction(looseAddress)(1, 'two').whatever;

// Libraries, also with `using`.
{
  using used = dlopen(null, { f: {} });
  using usedLinks = linkSymbols({});
  using usedFunction = CFunction({ ptr: 0x10000 });
  used.symbols.f();
  usedFunction();
  usedLinks.symbols;
}
export const general: Library = library;
const owned = new Library(1n, { f: () => 4 });
same<ReturnType<typeof owned.symbols.f>, 4>(true);
owned.close();
// @ts-expect-error handles are BigInts
new Library(1, {});
// @ts-expect-error an object that looks like a Library is none
export const looksLike: Library = { symbols: {}, close() {}, [Symbol.dispose]() {} };
