// What could crash a process runs in a process of its own, as in 12-hostile: variadic functions, errno and check, and
// variables of libraries.
import { expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { outcome } from './node.mjs';
import { require } from './open.mjs';

const prelude = `
  const arkffi = require(${JSON.stringify(require.resolve('../index.js'))});
  const { dlopen, CFunction, JSCallback, Struct, array, callback, inout, out, pointer, stats } = arkffi;
  const [variadic, globals] = [${JSON.stringify(fixture('variadic'))}, ${JSON.stringify(fixture('globals'))}];
  const definitions = {
    sum_ints: { args: ['int', '...'], returns: 'int' },
    apply_all: { args: ['int', '...'], returns: 'int' },
    pick_text: { args: ['int', '...'], returns: 'cstring' },
    number_all: { args: ['int', '...'], returns: 'int' },
  };
  const open = () => dlopen(variadic, definitions);
  const library = open();
  const { sum_ints: sum, apply_all: apply, pick_text: pick, number_all: number } = library.symbols;
  const Unary = callback(['int'], 'int');
  const code = (action) => { try { return String(action()); } catch (error) { return error.code ?? String(error); } };
  const collect = () => { for (let i = 0; i < 3; i++) gc(); };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
`;

const programs = {
  'a pair that closes the library while it is read': [
    `const evil = new Proxy(['int', 5], { get: (pair, key) => { library.close(); return pair[key]; } });
     console.log(code(() => sum(1, evil)), code(() => sum(1, 5)));`,
    'ERR_LIBRARY_CLOSED ERR_LIBRARY_CLOSED',
  ],
  'a pair that calls the same function with other types while it is read': [
    `let depth = 0;
     const evil = new Proxy(['int', 5], { get: (pair, key) => {
       if (depth++ < 20) sum(3, 1n, 0.5, ['u8', depth]), sum(1, evil);
       return pair[key];
     } });
     console.log(sum(2, evil, 4), sum(2, evil, ['i16', 1]));`,
    '9 6',
  ],
  'a pair whose length, type and value change': [
    `let reads = 0;
     const evil = new Proxy([], { get: (_, key) => { reads++; return key === 'length' ? 2 : key === '0' ? 'int' : reads; } });
     const lying = new Proxy([], { get: (_, key) => (key === 'length' ? 2 : undefined) });
     const throwing = new Proxy([], { get: () => { throw new RangeError('a trap ran'); } });
     console.log(sum(1, evil), code(() => sum(1, lying)), code(() => sum(1, throwing)));`,
    '3 ERR_INVALID_ARG_TYPE RangeError: a trap ran',
  ],
  'a pair that detaches a buffer that comes before it': [
    `const buffer = new ArrayBuffer(8);
     const evil = new Proxy(['int', 5], { get: (pair, key) => {
       if (buffer.byteLength > 0) structuredClone(buffer, { transfer: [buffer] });
       return pair[key];
     } });
     console.log(code(() => number(1, buffer, evil)), code(() => number(1, ['buffer', buffer], evil)));`,
    'ERR_INVALID_ARG_VALUE ERR_INVALID_ARG_VALUE',
  ],
  'a callback that makes the lists of types of its own function be forgotten and collected': [
    `const types = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'f32', 'f64'];
     let calls = 0;
     const evict = (value) => {
       for (let i = 0; i < 1200; i++) apply(0, ...String(i + 10_000 * calls).split('').map((digit) => [types[digit], 1]));
       collect();
       calls++;
       return value + 1;
     };
     let all = 0;
     for (let i = 0; i < 5; i++) { all += apply(2, [Unary, evict], [Unary, evict]); await turn(); }
     console.log(all, calls);`,
    '15 10',
  ],
  'asynchronous calls whose lists of types are forgotten meanwhile': [
    `const types = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'f32', 'f64'];
     const results = [];
     for (let i = 0; i < 3000; i++) {
       results.push(sum.async(2, i, 1, ...String(i).split('').map((digit) => [types[digit], 1])));
       if (i % 500 === 0) collect();
     }
     library.close();
     const values = await Promise.all(results);
     console.log(values.every((value, i) => value === i + 1));`,
    'true',
  ],
  'a function at an address that is closed in the middle of its own call': [
    `const own = CFunction({ ptr: apply.ptr, args: ['int', '...'], returns: 'int' });
     const result = own(2, [Unary, () => { own.close(); library.close(); return 1; }], [Unary, () => 2]);
     console.log(result, code(() => own(0)), code(() => own(1, 1n)));`,
    '3 ERR_LIBRARY_CLOSED ERR_LIBRARY_CLOSED',
  ],
  'twenty thousand random lists of arguments': [
    `let state = 7;
     const random = (below) => { state = (Math.imul(state, 1103515245) + 12345) >>> 0; return (state >>> 8) % below; };
     const types = ['i8', 'u64', 'f32', 'double', 'cstring', 'ptr', 'bool', Unary, out('int'), inout('int'), pointer('int'),
       Struct({ x: 'int' }), array('int', 2), 'void', 'int23', undefined, '...', {}];
     const values = [0, -0, 1, -(2 ** 31) - 1, 0.5, NaN, 1n, 2n ** 70n, 'text', 'a\\0b', '', null, undefined, true, {}, [], [1, 2], [[1]],
       new Uint8Array(8), new ArrayBuffer(0), () => 1, Symbol('s'), { x: 1 }, new Proxy([], {}), new Date()];
     let right = 0, refused = 0;
     for (let i = 0; i < 20_000; i++) {
       const args = Array.from({ length: random(6) }, () => {
         const value = values[random(values.length)];
         return random(2) ? value : [types[random(types.length)], value];
       });
       try { if (sum(0, ...args) === 0) right++; }
       catch (error) { if (error instanceof arkffi.FFIError) refused++; else throw error; }
     }
     console.log(right > 1000, refused > 1000, right + refused);`,
    'true true 20000',
  ],
  'built-ins that were replaced': [
    `sum(2, 5, 1n);
     sum(1, ['i8', 7]);
     const { iterator } = Symbol, own = Array.prototype[iterator];
     Array.isArray = () => { throw 1; };
     Array.prototype[Symbol.iterator] = () => { throw 2; };
     const reflect = Reflect.apply;
     Reflect.apply = () => { throw 3; };
     BigInt.asIntN = () => { throw 5; };
     Object.prototype.get = Object.prototype.accept = Object.prototype.outcome = () => { throw 6; };
     const results = sum(2, 5, 1n) + ' ' + sum(1, ['i8', 7]);
     // Node prints with it.
     Array.prototype[iterator] = own;
     Reflect.apply = reflect;
     console.log(results);`,
    '6 7',
  ],
  'a deep recursion through variadic functions is a RangeError': [
    `const deep = (value) => apply(1, [Unary, deep]);
     const error = (() => { try { deep(1); } catch (error) { return error; } })();
     console.log(error instanceof RangeError, sum(1, 5));`,
    'true 5',
  ],
  'a check that throws, calls C and closes the library, again and again': [
    `for (let i = 0; i < 200; i++) {
       const inner = dlopen(variadic, { fail: { symbol: 'fail_after', args: ['int', 'ptr'], returns: 'int', errno: true,
         check: () => { sum(1, i); inner.close(); collectSome(i); throw i; } } });
       try { inner.symbols.fail(2, null); } catch (error) { if (error !== i) throw error; }
     }
     function collectSome(i) { if (i % 50 === 0) collect(); }
     console.log(stats().libraries);`,
    '1',
  ],
  'views of a variable that are used after its library is closed': [
    `const Point = Struct({ x: 'i32', y: 'i32', inner: Struct({ z: 'f64' }) });
     const { symbols, close } = (() => { const own = dlopen(globals, {
       point: { type: Point, global: true }, table: { type: array('i32', 4), global: true }, counter: { type: 'i32', global: true },
     }); return { symbols: own.symbols, close: () => own.close() }; })();
     const { point, table } = symbols;
     const { inner } = point;
     const evil = { x: 1, get y() { close(); return 2; }, inner: { z: 1 } };
     console.log(code(() => { symbols.point = evil; }), code(() => inner.z), code(() => table[0]), code(() => symbols.counter),
       code(() => { symbols.table = [1, 2, 3, 4]; }), code(() => sum(1, point)));`,
    'ERR_LIBRARY_CLOSED ERR_LIBRARY_CLOSED ERR_LIBRARY_CLOSED ERR_LIBRARY_CLOSED ERR_LIBRARY_CLOSED ERR_LIBRARY_CLOSED',
  ],
  'accessors that are taken from their object': [
    `const own = dlopen(globals, { counter: { type: 'i32', global: true }, limit: { type: 'i32', global: true } });
     const { get, set } = Object.getOwnPropertyDescriptor(own.symbols, 'counter');
     set.call(null, 9);
     const constant = Object.getOwnPropertyDescriptor(own.symbols, 'limit');
     const refused = process.platform === 'linux' ? code(() => constant.set(1)) : 'ERR_INVALID_ARG_VALUE';
     const before = get();
     own.close();
     console.log(before, refused, code(get), code(() => set(1)));`,
    '9 ERR_INVALID_ARG_VALUE ERR_LIBRARY_CLOSED ERR_LIBRARY_CLOSED',
  ],
  'variables whose Library nobody has any more': [
    `const take = () => dlopen(globals, { counter: { type: 'i32', global: true }, table: { type: array('i32', 4), global: true } }).symbols;
     const symbols = take();
     const { table } = take();
     for (let i = 0; i < 10; i++) { collect(); await turn(); }
     symbols.counter = 3; table[1] = 7;
     console.log(symbols.counter, table[1]);`,
    '3 7',
  ],
};

it.each(Object.entries(programs))('%s', (_, [program, expected]) => {
  expect(outcome(`${prelude}(async () => {${program}})()`, ['--expose-gc'])).toBe(expected);
});
