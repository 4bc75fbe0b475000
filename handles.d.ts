import type { AnyType, FileURL, HelperOptions, IsolatedPointer, IsolateStatus, Memory } from './index.js';

// Memory, libraries and functions by opaque ids, which are strings, and bytes as base64. Errors are those of the
// package, with their code in the message too: `[ERR_INVALID_MEM_ID] free: …`.

/** Memory: `m-1`, `m-2` and so on, never given twice. */
export type MemoryId = string;

/** A library: `lib-1` and so on. */
export type LibraryId = string;

/** A function: `sym-1` and so on. */
export type SymbolId = string;

/** Allocates so many bytes, all zero. Throws `ERR_MALLOC_FAILED`. */
export function alloc(size: number): MemoryId;

/** Frees memory. Throws `ERR_INVALID_MEM_ID` for what is no id, or freed already. */
export function free(id: MemoryId): void;

/** As `free`. */
export function free_string(id: MemoryId): void;

/** A copy of a text as UTF-8, with a NUL at the end. Throws `ERR_INVALID_ARG_VALUE` for a NUL inside. */
export function strdup(text: string): MemoryId;

/**
 * Writes bytes. Throws `ERR_INVALID_MEM_ID`, `ERR_INVALID_BASE64` and `ERR_OUT_OF_BOUNDS`.
 * @param offset in bytes; 0 when left out
 * @returns how many bytes
 */
export function mem_write(id: MemoryId, offset: number, base64: string): number;
export function mem_write(id: MemoryId, base64: string): number;

/**
 * Reads bytes as base64. Throws `ERR_INVALID_MEM_ID` and `ERR_OUT_OF_BOUNDS`, and `ERR_OUT_OF_RANGE` for more than
 * a string can hold.
 * @param offset in bytes; 0 when left out
 * @param length in bytes
 */
export function mem_read(id: MemoryId, offset: number, length: number): string;
export function mem_read(id: MemoryId, length: number): string;

/** Opens a library, as `dlopen` does. Throws `ERR_DLOPEN_FAILED`. */
export function load(path: string | FileURL | null): LibraryId;

/**
 * A function of a library. Throws `ERR_INVALID_HANDLE` for what is no id of a library, `ERR_DLSYM_FAILED`.
 * @param returns type of the result; void when left out
 * @param args types of the parameters; none when left out
 */
export function sym(library: LibraryId, name: string, returns?: AnyType, args?: readonly AnyType[]): SymbolId;

/**
 * Calls a function. Where it takes a pointer or a string, text of the form `m-1` is an id of memory, and passes its
 * address. A string that it returns is a copy. Throws `ERR_INVALID_SYMBOL` for what is no id of a function,
 * `ERR_UNSUPPORTED_ARGS` for another number of arguments than it has (a variadic function may get more, each a value or
 * `[type, value]`), `ERR_TYPE_ERROR` for one of another kind.
 */
export function call(symbol: SymbolId, ...args: (CallArgument | Memory<any>)[]): any;

/** An argument of a call. */
export type CallArgument = number | bigint | string | boolean | object | null;

/** The ending of shared libraries' file names here, with the dot. */
export function lib_ext(): string;

/** The file name of a library here: `libname.so`, `libname.dylib` or `name.dll`. */
export function lib_name(base: string): string;

/** Whether it works. */
export function ping(): 'pong';

/** The functions of this module with ids of their own, in a helper process. */
export interface Isolated {
  readonly alloc: typeof alloc;
  readonly free: typeof free;
  readonly free_string: typeof free_string;
  readonly strdup: typeof strdup;
  readonly mem_write: typeof mem_write;
  readonly mem_read: typeof mem_read;
  readonly load: typeof load;
  readonly sym: typeof sym;
  /**
   * As `call`; pointers that functions return are IsolatedPointers, which it takes. `ERR_HELPER_CRASHED` and
   * `ERR_CALL_TIMEOUT` when the process ends meanwhile: ids of its memory are no ids any more, those of libraries and
   * functions are of the next.
   */
  readonly call: (symbol: SymbolId, ...args: (CallArgument | Memory<any> | IsolatedPointer)[]) => any;
  /** Whether the process answers. */
  readonly ping: typeof ping;
  /** What there is. */
  readonly status: () => IsolateStatus;
  /** Ends the process. Calls throw `ERR_LIBRARY_CLOSED` from now on. */
  readonly close: () => void;
  [Symbol.dispose](): void;
}

/** Starts a helper process, as `isolate` does, in which memory and libraries are. */
export function isolated(options?: HelperOptions): Isolated;
