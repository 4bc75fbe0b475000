// ArkFFI's raw bridge.
import { ffi, FFIType } from 'arkffi';
import { same } from './same.js';

const handle = ffi.load('libm.so.6');
same<typeof handle, bigint>(true);
ffi.load(null);
ffi.defineFunction(handle, 'cos', 'd', 'd');
ffi.defineFunction(handle, 'tick', '');
same<ReturnType<typeof ffi.callBySig>, any>(true);
ffi.callBySig(handle, 'cos', [0], []);
ffi.callBySig(handle, 'mixed', [1, 2n, true, null, new Uint8Array(4)], ['text', null]);

// The result type tells the result, if it is known.
const cosine = ffi.callMixed(handle, 'cos', 'd', 'd', [0], []);
same<typeof cosine, number>(true);
const name = ffi.callPtr(0x10000, 'i', 's', [1], []);
same<typeof name, string | null>(true);
const size = ffi.callMixed(handle, 'size', '', FFIType.size_t, [], []);
same<typeof size, number | bigint>(true);
const nothing = ffi.callMixed(handle, 'tick', '', undefined, [], []);
same<typeof nothing, void>(true);
declare const letter: string;
const unknown = ffi.callMixed(handle, 'f', '', letter, [], []);
same<typeof unknown, any>(true);

// A struct of two doubles.
ffi.defineFunction(handle, 'complex_add', 'dddd', '2');
const sum = ffi.callBySigAsArrayBuffer(handle, 'complex_add', [1, 2, 3, 4], []);
same<typeof sum, ArrayBuffer>(true);
const product = ffi.callMixed(handle, 'complex_mul', 'dddd', '2', [4, 1, 3, 3], []);
same<typeof product, ArrayBuffer>(true);
const pointed = ffi.callPtr(0x10000, '', '2', [], []);
same<typeof pointed, ArrayBuffer>(true);
// @ts-expect-error handles are BigInts
ffi.callBySigAsArrayBuffer(1, 'complex_add', [1, 2, 3, 4], []);
// @ts-expect-error the arrays are needed
ffi.callBySigAsArrayBuffer(handle, 'complex_add');

same<ReturnType<typeof ffi.callString>, string>(true);
same<ReturnType<typeof ffi.getSymbolPtr>, number>(true);
same<ReturnType<typeof ffi.readCString>, string>(true);
same<ReturnType<typeof ffi.readMemory>, ArrayBuffer>(true);
same<ReturnType<typeof ffi.ptr>, number>(true);
ffi.readCString(null);
ffi.readMemory(0x10000, 16);
ffi.close(0n);

// @ts-expect-error handles are BigInts
ffi.close(1);
// @ts-expect-error a name is a string
ffi.getSymbolPtr(handle, 4);
// @ts-expect-error no such type
ffi.defineFunction(handle, 'cos', 'd', 'q');
// @ts-expect-error no such type
ffi.callMixed(handle, 'cos', 'd', 'q', [0], []);
// @ts-expect-error types are one string
ffi.callMixed(handle, 'cos', ['d'], 'd', [0], []);
// @ts-expect-error strings come in the second array
ffi.callBySig(handle, 'puts', ['text'], []);
// @ts-expect-error the arrays are needed
ffi.callBySig(handle, 'cos');
// @ts-expect-error a copy needs a length
ffi.readMemory(0x10000);
