// C prototypes read by the type system: `Prototype<'double pow(double x, double y)'>` is the definition
// `{ args: ['f64', 'f64'], returns: 'f64' }`. What lib/c/prototype.js makes of the same text when a program runs is
// of these types.

import type { CallbackType, OpaqueType, OutType, PointerType } from '../../index.js';
import type { TooMany, Unbroken, Uncommented, Words } from './words.js';

/** The definition of a prototype's function; never for a text that is beyond the type system. */
export type Prototype<Text extends string> =
  Declaration<Words<Text>> extends [infer _, infer Definition] ? Definition : never;

/** The definitions of several prototypes by their names; never if there is anything else in the text. */
export type Prototypes<Text extends string> =
  Statements<Text> extends infer Found ? ([Found] extends [never] ? never : Merged<Found>) : never;

// ---- specifiers ------------------------------------------------------------------------------------

/** Words that change nothing for a caller. */
type Ignored = 'volatile' | 'restrict' | '__restrict' | '__restrict__' | 'register' | 'extern' | 'static' | 'inline';

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

// What has been read of a type: its sign, length and base, and whether it is const. A base in brackets is the name
// of a record, of which nothing else is known.
interface Specified {
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
type IsBare<Known extends Specified> = [Known['sign'], Known['length'], Known['base']] extends ['', '', '']
  ? true
  : false;

/** The type that leading words specify, and the words after it. */
type Specifiers<All extends string[], Known extends Specified = Unspecified> = All extends [
  infer Word extends string,
  ...infer Rest extends string[],
]
  ? Word extends Ignored
    ? Specifiers<Rest, Known>
    : Word extends 'const'
      ? Specifiers<Rest, With<Known, 'const', true>>
      : Word extends 'signed' | 'unsigned'
        ? Specifiers<Rest, With<Known, 'sign', Word>>
        : Word extends 'short'
          ? Specifiers<Rest, With<Known, 'length', Word>>
          : Word extends 'long'
            ? Specifiers<Rest, With<Known, 'length', Known['length'] extends '' ? 'long' : 'long long'>>
            : Word extends 'int' | 'char'
              ? Specifiers<Rest, With<Known, 'base', Word>>
              : Word extends 'struct' | 'union'
                ? Rest extends [infer Tag extends string, ...infer Behind extends string[]]
                  ? Specifiers<Behind, With<Known, 'base', [Tag]>>
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
type Base<Known extends Specified> = Known['base'] extends infer Kind
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

// ---- declarators -----------------------------------------------------------------------------------

/** A type as C has it: a name, a record's tag, a pointer, a function. */
type CType = { of: unknown; const: boolean };
interface PointerTo<Target> {
  to: Target;
}
interface FunctionOf<Result, List> {
  result: Result;
  list: List;
}

type Pointer<Of extends CType> = { of: PointerTo<Of>; const: false };

/** The type that a declarator makes of another, and the name that it declares; never if it is beyond this. */
type Declarator<Of extends CType, Rest extends string[], Name extends string = ''> = Rest extends [
  infer Word extends string,
  ...infer Behind extends string[],
]
  ? Word extends '*'
    ? Declarator<Pointer<Of>, Behind, Name>
    : Word extends 'const'
      ? Declarator<{ of: Of['of']; const: true }, Behind, Name>
      : Word extends Ignored
        ? Declarator<Of, Behind, Name>
        : Word extends '['
          ? Behind extends [']'] | [string, ']']
            ? [Pointer<Of>, Name]
            : never
          : Word extends '('
            ? FunctionPointer<Of, Behind, Name>
            : Word extends ')' | ']' | ',' | ';' | '...'
              ? never
              : Name extends ''
                ? Declarator<Of, Behind, Word>
                : never
  : [Of, Name];

type FunctionPointer<Of extends CType, Rest extends string[], Name extends string> = Name extends ''
  ? Rest extends ['*', infer Given extends string, ')', '(', ...infer List extends string[]]
    ? Listed<Of, List, Given>
    : Rest extends ['*', ')', '(', ...infer List extends string[]]
      ? Listed<Of, List, ''>
      : never
  : never;
type Listed<Of extends CType, Rest extends string[], Name extends string> =
  ParameterList<Rest> extends [infer List, []] ? [Pointer<{ of: FunctionOf<Of, List>; const: false }>, Name] : never;

type Declared<All extends string[]> =
  Specifiers<All> extends [infer Known extends Specified, infer Rest extends string[]]
    ? [Base<Known>] extends [never]
      ? never
      : Declarator<{ of: Base<Known>; const: Known['const'] }, Rest>
    : never;

/** The parameters up to their bracket, each as a list of words, and the words behind. */
type Parted<
  All extends string[],
  Current extends string[] = [],
  Depth extends 0[] = [],
  Done extends string[][] = [],
> = All extends [infer Word extends string, ...infer Rest extends string[]]
  ? Word extends '('
    ? Parted<Rest, [...Current, Word], [...Depth, 0], Done>
    : Word extends ')'
      ? Depth extends [0, ...infer Outer extends 0[]]
        ? Parted<Rest, [...Current, Word], Outer, Done>
        : [[...Done, Current], Rest]
      : Word extends ','
        ? Depth extends []
          ? Parted<Rest, [], [], [...Done, Current]>
          : Parted<Rest, [...Current, Word], Depth, Done>
        : Parted<Rest, [...Current, Word], Depth, Done>
  : never;

type ParameterList<All extends string[]> =
  Parted<All> extends [infer List extends string[][], infer Rest extends string[]]
    ? List extends [[]] | [['void']]
      ? [[], Rest]
      : EachDeclared<List> extends infer Types extends unknown[]
        ? [Types, Rest]
        : never
    : never;
type EachDeclared<List extends string[][], Done extends unknown[] = []> = List extends [
  infer First extends string[],
  ...infer Others extends string[][],
]
  ? [First, Others] extends [['...'], []]
    ? [...Done, '...']
    : Declared<First> extends [infer Type extends CType, string]
      ? EachDeclared<Others, [...Done, Type]>
      : never
  : Done;

// ---- types of arkffi -------------------------------------------------------------------------------

/** Where a type stands: what a function takes or gives, the same of a callback, or what a pointer points to. */
type Place = 'parameter' | 'result' | 'argument' | 'returned' | 'target';

type Made<Type, As extends Place> = Type extends { of: infer Of }
  ? Of extends PointerTo<infer Target extends CType>
    ? MadePointer<Target, As>
    : Of extends 'void'
      ? As extends 'result' | 'returned'
        ? 'void'
        : never
      : Of extends string
        ? Of
        : never
  : never;

type MadePointer<Target extends CType, As extends Place> = Target['of'] extends 'void'
  ? 'ptr'
  : Target['of'] extends 'char'
    ? Target['const'] extends true
      ? 'cstring'
      : As extends 'parameter' | 'target'
        ? 'cstring'
        : 'ptr'
    : Target['of'] extends [infer Tag extends string]
      ? OpaqueType<Tag>
      : Target['of'] extends FunctionOf<infer Result, infer List extends unknown[]>
        ? [MadeAll<List, 'argument'>, Made<Result, 'returned'>] extends [infer Args, infer Returns]
          ? // As of a variadic one, of which nothing is known that it could be called with.
            [Args] extends [never]
            ? 'function'
            : [Returns] extends [never]
              ? 'function'
              : CallbackType<Extract<Args, unknown[]>, Returns>
          : never
        : Made<Target, 'target'> extends infer Made
          ? [Made] extends [never]
            ? never
            : [As, Target['const']] extends ['parameter', false]
              ? OutType<Made, 'changed'>
              : PointerType<Made>
          : never;

type MadeAll<List extends unknown[], As extends Place, Done extends unknown[] = []> = List extends [
  infer First,
  ...infer Others,
]
  ? First extends '...'
    ? As extends 'parameter'
      ? [...Done, '...']
      : never
    : Made<First, As> extends infer Type
      ? [Type] extends [never]
        ? never
        : MadeAll<Others, As, [...Done, Type]>
      : never
  : Done;

/** The name and the definition that words declare; never if they are no prototype, or beyond this. */
type Declaration<All extends string[]> =
  UpToBracket<All> extends [infer Head extends string[], infer Rest extends string[]]
    ? [Declared<Head>, ParameterList<Rest>] extends [
        [infer Result extends CType, infer Name extends string],
        [infer List extends unknown[], [] | [';']],
      ]
      ? Name extends ''
        ? never
        : [Made<Result, 'result'>, MadeAll<List, 'parameter'>] extends [infer Returns, infer Args]
          ? [Returns] extends [never]
            ? never
            : [Args] extends [never]
              ? never
              : [Name, { args: Args; returns: Returns }]
          : never
      : never
    : never;
type UpToBracket<All extends string[], Head extends string[] = []> = All extends [
  infer Word extends string,
  ...infer Rest extends string[],
]
  ? Word extends '('
    ? [Head, Rest]
    : UpToBracket<Rest, [...Head, Word]>
  : never;

// ---- several prototypes ----------------------------------------------------------------------------

type Statements<Text extends string, Done = []> =
  Uncommented<Text> extends infer Bare extends string ? EachStatement<Unbroken<Bare>, Done> : never;
type EachStatement<Text extends string, Done, Steps extends 0[] = []> = Steps['length'] extends TooMany
  ? never
  : Text extends `${infer First};${infer Rest}`
    ? [Declaration<Words<First>>] extends [infer Found]
      ? [Found] extends [never]
        ? never
        : Found extends [infer Name extends string, infer Definition]
          ? EachStatement<Rest, [Done, Name, Definition], [...Steps, 0]>
          : never
      : never
    : Words<Text> extends []
      ? Done
      : never;
type Merged<Found, Done = {}> = Found extends [infer Before, infer Name extends string, infer Definition]
  ? Merged<Before, { [Key in Name]: Definition } & Done>
  : Found extends []
    ? { readonly [Key in keyof Done]: Done[Key] }
    : never;
