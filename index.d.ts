/// <reference lib="esnext.disposable" />
// Every function throws an FFIError whose `code` tells what went wrong; a function's own comment names
// the codes that it adds to `ERR_INVALID_ARG_TYPE` (an argument of the wrong kind) and
// `ERR_OUT_OF_RANGE` (a number that is a fraction, NaN or too large).

import type { Prototype, Prototypes } from './lib/c/grammar.js';

export {};

// ---- values ----------------------------------------------------------------------------------------

/** What C uses as a pointer: a Number, or a BigInt from 2^53. 0 is NULL. */
export type Address = number | bigint;

/** A 64-bit integer. A result is a Number where that is exact, else a BigInt. */
export type Wide = number | bigint;

/** JavaScript's own memory. C gets the address of its first byte, or NULL when it has none. */
export type Bytes = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/** What a parameter of a pointer type takes. */
export type Pointer = Address | null | Bytes | CString | OpaquePointer | JSCallback | Memory<any> | RetainedView;

/** Where memory is that is read or written: an address that is not NULL, a Memory, or JavaScript's own memory. */
export type MemoryPlace = Address | CString | OpaquePointer | Bytes | Memory<any>;

/** A `file:` URL object. */
export interface FileURL {
  readonly href: string;
  readonly protocol: string;
  readonly pathname: string;
}

/** An AbortSignal where its types are known. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer S } }
  ? S
  : { readonly aborted: boolean };

/** Node's Buffer where its types are known, else a Uint8Array. */
export type NodeBuffer = typeof globalThis extends { Buffer: { alloc(size: number): infer B } } ? B : Uint8Array;

// ---- types -----------------------------------------------------------------------------------------

/** An argument is one that C passes to a callback. */
type Role = 'parameter' | 'result' | 'member' | 'argument';

/** What a type is to JavaScript. */
interface Facets {
  /** What it can be the type of. */
  role: Role;
  /** What a parameter takes. */
  in: unknown;
  /** What a result is, and an argument. */
  out: unknown;
  /** What a callback returns. */
  returned: unknown;
  /** What a member reads as. */
  read: unknown;
  /** What a member takes. */
  write: unknown;
  /** What a member takes in `create`. */
  fill: unknown;
  /** What a member is in a view. */
  view: unknown;
  /** Views that a pointer to it takes, besides bytes. */
  memory: unknown;
  /** Objects that a pointer to it takes and copies in. */
  lent: unknown;
  /** Objects that a pointer to it takes and fills. */
  filled: unknown;
  /** Objects that a pointer to it takes, copies in and fills. */
  changed: unknown;
}

/** A type whose values are no objects. */
interface Scalar<In, Out, Memory, Read = Out> extends Facets {
  role: Role;
  in: In;
  out: Out;
  returned: In;
  read: Read;
  write: In;
  fill: In;
  view: Read;
  memory: Memory;
  lent: readonly In[];
  filled: Read[];
  changed: In[];
}

/** A type with a name: what a parameter takes, what a result is, its constant in `FFIType`, what else it is. */
export interface TypeEntry<In, Out, Constant, Memory, Read> extends Scalar<In, Out, Memory, Read> {
  constant: Constant;
}

type Row<Names extends string, In, Out, Constant, Memory = ArrayBufferView, Read = Out> = Record<
  Names,
  TypeEntry<In, Out, Constant, Memory, Read>
>;

/** Every name of a type. What the names in the last four rows mean depends on the target's C. */
// prettier-ignore
export interface TypeTable extends
  Row<'void' | 'v', never, void, 'v', ArrayBufferView, never>,
  Row<'bool' | 'b' | '_Bool' | 'boolean', boolean | 0 | 1, boolean, 'b', Uint8Array>,
  Row<'i8' | 'c' | 'int8' | 'int8_t' | 'signed char' | 'schar', number, number, 'c', Int8Array>,
  Row<'u8' | 'uint8' | 'uint8_t' | 'unsigned char' | 'uchar' | 'byte',
    number, number, 'u8', Uint8Array | Uint8ClampedArray>,
  Row<'i16' | 'int16' | 'int16_t' | 'short' | 'short int' | 'signed short', number, number, 'i16', Int16Array>,
  Row<'u16' | 'uint16' | 'uint16_t' | 'unsigned short' | 'unsigned short int' | 'ushort' | 'char16_t',
    number, number, 'u16', Uint16Array>,
  Row<'i32' | 'i' | 'int32' | 'int32_t' | 'int' | 'signed' | 'signed int', number, number, 'i', Int32Array>,
  Row<'u32' | 'uint32' | 'uint32_t' | 'unsigned' | 'unsigned int' | 'uint' | 'char32_t',
    number, number, 'u32', Uint32Array>,
  Row<'i64' | 'l' | 'int64' | 'int64_t' | 'long long' | 'long long int' | 'signed long long' | 'longlong' | 'i64_fast'
    | 'intmax_t', Wide, Wide, 'l', BigInt64Array>,
  Row<'u64' | 'uint64' | 'uint64_t' | 'unsigned long long' | 'unsigned long long int' | 'ulonglong' | 'u64_fast'
    | 'uintmax_t', Wide, Wide, 'u64', BigUint64Array>,
  Row<'bigint64', Wide, bigint, 'bigint64', BigInt64Array>,
  Row<'biguint64', Wide, bigint, 'biguint64', BigUint64Array>,
  Row<'f32' | 'f' | 'float' | 'float32', number, number, 'f', Float32Array>,
  Row<'f64' | 'd' | 'double' | 'float64', number, number, 'd', Float64Array>,
  Row<'ptr' | 'p' | 'pointer' | 'void*' | 'const void*' | 'napi_env' | 'napi_value', Pointer, Address, 'p'>,
  Row<'buffer', Bytes, never, 'buffer', ArrayBufferView, Address>,
  Row<'cstring' | 's' | 'CString' | 'string' | 'str' | 'char*' | 'const char*',
    string | Pointer, string | null, 's', ArrayBufferView, Address>,
  Row<'function' | 'k' | 'callback' | 'fn' | 'function_pointer', JSCallback | Address | null, Address, 'k'>,
  Row<'char', number, number, 'c' | 'u8', Int8Array | Uint8Array | Uint8ClampedArray>,
  Row<'wchar_t', number, number, 'i' | 'u32' | 'u16', Int32Array | Uint32Array | Uint16Array>,
  Row<'long' | 'long int' | 'signed long' | 'ssize_t' | 'isize' | 'intptr_t' | 'intptr' | 'ptrdiff_t',
    Wide, Wide, 'l' | 'i', BigInt64Array | Int32Array>,
  Row<'unsigned long' | 'unsigned long int' | 'ulong' | 'size_t' | 'usize' | 'uintptr_t' | 'uintptr',
    Wide, Wide, 'u64' | 'u32', BigUint64Array | Uint32Array> {}

/** ArkFFI's one-letter names. */
export type Letter = 'v' | 'b' | 'c' | 'i' | 'l' | 'f' | 'd' | 'p' | 's' | 'k';

type Spaced<Name> = Name extends `${infer Target}*` ? `${Target} *` : never;

/** A name of a type; `char *` is `char*`. */
export type TypeName = keyof TypeTable | Spaced<keyof TypeTable>;

/** A name that a parameter can have: any but `void`. */
export type ParameterType = Exclude<TypeName, 'void' | 'v'>;

/** A name that a result can have: any but `buffer`, as nothing tells a result's length. */
export type ResultType = Exclude<TypeName, 'buffer'>;

/** A name that an argument of a callback can have: any but `buffer`, as nothing tells its length. */
export type ArgumentType = Exclude<ParameterType, 'buffer'>;

type NameOf<Constant> = {
  [Name in keyof TypeTable]: TypeTable[Name]['constant'] extends Constant ? Name : never;
}[keyof TypeTable];

/** A name that the numbers of an enumeration can have. */
export type IntegerType = NameOf<'c' | 'u8' | 'i16' | 'u16' | 'i' | 'u32' | 'l' | 'u64'>;

/** A name that a bit-field can have. */
export type BitsBase = IntegerType | NameOf<'b' | 'bigint64' | 'biguint64'>;

declare const facets: unique symbol;

/** A type that `Struct`, `array` or the like made. */
export interface TypeObject {
  readonly [facets]: any;
}

/** A name that strings have. */
type StringName = NameOf<'s'> | Spaced<NameOf<'s'>>;

/** Strings in an encoding, as the type of anything. */
export interface StringType {
  readonly type: StringName;
  /** `utf8` when left out. */
  readonly encoding?: TextEncoding | undefined;
}

/**
 * As the type of a result: a string that is the program's to free. It is copied, and then freed: at once, exactly
 * once, never when it is NULL. `errno()` is what the function itself left.
 */
export interface FreedStringType extends StringType {
  /**
   * What frees it: the name of a function in the same library, an address, or a bound function. Throws
   * `ERR_DLSYM_FAILED` when there is no function of that name.
   */
  readonly free: string | Address | JSCallback | { readonly ptr: Address };
}

/** A type: its name, or an object that stands for it. */
export type AnyType = string | TypeObject | StringType | FreedStringType;

type Entry<Name> = Name extends keyof TypeTable
  ? TypeTable[Name]
  : Name extends `${infer Target} *`
    ? Entry<`${Target}*`>
    : never;

// A name known only as some string says nothing about the value.
type Facet<Of, Name extends keyof Facets> = TypeName extends Of
  ? any
  : Of extends TypeObject
    ? Of[typeof facets][Name]
    : Of extends StringType
      ? Entry<'cstring'>[Name]
      : Entry<Of>[Name];
type ValueOut<Of> = TypeName extends Of ? any : Of extends undefined ? void : Facet<Of, 'out'>;
// Never, but until a type is known it is what makes TypeScript keep 'RED' and 1, instead of string and number.
type Literal<Of> = Of extends never[] ? string | number : never;
// Where nothing is returned, everything may be.
type Returned<Of> = TypeName extends Of
  ? any
  : Of extends undefined | 'void' | 'v'
    ? void
    : Facet<Of, 'returned'> | Promise<Facet<Of, 'returned'>>;

// What a type has to be to stand somewhere: itself, or else the names that can, so that an error stands
// where the mistake is.
type CheckedName<Name, Known> = string extends Name
  ? Name & (string | undefined)
  : Name extends Known | undefined
    ? Name
    : Known;
type CheckedType<Of, As extends Role, Known> = Of extends TypeObject
  ? As extends Of[typeof facets]['role']
    ? Of
    : Known
  : Of extends { readonly type: unknown }
    ? CheckedString<
        Of,
        As extends 'result' ? (Of extends { readonly free: unknown } ? FreedStringType : StringType) : StringType
      >
    : Of extends undefined
      ? Known
      : CheckedName<Of, Known>;
type CheckedString<Of, Shape> = Of extends Shape
  ? { readonly [Key in keyof Of]: Key extends keyof Shape ? Of[Key] : never }
  : Shape;

/** What a value of a type is when it is read from memory: of a schema, the object that `fromPtr` returns. */
export type Infer<Of> = Facet<Of, 'read'>;

/** What a value of a type is written from: of a schema, the plain object that a parameter takes. */
export type InferInput<Of> = Of extends AnyRecord ? Of[typeof facets]['input'] : Facet<Of, 'write'>;

/**
 * A constant for every name that is an identifier, to be used instead of the name: ArkFFI's letter
 * where the type has one, else the name this library uses.
 */
export const FFIType: {
  readonly [
    Name in keyof TypeTable as Name extends Letter | `${string} ${string}` | `${string}*` ? never : Name
  ]: TypeTable[Name]['constant'];
};

// ---- types that programs declare -------------------------------------------------------------------

/** What has elements by index: an array, a typed array, an ArrayView. */
export type List<Element> = object & ArrayLike<Element>;

/** Memory as bytes. The `never` keeps other typed arrays out, which to TypeScript before 5.7 are ArrayBuffers. */
export type RawBytes =
  ((ArrayBuffer | SharedArrayBuffer) & { readonly BYTES_PER_ELEMENT?: never }) | DataView | Uint8Array;

/** What a pointer takes as it is: an address, or memory in bytes or in views of a certain kind. */
export type Pointed<Views> =
  Address | null | CString | OpaquePointer | JSCallback | Memory<any> | RetainedView | RawBytes | Views;

