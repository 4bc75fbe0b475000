// Memory, strings, errors, the host.
import * as arkffi from 'arkffi';
import { CString, errno, FFIError, FFIRangeError, FFITypeError, ptr, read, stats, strerror } from 'arkffi';
import { suffix, toArrayBuffer, toBuffer, write, type ErrorCode } from 'arkffi';
import { same } from './same.js';

same<ReturnType<typeof ptr>, number>(true);
ptr(new Uint8Array(4), 2);
ptr(new ArrayBuffer(4));
// @ts-expect-error the address of an address
ptr(0x10000);

const text = new CString(0x10000, 2, 10);
new CString(null);
new CString(text, -1);
same<typeof text.ptr, number | bigint>(true);
same<typeof text.length, number>(true);
export const written: string = `${text}${text.toString()}${JSON.stringify({ text })}`;
// @ts-expect-error a string is in JavaScript already
new CString('text');
// @ts-expect-error a view is no string of C
new CString(new Uint8Array(4));
// @ts-expect-error a view on memory cannot be moved
text.ptr = 0;

same<ReturnType<typeof read.u8>, number>(true);
same<ReturnType<typeof read.i64>, number | bigint>(true);
same<ReturnType<typeof read.f32>, number>(true);
same<ReturnType<typeof read.bool>, boolean>(true);
same<ReturnType<typeof read.ptr>, number | bigint>(true);
same<ReturnType<typeof read.intptr>, number | bigint>(true);
read.u8(0x10000);
read.u8(0x10000n, -4);
read.u8(text, 4);
// @ts-expect-error NULL has nothing to read
read.u8(null);
// @ts-expect-error a view is read by JavaScript itself
read.u8(new Uint8Array(4));
// @ts-expect-error offsets are Numbers
read.u8(0x10000, 4n);
// @ts-expect-error a string has its own class
read.cstring(0x10000);

write.u8(0x10000, 0, 255);
write.i64(0x10000, 8, 1n);
write.bool(0x10000, 0, 1);
write.ptr(0x10000, 0, null);
same<ReturnType<typeof write.u8>, void>(true);
// @ts-expect-error the offset cannot be left out
write.u8(0x10000, 255);
// @ts-expect-error a BigInt is no byte
write.u8(0x10000, 0, 1n);
// @ts-expect-error what is written never changes
write.u8 = write.i8;

same<ReturnType<typeof toArrayBuffer>, ArrayBuffer>(true);
toArrayBuffer(0x10000, 0, 4);
toBuffer(0x10000, undefined, 4).subarray(1);
export const bytes: Uint8Array = toBuffer(0x10000, 0, 4);
// @ts-expect-error nothing tells the length
toArrayBuffer(0x10000);
// @ts-expect-error still nothing
toBuffer(0x10000, 0);

same<ReturnType<typeof errno>, number>(true);
errno(0);
same<ReturnType<typeof strerror>, string>(true);
// @ts-expect-error an errno is a Number
strerror('ENOENT');
same<typeof suffix, 'so' | 'dylib' | 'dll'>(true);
same<ReturnType<typeof stats>['backend'], 'fast' | 'bun:ffi' | 'Deno.dlopen' | 'trampoline' | 'libffi'>(true);
same<ReturnType<typeof stats>['reason'], string | null>(true);
same<ReturnType<typeof stats>['functions'], number>(true);
same<ReturnType<typeof stats>['retained'], number>(true);
same<ReturnType<typeof stats>['retainedViews'], number>(true);
same<ReturnType<typeof stats>['callbacks'], { open: number; afterClose: number }>(true);
same<ReturnType<typeof stats>['async'], number>(true);

export function describe(error: unknown): string {
  if (!(error instanceof FFIError)) return 'not ours';
  same<typeof error.code, ErrorCode>(true);
  same<typeof error.symbol, string | undefined>(true);
  same<typeof error.argument, number | undefined>(true);
  if (error instanceof FFIRangeError) return `range ${error.code}`;
  if (error instanceof FFITypeError) return `type ${error.code}`;
  if (error.code === 'ERR_CALLBACK_CLOSED' || error.code === 'ERR_CALLBACK_DEADLOCK') return 'callback';
  // @ts-expect-error not a code of ours
  if (error.code === 'ERR_SOMETHING') return '';
  return error.code;
}
export const asTypeError: TypeError = new FFITypeError('ERR_INVALID_ARG_TYPE', 'a message', 'add', 1);
export const asRangeError: RangeError = new FFIRangeError('ERR_OUT_OF_RANGE', 'a message');
export const asFFIError: FFIError = new FFIRangeError('ERR_OUT_OF_RANGE', 'a message');
// @ts-expect-error not a code of ours
new FFIError('ERR_SOMETHING', 'a message');

// @ts-expect-error nothing is exported that is not there
arkffi.Callback;
