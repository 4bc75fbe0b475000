// A text of C as words, in the type system.

export {};

// TypeScript gives up with an error after 1000 steps; longer texts become never before.
export type TooMany = 900;

type Replaced<
  Text extends string,
  From extends string,
  To extends string,
  Done extends string = '',
  Steps extends 0[] = [],
> = Steps['length'] extends TooMany
  ? never
  : Text extends `${infer Head}${From}${infer Tail}`
    ? Replaced<Tail, From, To, `${Done}${Head}${To}`, [...Steps, 0]>
    : `${Done}${Text}`;

export type Uncommented<Text extends string, Steps extends 0[] = []> = Steps['length'] extends TooMany
  ? never
  : Text extends `${infer Head}/*${infer _}*/${infer Tail}`
    ? Uncommented<`${Head} ${Tail}`, [...Steps, 0]>
    : Text extends `${infer Head}//${infer _}\n${infer Tail}`
      ? Uncommented<`${Head}\n${Tail}`, [...Steps, 0]>
      : Text extends `${infer Head}//${string}`
        ? Head
        : Text;

type Apart<Text extends string, Marks extends string[]> = Marks extends [
  infer Mark extends string,
  ...infer Others extends string[],
]
  ? Apart<Replaced<Text, Mark, ` ${Mark} `>, Others>
  : Text;

export type Unbroken<Text extends string> = Replaced<Replaced<Replaced<Text, '\n', ' '>, '\t', ' '>, '\r', ' '>;

type Split<Text extends string, Done extends string[] = [], Steps extends 0[] = []> = Steps['length'] extends TooMany
  ? never
  : Text extends `${infer Word} ${infer Rest}`
    ? Split<Rest, Word extends '' ? Done : [...Done, Word], [...Steps, 0]>
    : Text extends ''
      ? Done
      : [...Done, Text];

export type Words<Text extends string> = Split<Apart<Unbroken<Uncommented<Text>>, ['(', ')', ',', '*', '[', ']', ';']>>;
