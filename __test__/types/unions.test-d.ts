// Unions, and records without a name in others.
import { Struct, Union, type Infer, type InferInput, type StructSchema } from 'arkffi';
import { same } from './same.js';

const Number32 = Union({ i: 'i32', f: 'f32' });

// All members are read, exactly one is written.
same<Infer<typeof Number32>, { i: number; f: number }>(true);
same<InferInput<typeof Number32>, { i: number; f?: never } | { f: number; i?: never }>(true);
export const numbers: InferInput<typeof Number32>[] = [{ i: 1 }, { f: 0.5 }];
// @ts-expect-error two members
export const both: InferInput<typeof Number32> = { i: 1, f: 0.5 };
// @ts-expect-error none
export const none: InferInput<typeof Number32> = {};
// @ts-expect-error one that the union does not have
export const other: InferInput<typeof Number32> = { d: 1 };

// create takes none, too.
Number32.create();
Number32.create({});
Number32.create({ f: 1 });
// @ts-expect-error but not two
Number32.create({ i: 1, f: 1 });

const memory = Number32.create();
Number32.fromPtr(memory).f + Number32.get(memory, 'i');
Number32.set(memory, 'f', 1);
Number32.write(memory, { f: 1 });
Number32.view(memory).f = Number32.view(memory).i;
same<typeof Number32.fieldNames, readonly ('i' | 'f')[]>(true);
export const schema: StructSchema = Number32;

// What is in anonymous records belongs to the record around them.
const Register = Union({
  whole: 'u32',
  halves: { type: Struct({ low: 'u16', high: 'u16' }), anonymous: true },
});
same<Infer<typeof Register>, { whole: number; low: number; high: number }>(true);
same<typeof Register.fieldNames, readonly ('whole' | 'low' | 'high')[]>(true);
export const registers: InferInput<typeof Register>[] = [{ whole: 1 }, { low: 1, high: 2 }];
// @ts-expect-error one member of a struct needs the others
export const half: InferInput<typeof Register> = { low: 1 };
// @ts-expect-error a member of another of the union
export const mixed: InferInput<typeof Register> = { whole: 1, low: 1 };
// @ts-expect-error the key of an anonymous record is no member
export const keyed: InferInput<typeof Register> = { halves: { low: 1, high: 2 } };
Register.create({ low: 1 });
Register.set(memory, 'high', 1);
// @ts-expect-error the key of an anonymous record is no member
Register.get(memory, 'halves');

const Event = Struct({
  kind: 'u8',
  flags: { type: 'u8', default: 0 },
  data: {
    type: Union({
      key: 'u32',
      text: 'cstring',
      at: { type: Struct({ x: 'f32', y: { type: 'f32', default: 0 } }), anonymous: true },
    }),
    anonymous: true,
  },
  window: { type: Struct({ id: 'i64' }), anonymous: true },
  value: Number32,
});
same<
  Infer<typeof Event>,
  {
    kind: number;
    flags: number;
    value: { i: number; f: number };
    key: number;
    text: number | bigint;
    x: number;
    y: number;
    id: number | bigint;
  }
>(true);
type Common = { kind: 1; id: 1; value: { i: 1 } };
const common: Common = { kind: 1, id: 1, value: { i: 1 } };
export const events: InferInput<typeof Event>[] = [
  { ...common, key: 1 },
  { ...common, text: 'text', flags: 3 },
  { ...common, x: 1 },
  { ...common, x: 1, y: 2 },
];
// @ts-expect-error two of the union's members
export const two: InferInput<typeof Event> = { ...common, key: 1, text: 'text' };
// @ts-expect-error a member of one and one of another
export const across: InferInput<typeof Event> = { ...common, key: 1, y: 1 };
// @ts-expect-error none of them
export const neither: InferInput<typeof Event> = { ...common };
// @ts-expect-error a member of the anonymous struct is missing
export const windowless: InferInput<typeof Event> = { kind: 1, value: { i: 1 }, key: 1 };
Event.create({ y: 1, value: {} });
// @ts-expect-error two of the union's members
Event.create({ key: 1, y: 1 });
// @ts-expect-error no such type, in an anonymous record
Struct({ data: { type: Union({ x: 'int23' }), anonymous: true } });
