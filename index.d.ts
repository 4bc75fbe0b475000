/// <reference lib="esnext.disposable" />
// Every function throws an FFIError whose `code` tells what went wrong; a function's own comment names
// the codes that it adds to `ERR_INVALID_ARG_TYPE` (an argument of the wrong kind) and
// `ERR_OUT_OF_RANGE` (a number that is a fraction, NaN or too large).

export {};

// ---- values ----------------------------------------------------------------------------------------

/** What C uses as a pointer: a Number, or a BigInt from 2^53. 0 is NULL. */
export type Address = number | bigint;

/** A 64-bit integer. A result is a Number where that is exact, else a BigInt. */
export type Wide = number | bigint;

/** JavaScript's own memory. C gets the address of its first byte, or NULL when it has none. */
export type Bytes = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/** What a parameter of a pointer type takes. */
export type Pointer = Address | null | Bytes | CString;

/** A `file:` URL object. */
export interface FileURL {
  readonly href: string;
  readonly protocol: string;
  readonly pathname: string;
}

/** Node's Buffer where its types are known, else a Uint8Array. */
export type NodeBuffer = typeof globalThis extends { Buffer: { alloc(size: number): infer B } } ? B : Uint8Array;

// ---- types -----------------------------------------------------------------------------------------

/** A type: what a parameter takes, what a result is, and its constant in `FFIType`. */
export interface TypeEntry<In, Out, Constant> {
  in: In;
  out: Out;
  constant: Constant;
}

type Row<Names extends string, In, Out, Constant> = Record<Names, TypeEntry<In, Out, Constant>>;

/** Every name of a type. What the names in the last four rows mean depends on the target's C. */
// prettier-ignore
export interface TypeTable extends
  Row<'void' | 'v', never, void, 'v'>,
  Row<'bool' | 'b' | '_Bool' | 'boolean', boolean | 0 | 1, boolean, 'b'>,
  Row<'i8' | 'c' | 'int8' | 'int8_t' | 'signed char' | 'schar', number, number, 'c'>,
  Row<'u8' | 'uint8' | 'uint8_t' | 'unsigned char' | 'uchar' | 'byte', number, number, 'u8'>,
  Row<'i16' | 'int16' | 'int16_t' | 'short' | 'short int' | 'signed short', number, number, 'i16'>,
  Row<'u16' | 'uint16' | 'uint16_t' | 'unsigned short' | 'unsigned short int' | 'ushort' | 'char16_t',
    number, number, 'u16'>,
  Row<'i32' | 'i' | 'int32' | 'int32_t' | 'int' | 'signed' | 'signed int', number, number, 'i'>,
  Row<'u32' | 'uint32' | 'uint32_t' | 'unsigned' | 'unsigned int' | 'uint' | 'char32_t', number, number, 'u32'>,
  Row<'i64' | 'l' | 'int64' | 'int64_t' | 'long long' | 'long long int' | 'signed long long' | 'longlong' | 'i64_fast'
    | 'intmax_t', Wide, Wide, 'l'>,
  Row<'u64' | 'uint64' | 'uint64_t' | 'unsigned long long' | 'unsigned long long int' | 'ulonglong' | 'u64_fast'
    | 'uintmax_t', Wide, Wide, 'u64'>,
  Row<'bigint64', Wide, bigint, 'bigint64'>,
  Row<'biguint64', Wide, bigint, 'biguint64'>,
  Row<'f32' | 'f' | 'float' | 'float32', number, number, 'f'>,
  Row<'f64' | 'd' | 'double' | 'float64', number, number, 'd'>,
  Row<'ptr' | 'p' | 'pointer' | 'void*' | 'const void*' | 'napi_env' | 'napi_value', Pointer, Address, 'p'>,
  Row<'buffer', Bytes, never, 'buffer'>,
  Row<'cstring' | 's' | 'CString' | 'string' | 'str' | 'char*' | 'const char*', string | Pointer, string | null, 's'>,
  Row<'function' | 'k' | 'callback' | 'fn' | 'function_pointer', Address | null, Address, 'k'>,
  Row<'char', number, number, 'c' | 'u8'>,
  Row<'wchar_t', number, number, 'i' | 'u32' | 'u16'>,
  Row<'long' | 'long int' | 'signed long' | 'ssize_t' | 'isize' | 'intptr_t' | 'intptr' | 'ptrdiff_t',
    Wide, Wide, 'l' | 'i'>,
  Row<'unsigned long' | 'unsigned long int' | 'ulong' | 'size_t' | 'usize' | 'uintptr_t' | 'uintptr',
    Wide, Wide, 'u64' | 'u32'> {}

