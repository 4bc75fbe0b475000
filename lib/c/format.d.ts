// What `binding.parseC(text, options)` gives: JSON text of a `CUnit`. Rust writes it (src/c/output.rs); this
// file is the contract. What may be left out is left out when it would be false, 0, '' or empty.

/** Options of `parseC`. */
export interface CParseOptions {
  /** Name of the text in positions, and where `#include "x.h"` looks first. Default `'<text>'`. */
  file?: string;
  /** Default: the machine this runs on. */
  target?: CTarget;
  /**
   * The text comes out of a C preprocessor (`cc -E -dD`, with `-C` to keep comments): macros are not expanded
   * again in it, only collected as constants.
   */
  preprocessed?: boolean;
  /**
   * Directories in which `#include` looks. The standard headers that are built in (stdint.h, stddef.h, stdio.h,
   * …) win over them.
   */
  include?: string[];
  /** Texts of headers by the name they are included by; they win over everything. */
  headers?: Record<string, string>;
  /** Macros, as of `-D`: `{ ZLIB_CONST: '1', 'MAX(a,b)': '((a)>(b)?(a):(b))' }`. */
  define?: Record<string, string>;
}

export type CTarget =
  'x86_64-linux' | 'aarch64-linux' | 'x86_64-darwin' | 'aarch64-darwin' | 'x86_64-windows' | 'aarch64-windows';

/** A translation unit. Records, enums, typedefs and files are referred to by their number in these lists. */
export interface CUnit {
  target: CTarget;
  files: string[];
  records: CRecord[];
  enums: CEnum[];
  typedefs: CTypedef[];
  /** Each name once; a later declaration adds to the first. */
  functions: CFunction[];
  globals: CGlobal[];
  /** Enumerators, in order, then macros, in order. Each name once: a macro hides the enumerator of its name. */
  constants: CConstant[];
  /** Macros that are no constants, with the reason. Function-like ones are among them. */
  macros: CMacro[];
  diagnostics: CDiagnostic[];
}

/** `[file, line, column]`: the number of the file in `files`, the others from 1. What is built in has none. */
export type CPosition = [file: number, line: number, column: number];

interface CDeclared {
  at?: CPosition;
  /** The comment that belongs to it, without its `/*`, `*` and `//`. */
  doc?: string;
}

export type CType = (
  | { kind: 'void' }
  | { kind: 'bool' }
  /** `char` (with the target's signedness), `signed char`, `unsigned char`, `short`, `unsigned short`, `int`,
   * `unsigned int`, `long`, `unsigned long`, `long long`, `unsigned long long` */
  | { kind: 'int'; name: string; size: 1 | 2 | 4 | 8; signed: boolean }
  /** `float`, `double`, and `long double` where that is a double */
  | { kind: 'float'; name: string; size: 4 | 8 }
  /**
   * What arkffi cannot read or pass: `long double`, `float _Complex`, `__int128`, `__builtin_va_list`, vectors,
   * names whose declaration was skipped, and enums of which not all is known (then without size). `reason` says why, as the end of a sentence.
   */
  | { kind: 'opaque'; name: string; size: number | null; alignment: number | null; reason: string }
  | { kind: 'pointer'; to: CType }
  /** `length: null` is `T[]`: a flexible array, or a global whose length the header does not tell. */
  | { kind: 'array'; of: CType; length: number | null }
  | ({ kind: 'function' } & CSignature)
  | { kind: 'record'; record: number }
  | { kind: 'enum'; enum: number }
  | { kind: 'typedef'; typedef: number }
) & { const?: true; volatile?: true };

export interface CSignature {
  result: CType;
  /** `(void)` has none. Arrays and functions have become pointers, as C does it. */
  params: CParam[];
  variadic?: true;
  /** `f()`: C does not say what it takes, and arkffi passes nothing; or `f(a) float a; {…}`, with promoted `params`. */
  unprototyped?: true;
  /** `stdcall`, `fastcall`, `thiscall`, `vectorcall`, `ms_abi`, `sysv_abi`, …; not told when it is C's own. */
  convention?: string;
  /** Why it cannot be called, as the end of a sentence: "its parameter 2 is a va_list". */
  uncallable?: string;
}

