// Variadic functions.
import { callback, CFunction, dlopen, JSCallback, out, Struct, type VariadicArgument } from 'arkffi';
import { same } from './same.js';

const Point = Struct({ x: 'f64', y: 'f64' });
const { symbols: c } = dlopen(null, {
  printf: { args: ['cstring', '...'], returns: 'int' },
  open: { args: ['cstring', 'int', '...'], returns: 'int', errno: true },
  nothing: { args: ['...'] },
});

same<Parameters<typeof c.printf>[0], Parameters<typeof c.open>[0]>(true);
same<Parameters<typeof c.nothing>, VariadicArgument[]>(true);
same<ReturnType<typeof c.printf>, number>(true);
same<ReturnType<typeof c.open>, { value: number; errno: number }>(true);
same<ReturnType<typeof c.printf.async>, Promise<number>>(true);

c.printf('none');
c.printf('%d %g %s %p %lld %d', 1, 0.5, 'text', null, 1n, true);
c.printf('%d %s', ['i32', 5], ['cstring', 'x']);
c.printf('%p %p', new Uint8Array(4), ['buffer', new ArrayBuffer(4)]);
c.printf('%d', [Point, { x: 1, y: 2 }], [out('int'), [0]], [callback([], 'int'), () => 1]);
c.printf.async('%d', 1, ['i64', 2n], { signal: undefined });
c.open('/', 0, 0o644).errno.toFixed();
CFunction({ ptr: c.printf.ptr, args: ['cstring', '...'], returns: 'int' })('%d', 5);

// @ts-expect-error the named arguments are wanted
c.printf();
// @ts-expect-error and checked
c.printf(true);
// @ts-expect-error no C type is clear for undefined
c.printf('', undefined);
// @ts-expect-error nor for a plain object
c.printf('', { x: 1 });
// @ts-expect-error a string for an integer
c.printf('%d', ['int', 'x']);
// @ts-expect-error no such type
c.printf('%d', ['int23', 5]);
// @ts-expect-error no value
c.printf('%d', ['int']);
// @ts-expect-error more types follow
dlopen(null, { f: { args: ['...', 'int'] } });
// @ts-expect-error no such type
dlopen(null, { f: { args: ['int23', '...'] } });
// @ts-expect-error a callback has one signature
new JSCallback(() => 1, { args: ['int', '...'], returns: 'int' });
// @ts-expect-error the same for its type
callback(['int', '...'], 'int');