/** ArkFFI's one-letter names. */
export type Letter = 'v' | 'b' | 'c' | 'i' | 'l' | 'f' | 'd' | 'p' | 's' | 'k';

type Spaced<Name> = Name extends `${infer Target}*` ? `${Target} *` : never;

/** A name of a type; `char *` is `char*`. */
export type TypeName = keyof TypeTable | Spaced<keyof TypeTable>;

/** A name that a parameter can have: any but `void`. */
export type ParameterType = Exclude<TypeName, 'void' | 'v'>;

/** A name that a result can have: any but `buffer`, as nothing tells a result's length. */
export type ResultType = Exclude<TypeName, 'buffer'>;

type Entry<Name> = Name extends keyof TypeTable
  ? TypeTable[Name]
  : Name extends `${infer Target} *`
    ? Entry<`${Target}*`>
    : never;

// A name known only as some string says nothing about the value.
type ValueIn<Name> = TypeName extends Name ? any : Entry<Name>['in'];
type ValueOut<Name> = TypeName extends Name ? any : Name extends undefined ? void : Entry<Name>['out'];

/**
 * A constant for every name that is an identifier, to be used instead of the name: ArkFFI's letter
 * where the type has one, else the name this library uses.
 */
export const FFIType: {
  readonly [
    Name in keyof TypeTable as Name extends Letter | `${string} ${string}` | `${string}*` ? never : Name
  ]: TypeTable[Name]['constant'];
};

// ---- definitions -----------------------------------------------------------------------------------

/** The signature of a C function. */
export interface Signature {
  /** Types of the parameters; none when left out. */
  readonly args?: readonly string[] | undefined;
  /** Type of the result; void when left out. */
  readonly returns?: string | undefined;
}

/** A function of a library. */
export interface SymbolDefinition extends Signature {
  /** Its name in the library, where that is not the key. */
  readonly symbol?: string | undefined;
  /** Be `null`, instead of an error, when the library has no such symbol. */
  readonly optional?: boolean | undefined;
}

/** A function at an address. */
export interface AddressDefinition extends Signature {
  /** From C, or from the `ptr` of another function. */
  readonly ptr: Address;
}

// What a definition has to be, member for member, so that an error stands where the mistake is.
type CheckedName<Name, Known> = string extends Name
  ? string | undefined
  : Name extends Known | undefined
    ? Name
    : Known;
type CheckedNames<List> = List extends readonly unknown[]
  ? { readonly [Index in keyof List]: CheckedName<List[Index], ParameterType> }
  : readonly ParameterType[] | undefined;

/** What a definition has to be, as the constraint of a type parameter: `D extends Checked<D, AddressDefinition>`. */
export type Checked<Definition, Shape> = Omit<Shape, keyof Signature> & {
  readonly [Key in keyof Signature]: unknown;
} & {
  readonly [Key in keyof Definition]: Key extends 'args'
    ? CheckedNames<Definition[Key]>
    : Key extends 'returns'
      ? CheckedName<Definition[Key], ResultType>
      : Key extends keyof Shape
        ? Shape[Key]
        : never;
};

/** The same for a map of definitions: `D extends CheckedAll<D, SymbolDefinition>`. */
export type CheckedAll<Definitions, Shape> = object & {
  readonly [Name in keyof Definitions]: Definitions[Name] extends object ? Checked<Definitions[Name], Shape> : Shape;
};