export interface CParam {
  name?: string;
  type: CType;
}

export interface CRecord extends CDeclared {
  /** Absent for `struct { … }` without a name. */
  tag?: string;
  union?: true;
  /** Declared only (`struct s;`), or what is inside was skipped (then `problem` says why): no fields. */
  incomplete?: true;
  /** Why there are no fields or no layout, as the end of a sentence. */
  problem?: string;
  /** `#pragma pack(n)`, or 1 for `packed`. */
  pack?: number;
  /** Alignment that the record asks for itself. */
  align?: number;
  fields: CField[];
  /** In bytes, as the target's compiler lays it out; absent when incomplete or there is a `problem`. */
  size?: number;
  alignment?: number;
}

export interface CField extends CDeclared {
  /** Absent for an anonymous struct or union, whose fields count as the record's, and for an unnamed bit-field. */
  name?: string;
  type: CType;
  /** Of a bit-field. */
  bits?: number;
  /** Alignment that the field asks for, its type's typedef included. */
  align?: number;
  /** The field is packed by itself. */
  packed?: true;
  /** The last field, `T name[]`. */
  flexible?: true;
  /** In bytes; of a bit-field, the byte its first bit is in. Absent for an unnamed bit-field, or without layout. */
  offset?: number;
  /** Of a bit-field: its first bit, counted from the least significant bit of the byte at `offset`. */
  bit?: number;
}

export interface CEnum extends CDeclared {
  tag?: string;
  incomplete?: true;
  problem?: string;
  /** The integer type it is stored as. */
  type: CType;
  members: CEnumerator[];
}

export interface CEnumerator extends CDeclared {
  name: string;
  value: CInteger;
}

/** A decimal string where a Number would not be exact. */
export type CInteger = number | string;

export interface CTypedef extends CDeclared {
  name: string;
  type: CType;
  /** `aligned` of the typedef. */
  align?: number;
  /** Known without a declaration: `uint32_t`, `size_t`, `wchar_t`, … */
  builtin?: true;
}

export interface CFunction extends CDeclared, CSignature {
  name: string;
  /** The symbol in the library, where `__asm__("name")` says another. */
  symbol?: string;
  /** No library exports it (`uncallable` says so too). */
  static?: true;
  inline?: true;
  noreturn?: true;
  /** The text of `deprecated("…")`, or `''`. */
  deprecated?: string;
  /** The function that frees its result: the name in `__attribute__((malloc(name)))`. */
  free?: string;
}

export interface CGlobal extends CDeclared {
  name: string;
  symbol?: string;
  type: CType;
  static?: true;
  /** `_Thread_local`: its address differs from thread to thread. */
  threadLocal?: true;
}

export type CConstant = { name: string; at?: CPosition; doc?: string } & (
  | { kind: 'enumerator'; value: CInteger; enum: number }
  /** A macro; `type` is the type of its expression. */
  | { kind: 'int'; value: CInteger; type: CType }
  /** `'Infinity'`, `'-Infinity'`, `'NaN'` as strings. */
  | { kind: 'float'; value: number | string; type: CType }
  | { kind: 'char'; value: number }
  | { kind: 'string'; value: string }
  /** `((void *)0)`, `((destructor)-1)`: an address. */
  | { kind: 'pointer'; value: CInteger; type: CType }
);

export interface CMacro {
  name: string;
  at?: CPosition;
  /** Of a function-like macro. */
  params?: string[];
  /** As it is written. */
  text: string;
  /** As the end of a sentence: "it takes arguments", "it is empty", "it is not a constant". */
  reason: string;
}

export interface CDiagnostic {
  severity: 'error' | 'warning';
  message: string;
  at?: CPosition;
  /** The line of the source as it is, and where the caret goes under it. */
  line?: string;
  /** `file:line:column: message`, the line, and a caret under the place; several lines. */
  text: string;
  /** What was lost: what the skipped text would have declared, tags as `struct x`. */
  names?: string[];
}