// What a pointer points to may be the record that is being declared, and not have a type yet: nothing here
// asks for it before a value is looked at.
type Pointee<Target> = Target extends () => infer Of ? Of : Target;
type CheckedTarget<Target> = Target extends Function ? Function : CheckedType<Target, 'member', ParameterType>;

interface PointerFacets<Target> extends Facets {
  role: Role;
  in: Pointed<Facet<Pointee<Target>, 'memory'>> | Facet<Pointee<Target>, 'lent'>;
  out: Address;
  returned: Pointed<Facet<Pointee<Target>, 'memory'>>;
  read: Address;
  write: PointerFacets<Target>['in'];
  fill: PointerFacets<Target>['in'];
  view: Address;
  memory: ArrayBufferView;
  lent: readonly PointerFacets<Target>['in'][];
  filled: Address[];
  changed: PointerFacets<Target>['in'][];
  target: Target;
}
type AnyPointer = { readonly [facets]: { target: any } };

interface OutFacets<Target, Copied extends 'filled' | 'changed'> extends Facets {
  role: 'parameter';
  in: Pointed<Facet<Pointee<Target>, 'memory'>> | Facet<Pointee<Target>, Copied>;
}

/** Pointers to values of a type, as `pointer` declares them. */
export interface PointerType<Target> extends TypeObject {
  readonly [facets]: PointerFacets<Target>;
}

/** Parameters that C writes through, as `out` and `inout` declare them. */
export interface OutType<Target, Copied extends 'filled' | 'changed'> extends TypeObject {
  readonly [facets]: OutFacets<Target, Copied>;
}

/**
 * A pointer to a value of a type, or to the first of several. Parameters and members of the type take
 * - an address, or null;
 * - memory of at least the size of the value: bytes, or a view with elements of that type;
 * - an array of values, or the object of one record. C gets a copy, which lives until the call returns; that
 *   of a member, as long as the buffer that the member is in.
 *
 * Results are addresses, and so are members that are read. A call throws `ERR_INVALID_POINTER` for a Number from 1 to 65535 where
 * the target is a scalar or an array (a value without its brackets, most likely; a BigInt is passed), `ERR_OUT_OF_BOUNDS` for a view that
 * is too small, and `ERR_INVALID_ARG_VALUE` for objects that refer to themselves.
 * @param target the type, or a function that returns it, for a record that points to its own kind:
 *   `const Node = Struct({ value: 'i32', next: pointer(() => Node) })`. TypeScript does not check what such a
 *   function returns, which it may not know yet, and in declarations that it emits what is behind is `any`
 */
export function pointer<const Target extends AnyType | Function>(target: CheckedTarget<Target>): PointerType<Target>;

/**
 * A parameter that C writes through. It takes what `pointer` does, but of arrays and objects nothing is copied
 * in: C gets zeros, and what it leaves there is put into the array or object after the call. `[0]` is room for
 * one number, `{}` for one record; a Number from 1 to 65535 is refused. Text needs a buffer.
 */
export function out<const Target extends AnyType | Function>(target: CheckedTarget<Target>): OutType<Target, 'filled'>;

/** A parameter that C reads and writes through: as `out`, with the content of arrays and objects copied in. */
export function inout<const Target extends AnyType | Function>(
  target: CheckedTarget<Target>,
): OutType<Target, 'changed'>;

/**
 * An array in place. An element that is not there throws `ERR_OUT_OF_BOUNDS`, and everything
 * `ERR_INVALID_POINTER` once the memory was released, `ERR_LIBRARY_CLOSED` once its library was closed.
 */
export interface ArrayView<Element> {
  [index: number]: Element;
  /** How many elements it has. */
  readonly length: number;
  /** The element at an index, or, when that is negative, counted from the end. */
  at(index: number): Element | undefined;
  /** The elements in their order. */
  [Symbol.iterator](): IterableIterator<Element>;
}

// An array of `char` is text, unless its length is not known.
type IfText<Of, Length, Text, Otherwise> = TypeName extends Of
  ? Otherwise
  : [Of, Length] extends ['char', number]
    ? Text
    : Otherwise;

interface ArrayFacets<Of, Length> extends Facets {
  role: 'parameter' | 'member' | 'argument';
  in: Pointed<Facet<Of, 'memory'>> | readonly Facet<Of, 'write'>[];
  out: Address;
  read: IfText<Of, Length, string, Facet<Of, 'read'>[]>;
  write: List<Facet<Of, 'write'>> | RawBytes | IfText<Of, Length, string, never>;
  fill: List<Facet<Of, 'fill'>> | RawBytes | IfText<Of, Length, string, never>;
  view: IfText<Of, Length, string, ArrayView<Facet<Of, 'view'>>>;
  memory: Facet<Of, 'memory'>;
  lent: readonly Facet<Of, 'write'>[];
  filled: IfText<Of, Length, never, Facet<Of, 'read'>[]>;
  changed: IfText<Of, Length, never, Facet<Of, 'write'>[]>;
  length: Length;
}
type AnyFlexible = { readonly [facets]: { length: undefined } };

/** Arrays of a type, as `array` declares them; `Length` is undefined for a flexible array member. */
export interface ArraySchema<Of, Length extends number | undefined = number> extends TypeObject {
  readonly [facets]: ArrayFacets<Of, Length>;
  /** In bytes. */
  readonly size: number;
  /** In bytes. */
  readonly alignment: number;
  /** The type of its elements, as it was given. */
  readonly element: Of;
  /** How many elements it has; 0 for a flexible array member. */
  readonly length: number;
  /**
   * A buffer with these elements, and zeros for those that are missing. Copies of strings and objects live as
   * long as the buffer. Throws `ERR_INVALID_ARG_VALUE` for too many, `ERR_MALLOC_FAILED`.
   */
  create(values?: ArrayFacets<Of, Length>['fill']): ArrayBuffer;
  /**
   * The array in memory, as a new array, or as a string up to its NUL when it is one of `char`; an array is
   * returned as it is. Throws `ERR_INVALID_POINTER` for NULL and other impossible addresses,
   * `ERR_OUT_OF_BOUNDS` for a buffer that is too small.
   * @param byteOffset in bytes from the start of the memory; 0 when left out
   * @param count so many elements instead of `length`
   */
  fromPtr(
    memory: MemoryPlace | Facet<Of, 'read'>[],
    byteOffset?: number,
    count?: number,
    options?: AccessOptions,
  ): ArrayFacets<Of, Length>['read'];
  /** The elements in place. Parameters and errors are those of `fromPtr`. */
  view(memory: MemoryPlace, byteOffset?: number, count?: number, options?: AccessOptions): ArrayView<Facet<Of, 'view'>>;
}

/**
 * `T[n]`. Members of the type take arrays, typed arrays, and bytes; those of `char` also strings of at most n
 * bytes of UTF-8. They are read as arrays, those of `char` as strings. A parameter of the type is a pointer to
 * the first element, as in C; there is no such result.
 * @param length may be 0; left out for a flexible array member, the last one of a struct
 */
export function array<const Of extends AnyType, const Length extends number | undefined = undefined>(
  type: CheckedType<Of, 'member', ParameterType>,
  length?: Length,
): ArraySchema<Of, Length>;

declare const bitField: unique symbol;

// Widths that numbers are not exact for. What a bit-field's value is, is said by a type that is wide enough.
// prettier-ignore
type WideBits = 33 | 34 | 35 | 36 | 37 | 38 | 39 | 40 | 41 | 42 | 43 | 44 | 45 | 46 | 47 | 48 | 49 | 50 | 51 | 52 | 53
  | 54 | 55 | 56 | 57 | 58 | 59 | 60 | 61 | 62 | 63 | 64;
type BitsValue<Base, Width> =
  Base extends NameOf<'b'> ? 'bool' : number extends Width ? 'i64' : Width extends WideBits ? 'i64' : 'i32';
type AnyBits = { readonly [bitField]: { value: any } };

/** A bit-field, as `bits` declares it. */
export interface BitsType<Base extends BitsBase, Width extends number> {
  readonly [bitField]: { base: Base; width: Width; value: BitsValue<Base, Width> };
}

/**
 * A bit-field, which only a member can be. Its values are numbers that fit its width, booleans for
 * `bits('bool', 1)`, and above 32 bits what an `i64` takes and gives.
 * @param width in bits, at most as many as the type has; 0 ends the unit of storage and is no member
 */
export function bits<const Base extends BitsBase, const Width extends number>(
  type: Base,
  width: Width,
): BitsType<Base, Width>;

// Storage that is not given has at most 32 bits, unless a value needs more.
type EnumNumber<Values, Storage> = Storage extends string
  ? Facet<Storage, 'read'>
  : Values[keyof Values] extends number
    ? number
    : Wide;
type EnumMemory<Storage> = Storage extends string
  ? Facet<Storage, 'memory'>
  : Int32Array | Uint32Array | BigInt64Array | BigUint64Array;

/** An enumeration, as `enumeration` declares it. */
export interface EnumSchema<Values, Storage extends IntegerType | undefined = undefined> extends TypeObject {
  readonly [facets]: Scalar<
    (keyof Values & string) | EnumNumber<Values, Storage>,
    EnumNumber<Values, Storage>,
    EnumMemory<Storage>
  >;
  /** In bytes. */
  readonly size: number;
  /** In bytes. */
  readonly alignment: number;
  /** The numbers by their names. */
  readonly values: Readonly<Values>;
  /** The first name of a number. */
  nameOf(value: number | bigint): (keyof Values & string) | undefined;
}

/**
 * An enumeration, as `enumeration({ RED: 0, GREEN: 1 })`. It takes its names and any numbers of its storage,
 * and gives numbers.
 * @param storage an integer type; when left out the one that gcc chooses: `u32`, or `i32` when a number is
 *   negative, or with 64 bits when one needs them
 */
export function enumeration<
  const Values extends Readonly<Record<string, number | bigint>>,
  const Storage extends IntegerType | undefined = undefined,
>(values: Values, storage?: Storage): EnumSchema<Values, Storage>;

/** A pointer to something of which only the name is known; from a function of C, or from `at` of its type. */
declare class OpaquePointer<Name extends string = string> {
  #private;
  private constructor();
  /** The address. */
  readonly ptr: Address;
  /** The name of what it points to. */
  readonly name: Name;
}
export type { OpaquePointer };

/** Pointers to something of which only the name is known, as `opaque` declares them. */
export interface OpaqueType<Name extends string> extends TypeObject {
  readonly [facets]: Scalar<OpaquePointer<Name> | Address | null, OpaquePointer<Name> | null, ArrayBufferView>;
  /** The name. */
  readonly name: Name;
  /** The pointer to an address; null for NULL. */
  at(address: Address | CString | OpaquePointer | null): OpaquePointer<Name> | null;
}

/**
 * A pointer to an incomplete type: `opaque('sqlite3')` is `sqlite3 *`. Results and members that are read are
 * OpaquePointers, or null for NULL. Parameters take these, null, and plain addresses; no pointer of another
 * name.
 */
export function opaque<const Name extends string>(name: Name): OpaqueType<Name>;

// ---- structs and unions ----------------------------------------------------------------------------

/** A member of which more is said than its type. */
export interface FieldOptions {
  /** Its type. */
  readonly type: AnyType | BitsType<any, number>;
  /** What stands for a missing value. */
  readonly default?: unknown;
  /** `_Alignas(n)`: a power of two, in bytes. Not for bit-fields. */
  readonly align?: number | undefined;
  /** The members of this record are members of the one that it is in, as in C11. */
  readonly anonymous?: boolean | undefined;
  /** This bit-field takes up room and is no member. */
  readonly unnamed?: boolean | undefined;
  /** Of a string that is written: `utf8` when left out. */
  readonly encoding?: TextEncoding | undefined;
}

/** How a record is laid out. */
export interface RecordOptions {
  /** `#pragma pack(n)`: no member is aligned to more bytes. */
  readonly pack?: 1 | 2 | 4 | 8 | 16 | undefined;
  /** `__attribute__((aligned(n)))`: a power of two, in bytes. */
  readonly align?: number | undefined;
}

