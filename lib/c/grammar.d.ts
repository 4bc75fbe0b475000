// C prototypes read by the type system: `Prototype<'double pow(double x, double y)'>` is the definition
// `{ args: ['f64', 'f64'], returns: 'f64' }`. What lib/c/prototype.js makes of the same text when a program runs is
// of these types.

import type { CallbackType, OpaqueType, OutType, PointerType } from '../../index.js';
import type { Base, NoName, Qualifier, Specified, Specifiers } from './specifiers.js';
import type { TooMany, Unbroken, Uncommented, Words } from './words.js';

/** The definition of a prototype's function; never for a text that is beyond the type system. */
export type Prototype<Text extends string> =
  Declaration<Words<Text>> extends [infer _, infer Definition] ? Definition : never;

/** The definitions of several prototypes by their names; never if there is anything else in the text. */
export type Prototypes<Text extends string> =
  Statements<Text> extends infer Found ? ([Found] extends [never] ? never : Merged<Found>) : never;

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
/** The list of a function that says nothing of what it takes: `()`. */
type Unsaid = 'unsaid';

type Pointer<Of extends CType> = { of: PointerTo<Of>; const: false };

/** The type that a declarator makes of another, and the name that it declares; never if it is beyond this. */
type Declarator<Of extends CType, Rest extends string[], Name extends string = ''> = Rest extends [
  infer Word extends string,
  ...infer Behind extends string[],
]
  ? Word extends '['
    ? Behind extends [']'] | [string, ']']
      ? [Pointer<Of>, Name]
      : never
    : Name extends ''
      ? Word extends '*'
        ? Declarator<Pointer<Of>, Behind>
        : Word extends 'const'
          ? Declarator<{ of: Of['of']; const: true }, Behind>
          : Word extends Qualifier
            ? Declarator<Of, Behind>
            : Word extends '('
              ? FunctionPointer<Of, Behind>
              : Word extends NoName
                ? never
                : Declarator<Of, Behind, Word>
      : never
  : [Of, Name];

type FunctionPointer<Of extends CType, Rest extends string[]> = Rest extends [
  '*',
  infer Given extends string,
  ')',
  '(',
  ...infer List extends string[],
]
  ? Given extends NoName
    ? never
    : Listed<Of, List, Given>
  : Rest extends ['*', ')', '(', ...infer List extends string[]]
    ? Listed<Of, List, ''>
    : never;
type Listed<Of extends CType, Rest extends string[], Name extends string> = Rest extends [')']
  ? [Pointer<{ of: FunctionOf<Of, Unsaid>; const: false }>, Name]
  : ParameterList<Rest> extends [infer List, []]
    ? [Pointer<{ of: FunctionOf<Of, List>; const: false }>, Name]
    : never;

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
    : [Declared<First>] extends [never]
      ? never
      : Declared<First> extends [infer Type extends CType, string]
        ? Type['of'] extends 'void'
          ? never
          : EachDeclared<Others, [...Done, Type]>
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
      : Target['of'] extends FunctionOf<infer Result, infer List>
        ? MadeCallback<Result, List>
        : Made<Target, 'target'> extends infer Made
          ? [Made] extends [never]
            ? never
            : [As, Target['const']] extends ['parameter', false]
              ? OutType<Made, 'changed'>
              : PointerType<Made>
          : never;

/** What nothing is known of that it could be called with, as a variadic function, is an address. */
type MadeCallback<Result, List> = List extends unknown[]
  ? [MadeAll<List, 'argument'>, Made<Result, 'returned'>] extends [infer Args, infer Returns]
    ? [Args] extends [never]
      ? 'function'
      : [Returns] extends [never]
        ? 'function'
        : CallbackType<Extract<Args, unknown[]>, Returns>
    : never
  : 'function';

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
    : Word extends '['
      ? never
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
