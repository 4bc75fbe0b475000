// Memory that programs allocate: what it is typed by, and what takes it.
import { alloc, Arena, array, calloc, dlopen, enumeration, free, malloc, Memory, out, pointer } from 'arkffi';
import { ptr, realloc, reinterpret, strdup, Struct, type Allocator } from 'arkffi';
import { same } from './same.js';

const Point = Struct({ x: 'i32', y: 'f64' });
const Color = enumeration({ RED: 0, GREEN: 1 });

const bytes = alloc(64);
same<typeof bytes, Memory>(true);
alloc(64, 2);
alloc(64, { align: 64 });
alloc(64, 1, { align: 64 });
// @ts-expect-error no such option
alloc(64, { alignment: 64 });
// @ts-expect-error a size is a number
alloc(64n);
// @ts-expect-error there is no such type
alloc('i33');
// @ts-expect-error nothing is void
alloc('void');
// @ts-expect-error a parameter, not a value
alloc(out('i32'));
// @ts-expect-error made by alloc and the like
new Memory();

const points = alloc(Point, 3);
same<ReturnType<typeof points.at>, { x: number; y: number }>(true);
same<typeof points.type, typeof Point>(true);
points.set(0, { x: 1, y: 2 });
points.set(0, points);
// @ts-expect-error a member is missing
points.set(0, { x: 1 });
same<ReturnType<typeof points.add>, typeof points>(true);
same<ReturnType<typeof points.slice>, Memory>(true);

const numbers = alloc('i64', 4);
same<ReturnType<typeof numbers.at>, number | bigint>(true);
numbers.set(1, 5n);
// @ts-expect-error not a number
numbers.set(1, 'five');
alloc(Color).set(0, 'RED');
// @ts-expect-error no such color
alloc(Color).set(0, 'BLUE');
same<ReturnType<ReturnType<typeof alloc<'cstring'>>['at']>, number | bigint>(true);
const rows = alloc(array('u8', 4), 2);
same<ReturnType<typeof rows.at>, number[]>(true);

same<ReturnType<typeof bytes.at>, never>(true);
// @ts-expect-error it has no type
bytes.set(0, 1);
const real: number = bytes.read('f64', 8);
const point: { x: number; y: number } = bytes.read(Point);
bytes.write('f64', 8, real);
bytes.write(Point, 0, point);
bytes.write('cstring', 0, 'text');
// @ts-expect-error not a number
bytes.write('f64', 8, 'text');
// @ts-expect-error without an offset
bytes.write('f64', real);
const copy: Uint8Array = bytes.bytes(0, 4);
bytes.setBytes(copy, 4);
bytes.setBytes(points);
const place: Uint8Array = bytes.view(4);
same<ReturnType<typeof bytes.toString>, string>(true);
bytes.toString('utf16le');
// @ts-expect-error no such encoding
bytes.toString('utf7');
const cast = bytes.reinterpret('u8', 4);
same<typeof cast, Memory<'u8'>>(true);
const wide = bytes.reinterpret(1000);
same<typeof wide, Memory>(true);

const { symbols } = dlopen(null, {
  strlen: { args: ['cstring'], returns: 'size_t' },
  memset: { args: ['ptr', 'i32', 'size_t'], returns: 'ptr' },
  fill: { args: [pointer(Point)] },
  move: { args: [Point], returns: Point.object },
});
const text = strdup('text', 'latin1');
same<typeof text, Memory>(true);
symbols.strlen(text);
symbols.memset(points, 0, points.size);
symbols.fill(points);
symbols.move(points);
symbols.memset.async(points, 0, 4);
Point.fromPtr(points, Point.size);
Point.view(points).x = 1;
const address: number = ptr(new Uint8Array(4));
const known = reinterpret(address, Point, 2);
same<typeof known, typeof points>(true);
same<ReturnType<typeof reinterpret<'i32'>>, Memory<'i32'>>(true);

let block: number | bigint = malloc(10);
block = realloc(block, 20);
free(block);
free(calloc(2, 4));
free(points);
free(null);
// @ts-expect-error a view is not allocated here
free(new Uint8Array(4));

const allocator: Allocator = { allocate: (size) => malloc(size), free: (at) => free(at) };
alloc(8, { allocator });
malloc(8, allocator);
// @ts-expect-error it takes nothing back
alloc(8, { allocator: { allocate: () => 0 } });

const sum: number = Arena.run((arena) => arena.alloc('f64', 4).at(0) + arena.strdup('text').size);
const later: Promise<string> = Arena.run(async (arena) => arena.strdup('text').toString());
const arena = new Arena({ allocator });
same<ReturnType<typeof arena.own<Memory>>, Memory>(true);
arena.own(alloc(8));
arena.own(5, (five) => five.toFixed());
// @ts-expect-error nothing says how to release it
arena.own(5);
arena.alloc(Point, { align: 64 }).at(0).x;
arena.end();
{
  using memory = alloc(8);
  using inner = new Arena();
  void [memory, inner];
}
export { cast, later, place, rows, sum, wide };