type Property<Definition, Key> = Key extends keyof Definition ? Definition[Key] : undefined;
type ValuesIn<List extends readonly unknown[]> = { -readonly [Index in keyof List]: ValueIn<List[Index]> };
type ArgumentsOf<List> = unknown extends List ? any[] : List extends readonly unknown[] ? ValuesIn<List> : [];
type NullOf<Definition> = unknown extends Definition
  ? never
  : true extends Property<Definition, 'optional'>
    ? null
    : never;

/** The function that a definition makes. */
export type FunctionOf<Definition> = unknown extends Definition
  ? BoundFunction<any[], any>
  : BoundFunction<ArgumentsOf<Property<Definition, 'args'>>, ValueOut<Property<Definition, 'returns'>>>;

/** The functions that definitions make. */
export type SymbolsOf<Definitions> = {
  readonly [Name in keyof Definitions]: FunctionOf<Definitions[Name]> | NullOf<Definitions[Name]>;
};

// ---- functions -------------------------------------------------------------------------------------

/**
 * A C function. Its arguments are checked before C is entered: `ERR_MISSING_ARGS` for too few,
 * `ERR_INVALID_ARG_VALUE` for too many, a string with a NUL character or a detached buffer,
 * `ERR_MALLOC_FAILED` when a string does not fit in memory. After `close()`: `ERR_LIBRARY_CLOSED`.
 */
export interface BoundFunction<Arguments extends unknown[], Result> {
  (...args: Arguments): Result;
  /** Its address. */
  readonly ptr: number;
}

/** Something open: until `close()`, or the end of a block with `using`. */
export interface Closable {
  /** Calls throw `ERR_LIBRARY_CLOSED` from now on; twice is fine. */
  close(): void;
  /** Closes it. */
  [Symbol.dispose](): void;
}

/** An open library. */
export class Library<Symbols extends object = Record<string, any>> implements Closable {
  #private;
  /**
   * Owns a handle of the raw bridge.
   * @param handle from `ffi.load`
   */
  constructor(handle: bigint, symbols: Symbols);
  /** The functions, by the names in the definitions. */
  readonly symbols: Symbols;
  /** Unloads the library once no call is inside. Calls throw `ERR_LIBRARY_CLOSED` from now on; twice is fine. */
  close(): void;
  /** Closes it. */
  [Symbol.dispose](): void;
}

/**
 * Opens a library and binds functions of it: all of them or, on any failure, none. Throws
 * `ERR_DLOPEN_FAILED`, `ERR_DLSYM_FAILED` for a missing symbol, `ERR_INVALID_ARG_VALUE` for a path that
 * cannot be one, `ERR_UNSUPPORTED_ARGS` for a signature that cannot be called here.
 * @param path a path, a name that the system searches for, a `file:` URL; null is the running process
 * @param definitions such as `{ add: { args: ['i32', 'i32'], returns: 'i32' } }`
 */
export function dlopen<const Definitions extends CheckedAll<Definitions, SymbolDefinition>>(
  path: string | FileURL | null,
  definitions: Definitions,
): Library<SymbolsOf<Definitions>>;

/**
 * Binds functions at addresses: all of them or, on any failure, none. Throws `ERR_INVALID_POINTER` for
 * NULL and other impossible addresses, `ERR_UNSUPPORTED_ARGS` for a signature that cannot be called here.
 * @param definitions such as `{ add: { ptr, args: ['i32', 'i32'], returns: 'i32' } }`
 */
export function linkSymbols<const Definitions extends CheckedAll<Definitions, AddressDefinition>>(
  definitions: Definitions,
): Closable & { readonly symbols: SymbolsOf<Definitions> };

/** Binds one function at an address, as `linkSymbols` does; with or without `new`. */
export const CFunction: {
  <const Definition extends Checked<Definition, AddressDefinition>>(
    definition: Definition,
  ): FunctionOf<Definition> & Closable;
  new <const Definition extends Checked<Definition, AddressDefinition>>(
    definition: Definition,
  ): FunctionOf<Definition> & Closable;
};

// ---- memory ----------------------------------------------------------------------------------------

/**
 * A view on a NUL-terminated string in C memory, read as UTF-8 each time it is asked. Reading throws
 * `ERR_INVALID_POINTER` for an impossible address.
 */
