// Libraries in a helper process: the types of dlopen, but for pointers.
import {
  array,
  callback,
  IsolatedPointer,
  isolate,
  opaque,
  out,
  pointer,
  Struct,
  type IsolatedMemory,
  type Memory,
} from 'arkffi';
import { same } from './same.js';

const Point = Struct({ x: 'i32', y: 'i32' });
const Counter = opaque('Counter');

const isolated = isolate(
  './lib.so',
  {
    add: { args: ['i32', 'i32'], returns: 'i32' },
    wide: { args: ['i64'], returns: 'i64' },
    greet: { args: ['cstring'], returns: 'cstring' },
    allocate: { args: ['usize'], returns: 'ptr' },
    release: { args: ['ptr'] },
    fill: { args: ['buffer'], returns: 'void' },
    move: { args: [Point], returns: Point.object },
    counter: { args: [Counter], returns: Counter },
    each: { args: [callback(['i32'], 'i32')] },
    find: { args: [pointer('i32'), out('i32')] },
    fails: { returns: 'i32', errno: true },
    maybe: { optional: true },
    format: { args: ['buffer', 'usize', 'cstring', '...'], returns: 'i32' },
    power: 'double pow(double x, double y)',
  },
  { callTimeout: 500, maxRestarts: 0, limits: { memory: 2 ** 30 }, log: 'info', lazy: true },
);
const { symbols } = isolated;

same<ReturnType<typeof symbols.add>, number>(true);
same<Parameters<typeof symbols.add>, [number, number]>(true);
same<ReturnType<typeof symbols.add.async>, Promise<number>>(true);
same<ReturnType<typeof symbols.wide>, number | bigint>(true);
same<ReturnType<typeof symbols.greet>, string | null>(true);
same<ReturnType<typeof symbols.allocate>, IsolatedPointer | null>(true);
same<ReturnType<typeof symbols.allocate.async>, Promise<IsolatedPointer | null>>(true);
same<ReturnType<typeof symbols.counter>, IsolatedPointer | null>(true);
same<ReturnType<typeof symbols.move>, { x: number; y: number }>(true);
same<ReturnType<typeof symbols.fails>, { value: number; errno: number }>(true);
same<ReturnType<typeof symbols.power>, number>(true);
same<typeof symbols.add.ptr, IsolatedPointer>(true);

symbols.release(symbols.allocate(8));
symbols.release(new Uint8Array(8));
symbols.release(isolated.alloc(8));
symbols.greet('text');
symbols.fill(new Uint8Array(1));
symbols.move({ x: 1, y: 2 });
symbols.each((value) => value + 1);
symbols.find([1], [0]);
symbols.maybe?.();
symbols.format(new Uint8Array(8), 8, '%d %s %p', 1, ['cstring', 'x'], symbols.allocate(1), [
  'ptr',
  symbols.allocate(1),
]);
// @ts-expect-error an address is of this process
symbols.format(new Uint8Array(8), 8, '%p', ['ptr', 4096]);
// @ts-expect-error an address is of this process
symbols.release(4096);
// @ts-expect-error it is no Number
symbols.add('1', 2);
// @ts-expect-error it may be missing
symbols.maybe();
// @ts-expect-error there is no such function
symbols.nothing;
// @ts-expect-error there is no such option
isolate(null, {}, { callTimeOut: 1 });
// @ts-expect-error no type has this name
isolate(null, { f: { args: ['i23'] } });

same<ReturnType<typeof isolated.strdup>, IsolatedMemory>(true);
isolated.text(isolated.strdup('text').ptr);

// Pointers inside of what is passed are the helper's too.
const Person = Struct({ name: 'cstring', age: 'i32' });
const Database = opaque('database');
const inner = isolate(null, {
  each: { args: [callback(['ptr', Database, 'cstring', Person.object], Database)] },
  find: { args: [out(Database), out('ptr'), out(Person), out('i32')] },
  greet: { args: [Person, pointer('cstring'), pointer(Person)], returns: Person.object },
  key: { returns: 'ptr' },
}).symbols;
inner.each((key, database, text, person) => {
  same<typeof key, IsolatedPointer | null>(true);
  same<typeof text, string | null>(true);
  same<typeof person, { name: IsolatedPointer | null; age: number }>(true);
  return database;
});
const found: [IsolatedPointer | null] = [null];
const partial: { name?: IsolatedPointer | null; age?: number } = {};
inner.find(found, found, partial, [0]);
inner.greet({ name: inner.key(), age: 1 }, ['a', null, inner.key()], [{ name: 'text', age: 2 }]);
same<ReturnType<typeof inner.greet>, { name: IsolatedPointer | null; age: number }>(true);
// @ts-expect-error an address is of this process
inner.greet({ name: 4096, age: 1 }, null, null);
// @ts-expect-error an address is of this process
inner.find([4096], null, null, null);
// @ts-expect-error an address is of this process
inner.each(() => 4096);

export const memory: Memory<'i32'> = isolated.alloc('i32', 4);
same<ReturnType<typeof isolated.text>, string | null>(true);
same<ReturnType<typeof isolated.status>['pid'], number | null>(true);
export const other: number = isolated.open(null, { abs: { args: ['i32'], returns: 'i32' } }).symbols.abs(-1);
isolated.close();
void array;
