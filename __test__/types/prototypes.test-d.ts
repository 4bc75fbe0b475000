// Prototypes of C, read by the type system.
import { cdef, dlopen } from 'arkffi';
import type {
  Address,
  BoundFunction,
  CallbackType,
  FunctionOf,
  OpaquePointer,
  OutType,
  Pointer,
  PointerType,
  UnparsedFunction,
  Wide,
} from 'arkffi';
import { same } from './same.js';

const library = dlopen(null, {
  pow: 'double pow(double x, double y)',
  abs: { args: ['int'], returns: 'int' },
  getpid: 'int getpid(void);',
});
const { symbols } = library;

// A prototype is its function.
same<typeof symbols.pow, BoundFunction<[number, number], number>>(true);
same<typeof symbols.getpid, BoundFunction<[], number>>(true);
same<typeof symbols.abs, BoundFunction<[number], number>>(true);
export const promise: Promise<number> = symbols.pow.async(1, 2);

const floor = library.func('double floor(double)');
same<typeof floor, BoundFunction<[number], number>>(true);

/** The function of a prototype. */
type F<Text extends string> = FunctionOf<Text>;
type Args<Text extends string> = Parameters<FunctionOf<Text>>;

// Integers, by all their words in any order.
same<
  F<'unsigned long long f(long unsigned int a, short, unsigned char, size_t)'>,
  BoundFunction<[Wide, number, number, Wide], Wide>
>(true);
same<
  F<'int64_t f(long long int, uint8_t x, _Bool b, bool c)'>,
  BoundFunction<[Wide, number, boolean | 0 | 1, boolean | 0 | 1], Wide>
>(true);
same<F<'signed f(signed char, unsigned, wchar_t)'>, BoundFunction<[number, number, number], number>>(true);
same<F<'float f(char c)'>, BoundFunction<[number], number>>(true);

// Text.
same<
  F<'const char *f(const char *text, char *buffer)'>,
  BoundFunction<[string | Pointer, string | Pointer], string | null>
>(true);
same<F<'char *f(char const * const text)'>, BoundFunction<[string | Pointer], Address>>(true);
same<F<'void f(void)'>, BoundFunction<[], void>>(true);
same<F<'extern void *f(void *, const void *)'>, BoundFunction<[Pointer, Pointer], Address>>(true);

// Pointers: what is not const comes back.
declare const values: FunctionOf<{
  args: [OutType<'i32', 'changed'>, PointerType<'i32'>, OutType<'cstring', 'changed'>];
  returns: PointerType<'i32'>;
}>;
same<F<'int *f(int *a, const int b[4], char **c)'>, typeof values>(true);
symbols.pow satisfies F<'double f(double a, double b)'>;

// Records of which only the tag is known.
same<ReturnType<F<'struct tm *f(const struct tm *)'>>, OpaquePointer<'tm'> | null>(true);
same<Args<'struct tm *f(const struct tm *)'>, [OpaquePointer<'tm'> | Address | null]>(true);

// Functions.
declare const sorting: FunctionOf<{
  args: ['ptr', 'size_t', CallbackType<['ptr', 'ptr'], 'i32'>];
  returns: 'void';
}>;
same<F<'void sort(void *base, size_t count, int (*compare)(const void *, const void *))'>, typeof sorting>(true);
same<F<'void each(void (*)(void))'>, FunctionOf<{ args: [CallbackType<[], 'void'>]; returns: 'void' }>>(true);

// Comments, lines and words without effect.
same<
  F<`extern int f( // the first
    register int a, /* the
    second */ volatile double b);`>,
  BoundFunction<[number, number], number>
>(true);

// What is beyond the type system is a function of anything, under a name that says so.
same<F<'int f(struct point p)'>, UnparsedFunction<'int f(struct point p)'>>(true);
same<F<'sqlite3 *f(int)'>, UnparsedFunction<'sqlite3 *f(int)'>>(true);
same<F<'int f(enum color c)'>, UnparsedFunction<'int f(enum color c)'>>(true);
same<F<'long double f(void)'>, UnparsedFunction<'long double f(void)'>>(true);
same<F<'int f(int a[2][3])'>, UnparsedFunction<'int f(int a[2][3])'>>(true);
same<F<'void (*signal(int, void (*)(int)))(int)'>, UnparsedFunction<'void (*signal(int, void (*)(int)))(int)'>>(true);
same<F<'int f(int'>, UnparsedFunction<'int f(int'>>(true);
same<F<''>, UnparsedFunction<''>>(true);
same<F<string>, UnparsedFunction<string>>(true);
export const anything: unknown = library.func('int f(struct point)')({ x: 1 }, 'two');

// Long texts do not exhaust the compiler.
type Twice<Text extends string> = `${Text}${Text}`;
type Hundreds = Twice<Twice<Twice<Twice<Twice<Twice<Twice<Twice<Twice<Twice<Twice<'int, '>>>>>>>>>>>;
same<F<`int f(${Hundreds} int)`>, UnparsedFunction<`int f(${Hundreds} int)`>>(true);

// @ts-expect-error: a string is no number
symbols.pow('1', 2);
// @ts-expect-error: too few arguments
floor();
// @ts-expect-error: a prototype, or a definition
dlopen(null, { abs: 1 });

// Declarations: text that is a literal of prototypes says what there is.
const declared = cdef(
  `
  /* Two functions. */
  int add(int a, double b);
  char *greet(const char *name);
  `,
  null,
  { free: { greet: 'free_string' } },
);
same<typeof declared.symbols.add, BoundFunction<[number, number], number>>(true);
same<typeof declared.symbols.greet, BoundFunction<[string | Pointer], string | null>>(true);
declared.close();

// Anything else does not.
const header = cdef({ file: './zlib.h' }, 'libz.so.1', { include: ['/usr/include'], define: { ZLIB_CONST: true } });
same<typeof header.symbols, Record<string, any>>(true);
same<typeof header.constants, Record<string, any>>(true);
same<ReturnType<typeof mixed>['symbols'], Record<string, any>>(true);
export const mixed = () => cdef('struct point { int x; }; int f(struct point);');
export const lines: readonly (number | undefined)[] = header.diagnostics.map(({ line }) => line);

// @ts-expect-error: an unknown option
cdef('int f(void);', null, { stric: true });
// @ts-expect-error: no text
cdef(5);

// free changes what gives text alone, also when it is not known what it names.
const names: Record<string, string> = { copy: 'release' };
const freed = cdef('int add(int a); char *copy(const char *a); const char *name(void);', null, { free: names });
same<typeof freed.symbols.add, BoundFunction<[number], number>>(true);
same<typeof freed.symbols.name, BoundFunction<[], string | null>>(true);
same<ReturnType<typeof freed.symbols.copy>, any>(true);
const refused = cdef('int add(int a);', null, { free: { add: 'release' } });
same<typeof refused.symbols.add, BoundFunction<[number], number>>(true);

// A function pointer that is variadic is any function pointer, and a comment may end the text.
same<F<'int f(int (*cb)(char *, ...))'>, F<'int f(int (*cb)(int, ...))'>>(true);
same<F<'int f(int a) // one'>, F<'int f(int a)'>>(true);
// @ts-expect-error: nothing is known of what it would be called with
dlopen(null, {}).func('int f(int (*cb)(char *, ...))')(() => 1);
