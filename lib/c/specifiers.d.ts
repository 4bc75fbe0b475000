// What stands before the names in C: words that make a type, read by the type system.

export {};

/** Words that change nothing for a caller, in a type and behind the star of a pointer. */
export type Qualifier = 'volatile' | 'restrict' | '__restrict' | '__restrict__';
/** The same, before and in a type alone. A function that is static is none of a library. */
type Storage = 'register' | 'extern' | 'inline';

/** Words that are no names. */
type Keyword =
  | Qualifier
  | Storage
  | keyof Kinds
  | ('const' | 'signed' | 'unsigned' | 'short' | 'long' | 'struct' | 'union' | 'enum' | 'float' | 'double' | 'void')
  | ('static' | 'typedef' | 'auto' | 'sizeof' | 'typeof' | 'constexpr' | 'thread_local' | 'alignas' | 'static_assert')
  | ('asm' | '_Bool' | '_Complex' | '_Noreturn' | '_Atomic' | '_Alignas' | '_Thread_local' | '_Static_assert')
  | (')' | ']' | ',' | ';');
/** What no name has in it, or begins with. */
type Mark =
  '.' | '&' | '-' | '+' | '=' | ':' | '{' | '}' | '<' | '>' | '"' | "'" | '\\' | '#' | '@' | '!' | '/' | '%' | '?';
type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
export type NoName = Keyword | `${string}${Mark}${string}` | `${Digit}${string}`;

/** Integers by their last word. */
interface Kinds {
  int: 'int';
  char: 'char';
}

/** What integers are called, after their sign and length. */
interface Integers {
  char: 'char';
  'signed char': 'i8';
  'unsigned char': 'u8';
  'short ': 'i16';
  'unsigned short ': 'u16';
  ' ': 'i32';
  'unsigned ': 'u32';
  'long ': 'long';
  'unsigned long ': 'unsigned long';
  'long long ': 'i64';
  'unsigned long long ': 'u64';
}

/** Names of types that stand for themselves. */
type Own =
  | `${'' | 'u'}int${8 | 16 | 32 | 64}_t`
  | `${'' | 'u'}int${'max' | 'ptr'}_t`
  | 'size_t'
  | 'ssize_t'
  | 'ptrdiff_t'
  | 'wchar_t'
  | 'char16_t'
  | 'char32_t'
  | 'bool'
  | 'float'
  | 'double'
  | 'void';

type Named<Word> = Word extends Own ? Word : Word extends '_Bool' ? 'bool' : never;

/**
 * What has been read of a type: its sign, length and base, and whether it is const. A base in brackets is the name
 * of a record, of which nothing else is known.
 */
export interface Specified {
  sign: '' | 'signed' | 'unsigned';
  length: '' | 'short' | 'long' | 'long long';
  base: string | [tag: string];
  const: boolean;
}
interface Unspecified extends Specified {
  sign: '';
  length: '';
  base: '';
  const: false;
}
type With<Known extends Specified, Key extends keyof Specified, Value> = {
  [Each in keyof Specified]: Each extends Key ? Extract<Value, Specified[Each]> : Known[Each];
};
/** What a length becomes with one word more. */
interface Longer {
  ' short': 'short';
  ' long': 'long';
  'long long': 'long long';
}
type IsBare<Known extends Specified> = [Known['sign'], Known['length'], Known['base']] extends ['', '', '']
  ? true
  : false;

/** The type that leading words specify, and the words after it. */
export type Specifiers<All extends string[], Known extends Specified = Unspecified> = All extends [
  infer Word extends string,
  ...infer Rest extends string[],
]
  ? Word extends Qualifier | Storage
    ? Specifiers<Rest, Known>
    : Word extends 'const'
      ? Specifiers<Rest, With<Known, 'const', true>>
      : Word extends 'signed' | 'unsigned'
        ? Known['sign'] extends ''
          ? Specifiers<Rest, With<Known, 'sign', Word>>
          : never
        : Word extends 'short' | 'long'
          ? `${Known['length']} ${Word}` extends infer Lengths extends keyof Longer
            ? Specifiers<Rest, With<Known, 'length', Longer[Lengths]>>
            : never
          : Word extends keyof Kinds
            ? Known['base'] extends ''
              ? Specifiers<Rest, With<Known, 'base', Word>>
              : never
            : Word extends 'struct' | 'union'
              ? [IsBare<Known>, Rest] extends [true, [infer Tag extends string, ...infer Behind extends string[]]]
                ? Tag extends NoName
                  ? never
                  : Specifiers<Behind, With<Known, 'base', [Tag]>>
                : never
              : IsBare<Known> extends true
                ? Named<Word> extends never
                  ? never
                  : Specifiers<Rest, With<Known, 'base', Named<Word>>>
                : [Known, All]
  : IsBare<Known> extends true
    ? never
    : [Known, All];

/** The name of a base type, by all that is said of it. */
export type Base<Known extends Specified> = Known['base'] extends infer Kind
  ? Kind extends '' | 'int' | 'char'
    ? IntegerKey<Known['sign'], Known['length'], Kind> extends infer Key
      ? Key extends keyof Integers
        ? Integers[Key]
        : never
      : never
    : [Known['sign'], Known['length']] extends ['', '']
      ? Kind
      : never
  : never;
type IntegerKey<Sign extends string, Length extends string, Kind extends string> = Kind extends 'char'
  ? Length extends ''
    ? Sign extends ''
      ? 'char'
      : `${Sign} char`
    : never
  : `${Sign extends 'unsigned' ? (Length extends '' ? 'unsigned' : 'unsigned ') : ''}${Length} `;