export class CString {
  #private;
  /**
   * @param ptr NULL stays NULL, whatever the offset
   * @param byteOffset where to start, in bytes after `ptr`; 0 when left out
   * @param byteLength read at most so many bytes; up to the NUL when left out
   */
  constructor(ptr: Address | CString | null, byteOffset?: number, byteLength?: number);
  /** The address of the first byte. */
  readonly ptr: Address;
  /** Length in UTF-16 units, as of `toString()`. */
  readonly length: number;
  /** The string as it is in memory now; `''` for NULL. */
  toString(): string;
  /** As `toString()`. */
  toJSON(): string;
  /** As `toString()`. */
  [Symbol.toPrimitive](): string;
}

/**
 * The address of a buffer's or view's memory; 0 when it is empty. Throws `ERR_OUT_OF_BOUNDS` for an
 * offset outside the view, `ERR_INVALID_ARG_VALUE` for a detached buffer.
 * @param byteOffset in bytes from the start of the view; 0 when left out
 */
export function ptr(view: Bytes, byteOffset?: number): number;

/** The types that `read` and `write` have. */
export type AccessorType =
  'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64' | 'f32' | 'f64' | 'bool' | 'ptr' | 'intptr';

/**
 * Reads the value `byteOffset` bytes (0 when left out; may be negative) from an address, at any
 * alignment. Unchecked: the memory must be there. Throws `ERR_INVALID_POINTER` for NULL and other
 * impossible addresses.
 */
export const read: {
  readonly [Type in AccessorType]: (ptr: Address | CString, byteOffset?: number) => TypeTable[Type]['out'];
};

/**
 * Writes a value `byteOffset` bytes (may be negative) from an address, at any alignment. Unchecked: the
 * memory must be there. `write.ptr` of a buffer stores its address and keeps nothing reachable: hold the
 * buffer as long as C may use it. Throws `ERR_INVALID_POINTER` for NULL and other impossible addresses.
 */
export const write: {
  readonly [Type in AccessorType]: (ptr: Address | CString, byteOffset: number, value: TypeTable[Type]['in']) => void;
};

/**
 * An ArrayBuffer on C memory; a copy of it on hosts that allow no such buffers. The memory must outlive
 * it. Throws `ERR_INVALID_POINTER` for NULL and other impossible addresses.
 * @param byteOffset in bytes from `ptr`; undefined is 0
 * @param byteLength in bytes
 */
export function toArrayBuffer(ptr: Address | CString, byteOffset: number | undefined, byteLength: number): ArrayBuffer;

/** As `toArrayBuffer`, as a Buffer. */
export function toBuffer(ptr: Address | CString, byteOffset: number | undefined, byteLength: number): NodeBuffer;

// ---- errors ----------------------------------------------------------------------------------------

/** Every `code` that an error can have. */
export type ErrorCode =
  | 'ERR_INVALID_ARG_TYPE'
  | 'ERR_INVALID_ARG_VALUE'
  | 'ERR_OUT_OF_RANGE'
  | 'ERR_MISSING_ARGS'
  | 'ERR_DLOPEN_FAILED'
  | 'ERR_DLSYM_FAILED'
  | 'ERR_LIBRARY_CLOSED'
  | 'ERR_INVALID_HANDLE'
  | 'ERR_INVALID_SYMBOL'
  | 'ERR_INVALID_POINTER'
  | 'ERR_MALLOC_FAILED'
  | 'ERR_OUT_OF_BOUNDS'
  | 'ERR_UNSUPPORTED_ARGS'
  | 'ERR_CALL_FAILED';

interface Failure {
  /** What went wrong, for programs; `message` is for people. */
  readonly code: ErrorCode;
  /** The function or symbol concerned. */
  readonly symbol?: string | undefined;
  /** The index of the argument concerned, from 0. */
  readonly argument?: number | undefined;
}

/** An error of this library. `instanceof FFIError` holds for the two classes below too. */
export class FFIError extends Error {
  constructor(code: ErrorCode, message: string, symbol?: string, argument?: number);
  name: 'FFIError' | 'FFITypeError' | 'FFIRangeError';
}
export interface FFIError extends Failure {}

