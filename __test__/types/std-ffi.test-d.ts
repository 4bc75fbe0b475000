// The front door for programs written for a `std:ffi` module.
import ffi from 'arkffi/std-ffi';
import { same } from './same.js';

const libc = ffi.Library('libc.so.6', {
  strlen: ['int', ['string']],
  strcmp: ['int', ['string', 'string']],
  printf: ['int', ['string', '...']],
  getpid: ['int', []],
  tick: ['void'],
  maybe: ['int', ['int'], { optional: true }],
});
same<Parameters<typeof libc.strlen>[0], Parameters<typeof libc.strcmp>[1]>(true);
same<ReturnType<typeof libc.strlen>, number>(true);
same<ReturnType<typeof libc.strlen.async>, Promise<number>>(true);
same<ReturnType<typeof libc.tick>, void>(true);
same<ReturnType<NonNullable<typeof libc.maybe>>, number>(true);
libc.strlen('hello').toFixed();
libc.getpid();
libc.printf('%d', 5);
// @ts-expect-error may be null
libc.maybe(1);
// @ts-expect-error a boolean for a string
libc.strlen(true);
// @ts-expect-error too few arguments
libc.strcmp('a');
// @ts-expect-error no such type
ffi.Library(null, { f: ['int23', []] });
// @ts-expect-error no such type
ffi.Library(null, { f: ['int', ['int23']] });

const some = ffi.Library('libm.so.6', { cos: ['double', ['double']] }, { optional: true });
same<typeof some.cos, NonNullable<typeof some.cos> | null>(true);
some.cos?.(1);

const wide = ffi.Library(['libm', 'm'], { cos: ['double', ['double']] }, { global: true, search: ['/lib'] });
wide.cos(1).toFixed();

const Point = ffi.Struct({ x: 'double', y: 'double' });
const shapes = ffi.Library('libshapes.so', { move: [Point.object, [Point, 'int']] });
shapes.move({ x: 1, y: 2 }, 3).x.toFixed();
new ffi.JSCallback(() => 1, { returns: 'int' }).close();
