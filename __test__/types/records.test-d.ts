// Records as parameters and results.
import { array, CString, dlopen, linkSymbols, releasePtr, Struct, Union } from 'arkffi';
import type {
  AnyType,
  BoundFunction,
  FunctionOf,
  Infer,
  InferInput,
  Memory,
  SymbolDefinition,
  TypeObject,
} from 'arkffi';
import { same } from './same.js';

type Bytes = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;
type Takes<Of extends AnyType> = Parameters<FunctionOf<{ args: [Of] }>>[0];
type Gives<Of extends AnyType> = ReturnType<FunctionOf<{ returns: Of }>>;

const Complex = Struct({ re: 'f64', im: { type: 'f64', default: 0 } });
const Cell = Union({ i: 'i64', d: 'f64' });
type ByValue = Bytes | Memory<any> | number | bigint;

same<Takes<typeof Complex>, { re: number; im?: number } | ByValue>(true);
same<Takes<typeof Complex.object>, Takes<typeof Complex>>(true);
same<Takes<typeof Cell>, { i: number | bigint; d?: never } | { d: number; i?: never } | ByValue>(true);
same<InferInput<typeof Complex.object>, InferInput<typeof Complex>>(true);

// The type of its objects stands wherever the record does.
const Pair = Struct({ first: Complex.object, more: { type: Cell.object, anonymous: true } });
same<Infer<typeof Pair>, { first: { re: number; im: number }; i: number | bigint; d: number }>(true);
same<Infer<typeof Pair.object>, Infer<typeof Pair>>(true);
export const pair: InferInput<typeof Pair> = { first: { re: 1 }, d: 1 };

// A result is an address, or an object that is read at once.
same<Gives<typeof Complex>, number>(true);
same<Gives<typeof Complex.object>, { re: number; im: number }>(true);
same<Gives<typeof Cell.object>, { i: number | bigint; d: number }>(true);

const { symbols } = dlopen(null, {
  add: { args: [Complex, Complex], returns: Complex },
  scale: { args: [Complex.object, 'f64'], returns: Complex.object },
  cell: { args: ['i32', Cell], optional: true },
});
const sum = symbols.add({ re: 1, im: 2 }, Complex.create({ re: 3, im: 4 }));
Complex.fromPtr(sum).im.toFixed();
releasePtr(sum);
symbols.add(sum, new Float64Array(2));
// @ts-expect-error: a string is no record
symbols.add(new CString(sum), { re: 1 });
symbols.scale({ re: 1 }, 2).re.toFixed();
symbols.cell?.(1, { d: 0.5 });
same<typeof symbols.add, BoundFunction<[Takes<typeof Complex>, Takes<typeof Complex>], number>>(true);
// @ts-expect-error a member is missing
symbols.add({ im: 2 }, sum);
// @ts-expect-error a member too many
symbols.add({ re: 1, im: 2, abs: 3 }, sum);
// @ts-expect-error a member of another type
symbols.add({ re: '1' }, sum);
// @ts-expect-error NULL is no record
symbols.add(null, sum);
// @ts-expect-error an array is no record
symbols.add([1, 2], sum);
// @ts-expect-error two members of a union
symbols.cell?.(1, { i: 1, d: 0.5 });
// @ts-expect-error an address is a number
releasePtr(new Float64Array(2));

// In every kind of definition.
const linked = linkSymbols({ add: { ptr: symbols.add.ptr, args: [Complex, Complex], returns: Complex.object } });
same<ReturnType<typeof linked.symbols.add>, { re: number; im: number }>(true);
const kept = { f: { args: [Complex, array('u8', 4), 'i32'], returns: Complex.object } } as const;
const keptSymbols = dlopen(null, kept).symbols;
same<ReturnType<typeof keptSymbols.f>, { re: number; im: number }>(true);
same<Parameters<typeof keptSymbols.f>['length'], 3>(true);
const widened = { f: { args: [Complex, Complex], returns: Complex.object } };
const widenedSymbols = dlopen(null, widened).symbols;
same<ReturnType<typeof widenedSymbols.f>, { re: number; im: number }>(true);
declare const loose: Record<string, SymbolDefinition>;
dlopen(null, loose).symbols.anything?.(1, 'two', {}).whatever;
declare const some: TypeObject;
const unknown = dlopen(null, { f: { args: [some], returns: some } }).symbols;
same<typeof unknown.f, BoundFunction<[any], any>>(true);

// Errors are where the mistake is.
dlopen(null, {
  first: { args: [Complex, 'i32'], returns: Complex },
  // @ts-expect-error the result is no type of a result
  second: { args: [Complex, 'i32'], returns: array('f64', 2) },
  third: {
    args: [
      Complex,
      // @ts-expect-error no such type
      'int23',
      Cell,
    ],
    // @ts-expect-error nothing tells the length of a buffer
    returns: 'buffer',
  },
});
Struct({
  first: Complex,
  // @ts-expect-error no such type
  second: 'int23',
  third: {
    type: 'f64',
    // @ts-expect-error no number
    default: 'zero',
  },
});
