// Functions of JavaScript that C calls: JSCallback, and callback as a type.
import { array, callback, CFunction, dlopen, enumeration, FFIType, inout, JSCallback, opaque, out } from 'arkffi';
import { CString, pointer, read, Struct, write, type CallbackDefinition, type CallbackFunction } from 'arkffi';
import type { Address, CallbackType, FunctionOf, Infer, InferInput, OpaquePointer } from 'arkffi';
import { same } from './same.js';

const Point = Struct({ x: 'f64', y: 'f64' });
const Colour = enumeration({ RED: 0, GREEN: 1 });
const handle = opaque('thing');
const bytes = new Uint8Array(64);

// The parameters of the function are what C passes.
const add = new JSCallback((a, b) => a + b, { args: ['i32', 'i32'], returns: 'i32' });
new JSCallback(
  (small, wide, exact, flag, text, pointed, fn, record, object, row, colour, thing, typed, inner) => {
    same<typeof small, number>(true);
    same<typeof wide, number | bigint>(true);
    same<typeof exact, bigint>(true);
    same<typeof flag, boolean>(true);
    same<typeof text, string | null>(true);
    same<typeof pointed, Address>(true);
    same<typeof fn, Address>(true);
    same<typeof record, number>(true);
    same<typeof object, { x: number; y: number }>(true);
    same<typeof row, Address>(true);
    same<typeof colour, number>(true);
    same<typeof thing, OpaquePointer<'thing'> | null>(true);
    same<typeof typed, Address>(true);
    same<typeof inner, Address>(true);
  },
  {
    // prettier-ignore
    args: [
      'u8', 'u64', 'bigint64', 'bool', 'cstring', 'void *', 'function', Point, Point.object, array('f64', 3), Colour,
      handle, pointer(Point), callback(['i32']),
    ],
  },
);
new JSCallback((a, ...rest) => same<typeof rest, [boolean, string | null]>(true), { args: ['i32', 'bool', 's'] });
new JSCallback((a) => same<typeof a, number | bigint>(true), { args: [FFIType.size_t], returns: FFIType.void });
new JSCallback(() => 1, { args: ['i32', 'i32'], returns: 'i32' });
new JSCallback(Math.max, { args: ['f64', 'f64'], returns: 'f64' });
// @ts-expect-error C passes two
new JSCallback((a, b, c) => a, { args: ['i32', 'i32'], returns: 'i32' });
// @ts-expect-error C passes a Number or a BigInt
new JSCallback((a: number) => a, { args: ['i64'], returns: 'i64' });
// @ts-expect-error a string may be NULL
new JSCallback((text) => text.length, { args: ['cstring'], returns: 'i32' });
// @ts-expect-error a record is an address
new JSCallback((point) => point.x, { args: [Point], returns: 'f64' });
new JSCallback((point) => point.x + point.y, { args: [Point.object], returns: 'f64' });

// The function returns what a parameter takes, of pointers what needs no copy that ends with the call.
type Returns<Of> = ReturnType<CallbackFunction<[], Of>>;
same<Returns<'i32'>, number | Promise<number>>(true);
same<Returns<'u64'>, number | bigint | Promise<number | bigint>>(true);
same<Returns<'bool'>, boolean | 0 | 1 | Promise<boolean | 0 | 1>>(true);
same<Returns<'void'>, void>(true);
same<Returns<undefined>, void>(true);
new JSCallback(() => 1n, { returns: 'i64' });
new JSCallback(() => 'text', { returns: 'cstring' });
new JSCallback(() => null, { returns: 'cstring' });
new JSCallback(() => bytes, { returns: 'ptr' });
new JSCallback(() => add, { returns: 'ptr' });
new JSCallback(() => add, { returns: 'function' });
new JSCallback(() => add, { returns: callback(['i32', 'i32'], 'i32') });
new JSCallback(() => 'GREEN', { returns: Colour });
new JSCallback((a: number) => (a > 0 ? 'GREEN' : 0), { args: ['i32'], returns: Colour });
new JSCallback(async (a) => (a > 0 ? 'GREEN' : 'RED'), { args: ['i32'], returns: Colour });
new JSCallback(() => 1, { returns: 'bool' });
new JSCallback(() => handle.at(0x10000), { returns: handle });
new JSCallback(() => new Int32Array(4), { returns: pointer('i32') });
new JSCallback(() => ({ x: 1, y: 2 }), { returns: Point });
new JSCallback(() => ({ x: 1, y: 2 }), { returns: Point.object });
new JSCallback(() => Point.create(), { returns: Point });
new JSCallback((point) => point, { args: [Point], returns: Point.object });
// @ts-expect-error a string is no integer
new JSCallback(() => '1', { returns: 'i32' });
// @ts-expect-error a result is missing
new JSCallback(() => {}, { returns: 'i32' });
// @ts-expect-error one of the results is null
new JSCallback((a) => (a > 0 ? a : null), { args: ['i32'], returns: 'i32' });
// @ts-expect-error no such name
new JSCallback(() => 'BLUE', { returns: Colour });
// @ts-expect-error a pointer of another name
new JSCallback(() => opaque('other').at(0x10000), { returns: handle });
// @ts-expect-error a member is missing
new JSCallback(() => ({ x: 1 }), { returns: Point });
// @ts-expect-error nothing would keep a copy of an array
new JSCallback(() => [1, 2], { returns: pointer('i32') });
// @ts-expect-error nor of an object
new JSCallback(() => ({ x: 1, y: 2 }), { returns: pointer(Point) });
// @ts-expect-error nothing would tell when to close a function
new JSCallback(() => () => {}, { returns: callback() });