// What fields have to be, so that an error stands where the mistake is.
type CheckedMember<Of> = Of extends AnyBits ? Of : CheckedType<Of, 'member', ParameterType>;
interface CheckedOptions<Of> {
  type: CheckedMember<Of>;
  // What a pointer points to may be the record that is being declared, and not have a type yet.
  default: Of extends AnyPointer
    ? Address | null
    : Of extends CheckedMember<Of>
      ? Facet<ValueType<Of>, 'write'>
      : unknown;
  align: Of extends AnyBits ? undefined : number | undefined;
  anonymous: Of extends AnyRecord ? boolean | undefined : false | undefined;
  unnamed: Of extends AnyBits ? boolean | undefined : false | undefined;
  encoding: Of extends StringName ? TextEncoding | undefined : string extends Of ? TextEncoding | undefined : undefined;
}
type CheckedField<Field> = Field extends { readonly type: infer Of }
  ? { readonly [Key in keyof Field]: Key extends keyof CheckedOptions<Of> ? CheckedOptions<Of>[Key] : never }
  : CheckedMember<Field>;

/** What fields have to be, as the constraint of a type parameter: `F extends CheckedFields<F>`. */
export type CheckedFields<Fields> = object & { readonly [Key in keyof Fields]: CheckedField<Fields[Key]> };

// The type of a field's value, and which fields are what.
type ValueType<Field> = Field extends { readonly [bitField]: { value: infer Of } }
  ? Of
  : Field extends { readonly type: infer Of }
    ? ValueType<Of>
    : Field;
type Or<Field> = Field | { readonly type: Field };
type Anonymous = { readonly anonymous: true };
type Nameless = Anonymous | { readonly unnamed: true } | Or<{ readonly [bitField]: { width: 0 } }>;
type Optional = { readonly default: unknown } | Or<AnyFlexible>;
type NamedKey<Fields, Key extends keyof Fields> = Fields[Key] extends Nameless ? never : Key;
type NeededKey<Fields, Key extends keyof Fields> = Fields[Key] extends Nameless | Optional ? never : Key;
type OptionalKey<Fields, Key extends keyof Fields> = Fields[Key] extends Nameless
  ? never
  : Fields[Key] extends Optional
    ? Key
    : never;

// An intersection as one object type, a union as one each.
type Plain<Value> = Value extends unknown ? { [Key in keyof Value]: Value[Key] } : never;
// The intersection of what several boxes contain.
type Unboxed<Box> = (Box extends unknown ? (box: Box) => void : never) extends (all: infer All) => void
  ? All extends { content: infer Content }
    ? Content
    : unknown
  : never;
// What the anonymous records among the fields add to their record.
type Inherited<Fields, What extends 'types' | 'input' | 'partial'> = Unboxed<
  {
    [Key in keyof Fields]: unknown extends Fields[Key]
      ? never
      : Fields[Key] extends Anonymous & { readonly type: AnyRecord }
        ? { content: Fields[Key]['type'][typeof facets][What] }
        : never;
  }[keyof Fields]
>;

// The types of all members by name, what members are in one respect, and objects that records are written from.
type MemberTypes<Fields> = unknown extends Fields
  ? any
  : Plain<
      { -readonly [Key in keyof Fields as NamedKey<Fields, Key>]: ValueType<Fields[Key]> } & Inherited<Fields, 'types'>
    >;
type StructInput<Fields> = Plain<
  { -readonly [Key in keyof Fields as NeededKey<Fields, Key>]: Facet<ValueType<Fields[Key]>, 'write'> } & {
    -readonly [Key in keyof Fields as OptionalKey<Fields, Key>]?: Facet<ValueType<Fields[Key]>, 'write'>;
  } & Inherited<Fields, 'input'>
>;
type StructPartial<Fields> = Plain<
  { -readonly [Key in keyof Fields as NamedKey<Fields, Key>]?: Facet<ValueType<Fields[Key]>, 'fill'> } & Inherited<
    Fields,
    'partial'
  >
>;

// A union is written as if it had but one of its fields, and takes no member of the others.
type Only<Value, Names extends PropertyKey> = Value extends unknown
  ? Plain<Value & { [Name in Exclude<Names, keyof Value>]?: never }>
  : never;
type ChoiceKey<Fields, Key extends keyof Fields> = Fields[Key] extends Anonymous ? Key : NamedKey<Fields, Key>;
type UnionInput<Fields, Key extends keyof Fields = keyof Fields> =
  Key extends ChoiceKey<Fields, Key> ? Only<StructInput<Pick<Fields, Key>>, keyof MemberTypes<Fields>> : never;
type UnionPartial<Fields, Key extends keyof Fields = keyof Fields> =
  Key extends ChoiceKey<Fields, Key> ? Only<StructPartial<Pick<Fields, Key>>, keyof MemberTypes<Fields>> : never;

type RecordKind = 'struct' | 'union';
interface RecordFacets<Fields, Kind extends RecordKind> extends Facets {
  role: Role;
  in: RecordFacets<Fields, Kind>['input'] | Bytes | Memory<any> | Address;
  out: number;
  returned: RecordFacets<Fields, Kind>['in'];
  read: { [Key in keyof MemberTypes<Fields>]: Facet<MemberTypes<Fields>[Key], 'read'> };
  write: RecordFacets<Fields, Kind>['input'] | Bytes | Memory<any>;
  fill: RecordFacets<Fields, Kind>['partial'] | Bytes;
  view: { [Key in keyof MemberTypes<Fields>]: Facet<MemberTypes<Fields>[Key], 'view'> };
  memory: ArrayBufferView;
  lent: RecordFacets<Fields, Kind>['input'] | readonly RecordFacets<Fields, Kind>['write'][];
  filled: Partial<RecordFacets<Fields, Kind>['read']> | Partial<RecordFacets<Fields, Kind>['read']>[];
  changed: RecordFacets<Fields, Kind>['input'] | RecordFacets<Fields, Kind>['write'][];
  /** The types of its members by name. */
  types: MemberTypes<Fields>;
  /** The names of its members. */
  name: keyof MemberTypes<Fields> & string;
  /** What each of its members takes. */
  taken: { [Key in keyof MemberTypes<Fields>]: Facet<MemberTypes<Fields>[Key], 'write'> };
  /** The objects that it is written from. */
  input: unknown extends Fields ? any : Kind extends 'union' ? UnionInput<Fields> : StructInput<Fields>;
  /** The same where what is missing is zero. */
  partial: unknown extends Fields ? any : Kind extends 'union' ? UnionPartial<Fields> : StructPartial<Fields>;
}
type AnyRecord = { readonly [facets]: { types: any; input: any; partial: any } };

interface ObjectFacets<Fields, Kind extends RecordKind> extends Omit<RecordFacets<Fields, Kind>, 'out'> {
  out: RecordFacets<Fields, Kind>['read'];
}

/** A schema as the type of its objects: a result is read at once, and a parameter is as with the schema. */
export interface ObjectType<Fields, Kind extends RecordKind> extends TypeObject {
  readonly [facets]: ObjectFacets<Fields, Kind>;
}

/**
 * The layout of a struct or union, and its values in memory.
 *
 * As the type of a parameter it takes by value: an object with every member that has no default (of a union,
 * with one of its members), a buffer or view of exactly its size, or a pointer to one. As that of a result
 * it gives the address of memory that is kept until `releasePtr`, as that of an argument of a callback the
 * address of memory that is there until the callback returns.
 *
 * `memory` below is a buffer, a view or an address, and `byteOffset` counts from its start, 0 when left
 * out. Methods with it throw `ERR_INVALID_POINTER` for NULL and other impossible addresses, and
 * `ERR_OUT_OF_BOUNDS` for a buffer that is too small; at an address the memory must be there. Methods with a
 * value, and calls, throw `ERR_INVALID_ARG_VALUE` for an unknown member and an array of the wrong length.
 */
export interface StructSchema<Fields = any, Kind extends RecordKind = 'struct'> extends TypeObject {
  readonly [facets]: RecordFacets<Fields, Kind>;
  /** In bytes. */
  readonly size: number;
  /** In bytes. */
  readonly alignment: number;
  /** The names of its members, with those of anonymous records in it. */
  readonly fieldNames: readonly RecordFacets<Fields, Kind>['name'][];
  /** The types of its members, as they were given. */
  readonly fieldTypes: readonly (AnyType | BitsType<any, number>)[];
  /** Where its members are, in bytes; of a bit-field, the byte of its first bit. */
  readonly fieldOffsets: readonly number[];
  /** The type for results that are objects. */
  readonly object: ObjectType<Fields, Kind>;
  /**
   * A buffer with the record. Members that are missing are their default, or zero; short arrays end in
   * zeros. Copies of strings and objects that it points to live as long as it. Throws `ERR_MALLOC_FAILED`.
   */
  create(value?: RecordFacets<Fields, Kind>['fill']): ArrayBuffer;
  /**
   * The record in memory as a new object. An object, as nested records are read, is returned as it is.
   * @param count elements of a flexible array member; when left out as many as the buffer has, and none at
   * an address
   */
  fromPtr(
    memory: MemoryPlace | RecordFacets<Fields, Kind>['read'],
    byteOffset?: number,
    count?: number,
    options?: AccessOptions,
  ): RecordFacets<Fields, Kind>['read'];
  /** One member in memory. */
  get<Name extends RecordFacets<Fields, Kind>['name']>(
    memory: MemoryPlace,
    field: Name,
    options?: AccessOptions,
  ): RecordFacets<Fields, Kind>['read'][Name];
  /** Writes one member. */
  set<Name extends RecordFacets<Fields, Kind>['name']>(
    memory: MemoryPlace,
    field: Name,
    value: RecordFacets<Fields, Kind>['taken'][Name],
    options?: AccessOptions,
  ): void;
  /**
   * Writes the record: all of it, or an error and nothing. Copies of strings and objects live as long as the
   * buffer; at an address, which cannot keep any, they are `ERR_INVALID_ARG_VALUE`.
   */
  write(
    memory: MemoryPlace,
    value: RecordFacets<Fields, Kind>['write'],
    byteOffset?: number,
    options?: AccessOptions,
  ): void;
  /**
   * The record in place: an object whose members are those in memory, to be read and assigned to. Nested
   * records are such objects too, arrays are ArrayViews, text is a string. TypeScript lets what a member
   * reads as be assigned to it; `set` takes everything that the member does, as names of an enumeration.
   * Members throw `ERR_INVALID_POINTER` once the memory was released, `ERR_LIBRARY_CLOSED` once its library was closed.
   */
  view(
    memory: MemoryPlace,
    byteOffset?: number,
    count?: number,
    options?: AccessOptions,
  ): RecordFacets<Fields, Kind>['view'];
  /** The layout as text: offset and size in bytes of each member, and the holes. */
  layout(): string;
}

/** The class of what `Struct` and `Union` declare; `new StructSchema` does what `Struct` does. */
export const StructSchema: {
  new <const Fields extends CheckedFields<Fields>>(
    fields: Fields,
    options?: RecordOptions,
  ): StructSchema<Fields, 'struct'>;
  readonly prototype: StructSchema<any, RecordKind>;
};

/**
 * Declares a struct, laid out as the C compilers of this machine do.
 * @param fields the members in their order: types, or `{ type, default, align, anonymous, unnamed }`
 */
export function Struct<const Fields extends CheckedFields<Fields>>(
  fields: Fields,
  options?: RecordOptions,
): StructSchema<Fields, 'struct'>;

/**
 * Declares a union, as `Struct` does a struct. It is written from an object with one of its members, and
 * read as an object with all of them.
 */
export function Union<const Fields extends CheckedFields<Fields>>(
  fields: Fields,
  options?: RecordOptions,
): StructSchema<Fields, 'union'>;

/** The size of a type, in bytes. */
export function sizeof<const Of extends AnyType>(type: CheckedType<Of, 'member', ParameterType>): number;

/** The alignment of a type, in bytes. */
export function alignof<const Of extends AnyType>(type: CheckedType<Of, 'member', ParameterType>): number;

/**
 * Where a member is, in bytes from the start of the record; of a bit-field, in bits. Throws
 * `ERR_INVALID_ARG_VALUE` when there is no such member.
 */
export function offsetof<Fields, Kind extends RecordKind>(
  schema: StructSchema<Fields, Kind>,
  field: RecordFacets<Fields, Kind>['name'],
): number;

/** Lets go of the memory of a struct that a function returned. Other addresses, and repeats, are ignored. */
export function releasePtr(ptr: Address | CString | null): void;

/** A buffer that C keeps; from `retain`. As a pointer it is the address. */
declare class RetainedView {
  #private;
  private constructor();
  /** The address of the first byte; 0 when it was released. */
  readonly ptr: Address;
  /** C uses the memory no more. Again does nothing. */
  release(): void;
  /** As `release`. */
  [Symbol.dispose](): void;
}

export type { RetainedView };