/** A value of the wrong kind, or too few or too many arguments. */
export class FFITypeError extends TypeError {
  constructor(code: ErrorCode, message: string, symbol?: string, argument?: number);
  name: 'FFITypeError';
}
export interface FFITypeError extends Failure {}

/** A number outside the range of its type, or an offset outside its view. */
export class FFIRangeError extends RangeError {
  constructor(code: ErrorCode, message: string, symbol?: string, argument?: number);
  name: 'FFIRangeError';
}
export interface FFIRangeError extends Failure {}

/**
 * The errno that the last call of this thread left. With a value: what the next call starts with, for
 * functions that tell errors by errno alone.
 * @returns the errno before
 */
export function errno(value?: number): number;

/** The system's text for an errno value. */
export function strerror(errno: number): string;

// ---- host ------------------------------------------------------------------------------------------

/** The ending of shared libraries' file names here, without the dot. */
export const suffix: 'so' | 'dylib' | 'dll';

/** Numbers about this thread's use of the library. */
export function stats(): {
  /** What loads the registers and calls C. */
  backend: 'trampoline' | 'libffi';
  /** Whether functions are generated code, or closures because the host allows no generated code. */
  stubs: 'generated' | 'closures';
  /** Open libraries. */
  libraries: number;
  /** Bound functions. */
  functions: number;
};

// ---- raw bridge ------------------------------------------------------------------------------------

/** A value for the first array of a call: of any type but `s`. */
export type BridgeNumber = boolean | Pointer;

/** A value for the second array of a call: of type `s`. */
export type BridgeString = string | Pointer;

/**
 * ArkFFI's raw bridge. Types are a string of letters, one each; values come in two arrays in their
 * order, one for the parameters of type `s` and one for all others. The functions that take a handle
 * throw `ERR_INVALID_HANDLE` for one that is not open, those that take a name `ERR_DLSYM_FAILED` for a
 * symbol that is not there, and calls what a BoundFunction throws.
 */
export interface RawBridge {
  /** Opens a library as `dlopen` does; null is the running process. Throws `ERR_DLOPEN_FAILED`. */
  load(path: string | FileURL | null): bigint;
  /** Closes a library. Handles that are not open are ignored. */
  close(handle: bigint): void;
  /** Binds a function, to be called by `callBySig`. */
  defineFunction<const Returns extends string | undefined>(
    handle: bigint,
    name: string,
    argTypes: string,
    returnType?: CheckedName<Returns, ResultType>,
  ): void;
  /** Calls a function that `defineFunction` bound; throws `ERR_INVALID_SYMBOL` when it did not. */
  callBySig(handle: bigint, name: string, nums: readonly BridgeNumber[], strs: readonly BridgeString[]): any;
  /** Calls a function once. */
  callMixed<const Returns extends string | undefined>(
    handle: bigint,
    name: string,
    argTypes: string,
    returnType: CheckedName<Returns, ResultType>,
    nums: readonly BridgeNumber[],
    strs: readonly BridgeString[],
  ): ValueOut<Returns>;
  /** Calls a function without parameters that returns a string; `''` for NULL. */
  callString(handle: bigint, name: string): string;
  /** Calls a function at an address once. Throws `ERR_INVALID_POINTER` for an impossible address. */
  callPtr<const Returns extends string | undefined>(
    ptr: Address | CString,
    argTypes: string,
    returnType: CheckedName<Returns, ResultType>,
    nums: readonly BridgeNumber[],
    strs: readonly BridgeString[],
  ): ValueOut<Returns>;
  /** The address of a symbol. */
  getSymbolPtr(handle: bigint, name: string): number;
  /** The string at an address, up to its NUL; `''` for NULL. */
  readCString(ptr: Address | CString | null): string;
  /** A copy of so many bytes. Throws `ERR_INVALID_POINTER` and `ERR_MALLOC_FAILED`. */
  readMemory(ptr: Address | CString, byteLength: number): ArrayBuffer;
  /** The address of a buffer's or view's memory, as of `ptr`. */
  ptr(buffer: Bytes): number;
}

/** ArkFFI's raw bridge. */
export const ffi: RawBridge;
