// Pointers to values, into C, out of it, or both; records that point to their own kind.
import { array, CString, dlopen, inout, opaque, out, pointer, ptr, Struct, Union, type StructSchema } from 'arkffi';
import type { AnyType, FunctionOf, Infer, InferInput, PointerType } from 'arkffi';
import { same } from './same.js';

type Takes<Of extends AnyType> = Parameters<FunctionOf<{ args: [Of] }>>[0];
type Gives<Of extends AnyType> = ReturnType<FunctionOf<{ returns: Of }>>;

const Point = Struct({ x: 'f64', y: 'f64', name: { type: 'cstring', default: null } });
const handle = opaque('thing').at(0x10000);
const bytes = new Uint8Array(64);
const address = ptr(bytes);
const frozen = [1, 2, 3] as const;

const { symbols: c } = dlopen(null, {
  ints: { args: [pointer('i32')] },
  text: { args: [pointer('char')] },
  texts: { args: [pointer('cstring')] },
  point: { args: [pointer(Point)] },
  row: { args: [pointer(array('f64', 3))] },
  handles: { args: [pointer(pointer('void*'))] },
  get: { args: [out('i32')] },
  getWide: { args: [out('u64')] },
  getText: { args: [out('cstring')] },
  getPoint: { args: [out(Point)] },
  getRow: { args: [out(array('f64', 3))] },
  getName: { args: [out(array('char', 8))] },
  change: { args: [inout('i32')] },
  changeText: { args: [inout('cstring')] },
  changePoint: { args: [inout(Point)] },
  changeRow: { args: [inout(array('f64', 3))] },
});

// Every pointer takes addresses and bytes.
c.ints(null);
c.ints(address);
c.ints(0x10000n);
c.ints(bytes);
c.ints(bytes.buffer);
c.ints(new DataView(bytes.buffer));
c.ints(new SharedArrayBuffer(4));
c.ints(new CString(address));
c.ints(handle);
c.get(null);
c.get(address);
c.change(bytes);
// @ts-expect-error a string has its own type
c.ints('text');
// @ts-expect-error a number that is to be copied in comes in an array
c.ints(true);
// @ts-expect-error nothing is undefined
c.ints(undefined);

// And arrays of elements of its type.
c.ints([1, 2, 3]);
c.ints(frozen);
c.ints(new Int32Array(4));
c.text(new Int8Array(4));
c.texts(['one', 'two', null]);
c.row([1, 2, 3]);
c.row(new Float64Array(3));
c.handles([[address], null, bytes]);
// @ts-expect-error elements of another kind
c.ints(['1']);
// @ts-expect-error elements of another size
c.ints(new Float64Array(4));
// @ts-expect-error elements of another sign
c.ints(new Uint32Array(4));
// @ts-expect-error an object is no integer
c.ints({});
// @ts-expect-error arrays of arrays are one array in C
c.row([[1, 2, 3]]);

// Of records also one object.
c.point({ x: 1, y: 2 });
c.point({ x: 1, y: 2, name: 'text' });
c.point([{ x: 1, y: 2 }, Point.create({ x: 3 })]);
c.point(Point.create());
c.point(new Float64Array(6));
c.point(Point.view(bytes));
// @ts-expect-error a member is missing
c.point({ x: 1 });
// @ts-expect-error in an element
c.point([{ x: 1, y: 2 }, { x: 1 }]);
// @ts-expect-error a member too many
c.point({ x: 1, y: 2, z: 3 });

// What is filled is an array that can change, of what is read.
c.get([0]);
c.get([1, 2, 3]);
c.get(new Int32Array(4));
c.getWide([0]);
c.getWide([0n]);
c.getText([0]);
c.getPoint({});
c.getPoint([{}, {}]);
const filled: Partial<Infer<typeof Point>> = {};
c.getPoint(filled);
c.getRow([0, 0, 0]);
c.getName(new Uint8Array(8));
// @ts-expect-error an array that does not change
c.get(frozen);
// @ts-expect-error a number is no room for one
c.get(true);
// @ts-expect-error strings are read as their addresses
c.getText(['text']);
// @ts-expect-error no such member is filled
c.getPoint({ z: 0 });
// @ts-expect-error a member of another type
c.getPoint({ x: 'one' });
// @ts-expect-error an array of other elements
c.getPoint([0]);
// @ts-expect-error text needs a buffer
c.getName([0]);

