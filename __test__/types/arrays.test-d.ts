// Arrays, as members, as parameters, and on their own.
import { array, bits, dlopen, FFIType, out, pointer, Struct } from 'arkffi';
import type { AnyType, ArraySchema, ArrayView, CString, FunctionOf, Infer, InferInput } from 'arkffi';
import type { JSCallback, Memory, OpaquePointer } from 'arkffi';
import { same } from './same.js';

type Takes<Of extends AnyType> = Parameters<FunctionOf<{ args: [Of] }>>[0];

const Point = Struct({ x: 'f64', y: 'f64' });
const Three = array('f64', 3);
const Points = array(Point, 4);
const Matrix = array(array('f32', 4), 4);
const Name = array('char', 8);

// They are read as arrays; those of char are text.
same<Infer<typeof Three>, number[]>(true);
same<Infer<typeof Points>, { x: number; y: number }[]>(true);
same<Infer<typeof Matrix>, number[][]>(true);
same<Infer<typeof Name>, string>(true);
const bytes = array('u8', 8);
same<Infer<typeof bytes>, number[]>(true);
const texts = array('cstring', 2);
same<Infer<typeof texts>, (number | bigint)[]>(true);
const names = array(Name, 2);
same<Infer<typeof names>, string[]>(true);
const numbers = array(FFIType.char, 8);
same<Infer<typeof numbers>, number[]>(true);

// They are written from arrays, typed arrays and bytes; those of char also from text.
const frozen = [1, 2, 3] as const;
export const threes: InferInput<typeof Three>[] = [[1, 2, 3], frozen, new Float32Array(3), new Uint8Array(24)];
export const points: InferInput<typeof Points> = [{ x: 1, y: 2 }, Point.create(), Point.create(), Point.create()];
export const matrix: InferInput<typeof Matrix>[] = [[frozen, new Float32Array(4)], new ArrayBuffer(64)];
export const text: InferInput<typeof Name>[] = ['text', [116, 0], new Uint8Array(8), new DataView(new ArrayBuffer(8))];
export const pointers: InferInput<typeof texts> = ['text', null];
// @ts-expect-error a string for a number
export const words: InferInput<typeof Three> = [1, 'two', 3];
// @ts-expect-error only char is text
export const string: InferInput<typeof bytes> = 'text';
// @ts-expect-error a string is no array of strings
export const letters: InferInput<typeof texts> = 'ab';
// @ts-expect-error elements that are no numbers
export const wide: InferInput<typeof Three> = new BigInt64Array(3);
// @ts-expect-error a number is no array
export const number: InferInput<typeof Three> = 3;
// @ts-expect-error a member of an element is missing
export const short: InferInput<typeof Points> = [{ x: 1 }];

const Mesh = Struct({ points: Points, name: Name, weights: array('f64', 2) });
same<Infer<typeof Mesh>, { points: { x: number; y: number }[]; name: string; weights: number[] }>(true);
export const mesh: InferInput<typeof Mesh> = { points: [], name: 'text', weights: new Float64Array(2) };

// A parameter is a pointer to the first element.
same<
  Takes<typeof Three>,
  | number
  | bigint
  | null
  | CString
  | OpaquePointer
  | JSCallback
  | Memory<any>
  | ((ArrayBuffer | SharedArrayBuffer) & { readonly BYTES_PER_ELEMENT?: never })
  | DataView
  | Uint8Array
  | Float64Array
  | readonly number[]
>(true);
const { symbols: c } = dlopen(null, {
  sum: { args: [Three], returns: 'f64' },
  draw: { args: [Points, 'size_t'] },
  wide: { args: [array('i64', 2)] },
});
c.sum([1, 2, 3]);
c.sum(frozen);
c.sum(new Float64Array(3));
c.sum(null);
c.sum(0x10000);
c.draw([{ x: 1, y: 2 }], 1);
c.wide([1, 2n]);
c.wide(new BigInt64Array(2));
// @ts-expect-error other elements
c.sum(['1', '2', '3']);
// @ts-expect-error elements of another size
c.sum(new Float32Array(3));
// @ts-expect-error elements of another sign
c.wide(new BigUint64Array(2));
// @ts-expect-error a result cannot be an array
dlopen(null, { f: { returns: array('f64', 3) } });

// A flexible array member can be left out.
const Packet = Struct({ length: 'u32', data: array('u8') });
same<Infer<typeof Packet>, { length: number; data: number[] }>(true);
export const packets: InferInput<typeof Packet>[] = [{ length: 0 }, { length: 2, data: [1, 2] }];
Packet.create({ length: 2, data: new Uint8Array(2) });
Packet.fromPtr(0x10000, 0, 2).data[1]?.toFixed();
const Line = Struct({ length: 'u32', text: array('char') });
same<Infer<typeof Line>['text'], number[]>(true);
array('u8', 0);

// On their own.
same<typeof Three, ArraySchema<'f64', 3>>(true);
same<typeof Three.element, 'f64'>(true);
same<typeof Three.length, number>(true);
same<typeof Three.size, number>(true);
same<typeof Three.alignment, number>(true);
same<ReturnType<typeof Three.create>, ArrayBuffer>(true);
Three.create();
Three.create([1]);
Points.create([{}, { x: 1 }]);
Name.create('text');
const memory = new Uint8Array(64);
const values = Three.fromPtr(memory, 8);
same<typeof values, number[]>(true);
const some = Three.fromPtr(0x10000n, undefined, 10);
same<typeof some, number[]>(true);
const name = Name.fromPtr(memory);
same<typeof name, string>(true);
Points.fromPtr(Points.fromPtr(memory));
const view = Points.view(memory, 8, 2);
same<typeof view, ArrayView<{ x: number; y: number }>>(true);
// @ts-expect-error NULL has nothing to read
Three.fromPtr(null);
// @ts-expect-error nothing is set through the length
Three.length = 4;
// @ts-expect-error a string for a number
Three.create(['1']);

// Wrong types of elements.
// @ts-expect-error no such type
array('int23', 3);
// @ts-expect-error there are no arrays of nothing
array('void', 3);
// @ts-expect-error nor of bit-fields
array(bits('u8', 3), 8);
// @ts-expect-error nor of out parameters
array(out('i32'), 2);
// @ts-expect-error a length is a number
array('i32', '3');
same<Infer<ArraySchema<string>>, any[]>(true);
same<Infer<ArraySchema<AnyType>>, any[]>(true);
const lists = array(pointer(Point), 2);
same<Infer<typeof lists>, (number | bigint)[]>(true);