// Or a promise of it; without a result, it may return anything.
new JSCallback(async (a) => a * 2, { args: ['i32'], returns: 'i32' });
new JSCallback((a) => (a > 0 ? Promise.resolve('text') : null), { args: ['i32'], returns: 'cstring' });
new JSCallback(async () => {}, {});
const seen: number[] = [];
new JSCallback((a) => seen.push(a), { args: ['i32'] });
new JSCallback((a) => seen.push(a), { args: ['i32'], returns: 'void' });
new JSCallback((a) => seen.push(a), { args: ['i32'], returns: 'v' });
// @ts-expect-error a promise of something else
new JSCallback(async () => 'text', { returns: 'i32' });

// What a JSCallback has. It is called as a function of C.
same<typeof add.ptr, number>(true);
same<typeof add.threadsafe, boolean | 'listener'>(true);
same<ReturnType<typeof add.getHandle>, number>(true);
same<Parameters<typeof add.call>, [number, number]>(true);
same<ReturnType<typeof add.call>, number>(true);
same<ReturnType<typeof add.close>, void>(true);
add.ref().unref().call(1, 2);
const shift = new JSCallback((point) => point, { args: [Point.object, 'cstring'], returns: Point.object });
same<ReturnType<typeof shift.call>, { x: number; y: number }>(true);
shift.call({ x: 1, y: 2 }, 'text');
shift.call(Point.create(), null);
{
  using used = new JSCallback(() => {}, {});
  same<ReturnType<typeof used.call>, void>(true);
}
// @ts-expect-error too few arguments
add.call(1);
// @ts-expect-error too many arguments
add.call(1, 2, 3);
// @ts-expect-error a string for a number
add.call(1, '2');
// @ts-expect-error an address does not change
add.ptr = 0;
// @ts-expect-error a JSCallback is no function
add(1, 2);

// Wrong definitions.
// @ts-expect-error it has to be told what C passes
new JSCallback(() => {});
// @ts-expect-error a class needs new
JSCallback(() => {}, {});
// @ts-expect-error the function comes first
new JSCallback({ args: ['i32'] }, () => {});
// @ts-expect-error no such type
new JSCallback(() => 0, { args: ['int23'], returns: 'i32' });
// @ts-expect-error no such result type
new JSCallback(() => 0, { args: ['i32'], returns: 'int23' });
// @ts-expect-error C passes no buffers
new JSCallback(() => 0, { args: ['buffer'] });
// @ts-expect-error nor nothing
new JSCallback(() => 0, { args: ['void'] });
// @ts-expect-error what C passes is an address, which is pointer
new JSCallback(() => 0, { args: [out('i32')] });
// @ts-expect-error also for inout
new JSCallback(() => 0, { args: [inout(Point)] });
// @ts-expect-error a result cannot be a buffer
new JSCallback(() => bytes, { returns: 'buffer' });
// @ts-expect-error nor an array
new JSCallback(() => bytes, { returns: array('i32', 2) });
// @ts-expect-error it is called returns
new JSCallback(() => 0, { args: [], return: 'i32' });