/**
 * Keeps a buffer that C uses for longer than a call: until it is released, it is not collected, and listed by
 * `leaks()`. Where the host can do so, the buffer is made untransferable, for good (not one whose size is a
 * multiple of 64 KiB, as those of WebAssembly: do not transfer these). Memory that it is a view of and that is freed
 * meanwhile is given back when it is released. Throws `ERR_INVALID_ARG_VALUE` for a
 * detached or resizable one.
 */
export function retain(view: Bytes): RetainedView;

// ---- definitions -----------------------------------------------------------------------------------

/** The signature of a C function. */
export interface Signature {
  /** Types of the parameters; none when left out. The last is `'...'` for a variadic function. */
  readonly args?: readonly AnyType[] | undefined;
  /** Type of the result; void when left out. */
  readonly returns?: AnyType | undefined;
}

/** What becomes of the results of a C function. */
export interface Outcome {
  /** The result is `{ value, errno }`. */
  readonly errno?: boolean | undefined;
  /**
   * Says of a result whether it is a failure. If so, the call throws the system error that errno tells, as those
   * of Node: an Error with `code` (`'ENOENT'`), `errno` (`-2`) and `syscall`, the function's name.
   */
  readonly check?: ((value: any) => unknown) | undefined;
}

/** The way into C that calls of a function take; what they do is the same. See docs/fast-calls.md. */
export interface Way {
  /**
   * C calls no JavaScript in this function, neither directly nor by other code, and has the engine collect nothing: Node 20
   * and 22 call only such functions fast, and the others call them some nanoseconds faster. A callback that C calls all
   * the same is not run, C gets what `onError` says, and the call throws `ERR_LEAF_CALLED_BACK` when C returns. Where nothing
   * is said, functions whose machine code calls nothing are leaves (on x86-64 and arm64 Linux); `false` says that this is
   * none.
   */
  readonly leaf?: boolean | undefined;
  /** `false`: calls go through Node-API. */
  readonly fast?: boolean | undefined;
}

/** A function of a library. */
export interface SymbolDefinition extends Signature, Outcome, Way {
  /** Its name in the library, where that is not the key. */
  readonly symbol?: string | undefined;
  /** Be `null`, instead of an error, when the library has no such symbol. */
  readonly optional?: boolean | undefined;
}

/**
 * A variable of a library: a property that reads and writes it in place. Records and arrays read as views (see
 * `StructSchema.view`), those of `char` as strings; assigning to one writes all of it. A `cstring` reads as the
 * string that the variable points to. Throws `ERR_LIBRARY_CLOSED`; `ERR_INVALID_ARG_VALUE` when a read-only
 * variable is written.
 */
export interface GlobalDefinition {
  /** Its type. */
  readonly type: AnyType;
  /** It is a variable. */
  readonly global: true;
  /** Its name in the library, where that is not the key. */
  readonly symbol?: string | undefined;
  /** Be `null`, instead of an error, when the library has no such symbol. */
  readonly optional?: boolean | undefined;
  /** Look at the memory of string results, and of records that are given by their address, through the system. */
  readonly checked?: boolean | undefined;
}

/** A function at an address. */
export interface AddressDefinition extends Signature, Outcome, Way {
  /** The same as of a function of a library; and `ptr` must be the address of code. */
  readonly checked?: boolean | undefined;
  /** From C, from the `ptr` of another function, or a callback. */
  readonly ptr: Address | JSCallback;
}

// The types before the '...' of a variadic function; never for others.
type NamedOf<List> = List extends readonly [...infer Named, infer Last]
  ? string extends Last
    ? never
    : Last extends '...'
      ? Named
      : never
  : never;

// What a definition has to be, member for member.
type CheckedTypes<List, As extends Role, Known> = [List, As] extends [readonly [...infer Named, '...'], 'parameter']
  ? readonly [...CheckedTypes<Named, As, Known>, '...']
  : List extends readonly unknown[]
    ? { readonly [Index in keyof List]: CheckedType<List[Index], As, Known> }
    : readonly Known[] | undefined;

/** What a definition has to be, as the constraint of a type parameter: `D extends Checked<D, AddressDefinition>`. */
export type Checked<Definition, Shape, As extends Role = 'parameter', Known = ParameterType> = Omit<
  Shape,
  keyof Signature
> & {
  readonly [Key in keyof Signature]: unknown;
} & {
  readonly [Key in keyof Definition]: Key extends 'args'
    ? CheckedTypes<Definition[Key], As, Known>
    : Key extends 'returns'
      ? CheckedType<Definition[Key], 'result', ResultType> | undefined
      : Key extends keyof Shape
        ? Shape[Key]
        : never;
};

/** The same for a map of definitions: `D extends CheckedAll<D, SymbolDefinition>`. */
export type CheckedAll<Definitions, Shape> = object & {
  readonly [Name in keyof Definitions]: Definitions[Name] extends object
    ? IsGlobal<Definitions[Name], Exclude<Shape, string>> extends true
      ? CheckedGlobal<Definitions[Name]>
      : Checked<Definitions[Name], Exclude<Shape, string>>
    : Shape;
};

// Addresses are of functions.
type IsGlobal<Definition, Shape> = 'ptr' extends keyof Shape
  ? false
  : unknown extends Definition
    ? false
    : Definition extends AnyGlobal
      ? true
      : false;
type AnyGlobal = { readonly global: true };
type CheckedGlobal<Definition> = {
  readonly [Key in keyof Definition]: Key extends 'type'
    ? CheckedType<Definition[Key], 'member', ArgumentType>
    : Key extends keyof GlobalDefinition
      ? GlobalDefinition[Key]
      : never;
} & { readonly type: unknown };

type Property<Definition, Key> = Key extends keyof Definition ? Definition[Key] : undefined;
type Values<List extends readonly unknown[], Name extends keyof Facets> = {
  -readonly [Index in keyof List]: Facet<List[Index], Name>;
};
type ArgumentsOf<List, Name extends 'in' | 'out' = 'in'> = unknown extends List
  ? any[]
  : [NamedOf<List>] extends [never]
    ? List extends readonly unknown[]
      ? Values<List, Name>
      : []
    : NamedOf<List> extends infer Named extends readonly unknown[]
      ? [...Values<Named, Name>, ...VariadicArgument[]]
      : never;
type NullOf<Definition> = unknown extends Definition
  ? never
  : true extends Property<Definition, 'optional'>
    ? null
    : never;

type Pairs = { [Name in ParameterType]: readonly [type: Name, value: Facet<Name, 'in'>] };

/**
 * An argument of a variadic function, after those that its `args` name: `[type, value]`, of which the value is
 * checked as any argument of that type; or a value alone, where its type is clear. Then an integer that fits is
 * an `int`, a fraction, NaN or an infinity a `double`, a boolean an `int`, a BigInt a `long long`, a string a
 * `cstring`, and everything else a pointer.
 */
export type VariadicArgument =
  Pairs[ParameterType] | readonly [type: TypeObject, value: any] | boolean | string | Pointer;

type WithErrno<Definition, Value> =
  Property<Definition, 'errno'> extends infer Asks
    ? Asks extends true
      ? { value: Value; errno: number }
      : Value
    : never;

/** The function that a definition makes, or a prototype of C. */
export type FunctionOf<Definition> = unknown extends Definition
  ? BoundFunction<any[], any>
  : Definition extends string
    ? PrototypeFunction<Definition>
    : BoundFunction<
        ArgumentsOf<Property<Definition, 'args'>>,
        WithErrno<Definition, ValueOut<Property<Definition, 'returns'>>>
      >;

/**
 * The function of a prototype: `FunctionOf<'double pow(double x, double y)'>`. What is passed and given back is
 * as docs/c-declarations.md tells.
 */
export type PrototypeFunction<Text extends string> = [Prototype<Text>] extends [never]
  ? UnparsedFunction<Text>
  : FunctionOf<Prototype<Text>>;

/**
 * The function of a prototype that TypeScript cannot read: text that is not a literal, or that names types of a
 * header. It is checked when it is bound, and its arguments when it is called.
 */
export interface UnparsedFunction<Text extends string> extends BoundFunction<any[], any> {}

/** The asynchronous function that a definition makes. */
export type AsyncFunctionOf<Definition> = FunctionOf<Definition>['async'] & {
  /** Its address. */
  readonly ptr: number;
};

// An optional variable that is not there is null, and stays so.
type GlobalOf<Definition> =
  | (Property<Definition, 'type'> extends infer Of
      ? Of extends keyof TypeTable
        ? TypeTable[Of]['out']
        : Facet<Of, 'view'>
      : never)
  | NullOf<Definition>;

type GlobalNames<Definitions> = {
  [Name in keyof Definitions]: unknown extends Definitions[Name]
    ? never
    : Definitions[Name] extends AnyGlobal
      ? Name
      : never;
}[keyof Definitions];

type FunctionsOf<Definitions> = {
  readonly [Name in keyof Definitions]: FunctionOf<Definitions[Name]> | NullOf<Definitions[Name]>;
};

/** The functions that definitions make, and properties for variables. */
export type SymbolsOf<Definitions> = [GlobalNames<Definitions>] extends [never]
  ? FunctionsOf<Definitions>
  : Plain<
      FunctionsOf<Omit<Definitions, GlobalNames<Definitions>>> & {
        -readonly [Name in GlobalNames<Definitions>]: GlobalOf<Definitions[Name]>;
      }
    >;

// ---- declarations of C ------------------------------------------------------------------------------

/** Where declarations of C are read from. */
export interface DeclarationFile {
  /** A path, or a `file:` URL. */
  readonly file: string | FileURL;
}

/** How `cdef` reads declarations. */
export interface DeclarationOptions {
  /** Throw `ERR_C_SYNTAX` for the first bad declaration, instead of leaving it out. */
  readonly strict?: boolean | undefined;
  /** Directories in which `#include` looks. Standard headers are built in as far as their types matter. */
  readonly include?: string | FileURL | readonly (string | FileURL)[] | undefined;
  /** Macros: `{ ZLIB_CONST: true, LEVEL: 9 }`. */
  readonly define?: Readonly<Record<string, string | number | bigint | true>> | undefined;
  /**
   * Functions that return text which has to be freed, and the function that frees it:
   * `{ Greet: 'FreeString' }`. Their results are copied, and are strings.
   */
  readonly free?: Readonly<Record<string, string>> | undefined;
  /**
   * A directory in which what was parsed is kept, so that the same text is not parsed again. What is in it is
   * believed: nobody else should be able to write there.
   */
  readonly cache?: string | FileURL | undefined;
}

/** Something that is wrong with a declaration. What it declares is left out, and tells why when it is used. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Undefined for what is built in, as the two below. */
  readonly file: string | undefined;
  /** From 1. */
  readonly line: number | undefined;
  /** From 1. */
  readonly column: number | undefined;
  /** The line as it is in the file. */
  readonly source: string | undefined;
  /** `file:line:column: message`, the line, and a caret under the place. */
  readonly text: string;
  /** What is left out. */
  readonly names: readonly string[];
}

// What `free` may name gives a char *, which is a 'ptr' or a 'cstring' by itself. Of a map that is not known, it may
// name any of these: then their results may be either.
type Freed<Definition, Name, Options> = Options extends { readonly free?: infer Free }
  ? Property<Definition, 'returns'> extends 'ptr' | 'cstring'
    ? string extends keyof NonNullable<Free>
      ? Property<Definition, 'returns'> extends 'ptr'
        ? { args: Property<Definition, 'args'>; returns: string }
        : Definition
      : Name extends keyof NonNullable<Free>
        ? { args: Property<Definition, 'args'>; returns: 'cstring' }
        : Definition
    : Definition
  : Definition;
// Text that is a literal of prototypes says which functions there are.
type DeclaredSymbols<Source, Options> = Source extends string
  ? [Prototypes<Source>] extends [never]
    ? Record<string, any>
    : Prototypes<Source> extends infer Found
      ? { readonly [Name in keyof Found]: FunctionOf<Freed<Found[Name], Name, Options>> }
      : never
  : Record<string, any>;

