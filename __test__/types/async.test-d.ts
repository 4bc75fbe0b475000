// The asynchronous forms of functions.
import { AsyncCFunction, callAsync, callback, callBySigAsArrayBuffer, callPtrAsync, CFunction, dlopen } from 'arkffi';
import { ffi, inout, JSCallback, linkSymbols, out, Struct, type AsyncFunction, type AsyncOptions } from 'arkffi';
import type { AsyncFunctionOf, BoundFunction, Closable, FunctionOf, Signal } from 'arkffi';
import { same } from './same.js';

declare const signal: Signal;
const Point = Struct({ x: 'f64', y: 'f64' });
const { symbols: c } = dlopen(null, {
  add: { args: ['i32', 'i32'], returns: 'i32' },
  tick: {},
  name: { args: ['u64'], returns: 'cstring' },
  move: { args: [Point, out('i32'), inout(Point)], returns: Point.object },
  qsort: { args: ['ptr', 'size_t', 'size_t', callback(['ptr', 'ptr'], 'int')] },
  maybe: { args: ['u8'], returns: 'bool', optional: true },
});

// The same parameters, and a promise of the same result.
same<typeof c.add.async, AsyncFunction<[number, number], number>>(true);
same<ReturnType<typeof c.add.async>, Promise<number>>(true);
same<ReturnType<typeof c.tick.async>, Promise<void>>(true);
same<ReturnType<typeof c.name.async>, Promise<string | null>>(true);
same<ReturnType<typeof c.move.async>, Promise<{ x: number; y: number }>>(true);
c.add.async(1, 2).then((sum) => sum.toFixed());
c.tick.async();
c.move.async({ x: 1, y: 2 }, [0], { x: 1, y: 2 });
c.maybe?.async(1).then((answer) => same<typeof answer, boolean>(true));
c.qsort.async(new Uint8Array(64), 16, 4, (a, b) => {
  same<[typeof a, typeof b], [number | bigint, number | bigint]>(true);
  return 0;
});
c.qsort.async(null, 0, 4, async () => 0);
export const sum: Promise<number>[] = [1, 2].map((n) => c.add.async(n, 1));
export const add: (a: number, b: number) => Promise<number> = c.add.async;
// @ts-expect-error too few arguments
c.add.async(1);
// @ts-expect-error a string for a number
c.add.async(1, '2');
// @ts-expect-error a number too many
c.add.async(1, 2, 3);
// @ts-expect-error the result is a promise
c.add.async(1, 2).toFixed();
// @ts-expect-error a result of another type
c.qsort.async(null, 0, 4, () => 'less');
// @ts-expect-error an optional function may be null
c.maybe.async(1);
// @ts-expect-error the form does not change
c.add.async = c.add.async;

// With a signal.
c.add.async(1, 2, { signal });
c.add.async(1, 2, { signal: undefined });
c.add.async(1, 2, {});
c.tick.async({ signal });
c.move.async(Point.create(), [0], { x: 1, y: 2 }, { signal });
c.qsort.async(null, 0, 4, (a, b) => Number(a) - Number(b), { signal });
export const options: AsyncOptions = { signal };
// @ts-expect-error a signal is no boolean
c.add.async(1, 2, { signal: true });
// @ts-expect-error no such option
c.add.async(1, 2, { signals: signal });
// @ts-expect-error the signal is an option
c.add.async(1, 2, signal);
// @ts-expect-error in the place of an argument
c.add.async(1, { signal });
// @ts-expect-error more than the options
c.add.async(1, 2, { signal }, { signal });
// @ts-expect-error only calls that wait can be taken back
c.add(1, 2, { signal });

// Every bound function has it, also one of which nothing is known.
const linked = linkSymbols({ add: { ptr: c.add.ptr, args: ['i32', 'i32'], returns: 'i32' } });
same<typeof linked.symbols.add.async, typeof c.add.async>(true);
const bound = CFunction({ ptr: c.add.ptr, args: ['i32', 'i32'], returns: 'i32' });
same<typeof bound.async, typeof c.add.async>(true);
declare const loose: Record<string, { args: string[]; returns: string }>;
dlopen(null, loose)
  .symbols.f?.async(1, 'two', { signal })
  .then((value) => value.whatever);
