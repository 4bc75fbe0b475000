/// <reference lib="esnext.disposable" />

export {};

// ---------------------------------------------------------------------------------------------------
// Values

/** A number that C uses as a pointer: a Number, or a BigInt above 2^53. 0 is NULL. */
export type Address = number | bigint;

/** Memory of JavaScript's. C gets the address of its first byte; an empty one is NULL, a detached one is refused. */
export type Bytes = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/** What a parameter of a pointer type takes. */
export type Pointer = Address | null | Bytes | CString;

/** A 64-bit integer. Results are a Number where that is exact, else a BigInt. */
export type Wide = number | bigint;

/** A `file:` URL object. */
export interface FileURL {
  readonly href: string;
  readonly protocol: string;
  readonly pathname: string;
}

/** Node's Buffer where its types are known, else a Uint8Array. */
export type NodeBuffer = typeof globalThis extends { Buffer: { alloc(size: number): infer B } } ? B : Uint8Array;

// ---------------------------------------------------------------------------------------------------
// Types

/** A type of C: what its parameters take, what its results are, what `FFIType` has for it. */
interface CType<In, Out, Constant extends string> {
  in: In;
  out: Out;
  constant: Constant;
}

type Row<Names extends string, In, Out, Constant extends string> = Record<Names, CType<In, Out, Constant>>;

/** ArkFFI's one-letter names of types. */
export type Letter = 'v' | 'b' | 'c' | 'i' | 'l' | 'f' | 'd' | 'p' | 's' | 'k';

/**
 * Every name of a type, with the values that stand for it in JavaScript. The last rows are the types
 * whose size or sign is the target's.
 */
// prettier-ignore
export interface TypeTable extends
  Row<'void' | 'v', never, void, 'v'>,
  Row<'bool' | 'b' | '_Bool' | 'boolean', boolean | 0 | 1, boolean, 'b'>,
  Row<'i8' | 'c' | 'int8' | 'int8_t' | 'signed char' | 'schar', number, number, 'c'>,
  Row<'u8' | 'uint8' | 'uint8_t' | 'unsigned char' | 'uchar' | 'byte', number, number, 'u8'>,
  Row<'i16' | 'int16' | 'int16_t' | 'short' | 'short int' | 'signed short', number, number, 'i16'>,
  Row<'u16' | 'uint16' | 'uint16_t' | 'unsigned short' | 'unsigned short int' | 'ushort' | 'char16_t', number, number, 'u16'>,
  Row<'i32' | 'i' | 'int32' | 'int32_t' | 'int' | 'signed' | 'signed int', number, number, 'i'>,
  Row<'u32' | 'uint32' | 'uint32_t' | 'unsigned' | 'unsigned int' | 'uint' | 'char32_t', number, number, 'u32'>,
  Row<'i64' | 'l' | 'int64' | 'int64_t' | 'long long' | 'long long int' | 'signed long long' | 'longlong' | 'i64_fast' |
    'intmax_t', Wide, Wide, 'l'>,
  Row<'u64' | 'uint64' | 'uint64_t' | 'unsigned long long' | 'unsigned long long int' | 'ulonglong' | 'u64_fast' |
    'uintmax_t', Wide, Wide, 'u64'>,
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
  Row<'long' | 'long int' | 'signed long' | 'ssize_t' | 'isize' | 'intptr_t' | 'intptr' | 'ptrdiff_t', Wide, Wide, 'l' | 'i'>,
  Row<'unsigned long' | 'unsigned long int' | 'ulong' | 'size_t' | 'usize' | 'uintptr_t' | 'uintptr', Wide, Wide, 'u64' | 'u32'> {}

type Spaced<Name> = Name extends `${infer Target}*` ? `${Target} *` : never;

/** Every name of a type; in front of a `*` there may be a space. */
export type TypeName = keyof TypeTable | Spaced<keyof TypeTable>;

/** Names that a parameter can have: all but `void`. */
export type ParameterType = Exclude<TypeName, 'void' | 'v'>;

/** Names that a result can have: all but `buffer`, as nothing would tell its length. */
export type ResultType = Exclude<TypeName, 'buffer'>;

/**
 * A constant for each type whose name is an identifier, for use instead of the name: ArkFFI's letter
 * where the type has one, else the type's shortest precise name.
 */
export const FFIType: {
  readonly [Name in keyof TypeTable as Name extends Letter | `${string} ${string}` | `${string}*` ? never : Name]: TypeTable[Name]['constant'];
};

type Entry<Name> = Name extends keyof TypeTable ? TypeTable[Name] : Name extends `${infer Target} *` ? Entry<`${Target}*`> : never;

// A name known only as some string says nothing about the value.
type ValueIn<Name> = TypeName extends Name ? any : Entry<Name>['in'];
type ValueOut<Name> = TypeName extends Name ? any : Name extends undefined ? void : Entry<Name>['out'];

// ---------------------------------------------------------------------------------------------------
// Definitions

/** The signature of a C function. */
export interface Signature {
  /** Types of the parameters; none when left out. */
  readonly args?: readonly string[] | undefined;
  /** Type of the result; `void` when left out. */
  readonly returns?: string | undefined;
}

/** A function of a library. */
export interface SymbolDefinition extends Signature {
  /** The name in the library, where it is not the key. */
  readonly symbol?: string | undefined;
  /** When the library has no such symbol: `null` instead of an error. */
  readonly optional?: boolean | undefined;
}