// Options, one of them of the result's type.
new JSCallback(() => 1, { returns: 'i32', onError: -1, threadsafe: true, timeout: 0 });
new JSCallback(() => 1, { returns: 'i32', onError: undefined, threadsafe: undefined, timeout: undefined });
new JSCallback((a) => same<typeof a, string | null>(true), { args: ['s'], threadsafe: 'listener', timeout: 5000 });
new JSCallback(() => '', { returns: 'cstring', onError: 'failed' });
new JSCallback(() => true, { returns: 'bool', onError: true });
new JSCallback(() => add, { returns: 'function', onError: null });
new JSCallback(() => 'RED', { returns: Colour, onError: 'GREEN' });
new JSCallback(() => Point.create(), { returns: Point, onError: { x: 0, y: 1 } });
new JSCallback(() => Point.create(), { returns: Point, onError: 0 });
new JSCallback(() => {}, { onError: 0 });
// @ts-expect-error a string is no integer
new JSCallback(() => 1, { returns: 'i32', onError: 'failed' });
// @ts-expect-error a member is missing
new JSCallback(() => Point.create(), { returns: Point, onError: { x: 1 } });
// @ts-expect-error nobody waits for this promise
new JSCallback(() => 1, { returns: 'i32', onError: Promise.resolve(1) });
// @ts-expect-error there is no result to stand for
new JSCallback(() => {}, { onError: 'failed' });
// @ts-expect-error no such way
new JSCallback(() => {}, { threadsafe: 'always' });
// @ts-expect-error a timeout is a Number
new JSCallback(() => {}, { timeout: '1s' });

// Definitions made elsewhere: nothing is known without `as const`.
const kept = { args: ['i32', 'cstring'], returns: 'bool' } as const;
new JSCallback((a, text) => same<[typeof a, typeof text], [number, string | null]>(true) === undefined, kept);
const widened = { args: ['i32', 'cstring'], returns: 'bool' };
new JSCallback((a, b, c) => a.whatever + b + c, widened).call('anything').whatever;
declare const loose: CallbackDefinition;
declare const looseFunction: (...args: any[]) => unknown;
new JSCallback(looseFunction, loose).call(1, 'two').whatever;
declare const anything: any;
new JSCallback(anything, anything).call(1, 'two').whatever;
new JSCallback((a) => a.whatever, { args: anything, returns: 'i32' }).call(1, 2).toFixed();

// Any JSCallback can be one that is not known better, or said by its signature.
export const callbacks: JSCallback[] = [add, shift];
export const known: JSCallback<{ args: ['i32', 'i32']; returns: 'i32' }> = add;
// @ts-expect-error of another result
export const unlike: JSCallback<{ args: ['i32', 'i32']; returns: 'cstring' }> = add;
// @ts-expect-error of fewer parameters
export const shorter: JSCallback<{ args: ['i32']; returns: 'i32' }> = add;
// @ts-expect-error an object that looks like a JSCallback is none
export const looksLike: JSCallback = {
  ...{ ptr: 0, threadsafe: false, getHandle: () => 0, call: () => 0, close() {}, [Symbol.dispose]() {} },
  ...{ ref: () => add, unref: () => add },
};
export function isCallback(value: unknown): value is JSCallback {
  return value instanceof JSCallback && value.ptr !== 0;
}
export const compare: CallbackFunction<['ptr', 'ptr'], 'int'> = (a, b) => read.i32(a) - read.i32(b);

// Functions of C take a JSCallback for a function and wherever they take addresses.
const { symbols: c } = dlopen(null, {
  qsort: { args: ['ptr', 'size_t', 'size_t', callback(['ptr', 'ptr'], 'int')] },
  each: { args: [callback([Point, Point.object, 'cstring']), 'ptr'], returns: callback(['i32'], 'i32') },
  tick: { args: [callback()] },
  pick: { args: [callback([], Struct({ colour: Colour }))] },
  any: { args: ['function', 'ptr', 'cstring', pointer('i32'), array('i32', 2), out('i32')] },
  number: { args: ['u64'] },
  buffer: { args: ['buffer'] },
  opaque: { args: [handle] },
  point: { args: [Point] },
});
c.any(add, add, add, add, add, add);
c.any(add.ptr, shift, 'text', null, [1, 2], [0]);
// @ts-expect-error a JSCallback is no number
c.number(add);
// @ts-expect-error nor memory of JavaScript
c.buffer(add);
// @ts-expect-error nor a pointer with a name
c.opaque(add);
// @ts-expect-error nor a record
c.point(add);
// @ts-expect-error without a signature, nothing tells how to call a function
c.any((a: number) => a, null, null, null, null, null);
write.ptr(0x10000, 0, add);

