// Records and arrays in place.
import { array, bits, enumeration, opaque, pointer, Struct, type ArrayView, type OpaquePointer } from 'arkffi';
import { same } from './same.js';

const Point = Struct({ x: 'f64', y: 'f64' });
const Shape = Struct({
  kind: enumeration({ CIRCLE: 0, SQUARE: 1 }),
  center: Point,
  corners: array(Point, 4),
  weights: array('f32', 4),
  matrix: array(array('i32', 2), 2),
  name: array('char', 8),
  label: 'cstring',
  next: pointer(Point),
  owner: opaque('owner'),
  visible: bits('bool', 1),
  stamp: 'u64',
});

const view = Shape.view(0x10000);
same<
  typeof view,
  {
    kind: number;
    center: { x: number; y: number };
    corners: ArrayView<{ x: number; y: number }>;
    weights: ArrayView<number>;
    matrix: ArrayView<ArrayView<number>>;
    name: string;
    label: number | bigint;
    next: number | bigint;
    owner: OpaquePointer<'owner'> | null;
    visible: boolean;
    stamp: number | bigint;
  }
>(true);

// What is read can be assigned.
view.kind = 1;
view.center.x += 1;
view.center = { x: 1, y: 2 };
view.corners[0] = { x: 1, y: 2 };
view.corners[1] = view.center;
view.corners = [view.center, { x: 1, y: 2 }, { x: 1, y: 2 }, { x: 1, y: 2 }];
view.weights[3] = 0.5;
view.weights = new Float32Array(4);
view.matrix = [[1, 2], new Int32Array(2)];
view.name = 'text';
view.next = 0x10000n;
view.owner = null;
view.visible = !view.visible;
view.stamp = 1n;
for (const { x, y } of view.corners) x.toFixed(y);
[...view.weights].map((weight) => weight.toFixed());
view.corners.at(-1)?.x.toFixed();
view.corners.length.toFixed();
const copy = Array.from(view.corners);
same<typeof copy, { x: number; y: number }[]>(true);
Shape.create({ corners: view.corners, center: view.center });

// @ts-expect-error a string for a number
view.center.x = 'one';
// @ts-expect-error a member is missing
view.center = { x: 1 };
// @ts-expect-error no such member
view.center.z;
// @ts-expect-error an element of another type
view.corners[0] = 1;
// @ts-expect-error other elements
view.weights = ['1'];
// @ts-expect-error the length does not change
view.weights.length = 0;
// @ts-expect-error a view is no Array
view.weights.push(1);

// What is not read has to be set, as a member's type cannot be one to read and another to write.
const memory = Shape.create();
Shape.set(memory, 'kind', 'SQUARE');
Shape.set(memory, 'label', 'text');
Shape.set(memory, 'next', { x: 1, y: 2 });
// @ts-expect-error a name is not what is read
view.kind = 'SQUARE';
// @ts-expect-error nor is an object
view.next = { x: 1, y: 2 };

// Arrays on their own, on buffers, from somewhere on.
const numbers = array('f64', 3).view(memory, 8);
same<typeof numbers, ArrayView<number>>(true);
numbers[0] = 1;
const letters = array('char', 8).view(memory);
same<typeof letters, ArrayView<number>>(true);
const names = array(array('char', 8), 2).view(memory, 0, 4);
same<typeof names, ArrayView<string>>(true);
Point.view(memory, 8).x = 1;
// @ts-expect-error NULL has nothing to view
Point.view(null);
// @ts-expect-error nothing in JavaScript is viewed
Point.view({ x: 1, y: 2 });
