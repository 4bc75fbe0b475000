// Variables of libraries.
import { array, CFunction, dlopen, enumeration, linkSymbols, opaque, out, Struct, type ArrayView } from 'arkffi';
import { same } from './same.js';

const Point = Struct({ x: 'i32', y: 'f64' });
const Color = enumeration({ RED: 0, GREEN: 1 });
const { symbols: c } = dlopen('libx.so', {
  counter: { type: 'i32', global: true },
  wide: { type: 'u64', global: true, symbol: 'wide_one' },
  flag: { type: 'bool', global: true },
  message: { type: 'cstring', global: true },
  table: { type: array('i32', 4), global: true },
  text: { type: array('char', 8), global: true },
  point: { type: Point, global: true },
  color: { type: Color, global: true },
  file: { type: opaque('FILE'), global: true },
  maybe: { type: 'i32', global: true, optional: true },
  add: { args: ['i32', 'i32'], returns: 'i32' },
});

same<typeof c.counter, number>(true);
same<typeof c.wide, number | bigint>(true);
same<typeof c.flag, boolean>(true);
same<typeof c.message, string | null>(true);
same<typeof c.table, ArrayView<number>>(true);
same<typeof c.text, string>(true);
same<typeof c.point.x, number>(true);
same<typeof c.color, number>(true);
same<typeof c.maybe, number | null>(true);
c.counter = 5;
c.counter++;
c.point = { x: 1, y: 2 };
c.point.x = 3;
c.table[0] = 1;
c.file?.ptr;
c.add(1, 2).toFixed();

// @ts-expect-error a number
c.counter = 'x';
// @ts-expect-error functions are not replaced
c.add = c.add;
// @ts-expect-error a variable is no function
c.counter();
// @ts-expect-error no such type
dlopen(null, { v: { type: 'int23', global: true } });
// @ts-expect-error there are no variables without size
dlopen(null, { v: { type: 'void', global: true } });
// @ts-expect-error parameters only
dlopen(null, { v: { type: out('int'), global: true } });
// @ts-expect-error a variable has no arguments
dlopen(null, { v: { type: 'int', global: true, args: [] } });
// @ts-expect-error it needs a type
dlopen(null, { w: { global: true } });
// @ts-expect-error of a function there is no type
dlopen(null, { v: { type: 'int' } });
// @ts-expect-error variables are of libraries
linkSymbols({ v: { type: 'int', global: true } });
// @ts-expect-error the same
CFunction({ type: 'int', global: true });
