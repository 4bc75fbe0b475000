// Structs: what their objects are, to read and to write, and what fields can be.
import { alignof, array, bits, enumeration, FFIType, offsetof, out, sizeof, Struct, StructSchema } from 'arkffi';
import type { AnyType, CheckedFields, FieldOptions, Infer, InferInput, JSCallback, Memory, ObjectType } from 'arkffi';
import { same } from './same.js';

type Bytes = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

const Point = Struct({ x: 'f64', y: 'f64' });
same<Infer<typeof Point>, { x: number; y: number }>(true);
same<InferInput<typeof Point>, { x: number; y: number }>(true);

// Every scalar reads as its result does, but for strings, which are addresses in memory.
const Scalars = Struct({
  small: 'i8',
  wide: 'u64',
  big: 'bigint64',
  real: 'float',
  flag: 'bool',
  at: 'ptr',
  name: 'const char *',
  call: 'function',
});
same<
  Infer<typeof Scalars>,
  {
    small: number;
    wide: number | bigint;
    big: bigint;
    real: number;
    flag: boolean;
    at: number | bigint;
    name: number | bigint;
    call: number | bigint;
  }
>(true);
type Input = InferInput<typeof Scalars>;
same<Input['small'], number>(true);
same<Input['big'], number | bigint>(true);
same<Input['flag'], boolean | 0 | 1>(true);
same<Input['call'], number | bigint | null | JSCallback>(true);
export const name: Input['name'][] = ['text', null, 0x10000, new Uint8Array(4)];
// @ts-expect-error a pointer takes no string
export const at: Input['at'] = 'text';

// The constants of FFIType are what their names are.
const Constants = Struct({ small: FFIType.int8_t, name: FFIType.CString, size: { type: FFIType.usize, default: 0 } });
same<Infer<typeof Constants>, { small: number; name: number | bigint; size: number | bigint }>(true);

// Nested records are objects, or their bytes.
const Rect = Struct({ origin: Point, size: Point, color: 'u32' });
same<Infer<typeof Rect>, { origin: { x: number; y: number }; size: { x: number; y: number }; color: number }>(true);
same<InferInput<typeof Rect>['origin'], { x: number; y: number } | Bytes | Memory<any>>(true);
export const rect: InferInput<typeof Rect> = { origin: { x: 1, y: 2 }, size: Point.create({ x: 1 }), color: 0 };
// @ts-expect-error a member of a member is missing
export const short: InferInput<typeof Rect> = { origin: { x: 1 }, size: { x: 1, y: 2 }, color: 0 };
// @ts-expect-error a member too many
export const long: InferInput<typeof Rect> = { origin: { x: 1, y: 2, z: 3 }, size: { x: 1, y: 2 }, color: 0 };

// Members with a default need not be written; those that only take up room are no members.
const Header = Struct({
  magic: { type: 'u32', default: 0x7f454c46 },
  aligned: { type: 'u8', align: 8 },
  kind: { type: enumeration({ NONE: 0, CORE: 4 }), default: 'CORE' },
  corner: { type: Point, default: { x: 0, y: 0 } },
  low: bits('u8', 3),
  _: { type: bits('u8', 2), unnamed: true },
  end: bits('u8', 0),
});
same<keyof Infer<typeof Header>, 'magic' | 'aligned' | 'kind' | 'corner' | 'low'>(true);
same<Infer<typeof Header>['corner'], { x: number; y: number }>(true);
export const header: InferInput<typeof Header> = { aligned: 1, low: 2 };
export const whole: InferInput<typeof Header> = { magic: 1, aligned: 1, kind: 0, corner: { x: 1, y: 1 }, low: 2 };
// @ts-expect-error only what has a default can be missing
export const headless: InferInput<typeof Header> = { magic: 1, low: 2 };
// @ts-expect-error unnamed bits are no member
export const named: InferInput<typeof Header> = { aligned: 1, low: 2, _: 0 };

// What a schema has.
same<typeof Point.size, number>(true);
same<typeof Point.alignment, number>(true);
same<typeof Header.fieldNames, readonly ('magic' | 'aligned' | 'kind' | 'corner' | 'low')[]>(true);
same<typeof Point.fieldOffsets, readonly number[]>(true);
same<typeof Point.object, ObjectType<{ readonly x: 'f64'; readonly y: 'f64' }, 'struct'>>(true);
same<ReturnType<typeof Point.layout>, string>(true);
// @ts-expect-error a layout does not change
Point.size = 4;
// @ts-expect-error nor do its parts
Point.fieldNames[0] = 'y';

// create fills what is missing.
same<ReturnType<typeof Rect.create>, ArrayBuffer>(true);
Rect.create();
Rect.create({ color: 1, origin: { y: 2 } });
Rect.create({ origin: Point.create() });
Struct({ grid: array(Point, 4), text: array('char', 8) }).create({ grid: [{ x: 1 }, {}], text: 'four' });
// @ts-expect-error a string for a number
Rect.create({ color: 'red' });
// @ts-expect-error no such member, further down
Rect.create({ origin: { z: 1 } });