declare const bytes: 'u8'[];
const varying = dlopen(null, { f: { args: bytes, returns: 'i32' } }).symbols;
varying.f.async(1, 2, 3).then((value) => value.toFixed());
varying.f.async(1, 2, 3, { signal });
same<BoundFunction<any[], any>['async'], AsyncFunction<any[], any>>(true);
// @ts-expect-error a JSCallback is called from JavaScript at once
new JSCallback(() => {}, {}).async;

// A function with that form alone.
const alone = AsyncCFunction({ ptr: c.add.ptr, args: ['i32', 'cstring'], returns: 'i32' });
const constructed = new AsyncCFunction({ ptr: c.add.ptr, args: ['i32', 'cstring'], returns: 'i32' });
same<typeof alone, typeof constructed>(true);
same<ReturnType<typeof alone>, Promise<number>>(true);
same<typeof alone.ptr, number>(true);
alone(1, 'text').then((result) => result.toFixed());
alone(1, null, { signal });
alone.close();
{
  using used = AsyncCFunction({ ptr: new JSCallback(() => {}, {}) });
  same<typeof used, AsyncFunctionOf<{ readonly ptr: JSCallback<{}> }> & Closable>(true);
  used();
}
same<FunctionOf<{ args: ['i32'] }>['async'], AsyncFunction<[number], void>>(true);
// @ts-expect-error an integer is no string
alone(1, true);
// @ts-expect-error it has no other form
alone.async(1, 'text');
// @ts-expect-error NULL is no function
AsyncCFunction({ ptr: null });
// @ts-expect-error no such type
new AsyncCFunction({ ptr: 0x10000, args: ['int23'] });
// @ts-expect-error no such result type
AsyncCFunction({ ptr: 0x10000, returns: 'int23' });

// The raw bridge.
const handle = ffi.load(null);
const length = callAsync(handle, 'strlen', 's', 'l', [], ['text']);
same<typeof length, Promise<number | bigint>>(true);
const pair = callPtrAsync(0x10000, 'dd', '2', [1, 2], []);
same<typeof pair, Promise<ArrayBuffer>>(true);
callPtrAsync(new JSCallback(() => {}, {}), '', undefined, [], []).then((nothing) => same<typeof nothing, void>(true));
same<typeof callAsync, typeof ffi.callAsync>(true);
same<typeof callPtrAsync, typeof ffi.callPtrAsync>(true);
same<typeof callBySigAsArrayBuffer, typeof ffi.callBySigAsArrayBuffer>(true);
same<ReturnType<typeof callBySigAsArrayBuffer>, ArrayBuffer>(true);
// @ts-expect-error handles are BigInts
callAsync(1, 'strlen', 's', 'l', [], ['text']);
// @ts-expect-error no such type
callAsync(handle, 'strlen', 's', 'q', [], ['text']);
// @ts-expect-error the arrays are needed
callPtrAsync(0x10000, '', 'i');

const callbackHandle = ffi.createCallback((a, b) => a + b, 'ii', 'i');
same<typeof callbackHandle, bigint>(true);
ffi.createCallback(() => {}, '');
ffi.createCallback(async (text) => text.length, 's', 'i', true);
ffi.createCallback(() => 1, '', '2', 'listener');
same<ReturnType<typeof ffi.getCallbackPtr>, number>(true);
same<ReturnType<typeof ffi.getCallbackThreadsafe>, boolean | 'listener'>(true);
same<ReturnType<typeof ffi.invokeCallback>, any>(true);
same<ReturnType<typeof ffi.callCallbackThreadSafe>, Promise<any>>(true);
ffi.invokeCallback(callbackHandle, 1, 2);
ffi.callCallbackThreadSafe(callbackHandle, 1);
ffi.destroyCallback(0n);
// @ts-expect-error types are one string
ffi.createCallback(() => {}, ['i', 'i'], 'i');
// @ts-expect-error no such type
ffi.createCallback(() => {}, 'ii', 'q');
// @ts-expect-error no function
ffi.createCallback(0x10000, 'ii', 'i');
// @ts-expect-error no such way
ffi.createCallback(() => {}, 'ii', 'i', 'always');
// @ts-expect-error handles are BigInts, or what getHandle gives
ffi.destroyCallback('1');
// @ts-expect-error an argument is needed
ffi.callCallbackThreadSafe(callbackHandle);