/** A function at an address. */
export interface AddressDefinition extends Signature {
  /** From a function's `ptr`, or from C. */
  readonly ptr: Address;
}

// What is wrong in a definition is reported where it stands: its place has the type it should have.
type CheckedName<Name, Known> = string extends Name ? string : Name extends Known | undefined ? Name : Known;
type CheckedNames<List> = List extends readonly unknown[]
  ? { readonly [Index in keyof List]: CheckedName<List[Index], ParameterType> }
  : readonly ParameterType[] | undefined;
type Checked<Definition, Shape> = Omit<Shape, keyof Signature> & { readonly [Key in keyof Signature]: unknown } & {
  readonly [Key in keyof Definition]: Key extends 'args'
    ? CheckedNames<Definition[Key]>
    : Key extends 'returns'
      ? CheckedName<Definition[Key], ResultType>
      : Key extends keyof Shape
        ? Shape[Key]
        : never;
};

/** What a map of definitions has to be, as the constraint of a type parameter: `D extends CheckedDefinitions<D>`. */
export type CheckedDefinitions<Definitions, Shape = SymbolDefinition> = object & {
  readonly [Name in keyof Definitions]: Definitions[Name] extends object ? Checked<Definitions[Name], Shape> : Shape;
};

// ---------------------------------------------------------------------------------------------------
// Functions

/**
 * A C function. Arguments are checked before C is entered. Throws `ERR_INVALID_ARG_TYPE`,
 * `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE` and `ERR_MISSING_ARGS` for arguments that do not fit,
 * `ERR_MALLOC_FAILED` when there is no memory for a string, `ERR_LIBRARY_CLOSED` after `close()`.
 */
export interface BoundFunction<Arguments extends unknown[], Result> {
  (...args: Arguments): Result;
  /** The function's address. */
  readonly ptr: number;
}

type Property<Definition, Key> = Key extends keyof Definition ? Definition[Key] : undefined;
type Arguments<List> = List extends readonly unknown[] ? { -readonly [Index in keyof List]: ValueIn<List[Index]> } : [];

/** The function that a definition makes. */
export type FunctionOf<Definition> = unknown extends Definition
  ? BoundFunction<any[], any>
  : BoundFunction<Arguments<Property<Definition, 'args'>>, ValueOut<Property<Definition, 'returns'>>>;

type NullOf<Definition> = unknown extends Definition ? never : true extends Property<Definition, 'optional'> ? null : never;

/** The functions that definitions make, by their keys. */
export type SymbolsOf<Definitions> = {
  readonly [Name in keyof Definitions]: FunctionOf<Definitions[Name]> | NullOf<Definitions[Name]>;
};

/** Something that is open until `close()`, also with `using`. */
export interface Closable {
  /** Calls throw `ERR_LIBRARY_CLOSED` from now on. Closing twice is fine. */
  close(): void;
  [Symbol.dispose](): void;
}

/** An open library. */
export class Library<Symbols extends object = Record<string, any>> implements Closable {
  #private;
  /** @param handle from `ffi.load` */
  constructor(handle: bigint, symbols: Symbols);
  /** The functions, by the keys of their definitions. */
  readonly symbols: Symbols;
  /**
   * Unloads the library as soon as no call is inside. Calls throw `ERR_LIBRARY_CLOSED` from now on.
   * Closing twice is fine.
   */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Opens a library and binds functions of it: all of them or, on any failure, none.
 *
 * Throws `ERR_DLOPEN_FAILED`, `ERR_DLSYM_FAILED` for a missing symbol, `ERR_INVALID_ARG_TYPE` and
 * `ERR_INVALID_ARG_VALUE` for a wrong path or definition, `ERR_UNSUPPORTED_ARGS` for a signature that
 * cannot be called here.
 *
 * @param path a path, a bare name that the system searches for, a `file:` URL, or `null` for the
 *   running process
 * @param definitions by name: `{ add: { args: ['i32', 'i32'], returns: 'i32' } }`
 */
export function dlopen<const Definitions extends CheckedDefinitions<Definitions>>(
  path: string | FileURL | null,
  definitions: Definitions,
): Library<SymbolsOf<Definitions>>;

/**
 * Binds the C function at an address; with or without `new`.
 *
 * Throws `ERR_INVALID_POINTER` for an address that cannot be valid, `ERR_INVALID_ARG_TYPE` and
 * `ERR_OUT_OF_RANGE` for a wrong definition, `ERR_UNSUPPORTED_ARGS` for a signature that cannot be
 * called here.
 */
export const CFunction: {
  <const Definition extends Checked<Definition, AddressDefinition>>(definition: Definition): FunctionOf<Definition> & Closable;
  new <const Definition extends Checked<Definition, AddressDefinition>>(definition: Definition): FunctionOf<Definition> & Closable;
};

/** Binds several addresses at once: all of them or, on any failure, none. Throws as `CFunction` does. */
export function linkSymbols<const Definitions extends CheckedDefinitions<Definitions, AddressDefinition>>(
  definitions: Definitions,
): Closable & { readonly symbols: SymbolsOf<Definitions> };

export class CString { #private; readonly ptr: Address; constructor(ptr: Address | CString | null, byteOffset?: number, byteLength?: number); }

type Reader = Address | CString;
/** The types that `read` and `write` know. */
export type AccessorType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64' | 'f32' | 'f64' | 'bool' | 'ptr' | 'intptr';
