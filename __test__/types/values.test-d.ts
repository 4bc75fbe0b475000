// Every type's values, in both directions: the table of the README.
import { dlopen, type FunctionOf, type ParameterType, type ResultType } from 'arkffi';
import { CString, JSCallback, type Memory, type OpaquePointer } from 'arkffi';
import { same } from './same.js';

type In<Name extends ParameterType> = Parameters<FunctionOf<{ args: [Name] }>>[0];
type Out<Name extends ResultType> = ReturnType<FunctionOf<{ returns: Name }>>;
type Bytes = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;
type Pointer = number | bigint | null | Bytes | CString | OpaquePointer | JSCallback | Memory<any>;

// Small integers and floats are Numbers.
same<In<'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'f32' | 'f64'>, number>(true);
same<Out<'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'f32' | 'f64'>, number>(true);
same<In<'c' | 'i' | 'f' | 'd' | 'int8_t' | 'unsigned short int' | 'byte' | 'int' | 'float' | 'double'>, number>(true);
same<Out<'c' | 'i' | 'f' | 'd' | 'int8_t' | 'unsigned short int' | 'byte' | 'int' | 'float' | 'double'>, number>(true);

// 64-bit integers are Numbers or BigInts; bigint64 and biguint64 are always BigInts in results.
same<In<'i64'>, number | bigint>(true);
same<Out<'i64'>, number | bigint>(true);
same<In<'l' | 'u64' | 'long long' | 'uint64_t' | 'i64_fast' | 'bigint64' | 'biguint64'>, number | bigint>(true);
same<Out<'l' | 'u64' | 'long long' | 'uint64_t' | 'i64_fast'>, number | bigint>(true);
same<Out<'bigint64'>, bigint>(true);
same<Out<'biguint64'>, bigint>(true);

// Types of the target's size may be 64 bits wide; its other types are small.
same<In<'long' | 'unsigned long' | 'size_t' | 'ssize_t' | 'intptr_t' | 'ptrdiff_t'>, number | bigint>(true);
same<Out<'long'>, number | bigint>(true);
same<Out<'size_t'>, number | bigint>(true);
same<Out<'char' | 'wchar_t'>, number>(true);

same<In<'bool'>, boolean | 0 | 1>(true);
same<Out<'_Bool' | 'boolean' | 'b'>, boolean>(true);

same<In<'ptr'>, Pointer>(true);
same<In<'void*' | 'void *' | 'const void *' | 'pointer' | 'p' | 'napi_env'>, Pointer>(true);
same<Out<'ptr'>, number | bigint>(true);
same<In<'buffer'>, Bytes>(true);
same<In<'cstring'>, string | Pointer>(true);
same<In<'char*' | 'char *' | 'const char *' | 'string' | 's'>, string | Pointer>(true);
same<Out<'cstring'>, string | null>(true);
same<Out<'char *'>, string | null>(true);
same<In<'function'>, number | bigint | null | JSCallback>(true);
same<Out<'callback' | 'k'>, number | bigint>(true);
same<Out<'void'>, void>(true);
same<Out<'v'>, void>(true);

const { symbols: c } = dlopen(null, {
  small: { args: ['i32'] },
  wide: { args: ['i64'] },
  bool: { args: ['bool'] },
  ptr: { args: ['ptr'] },
  buffer: { args: ['buffer'] },
  cstring: { args: ['cstring'] },
  function: { args: ['function'] },
});

c.small(1);
// @ts-expect-error a BigInt is no 32-bit integer
c.small(1n);
// @ts-expect-error a string is no integer
c.small('1');
// @ts-expect-error nothing is undefined
c.small(undefined);

c.wide(1);
c.wide(1n);
// @ts-expect-error null is no integer
c.wide(null);

c.bool(true);
c.bool(0);
// @ts-expect-error of the numbers only 0 and 1 are bools
c.bool(2);

c.ptr(null);
c.ptr(0x10000n);
c.ptr(new Float64Array(4));
c.ptr(new DataView(new SharedArrayBuffer(8)));
c.ptr(new CString(0));
// @ts-expect-error a string needs a cstring parameter
c.ptr('text');
// @ts-expect-error a plain object has no memory
c.ptr({});
// @ts-expect-error nor has an array
c.ptr([1, 2, 3]);
// @ts-expect-error an object that looks like a CString is none
c.ptr({ ptr: 4, length: 0, toString: () => '', toJSON: () => '', [Symbol.toPrimitive]: () => '' });

c.buffer(new Uint8Array(4));
c.buffer(new ArrayBuffer(4));
// @ts-expect-error an address has no length
c.buffer(0x10000);
// @ts-expect-error a buffer parameter takes no NULL
c.buffer(null);

c.cstring('text');
c.cstring(null);
c.cstring(new Uint8Array(4));
// @ts-expect-error a boolean is no string
c.cstring(true);

c.function(c.small.ptr);
c.function(null);
// @ts-expect-error the address of a bound function is its ptr
c.function(c.small);
// @ts-expect-error code does not live in buffers
c.function(new Uint8Array(4));