/** What `cdef` makes of declarations. */
export interface Declarations<Symbols extends object = Record<string, any>> extends Closable {
  /**
   * The functions (BoundFunctions), which are bound when they are first used, and the globals, whose values are
   * those in memory. What is declared and cannot be called, or is not in the library, says so when it is called.
   */
  readonly symbols: Symbols;
  /**
   * The types, by their tags and the names of typedefs: schemas, enumerations, callback types and names. Where
   * both are the same name of different types, the tag is `types['struct x']`. Of a struct of which nothing is known, it
   * is the type of pointers to it, as `opaque` declares it.
   */
  readonly types: Record<string, any>;
  /** Enumerators, and macros that are integers, fractions or strings. */
  readonly constants: Record<string, any>;
  /** What could not be read. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parses declarations of C, as they are in headers, and binds what they declare. Throws `ERR_C_SYNTAX` if
 * `strict`, `ERR_INVALID_ARG_VALUE` for a file that cannot be read or a function in `free` that is not
 * declared, and what `dlopen` throws.
 * @param source the text, or the file it is in
 * @param library what `dlopen` takes, which `close()` closes, or an open Library; types and constants alone when
 *   left out: then symbols say so when they are used
 */
export function cdef<
  const Source extends string | DeclarationFile,
  const Options extends DeclarationOptions | undefined = undefined,
>(
  source: Source,
  library?: LibraryPath | readonly LibraryPath[] | null | Library<any>,
  options?: Options,
): Declarations<DeclaredSymbols<Source, Options>>;

// ---- functions -------------------------------------------------------------------------------------

/**
 * A C function. Its arguments are checked before C is entered: `ERR_MISSING_ARGS` for too few,
 * `ERR_INVALID_ARG_VALUE` for too many, a string with a NUL character or a detached buffer,
 * `ERR_MALLOC_FAILED` when a string does not fit in memory, `ERR_CALLBACK_CLOSED` for a closed JSCallback.
 * After `close()`: `ERR_LIBRARY_CLOSED`. It also throws what a callback throws that C calls meanwhile, and
 * `ERR_CALLBACK_DEADLOCK` when another thread waited longer for one than its `timeout`.
 */
export interface BoundFunction<Arguments extends unknown[], Result> {
  (...args: Arguments): Result;
  /** Its address. */
  readonly ptr: number;
  /** The same on another thread. */
  readonly async: AsyncFunction<Arguments, Result>;
}

/** How an asynchronous call is made. */
export interface AsyncOptions {
  /** Takes the call back as long as it is not started: it rejects with the signal's reason. */
  readonly signal?: Signal | undefined;
}

/**
 * A C function that is called on a thread of the pool, with the same arguments and result. Every error, also
 * of an argument, rejects the promise. Buffers and views are used in place, and can then not be transferred
 * any more; where the host cannot prevent that, or they may be resized, C gets a copy, and what it changes is
 * put into them in the end. The library may be closed meanwhile.
 */
export interface AsyncFunction<Arguments extends unknown[], Result> {
  (...args: [...values: Arguments, options?: AsyncOptions]): Promise<Result>;
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
  /** The functions, and properties that are variables, by the names in the definitions. */
  readonly symbols: Symbols;
  /**
   * Binds one function by its prototype in C, as `'double pow(double x, double y)'`. Throws `ERR_C_SYNTAX` for
   * text that is none, `ERR_DLSYM_FAILED`, `ERR_UNSUPPORTED_ARGS` for what cannot be called, `ERR_LIBRARY_CLOSED`.
   */
  func<const Text extends string>(prototype: Text): PrototypeFunction<Text>;
  /** Whether the library has a symbol. Throws `ERR_LIBRARY_CLOSED`. */
  has(name: string): boolean;
  /**
   * The address of a symbol, which may be 0. From then on collection does not close the library. Throws
   * `ERR_DLSYM_FAILED` for a missing symbol, `ERR_LIBRARY_CLOSED`.
   */
  ptr(name: string): Address;
  /**
   * What the library's file exports, by name; of the running process, what its program does. Throws
   * `ERR_DLOPEN_FAILED` when the file cannot be read, `ERR_LIBRARY_CLOSED`.
   */
  exports(): ExportedSymbol[];
  /** Unloads the library once no call is inside. Calls throw `ERR_LIBRARY_CLOSED` from now on; twice is fine. */
  close(): void;
  /** Closes it. */
  [Symbol.dispose](): void;
}

/** A symbol that a library's file exports. */
export interface ExportedSymbol {
  /** Its name in the file. */
  name: string;
  /** Whether it is code. */
  kind: 'function' | 'data';
  /** Its size in bytes; undefined where the file does not tell, as on Windows and macOS. */
  size: number | undefined;
}

/** Where a library is: a path, a name that the system searches for, a `file:` URL. */
export type LibraryPath = string | FileURL;

/** How a library is opened. */
export interface OpenOptions {
  /** Functions that it calls are looked up when they are first called, not now. One that is missing then ends the process. */
  readonly lazy?: boolean | undefined;
  /** The opposite, and the default. */
  readonly now?: boolean | undefined;
  /** Libraries that are opened later see its symbols. */
  readonly global?: boolean | undefined;
  /** The opposite, and the default. */
  readonly local?: boolean | undefined;
  /**
   * It calls its own functions, and those of the libraries that it needs, where the process has others of the same name, as
   * Node has of zlib, OpenSSL and libuv. So it is always on macOS and Windows; with musl it is `ERR_CALL_FAILED`.
   */
  readonly deep?: boolean | undefined;
  /** Directories in which paths that are not absolute are looked for first. */
  readonly search?: readonly LibraryPath[] | undefined;
  /** The SHA-256 of the file, in hexadecimal digits: one with other contents is `ERR_ACCESS_DENIED`. */
  readonly sha256?: string | undefined;
}

/**
 * Opens a library and binds functions and variables of it: all of them or, on any failure, none. Throws
 * `ERR_DLOPEN_FAILED` with the reason in its message and the system's text as `cause`; `ERR_DLSYM_FAILED` for a
 * missing symbol, `ERR_ACCESS_DENIED` for a library that `sha256` or `allowLibraries` refuses,
 * `ERR_INVALID_ARG_VALUE` for a path that cannot be one and options that contradict each other,
 * `ERR_UNSUPPORTED_ARGS` for a signature that cannot be called here, `ERR_INVALID_SYMBOL` for a variable that is
 * defined as a function or the reverse, `ERR_OUT_OF_BOUNDS` for one smaller than its type.
 * @param path a path, a name that the system searches for, a `file:` URL, or candidates of which the first that
 *   opens is taken; null is the running process. Where no file has the name, it is completed as the system calls
 *   libraries: `m` is `libm.so.6` on Linux
 * @param definitions such as `{ add: { args: ['i32', 'i32'], returns: 'i32' } }`, or prototypes in C, as
 *   `{ add: 'int add(int, int)' }`
 */
export function dlopen<const Definitions extends CheckedAll<Definitions, SymbolDefinition | string>>(
  path: LibraryPath | readonly LibraryPath[] | null,
  definitions: Definitions,
  options?: OpenOptions,
): Library<SymbolsOf<Definitions>>;

/** What a helper process may take. Whatever is left out has no limit of its own. */
export interface IsolateLimits {
  /**
   * Bytes of address space beyond what the helper has when it has started; at least 1 MiB. Some of it goes to the
   * runtime of the helper. Linux only.
   */
  readonly memory?: number | undefined;
  /**
   * Milliseconds of processor time beyond what its start takes, of all its threads together. The system counts whole
   * seconds: it is rounded up. Linux only.
   */
  readonly cpuTime?: number | undefined;
  /** Libraries that are open at once. */
  readonly libraries?: number | undefined;
  /** Blocks of `alloc` and `strdup` that are not freed. */
  readonly liveAllocations?: number | undefined;
}

/** What is logged: each has what those before it have. `info` is each library, symbol, call and allocation. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** How a helper process is run. */
export interface HelperOptions {
  /**
   * Milliseconds that a call may take, callbacks in the program not counted; 3000 when left out, 0 for ever. To start and
   * to load a library, a helper has a minute, or as long as that, whichever is longer.
   */
  readonly callTimeout?: number | undefined;
  /** Milliseconds after which C gets a callback's default; 10000 when left out, 0 for never. */
  readonly callbackTimeout?: number | undefined;
  /** How often a helper that has died is replaced; 5 when left out. */
  readonly maxRestarts?: number | undefined;
  readonly limits?: IsolateLimits | undefined;
  /** Patterns of the libraries that the helper may open, as `allowLibraries` has them; null is the helper itself. */
  readonly allow?: readonly (string | null)[] | undefined;
  /**
   * All environment variables of the helper, or the names of those of the program that it gets; when left out, it gets
   * all of them. `NODE_OPTIONS`, `NODE_V8_COVERAGE` and `NODE_CHANNEL_FD` are the program's own: they are not passed, and
   * refused here. `ARKFFI_NATIVE` and `ARKFFI_BACKEND` are always the program's.
   */
  readonly env?: Readonly<Record<string, string | undefined>> | readonly string[] | undefined;
  /** The helper's working directory; when left out, that of the program when it made the isolate, also after a restart. */
  readonly cwd?: LibraryPath | undefined;
  /** Programs that the helper starts have no more privileges than it. `ERR_CALL_FAILED` where that is not to be had. */
  readonly noNewPrivileges?: boolean | undefined;
  /** The helper opens no sockets but local ones. `ERR_CALL_FAILED` where that is not to be had. */
  readonly noNetwork?: boolean | undefined;
  /** What is written to stderr; `ARKFFI_LOG`, or `'warn'`, when left out. */
  readonly log?: LogLevel | undefined;
}

/** How a library is opened in a helper process, and how that is run. */
export interface IsolateOptions extends OpenOptions, HelperOptions {}

/** What `status()` tells of a helper process. */
export interface IsolateStatus {
  /** Of the process, which is another after a restart; null when there is none. */
  readonly pid: number | null;
  /** That are open. */
  readonly libraries: number;
  /** Blocks of memory that are not freed. */
  readonly liveAllocations: number;
  /** How often the helper was replaced. */
  readonly restarts: number;
  /** As they were asked for. */
  readonly limits: IsolateLimits;
}

/**
 * A pointer of a helper process. Only calls of the same isolate take it; it stands for no number here. When its helper
 * has ended it is invalid for ever (`ERR_INVALID_MEM_ID`), one into what was lent to a call when that has returned.
 */
export class IsolatedPointer {
  #private;
  private constructor();
  /** Whether its helper has ended, or the call that had lent what it points to. */
  readonly freed: boolean;
  /** The name of the type it points to, where that is opaque. */
  readonly name: string | undefined;
  /** Whether another points to the same place of the same helper. */
  equals(other: unknown): boolean;
}

/** Memory in a helper process. Its `ptr` is an IsolatedPointer, and so are the pointers that are read of it. */
export type IsolatedMemory<Of = undefined> = Memory<Of> & { readonly ptr: IsolatedPointer };

// A type whose values are pointers: only parameters of these take null.
type IsAddress<Of> = null extends Facet<Of, 'in'> ? true : false;
type IsolatedValue<Value> = [Value] extends [Address | OpaquePointer<any> | null] ? IsolatedPointer | null : Value;

// What is read from memory of the helper: members, and what out parameters get.
type IsolatedRead<Of> = TypeName extends Of
  ? any
  : IsAddress<Of> extends true
    ? IsolatedValue<Facet<Of, 'read'>>
    : Of extends AnyRecord
      ? { [Key in keyof Of[typeof facets]['types']]: IsolatedRead<Of[typeof facets]['types'][Key]> }
      : Facet<Of, 'read'>;
type IsolatedOut<Of> = TypeName extends Of
  ? any
  : Of extends undefined
    ? void
    : IsAddress<Of> extends true
      ? IsolatedValue<Facet<Of, 'out'>>
      : Of extends AnyRecord
        ? Facet<Of, 'out'> extends number
          ? number
          : IsolatedRead<Of>
        : Facet<Of, 'out'>;

// What members are written from; those that may be missing stay so.
type IsolatedInput<Input, Types> = {
  [Key in keyof Input]: Key extends keyof Types
    ? IsAddress<Types[Key]> extends true
      ? IsolatedIn<Types[Key]>
      : Types[Key] extends AnyRecord
        ? IsolatedIn<Types[Key]>
        : Input[Key]
    : Input[Key];
};
type IsolatedObject<Of> = Of extends AnyRecord
  ? IsolatedInput<Of[typeof facets]['input'], Of[typeof facets]['types']>
  : never;
// What the elements of arrays are that are lent, and copied back.
type IsolatedElement<Of> = IsAddress<Of> extends true ? IsolatedIn<Of> : IsolatedObject<Of>;
type IsolatedLent<Of> = IsolatedObject<Of> | readonly IsolatedElement<Of>[];
type IsolatedFilled<Of> =
  IsAddress<Of> extends true
    ? (IsolatedPointer | null)[]
    : Of extends AnyRecord
      ? Partial<IsolatedRead<Of>> | Partial<IsolatedRead<Of>>[]
      : never;
type IsolatedIn<Of> = TypeName extends Of
  ? any
  : Of extends CallbackType<infer Args, infer Returns>
    ? IsolatedCallback<Args, Returns> | JSCallback | IsolatedPointer | null
    : Of extends OutType<infer Target, infer Copied>
      ? | Exclude<Facet<Of, 'in'>, Address>
        | IsolatedPointer
        | (Copied extends 'filled' ? IsolatedFilled<Pointee<Target>> : IsolatedLent<Pointee<Target>>)
      : Of extends PointerType<infer Target>
        ? Exclude<Facet<Of, 'in'>, Address> | IsolatedPointer | IsolatedLent<Pointee<Target>>
        : IsAddress<Of> extends true
          ? Exclude<Facet<Of, 'in'>, Address> | IsolatedPointer
          : Of extends AnyRecord
            ? IsolatedObject<Of> | Bytes | Memory<any>
            : Facet<Of, 'in'>;
type IsolatedCallback<Args, Returns> = (
  ...args: Args extends readonly unknown[] ? { -readonly [Index in keyof Args]: IsolatedOut<Args[Index]> } : any[]
) => TypeName extends Returns
  ? any
  : Returns extends undefined | 'void' | 'v'
    ? void
    : IsolatedIn<Returns> | Promise<IsolatedIn<Returns>>;
type IsolatedValues<List extends readonly unknown[]> = { -readonly [Index in keyof List]: IsolatedIn<List[Index]> };
type IsolatedArguments<List> = unknown extends List
  ? any[]
  : [NamedOf<List>] extends [never]
    ? List extends readonly unknown[]
      ? IsolatedValues<List>
      : []
    : NamedOf<List> extends infer Named extends readonly unknown[]
      ? [...IsolatedValues<Named>, ...IsolatedVariadicArgument[]]
      : never;

type IsolatedPairs = { [Name in ParameterType]: readonly [type: Name, value: IsolatedIn<Name>] };

/** As `VariadicArgument`, with pointers of the helper. */
export type IsolatedVariadicArgument =
  IsolatedPairs[ParameterType] | readonly [type: TypeObject, value: any] | boolean | string | Pointer | IsolatedPointer;

/** A C function in a helper process: checked and called as a `BoundFunction`. */
export interface IsolatedFunction<Arguments extends unknown[], Result> {
  /**
   * Throws besides what a `BoundFunction` throws: `ERR_HELPER_CRASHED` when the helper ends meanwhile, with `signal`,
   * `exitCode` and `address` as far as they are known; `ERR_CALL_TIMEOUT`; `ERR_HELPER_RESTARTS`; `ERR_INVALID_MEM_ID`
   * for pointers and memory of a helper that has ended.
   */
  (...args: Arguments): Result;
  /** Its address, for C. */
  readonly ptr: IsolatedPointer;
  /** The same without waiting. */
  readonly async: AsyncFunction<Arguments, Result>;
}

/** The function in a helper process that a definition makes, or a prototype of C. */
export type IsolatedFunctionOf<Definition> = unknown extends Definition
  ? IsolatedFunction<any[], any>
  : Definition extends string
    ? [Prototype<Definition>] extends [never]
      ? IsolatedFunction<any[], any>
      : IsolatedFunctionOf<Prototype<Definition>>
    : IsolatedFunction<
        IsolatedArguments<Property<Definition, 'args'>>,
        WithErrno<Definition, IsolatedOut<Property<Definition, 'returns'>>>
      >;

/** The functions in a helper process that definitions make, and properties for variables. */
export type IsolatedSymbolsOf<Definitions> = {
  -readonly [Name in GlobalNames<Definitions>]: any;
} & {
  readonly [Name in Exclude<keyof Definitions, GlobalNames<Definitions>>]:
    IsolatedFunctionOf<Definitions[Name]> | NullOf<Definitions[Name]>;
};

/** A library in a helper process. */
export interface IsolatedLibrary<Symbols extends object = Record<string, any>> extends Closable {
  /** The functions, and properties that are variables, by the names in the definitions. */
  readonly symbols: Symbols;
}

/** A helper process, and the library that it was started for. */
export interface Isolate<Symbols extends object = Record<string, any>> extends IsolatedLibrary<Symbols> {
  /** Ends the process. Calls throw `ERR_LIBRARY_CLOSED` from now on, pending ones reject. */
  close(): void;
  /**
   * Opens another library in the same process. Throws what `isolate` does, and `ERR_ACCESS_DENIED` for more than
   * `limits.libraries`.
   */
  open<const Definitions extends CheckedAll<Definitions, SymbolDefinition | string>>(
    path: LibraryPath | readonly LibraryPath[] | null,
    definitions: Definitions,
    options?: OpenOptions,
  ): IsolatedLibrary<IsolatedSymbolsOf<Definitions>>;
  /**
   * Memory in the process, all zero: checked as that of `alloc`, and gone when the process ends. Functions of this
   * process do not take it. Throws `ERR_MALLOC_FAILED`.
   */
  alloc(size: number, count?: number, options?: { readonly align?: number | undefined }): IsolatedMemory;
  alloc<const Of extends AnyType>(
    type: CheckedType<Of, 'member', ParameterType>,
    count?: number,
    options?: { readonly align?: number | undefined },
  ): IsolatedMemory<Of>;
  /** A copy of a text in the process, with a NUL at the end; as `strdup`. */
  strdup(text: string, encoding?: TextEncoding): IsolatedMemory;
  /** The value of a type behind a pointer. Nothing checks what is there: if nothing is, the process ends. */
  read(pointer: IsolatedPointer, type: AnyType | ParameterType, offset?: number): any;
  /** Writes a value behind a pointer. */
  write(pointer: IsolatedPointer, type: AnyType | ParameterType, offset: number, value: unknown): void;
  /** A copy of bytes behind a pointer. */
  bytes(pointer: IsolatedPointer, offset: number, length: number): Uint8Array;
  /** Writes bytes behind a pointer. */
  setBytes(pointer: IsolatedPointer, source: Bytes, offset?: number): void;
  /** The C string behind a pointer; null for null. */
  text(pointer: IsolatedPointer | null): string | null;
  /** What there is. */
  status(): IsolateStatus;
}

/**
 * Opens a library in a helper process, which runs the same runtime: a crash there is an error here. Values, errors and
 * types are as of `dlopen`, but for pointers of C, which are IsolatedPointers, and `null` for NULL. Buffers are
 * copied there and back. Callbacks run here, while the call waits. Throws what `dlopen` does, and `ERR_CALL_FAILED` where there
 * is no such process to be had.
 * @param path as of `dlopen`; null is the helper itself
 */
export function isolate<const Definitions extends CheckedAll<Definitions, SymbolDefinition | string>>(
  path: LibraryPath | readonly LibraryPath[] | null,
  definitions: Definitions,
  options?: IsolateOptions,
): Isolate<IsolatedSymbolsOf<Definitions>>;

/** Where this process runs, in the words of Go. */
export interface Platform {
  /** `'linux'`, `'darwin'`, `'windows'`; others as Node or Go call them. */
  readonly os: string;
  /** `'amd64'`, `'arm64'`; others as Node or Go call them. */
  readonly arch: string;
  /** The ending of shared libraries' file names, without the dot. */
  readonly extension: 'so' | 'dylib' | 'dll';
  /** Whether `loadPlatformLibrary` looks for files: on Linux, macOS and Windows on x86-64 and arm64. */
  readonly supported: boolean;
}

/** The platform that this process runs on. */
export function platform(): Platform;

/** What `loadPlatformLibrary` binds. */
export interface PlatformLibraryOptions<Definitions> {
  /**
   * The library's header, in its directory or elsewhere. It must be there. Without `symbols`, what it declares is bound,
   * as by `cdef`.
   */
  readonly header?: string | FileURL | undefined;
  /** The definitions, as of `dlopen`. */
  readonly symbols?: Definitions | undefined;
}

/**
 * Opens the file of a directory that is for this platform: `{base}-{os}-{arch}.{extension}`, or else the only one that
 * has more between the machine and the ending (`-musl` is only for musl). The same file with the same
 * definitions is the same Library, until that is closed.
 *
 * Throws, in this order: `ERR_DLOPEN_FAILED` for an unsupported platform, for a library file that is not there, and
 * for a header that is not there; and what `dlopen` throws, as `cause` of an error with the same code.
 * @param dir where the files of all platforms are
 * @param base the beginning of their names
 */
export function loadPlatformLibrary(
  dir: string | FileURL,
  base: string,
  options: { readonly header: string | FileURL; readonly symbols?: undefined },
): Library;
export function loadPlatformLibrary<const Definitions extends CheckedAll<Definitions, SymbolDefinition> = {}>(
  dir: string | FileURL,
  base: string,
  options?: PlatformLibraryOptions<Definitions>,
): Library<SymbolsOf<Definitions>>;

/**
 * Restricts what this process opens from now on, in all of its threads, to libraries whose path is like one of the
 * patterns; others are `ERR_ACCESS_DENIED`. Never widened: a later list only takes from the earlier ones. Throws
 * `ERR_INVALID_ARG_VALUE` for what is no pattern.
 * @param patterns of paths, links resolved: `*` and `?` are within a name, `**` is any number of directories. null
 *   allows the running process
 */
export function allowLibraries(patterns: readonly (string | null)[]): void;

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

/** As `CFunction`, for the asynchronous form alone. */
export const AsyncCFunction: {
  <const Definition extends Checked<Definition, AddressDefinition>>(
    definition: Definition,
  ): AsyncFunctionOf<Definition> & Closable;
  new <const Definition extends Checked<Definition, AddressDefinition>>(
    definition: Definition,
  ): AsyncFunctionOf<Definition> & Closable;
};

// ---- callbacks -------------------------------------------------------------------------------------

/** The function of a callback with these types: of its parameters, and of its result. */
export type CallbackFunction<Args, Returns = undefined> = (
  ...args: ArgumentsOf<Args, 'out'>
) => Returned<Returns> | Literal<Returns>;

/** The signature of a callback, and what becomes of its calls. */
export interface CallbackDefinition<Returns = any> extends Signature {
  /**
   * Other threads may call a callback in any case, and wait for its result. With `'listener'` they do not
   * wait: they get `onError` at once, and the function gets its arguments later.
   */
  readonly threadsafe?: boolean | 'listener' | undefined;
  /** What C gets when there is no result: after an error, and after `close()`. Zero when left out. */
  readonly onError?: Awaited<Returned<Returns>> | 0 | undefined;
  /**
   * How long another thread waits while the JavaScript thread is inside of one call, in milliseconds: 1000
   * when left out, 0 for ever. Then it gets `onError`, and that call throws `ERR_CALLBACK_DEADLOCK`.
   */
  readonly timeout?: number | undefined;
}

/**
 * A JavaScript function as a function pointer of C, from any thread, until `close()`. What the function
 * throws, also for a result of the wrong kind, the call throws that entered C; C gets `onError`. When another
 * thread called, it is an uncaught exception, or rejects the asynchronous call that did. There the function
 * may also return a promise, which the thread waits for; on the JavaScript thread that is an error. A thread of the
 * pool does nothing else meanwhile: if all of them wait for promises that wait for `.async` calls, none goes on.
 *
 * The function gets addresses for pointers and records (`Schema.object`: an object), a string or null for a
 * cstring. Strings and buffers that it returns stay valid until 256 more are returned, or `close()`.
 */
export class JSCallback<
  const Definition extends Checked<
    Definition,
    CallbackDefinition<Property<Definition, 'returns'>>,
    'argument',
    ArgumentType
  > = any,
> implements Closable {
  #private;
  /**
   * Throws `ERR_UNSUPPORTED_ARGS` for a signature that cannot be called here, `ERR_MALLOC_FAILED`.
   * @param definition such as `{ args: ['i32', 'i32'], returns: 'i32' }`
   */
  constructor(
    fn: CallbackFunction<Property<Definition, 'args'>, Property<Definition, 'returns'>>,
    definition: Definition,
  );
  /** Its address; 0 after `close()`. */
  readonly ptr: number;
  /** As `ptr`; the functions of `ffi` that take handles take it too, until `close()`. */
  getHandle(): number;
  /** As it was given. */
  readonly threadsafe: boolean | 'listener';
  /** Calls it through C, as a BoundFunction. Throws `ERR_CALLBACK_CLOSED` after `close()`. */
  call(...args: ArgumentsOf<Property<Definition, 'args'>>): ValueOut<Property<Definition, 'returns'>>;
  /** Keeps the process running until `unref()` or `close()`. */
  ref(): this;
  /** Lets the process end, as from the start. */
  unref(): this;
  /** C gets `onError` from now on; twice is fine. */
  close(): void;
  /** Closes it. */
  [Symbol.dispose](): void;
}

interface CallbackFacets<Args, Returns> extends Omit<TypeTable['function'], 'in'> {
  in: CallbackFunction<Args, Returns> | JSCallback | Address | null;
}

/** Pointers to functions of a signature, as `callback` declares them. */
export interface CallbackType<Args, Returns> extends TypeObject {
  readonly [facets]: CallbackFacets<Args, Returns>;
  /** The types of the parameters, as they were given. */
  readonly args: Args;
  /** The type of the result, as it was given. */
  readonly returns: Returns;
}

/**
 * A pointer to a function of a signature. A parameter takes a function, which C can call until the call
 * returns, a JSCallback of a like signature, an address or null; a member, and what a callback returns, all of
 * these but a function. With `.async` the function stays open until the promise settles.
 * Results, arguments and members that are read are addresses.
 * @param args types of the parameters; none when left out
 * @param returns type of the result; void when left out
 */
export function callback<
  const Args extends readonly AnyType[] = [],
  const Returns extends AnyType | undefined = 'void',
>(
  args?: Args & CheckedTypes<Args, 'argument', ArgumentType>,
  returns?: CheckedType<Returns, 'result', ResultType>,
): CallbackType<Args, Returns>;

// ---- memory ----------------------------------------------------------------------------------------

/** How memory at an address is looked at. */
export interface AccessOptions {
  /**
   * Through the system (Linux only): memory that is not there, or that may not be written, is
   * `ERR_INVALID_POINTER`, not the end of the process. Throws `ERR_CALL_FAILED` where the system does not do
   * that. With `ARKFFI_CHECKED=1` in the environment everything is checked.
   */
  readonly checked?: boolean | undefined;
}

/** How a string in memory is read. */
export interface CStringOptions extends AccessOptions {
  /** `utf8` when left out. What is no text of it is read as U+FFFD. */
  readonly encoding?: TextEncoding | undefined;
}

/**
 * A view on a NUL-terminated string in C memory, read each time it is asked. Reading throws
 * `ERR_INVALID_POINTER` for an impossible address.
 */
export class CString {
  #private;
  /**
   * @param ptr NULL stays NULL, whatever the offset
   * @param byteOffset where to start, in bytes after `ptr`; 0 when left out
   * @param byteLength read at most so many bytes, of which whole units count; up to the NUL when left out
   */
  constructor(
    ptr: Address | CString | Memory<any> | null,
    byteOffset?: number,
    byteLength?: number,
    options?: CStringOptions,
  );
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
 * alignment. Unless it is checked, the memory must be there. Throws `ERR_INVALID_POINTER` for NULL and other
 * impossible addresses.
 */
export const read: {
  readonly [Type in AccessorType]: (
    ptr: Address | CString,
    byteOffset?: number,
    options?: AccessOptions,
  ) => TypeTable[Type]['out'];
};

/**
 * Writes a value `byteOffset` bytes (may be negative) from an address, at any alignment. Unless it is checked, the
 * memory must be there. `write.ptr` of a buffer stores its address and keeps nothing reachable: hold the
 * buffer as long as C may use it. Throws `ERR_INVALID_POINTER` for NULL and other impossible addresses.
 */
export const write: {
  readonly [Type in AccessorType]: (
    ptr: Address | CString,
    byteOffset: number,
    value: TypeTable[Type]['in'],
    options?: AccessOptions,
  ) => void;
};

/**
 * An ArrayBuffer on C memory; a copy of it on hosts that allow no such buffers. The memory must outlive
 * it: that it is there is checked, if at all, only now. Throws `ERR_INVALID_POINTER` for NULL and other impossible addresses.
 * @param byteOffset in bytes from `ptr`; undefined is 0
 * @param byteLength in bytes
 */
export function toArrayBuffer(
  ptr: Address | CString,
  byteOffset: number | undefined,
  byteLength: number,
  options?: AccessOptions,
): ArrayBuffer;

/** As `toArrayBuffer`, as a Buffer. */
export function toBuffer(
  ptr: Address | CString,
  byteOffset: number | undefined,
  byteLength: number,
  options?: AccessOptions,
): NodeBuffer;

// ---- memory that programs allocate -----------------------------------------------------------------

/** How text is encoded in memory: with a NUL of one unit at its end. */
export type TextEncoding = 'utf8' | 'utf-8' | 'utf16le' | 'utf-16le' | 'utf32le' | 'utf-32le' | 'latin1';

/** Gives memory and takes it back: an object of the program's, such as one with two functions of a library. */
export interface Allocator {
  /**
   * Memory of at least `size` bytes.
   * @param align the address has to be a multiple of it; left out for a function of one parameter, such as `malloc`
   * of C itself
   * @returns its address; 0 or null when there is none
   */
  allocate(size: number, align: number): Address | null | OpaquePointer | Memory<any>;
  /** Takes back what `allocate` returned. */
  free(ptr: Address): unknown;
}

/** How memory is allocated. */
export interface AllocOptions {
  /** The address is a multiple of it: a power of two, in bytes. What the type needs, else 16, when left out. */
  readonly align?: number | undefined;
  /** Where the memory comes from; C's heap when left out. */
  readonly allocator?: Allocator | undefined;
}

type ElementOf<Of> = [Of] extends [undefined] ? never : Facet<Of, 'read'>;
type ElementInput<Of> = [Of] extends [undefined] ? never : Facet<Of, 'write'>;

/**
 * Memory of C, every use of which is checked. All methods, and calls that it is passed to, throw
 * `ERR_INVALID_MEM_ID` once it is freed, and `ERR_OUT_OF_BOUNDS` for what is not inside of it. Offsets, lengths
 * and sizes are in bytes, and 0 or up to the end when left out. It is never freed by itself.
 *
 * A parameter of a pointer type takes it and passes its address, a parameter of a record by value takes one of
 * the record's size, and schemas take it where they take memory.
 */
export class Memory<const Of = undefined> {
  #private;
  private constructor();
  /** The address. */
  readonly ptr: Address;
  /** In bytes. */
  readonly size: number;
  /** Whether it is gone: freed, or the arena that it is of has ended. */
  readonly freed: boolean;
  /** The type of its elements, as it was given; undefined for bytes. */
  readonly type: Of;
  /** How many elements it has; without a type, how many bytes. */
  readonly count: number;
  /** The value of a type at an offset, of any alignment: numbers, objects and arrays are copies. */
  read<const Type extends AnyType>(
    type: CheckedType<Type, 'member', ParameterType>,
    offset?: number,
  ): Facet<Type, 'read'>;
  /**
   * Writes a value: all of it, or an error and nothing. Copies of strings and objects that it points to live until
   * the memory is freed.
   */
  write<const Type extends AnyType>(
    type: CheckedType<Type, 'member', ParameterType>,
    offset: number,
    value: Facet<Type, 'write'>,
  ): void;
  /** The element at an index, as `read` gives it. Throws `ERR_INVALID_ARG_VALUE` for memory without a type. */
  at(index: number): ElementOf<Of>;
  /** Writes the element at an index, as `write` does. */
  set(index: number, value: ElementInput<Of>): void;
  /**
   * What is so many elements further on, to the end, as `p + n` in C. A negative number goes back, not before the
   * start of what was allocated or sliced. It is freed with the whole.
   */
  add(count: number): Memory<Of>;
  /** A copy of bytes. */
  bytes(offset?: number, length?: number): Uint8Array;
  /** Writes bytes. */
  setBytes(source: Bytes | Memory<any>, offset?: number): void;
  /**
   * The memory itself as bytes. It is detached when the memory is freed; freeing throws `ERR_INVALID_ARG_VALUE` if
   * its buffer was transferred or marked as untransferable. Throws `ERR_CALL_FAILED` on hosts that allow no such
   * buffers, and `ERR_INVALID_ARG_VALUE` for memory of a library, of a struct that a function returned or of a
   * buffer, which could be gone without a word to the view.
   */
  view(offset?: number, length?: number): Uint8Array;
  /** A part, which is there as long as this is, and is freed with it. */
  slice(offset: number, length?: number): Memory;
  /** The same memory as another type or of another size, which nothing checks. It is there as long as this is. */
  reinterpret(size: number, count?: number): Memory;
  reinterpret<const Type extends AnyType>(
    type: CheckedType<Type, 'member', ParameterType>,
    count?: number,
  ): Memory<Type>;
  /** The text up to a NUL, or else to the end. Its own encoding, or UTF-8, when left out. */
  toString(encoding?: TextEncoding): string;
  /**
   * Frees it, and whatever was made of it. A second time throws `ERR_INVALID_MEM_ID`, and so does a part, memory of
   * an arena, and memory that was not allocated here. While asynchronous calls use it, the memory itself stays until
   * the last of them has returned.
   */
  free(): void;
  /** Frees it. */
  [Symbol.dispose](): void;
}

/**
 * Memory of C's heap, all zero, until `free()`. Throws `ERR_MALLOC_FAILED` when there is not as much.
 * @param size in bytes
 * @param count so many times that size; 1 when left out
 */
export function alloc(size: number, count?: number, options?: AllocOptions): Memory;
export function alloc(size: number, options: AllocOptions): Memory;
/** The same for values of a type. */
export function alloc<const Of extends AnyType>(
  type: CheckedType<Of, 'member', ParameterType>,
  count?: number,
  options?: AllocOptions,
): Memory<Of>;
export function alloc<const Of extends AnyType>(
  type: CheckedType<Of, 'member', ParameterType>,
  options: AllocOptions,
): Memory<Of>;

/**
 * A copy of a text in memory, with a NUL at the end, until `free()`. Throws `ERR_INVALID_ARG_VALUE` for a NUL inside
 * and for a character that the encoding does not have, `ERR_MALLOC_FAILED`.
 * @param encoding `utf8` when left out
 */
export function strdup(
  text: string,
  encoding?: TextEncoding,
  options?: { readonly allocator?: Allocator | undefined },
): Memory;

/**
 * Memory of C at an address as a Memory, to be used with checks from then on: that it is there, and that it is so
 * large, nothing checks. It cannot be freed. Throws `ERR_INVALID_POINTER` for NULL and other impossible addresses.
 * @param size in bytes
 */
export function reinterpret(ptr: Address | CString | OpaquePointer, size: number, count?: number): Memory;
export function reinterpret<const Of extends AnyType>(
  ptr: Address | CString | OpaquePointer,
  type: CheckedType<Of, 'member', ParameterType>,
  count?: number,
): Memory<Of>;

/**
 * The address of so many bytes, in which is anything, until `free`. Throws `ERR_MALLOC_FAILED`.
 * @param allocator C's heap when left out
 */
export function malloc(size: number, allocator?: Allocator): Address;

/** As `malloc`, for `count` times `size` bytes, all zero. */
export function calloc(count: number, size: number, allocator?: Allocator): Address;

/**
 * Makes memory of `malloc`, `calloc` or `realloc` larger or smaller, and keeps what is in it. Throws
 * `ERR_INVALID_MEM_ID` for any other, and `ERR_MALLOC_FAILED`, after which it is as it was.
 * @param ptr null is as `malloc`
 * @returns its address from now on
 */
export function realloc(ptr: Address | null, size: number): Address;

/**
 * Frees memory that was allocated here. Throws `ERR_INVALID_MEM_ID` for any other, for memory that is freed
 * already, and for that of another allocator.
 * @param ptr a Memory, or the address of what was allocated; null is ignored
 * @param allocator the one that it was allocated with; C's heap when left out
 */
export function free(ptr: Memory<any> | Address | CString | OpaquePointer | null, allocator?: Allocator): void;

/**
 * Memory that is freed together: small pieces cost a tenth of what `alloc` takes. Its methods throw
 * `ERR_INVALID_MEM_ID` after its end.
 */
export class Arena {
  #private;
  /** @param options where its memory comes from */
  constructor(options?: { readonly allocator?: Allocator | undefined });
  /** Whether its memory is gone. */
  readonly ended: boolean;
  /** As the function `alloc`, until the arena ends. */
  alloc(size: number, count?: number, options?: { readonly align?: number | undefined }): Memory;
  alloc(size: number, options: { readonly align?: number | undefined }): Memory;
  alloc<const Of extends AnyType>(
    type: CheckedType<Of, 'member', ParameterType>,
    count?: number,
    options?: { readonly align?: number | undefined },
  ): Memory<Of>;
  alloc<const Of extends AnyType>(
    type: CheckedType<Of, 'member', ParameterType>,
    options: { readonly align?: number | undefined },
  ): Memory<Of>;
  /** As the function `strdup`, until the arena ends. */
  strdup(text: string, encoding?: TextEncoding): Memory;
  /**
   * Leaves something to the arena, which releases it when it ends, before its memory, the last one first.
   * @param release gets the resource; its `[Symbol.dispose]` when left out. A promise that it returns is not awaited
   * @returns the resource
   */
  own<Resource>(resource: Resource, release: (resource: Resource) => unknown): Resource;
  own<Resource extends { [Symbol.dispose](): void }>(resource: Resource): Resource;
  /**
   * Releases what it owns and frees its memory; twice is fine. What goes wrong does not stop it: it throws the error
   * when all is done, or an AggregateError for several.
   */
  end(): void;
  /** Ends it. */
  [Symbol.dispose](): void;
  /**
   * Runs a function with an arena, which ends when the function has returned or thrown, or when the promise that it
   * returned has settled.
   * @returns what the function returned
   */
  static run<Result>(work: (arena: Arena) => Result, options?: { readonly allocator?: Allocator | undefined }): Result;
}

// ---- errors ----------------------------------------------------------------------------------------

/** Every `code` that an error can have. */
export type ErrorCode =
  | 'ERR_INVALID_ARG_TYPE'
  | 'ERR_INVALID_ARG_VALUE'
  | 'ERR_OUT_OF_RANGE'
  | 'ERR_MISSING_ARGS'
  | 'ERR_DLOPEN_FAILED'
  | 'ERR_ACCESS_DENIED'
  | 'ERR_DLSYM_FAILED'
  | 'ERR_LIBRARY_CLOSED'
  | 'ERR_INVALID_HANDLE'
  | 'ERR_INVALID_SYMBOL'
  | 'ERR_INVALID_POINTER'
  | 'ERR_MALLOC_FAILED'
  | 'ERR_INVALID_MEM_ID'
  | 'ERR_OUT_OF_BOUNDS'
  | 'ERR_INVALID_BASE64'
  | 'ERR_TYPE_ERROR'
  | 'ERR_UNSUPPORTED_ARGS'
  | 'ERR_C_SYNTAX'
  | 'ERR_CALLBACK_CLOSED'
  | 'ERR_CALLBACK_DEADLOCK'
  | 'ERR_HELPER_CRASHED'
  | 'ERR_HELPER_RESTARTS'
  | 'ERR_CALL_TIMEOUT'
  | 'ERR_LEAF_CALLED_BACK'
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
export interface FFIError extends Failure {
  /** Of `ERR_HELPER_CRASHED`: the signal that ended the helper, as `'SIGSEGV'`. */
  readonly signal?: string | undefined;
  /** Of `ERR_HELPER_CRASHED`: what the helper has exited with, as far as it is known. */
  readonly exitCode?: number | undefined;
  /** Of `ERR_HELPER_CRASHED`: the address of the fault. */
  readonly address?: number | undefined;
}

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
  /**
   * The fastest way into C that there is in this thread: calls that the engine compiles (`'fast'`), the host's own FFI, or
   * Node-API, after which a trampoline or libffi loads the registers. Some functions take another: docs/fast-calls.md.
   */
  backend: 'fast' | 'bun:ffi' | 'Deno.dlopen' | 'trampoline' | 'libffi';
  /** Why there is no faster one, or that only leaves go by it; `null` when there is nothing to say. */
  reason: string | null;
  /** Whether functions are generated code, or closures because the host allows no generated code. */
  stubs: 'generated' | 'closures';
  /** Libraries that were opened and are not closed; the running process counts each time. */
  libraries: number;
  /** Bound functions; of those that are closed or not used any more, those that were not collected yet. */
  functions: number;
  /** Structs that functions returned and that are not released. */
  retained: number;
  /** Buffers that `retain` keeps and that are not released. */
  retainedViews: number;
  /** Memory that is allocated and not freed: blocks, and bytes in all. */
  memory: { blocks: number; bytes: number };
  /** Callbacks that are open, and how often C called one that was closed. */
  callbacks: { open: number; afterClose: number };
  /** Finalizers that have not run. */
  finalizers: number;
  /** Asynchronous calls that have not returned. */
  async: number;
};

/** What `attachFinalizer` attached. */
export interface Finalizer {
  /**
   * Runs the function now, if it has not run. Throws what a JavaScript callback throws that it calls.
   * @returns whether it ran
   */
  run(): boolean;
  /**
   * Takes it back: the function will not run.
   * @returns whether it would have
   */
  detach(): boolean;
  /** The same as `run()`. */
  [Symbol.dispose](): void;
}

/**
 * Runs a native function with `ptr` when `object` is collected, or when the process or worker ends; once. It
 * runs without JavaScript: callbacks that it calls answer with their `onError`. Nothing runs on `process.exit`
 * in the main thread. The library of the function stays loaded until it has run, also when it is closed before.
 *
 * @param object any object or function, frozen ones too
 * @param ptr an address other than NULL, of memory that C made
 * @param nativeFree a bound function with one parameter, a pointer; or the address of such a function, or another
 *   function with a `ptr`, for which this cannot be checked. Throws `ERR_LIBRARY_CLOSED` if it is closed.
 * @param options `size`: bytes behind the pointer that the engine is told of, so that it collects sooner
 */
export function attachFinalizer(
  object: object,
  ptr: Address | OpaquePointer | CString,
  nativeFree: Address | { (...args: any[]): unknown; readonly ptr: Address },
  options?: { size?: number },
): Finalizer;

/** A thing that is live. */
export interface Live {
  /**
   * What it is: `memory` that was allocated, an open `callback`, an open `library`, the `retained` buffer of a
   * struct, a `retained view`, an `async` call that has not settled.
   */
  kind: 'memory' | 'callback' | 'library' | 'retained' | 'retained view' | 'async' | (string & {});
  /** Its address. */
  ptr?: Address;
  /** Its size in bytes. */
  size?: number;
  /** The path of a library, the name of a function. */
  name?: string;
  /** The type of memory, where it has a name. */
  type?: string;
  /** The JavaScript stack of what made it, when the environment variable `ARKFFI_TRACK` was `1` at the start. */
  stack?: string;
}

/**
 * Everything of this thread that is live: not yet freed, closed, released or settled. The running process as a
 * library is left out, as it is always open.
 */
export function leaks(): Live[];

// ---- raw bridge ------------------------------------------------------------------------------------

/** A value for the first array of a call: of any type but `s`. */
export type BridgeNumber = boolean | Pointer;

/** A value for the second array of a call: of type `s`. */
export type BridgeString = string | Pointer;

/** A type that a result can have: `2` is a struct of two doubles, given as an ArrayBuffer of 16 bytes. */
export type BridgeResultType = ResultType | '2';

type BridgeResult<Returns> = Returns extends '2' ? ArrayBuffer : ValueOut<Returns>;

/**
 * ArkFFI's raw bridge. Types are a string of letters, one each; values come in two arrays in their
 * order, one for the parameters of type `s` and one for all others. The functions that take a handle
 * throw `ERR_INVALID_HANDLE` for one that is not open, those that take a name `ERR_DLSYM_FAILED` for a
 * symbol that is not there, and calls what a BoundFunction throws.
 */
export interface RawBridge {
  /** Opens a library as `dlopen` does; null is the running process. Throws `ERR_DLOPEN_FAILED`, `ERR_ACCESS_DENIED`. */
  load(path: LibraryPath | readonly LibraryPath[] | null, options?: OpenOptions): bigint;
  /** Closes a library. Handles that are not open are ignored. */
  close(handle: bigint): void;
  /** Binds a function, to be called by `callBySig`. */
  defineFunction<const Returns extends string | undefined>(
    handle: bigint,
    name: string,
    argTypes: string,
    returnType?: CheckedName<Returns, BridgeResultType>,
  ): void;
  /** Calls a function that `defineFunction` bound; throws `ERR_INVALID_SYMBOL` when it did not. */
  callBySig(handle: bigint, name: string, nums: readonly BridgeNumber[], strs: readonly BridgeString[]): any;
  /** The same for a result of type `2`: 16 bytes. */
  callBySigAsArrayBuffer(
    handle: bigint,
    name: string,
    nums: readonly BridgeNumber[],
    strs: readonly BridgeString[],
  ): ArrayBuffer;
  /** Calls a function once. */
  callMixed<const Returns extends string | undefined>(
    handle: bigint,
    name: string,
    argTypes: string,
    returnType: CheckedName<Returns, BridgeResultType>,
    nums: readonly BridgeNumber[],
    strs: readonly BridgeString[],
  ): BridgeResult<Returns>;
  /** As `callMixed`, on another thread. Every error rejects the promise. */
  callAsync<const Returns extends string | undefined>(
    handle: bigint,
    name: string,
    argTypes: string,
    returnType: CheckedName<Returns, BridgeResultType>,
    nums: readonly BridgeNumber[],
    strs: readonly BridgeString[],
  ): Promise<BridgeResult<Returns>>;
  /** Calls a function without parameters that returns a string; `''` for NULL. */
  callString(handle: bigint, name: string): string;
  /** Calls a function at an address once. Throws `ERR_INVALID_POINTER` for an impossible address. */
  callPtr<const Returns extends string | undefined>(
    ptr: Address | CString | JSCallback,
    argTypes: string,
    returnType: CheckedName<Returns, BridgeResultType>,
    nums: readonly BridgeNumber[],
    strs: readonly BridgeString[],
  ): BridgeResult<Returns>;
  /** As `callPtr`, on another thread. Every error rejects the promise. */
  callPtrAsync<const Returns extends string | undefined>(
    ptr: Address | CString | JSCallback,
    argTypes: string,
    returnType: CheckedName<Returns, BridgeResultType>,
    nums: readonly BridgeNumber[],
    strs: readonly BridgeString[],
  ): Promise<BridgeResult<Returns>>;
  /** The address of a symbol. */
  getSymbolPtr(handle: bigint, name: string): number;
  /** The string at an address, up to its NUL; `''` for NULL. */
  readCString(ptr: Address | CString | null, options?: AccessOptions): string;
  /** A copy of so many bytes. Throws `ERR_INVALID_POINTER` and `ERR_MALLOC_FAILED`. */
  readMemory(ptr: Address | CString, byteLength: number, options?: AccessOptions): ArrayBuffer;
  /** The address of a buffer's or view's memory, as of `ptr`. */
  ptr(buffer: Bytes): number;
  /**
   * Opens a JSCallback. The functions below, which take its handle, throw `ERR_CALLBACK_CLOSED` for one that
   * is not open.
   */
  createCallback<const Returns extends string | undefined = undefined>(
    fn: (...args: any[]) => unknown,
    argTypes: string,
    returnType?: CheckedName<Returns, BridgeResultType>,
    threadsafe?: boolean | 'listener',
  ): bigint;
  /** Closes a callback. Handles that are not open are ignored. */
  destroyCallback(handle: bigint | number): void;
  /** Calls a callback through C, as its `call`. */
  invokeCallback(handle: bigint | number, ...args: any[]): any;
  /** The address of a callback. */
  getCallbackPtr(handle: bigint | number): number;
  /** As it was given to `createCallback`. */
  getCallbackThreadsafe(handle: bigint | number): boolean | 'listener';
  /** Calls a callback of one parameter from another thread. Every error rejects the promise. */
  callCallbackThreadSafe(handle: bigint | number, argument: any): Promise<any>;
}

/** ArkFFI's raw bridge. */
export const ffi: RawBridge;

/** As `ffi.callAsync`. */
export const callAsync: RawBridge['callAsync'];

/** As `ffi.callPtrAsync`. */
export const callPtrAsync: RawBridge['callPtrAsync'];

/** As `ffi.callBySigAsArrayBuffer`. */
export const callBySigAsArrayBuffer: RawBridge['callBySigAsArrayBuffer'];