// With a signature they take functions, whose parameters are inferred.
c.qsort(bytes, 16, 4, (a, b) => read.i32(a) - read.i32(b));
c.qsort(bytes, 16, 4, (a, b) => {
  same<[typeof a, typeof b], [Address, Address]>(true);
  return 0;
});
c.qsort(bytes, 16, 4, async () => 0);
c.qsort(bytes, 16, 4, compare);
c.qsort(bytes, 16, 4, new JSCallback(compare, { args: ['ptr', 'ptr'], returns: 'int' }));
c.qsort(bytes, 16, 4, add.ptr);
c.qsort(bytes, 16, 4, 0x10000n);
c.qsort(bytes, 16, 4, null);
c.each((point, object, text) => {
  same<[typeof point, typeof object, typeof text], [number, { x: number; y: number }, string | null]>(true);
}, null);
c.tick(() => 'whatever');
c.pick(() => ({ colour: 'RED' }));
// @ts-expect-error a result is missing
c.qsort(bytes, 16, 4, (a, b) => {});
// @ts-expect-error a result of another type
c.qsort(bytes, 16, 4, () => 'less');
// @ts-expect-error C passes two
c.qsort(bytes, 16, 4, (a, b, more) => 0);
// @ts-expect-error C passes addresses
c.qsort(bytes, 16, 4, (a: string, b: string) => 0);
// @ts-expect-error code does not live in buffers
c.qsort(bytes, 16, 4, bytes);
// @ts-expect-error nothing is undefined
c.qsort(bytes, 16, 4, undefined);

// Results are addresses, and so are members that are read, which take no functions.
same<ReturnType<typeof c.each>, Address>(true);
const Table = Struct({ compare: callback(['ptr', 'ptr'], 'int'), plain: 'function', data: 'ptr' });
same<Infer<typeof Table>, { compare: Address; plain: Address; data: Address }>(true);
export const tables: InferInput<typeof Table>[] = [
  { compare: add, plain: add, data: add },
  { compare: add.ptr, plain: 0n, data: null },
  { compare: null, plain: null, data: bytes },
];
Table.set(Table.create({ compare: add }), 'compare', null);
// @ts-expect-error nothing would tell when to close a function
Table.create({ compare });
// @ts-expect-error code does not live in buffers
Table.create({ compare: bytes });
// @ts-expect-error nor here
Table.set(bytes, 'compare', compare);

// The type itself.
const comparison = callback(['ptr', 'ptr'], 'int');
same<typeof comparison, CallbackType<readonly ['ptr', 'ptr'], 'int'>>(true);
same<typeof comparison.args, readonly ['ptr', 'ptr']>(true);
same<typeof comparison.returns, 'int'>(true);
same<ReturnType<typeof callback<[]>>, CallbackType<[], 'void'>>(true);
callback(undefined, 'i32');
callback([callback([pointer(Point)], handle)], Colour);
const list = ['i32', 'bool'] as const;
const listed = callback(list, 'i32');
same<typeof listed, CallbackType<typeof list, 'i32'>>(true);
declare const names: string[];
export const unknown: FunctionOf<{ args: [CallbackType<string[], string>] }> = CFunction({
  ptr: add,
  args: [callback(names, names[0])],
});
unknown((a, b) => a.whatever + b);
// @ts-expect-error no such type
callback(['i32', 'int23']);
// @ts-expect-error no such result type
callback(['i32'], 'int23');
// @ts-expect-error C passes no buffers
callback(['buffer']);
// @ts-expect-error nor nothing
callback(['void']);
// @ts-expect-error what C passes is an address, which is pointer
callback([out('i32')]);
// @ts-expect-error a result cannot be an array
callback([], array('i32', 2));
// @ts-expect-error types of parameters come in an array
callback('i32', 'i32');

// A callback can be called where a function at an address can.
same<ReturnType<FunctionOf<{ ptr: 0; returns: 'i32' }>>, number>(true);
CFunction({ ptr: add, args: ['i32', 'i32'], returns: 'i32' })(1, 2).toFixed();
// @ts-expect-error a string is not where C is
new CString(add);