// What is changed is given, and can change.
c.change([1]);
c.changeText(['text']);
c.changePoint({ x: 1, y: 2 });
c.changePoint([{ x: 1, y: 2, name: 'text' }]);
c.changeRow([1, 2, 3]);
// @ts-expect-error an array that does not change
c.change(frozen);
// @ts-expect-error a member is missing
c.changePoint({});

// Results and members that are read are addresses.
same<Gives<PointerType<'i32'>>, number | bigint>(true);
const Holder = Struct({ point: pointer(Point), numbers: pointer('f64') });
same<Infer<typeof Holder>, { point: number | bigint; numbers: number | bigint }>(true);
export const holders: InferInput<typeof Holder>[] = [
  { point: address, numbers: null },
  { point: { x: 1, y: 2 }, numbers: [1, 2] },
  { point: [{ x: 1, y: 2 }], numbers: new Float64Array(2) },
];
// @ts-expect-error a member is missing, behind the pointer
export const wrong: InferInput<typeof Holder> = { point: { x: 1 }, numbers: null };

// A record that points to its own kind.
const Node = Struct({ value: 'i32', next: pointer(() => Node) });
same<Infer<typeof Node>, { value: number; next: number | bigint }>(true);
export const list: InferInput<typeof Node> = { value: 1, next: { value: 2, next: { value: 3, next: null } } };
Node.fromPtr(Node.fromPtr(address).next).value.toFixed();
Node.create({ value: 1, next: { value: 2, next: null } });
const { symbols: nodes } = dlopen(null, {
  length: { args: [pointer(Node)], returns: 'i32' },
  first: { returns: Node },
});
nodes.length(list);
nodes.length({ value: 1, next: [{ value: 2, next: null }] });
// @ts-expect-error a member is missing, further down
export const cut: InferInput<typeof Node> = { value: 1, next: { value: 2, next: { value: 3 } } };
// @ts-expect-error something else further down
nodes.length({ value: 1, next: { value: 2, next: 'end' } });

// Also with a default, in a union, several at once, and annotated.
const Tail = Struct({ value: 'i32', next: { type: pointer(() => Tail), default: null } });
export const tail: InferInput<typeof Tail> = { value: 1, next: { value: 2 } };
const Tree = Union({ leaf: 'f64', children: pointer(() => Tree) });
export const tree: InferInput<typeof Tree> = { children: [{ leaf: 1 }, { children: [{ leaf: 2 }] }] };
const Parent = Struct({ name: 'cstring', child: pointer(() => Child) });
const Child = Struct({ age: 'u8', parent: pointer(() => Parent) });
export const child: InferInput<typeof Child> = { age: 1, parent: { name: 'text', child: null } };
const Loose = Struct({ value: 'i32', next: pointer((): StructSchema => Loose) });
export const loose: InferInput<typeof Loose> = { value: 1, next: { anything: 1 } };
// @ts-expect-error a default is an address
Struct({ next: { type: pointer(Node), default: 'none' } });
// @ts-expect-error a name is never its own kind
export const odd: InferInput<typeof Tail> = { value: 1, next: 'none' };

// Types that are asked for later.
c.ints([0]);
const later = dlopen(null, { f: { args: [pointer(() => Point), out(() => Point), inout(() => Point)] } }).symbols;
same<Parameters<typeof later.f>[0], Takes<PointerType<typeof Point>>>(true);
later.f({ x: 1, y: 2 }, {}, { x: 1, y: 2 });

// Wrong targets.
// @ts-expect-error no such type
pointer('int23');
// @ts-expect-error nothing has no size
out('void');
// @ts-expect-error there are no pointers to parameters
pointer(out('i32'));
// @ts-expect-error an object is no type
inout({ x: 'f64' });
// @ts-expect-error a result is no out parameter
dlopen(null, { f: { returns: out('i32') } });