// Reading and writing memory.
const memory = new Uint8Array(64);
same<ReturnType<typeof Rect.fromPtr>, Infer<typeof Rect>>(true);
Rect.fromPtr(0x10000n, 8);
Rect.fromPtr(memory, 8, 0);
Point.fromPtr(Rect.fromPtr(memory).origin).x.toFixed();
// @ts-expect-error NULL has nothing to read
Rect.fromPtr(null);
// @ts-expect-error some other object
Rect.fromPtr({ x: 1, y: 2 });
const origin = Rect.get(memory, 'origin');
same<typeof origin, { x: number; y: number }>(true);
const color = Rect.get(0x10000, 'color');
same<typeof color, number>(true);
Rect.set(memory, 'origin', { x: 1, y: 2 });
Rect.set(memory, 'origin', Point.create());
Header.set(memory, 'kind', 'NONE');
Rect.write(memory, rect, 8);
Point.write(0x10000, new Float64Array(2));
// @ts-expect-error no such member
Rect.get(memory, 'depth');
// @ts-expect-error a string for a number
Rect.set(memory, 'color', 'red');
// @ts-expect-error the value of another member
Rect.set(memory, 'origin', 4);
// @ts-expect-error all members are needed
Rect.write(memory, { color: 1 });

// With `new`, and with options.
const Constructed = new StructSchema({ x: 'f64', y: 'f64' });
same<typeof Constructed, typeof Point>(true);
Struct({ a: 'u8', b: 'u32' }, { pack: 1, align: 16 });
new StructSchema({ a: 'u8' }, { pack: 4 });
// @ts-expect-error no such packing
Struct({ a: 'u8' }, { pack: 3 });
// @ts-expect-error no such option
Struct({ a: 'u8' }, { packed: true });

// Wrong fields are errors where they are wrong.
// @ts-expect-error no such type
Struct({ x: 'f64', y: 'double64' });
// @ts-expect-error no such type either
new StructSchema({ x: 'f64', y: 'double64' });
// @ts-expect-error a member cannot be void
Struct({ nothing: 'void' });
// @ts-expect-error nor can its type be missing
Struct({ nothing: undefined });
// @ts-expect-error a number is no type
Struct({ x: 64 });
// @ts-expect-error out is for parameters
Struct({ x: out('f64') });
// @ts-expect-error fields are an object
Struct(null);
// @ts-expect-error no such type, in a field with more than its type
Struct({ x: { type: 'f65', default: 0 } });
// @ts-expect-error it is called default
Struct({ x: { type: 'f64', defaults: 0 } });
// @ts-expect-error a default is of the member's type
Struct({ x: { type: 'f64', default: 'zero' } });
// @ts-expect-error in every part
Struct({ corner: { type: Point, default: { x: 0 } } });
// @ts-expect-error a name that the enumeration does not have
Struct({ kind: { type: enumeration({ NONE: 0 }), default: 'SOME' } });
// @ts-expect-error an alignment is a number of bytes
Struct({ x: { type: 'f64', align: '8' } });
// @ts-expect-error a bit-field has none
Struct({ x: { type: bits('u8', 3), align: 8 } });
// @ts-expect-error only bit-fields can be unnamed
Struct({ x: { type: 'f64', unnamed: true } });
// @ts-expect-error only records can be anonymous
Struct({ x: { type: 'f64', anonymous: true } });

// Queries.
same<ReturnType<typeof sizeof>, number>(true);
sizeof('long');
sizeof(Rect);
alignof(array(Point, 4));
offsetof(Rect, 'size');
offsetof(Header, 'low');
// @ts-expect-error no such type
sizeof('int23');
// @ts-expect-error nothing has no size
sizeof('void');
// @ts-expect-error a bit-field has no size in bytes
sizeof(bits('u8', 3));
// @ts-expect-error no such member
offsetof(Rect, 'depth');
// @ts-expect-error what is at the end of a storage unit is no member
offsetof(Header, 'end');
// @ts-expect-error a scalar has no members
offsetof('i32', 'x');

// Any schema. Of fields that are known only as some, nothing is known.
function describe(schema: StructSchema): string {
  const value = schema.fromPtr(schema.create({ anything: 1 }));
  return schema.fieldNames.map((name) => `${name} ${offsetof(schema, name)} ${value[name]}`).join();
}
describe(Point);
describe(Header);
// @ts-expect-error a type is no schema
describe('f64');
// @ts-expect-error an object that looks like a type is none
sizeof({ size: 8, alignment: 8 });
declare const loose: Record<string, AnyType | FieldOptions>;
const Loose = Struct(loose);
Loose.create({ anything: 1 });
Loose.fromPtr(memory).anything?.whatever;
declare const widened: { x: string; y: string };
const Widened = Struct(widened);
same<Infer<typeof Widened>, { x: any; y: any }>(true);
declare const anything: any;
Struct(anything).fromPtr(memory).whatever;
const Half = Struct({ x: anything, y: 'f64' });
same<Infer<typeof Half>, { x: any; y: number }>(true);

// Functions of the user's can pass fields on.
function pair<const F extends CheckedFields<F>>(fields: F) {
  return array(Struct(fields), 2);
}
const points = pair({ x: 'f64', y: 'f64' });
same<Infer<typeof points>, { x: number; y: number }[]>(true);
// @ts-expect-error and their mistakes are found there
pair({ x: 'f65' });
