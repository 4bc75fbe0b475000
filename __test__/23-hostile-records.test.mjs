// What could crash a process, as in 12-hostile: a program must end with status 0, and print what is expected.
import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { fixture } from './fixtures/paths.mjs';
import { outcome } from './node.mjs';
import { require } from './open.mjs';

const index = JSON.stringify(require.resolve('../index.js'));
const prelude = `
  const arkffi = require(${index});
  const { dlopen, CFunction, CString, Struct, Union, array, bits, opaque, pointer, out, inout, ptr, releasePtr, FFIError } = arkffi;
  const file = ${JSON.stringify(fixture('records'))};
  const basics = ${JSON.stringify(fixture('basics'))};
  const code = (action) => { try { action(); return 'nothing was thrown'; } catch (error) { return error instanceof FFIError ? error.code : String(error); } };
  const detach = (buffer) => structuredClone(buffer, { transfer: [buffer] });
  const Point = Struct({ x: 'int', y: 'int' });
  const Person = Struct({ name: 'cstring', age: 'int', city: 'cstring' });
  const Large = Struct({ values: array('i64', 6), label: 'cstring' });
  const definitions = {
    point_sum: { args: [Point], returns: 'int' }, sumAt: { symbol: 'point_sum_at', args: [pointer(Point)], returns: 'int' },
    point_move: { args: [inout(Point), 'int', 'int'] }, point_add: { args: [Point, Point], returns: Point },
    large_reverse: { args: [Large], returns: Large.object },
    person_text: { args: [Person, 'buffer', 'function'], returns: 'size_t' },
  };
  const { symbols } = dlopen(file, definitions);
  const target = Buffer.alloc(100_000);
  const text = (person, callback = null) => target.toString('utf8', 0, Number(symbols.person_text(person, target, callback)));
  const openReentry = (action) => {
    const addon = { exports: {} };
    process.dlopen(addon, ${JSON.stringify(fixture('reentry'))});
    addon.exports((value) => { action(); return value; });
    return dlopen(${JSON.stringify(fixture('reentry'))}, { reenter: { args: ['i32'], returns: 'i32' } }).symbols.reenter.ptr;
  };
  // What was freed is taken again, and written over.
  const collect = () => { for (let i = 0; i < 5; i++) { gc(); for (let j = 0; j < 200; j++) new Uint8Array(1001).fill(66); } };
  const long = 'l'.repeat(1000);
`;

/** An emulated machine takes fifty times as long. */
const objects = process.env.ARKFFI_TEST_ARCH ? 5_000 : 100_000;

const programs = {
  'the same functions called again and again with large records are right': [
    `let right = 0;
     for (let i = 0; i < 20_000; i++) {
       right += text({ name: 'n' + i, age: i, city: long }) === 'n' + i + '|' + long;
       right += symbols.large_reverse({ values: [i, 0, 0, 0, 0, 0], label: null }).values[5] === i;
     }
     console.log(right);`,
    '40000',
  ],
  'nothing is written outside of the memory of a view': [
    `const Big = Struct({ bytes: array('u8', 100_000) });
     const big = { bytes: new Uint8Array(100_000).fill(1) };
     const small = Struct({ a: 'i32' }).view(new ArrayBuffer(4));
     const bigFunction = dlopen(file, { point_sum_at: { args: [pointer(Big)], returns: 'int' } }).symbols.point_sum_at;
     const codes = [() => Big.write(small, big), () => Big.set(small, 'bytes', big.bytes), () => (Big.view(small).bytes = big.bytes),
       () => Big.fromPtr(small), () => bigFunction(small), () => array('u8', 100_000).fromPtr(array('u8', 1).view(new ArrayBuffer(1)))].map(code);
     console.log(...new Set(codes));`,
    'ERR_OUT_OF_BOUNDS',
  ],
  'a length that is no count reaches neither memory before an array nor behind it': [
    `const S = Struct({ before: array('u8', 64), list: array('i32', 3), rest: array('i32') });
     const fill = dlopen(file, { points_fill: { args: [out(Point), 'int'] } }).symbols.points_fill;
     const lengths = [-1, -16, -1e6, 0.5, 1.0025, 2.5, NaN, 1e6, 2 ** 53, 2n, '3', Symbol('n'), { valueOf: () => -5 }, { valueOf() { throw 5; } }];
     const seen = new Set();
     for (const length of lengths) {
       for (const list of [{ length, 0: 1, 1: 1 }, new Proxy([], { get: (_, key) => (key === 'length' ? length : 1) })]) {
         for (const action of [() => S.create({ list }), () => S.set(new ArrayBuffer(S.size), 'list', list),
           () => S.create({ rest: list }), () => symbols.sumAt(list), () => fill(list, 0)]) seen.add(code(action));
       }
     }
     console.log([...seen].sort().join());`,
    'ERR_INVALID_ARG_TYPE,ERR_INVALID_ARG_VALUE,nothing was thrown',
  ],
  'counts and sizes that are absurd are errors': [
    `const bytes = new Uint8Array(8), address = ptr(bytes);
     const Empty = Struct({ n: 'i32', rest: array(array('i32', 0)) });
     const codes = [() => array(array('f64', 2 ** 27), 1).fromPtr(address, 0, 2 ** 31 - 1), () => array(array('f64', 2 ** 27), 1).view(address, 0, 2 ** 31 - 1),
       () => Struct({ n: 'i32', rest: array(array('f64', 2 ** 27)) }).fromPtr(address, 0, 2 ** 31)].map(code);
     console.log(codes.every((each) => each.startsWith('ERR_')) ? 'errors' : codes.join(), code(() => Empty.fromPtr(new ArrayBuffer(8))));`,
    'errors nothing was thrown',
  ],
  'a buffer that shrinks takes nothing along': [
    `const S = Struct({ pad: 'i32', point: Point, list: array('i32', 100) });
     const buffer = new ArrayBuffer(100_000, { maxByteLength: 100_000 });
     if (!buffer.resizable) { console.log('ERR_INVALID_ARG_VALUE'); process.exit(0); }
     const view = S.view(buffer, 90_000), late = () => { buffer.resize(100_000); return { get x() { buffer.resize(4); return 1; }, y: 2 }; };
     const point = view.point;
     const codes = [() => (view.point = late()), () => Point.write(buffer, late(), 90_000), () => Point.write(point, late()), () => view.point, () => (point.x = 1),
       () => (view.list = Array(100).fill(0)), () => symbols.sumAt(point), () => symbols.point_sum(view.point), () => view.list[5]].map(code);
     console.log(...new Set(codes));`,
    'ERR_INVALID_ARG_VALUE ERR_OUT_OF_BOUNDS',
  ],
  'a getter that detaches what is being written makes that an error': [
    `const N = Struct({ x: 'int', y: 'int', next: pointer(() => N) });
     const codes = [];
     for (let i = 0; i < 300; i++) {
       const buffer = new ArrayBuffer(4096), view = N.view(buffer, 4000);
       const value = { get x() { detach(buffer); new Uint8Array(4096); return 1; }, y: 2, next: null };
       codes.push(code([() => N.write(view, value), () => N.write(buffer, value), () => (view.next = value), () => N.set(buffer, 'next', value)][i % 4]));
     }
     console.log(...new Set(codes));`,
    'ERR_INVALID_ARG_VALUE',
  ],
  'a getter that releases or closes what is being written makes that an error': [
    `const codes = [];
     for (let i = 0; i < 100; i++) {
       const address = symbols.point_add({ x: 1, y: 2 }, { x: 3, y: 4 });
       codes.push(code(() => Point.write(i % 2 ? address : Point.view(address), { get x() { releasePtr(address); collect(); return 1; }, y: 2 })));
       const library = dlopen(${JSON.stringify(fixture('closing'))}, { set_at_unload: {} });
       const bytes = array(array('u8', 2), 2).view(library.symbols.set_at_unload.ptr);
       codes.push(code(() => (bytes[0] = { length: 2, get 0() { library.close(); return 1; }, 1: 1 })));
       const other = dlopen(${JSON.stringify(fixture('closing'))}, { set_at_unload: {} });
       codes.push(code(() => Point.write(other.symbols.set_at_unload.ptr, { get x() { other.close(); return 1; }, y: 2 })));
     }
     console.log([...new Set(codes)].sort().join());`,
    'ERR_INVALID_POINTER,ERR_LIBRARY_CLOSED',
    ['--expose-gc'],
  ],
  'strings live as long as what they were given in': [
    `const Outer = Struct({ person: Person, people: array(Person, 1) });
     const outer = Outer.create({ get person() { return Person.create({ name: long }); }, get people() { return [Person.create({ city: long })]; } });
     const copy = Person.create(Person.create({ name: long }));
     const inPlace = Person.view(Person.create());
     inPlace.name = long;
     collect();
     const { person, people } = Outer.fromPtr(outer);
     const inside = openReentry(collect);
     const nested = dlopen(file, { person_text_at: { args: [pointer(Person), 'buffer', 'function'], returns: 'size_t' } }).symbols;
     const at = (person) => target.toString('utf8', 0, Number(nested.person_text_at(person, target, inside)));
     console.log([person.name, people[0].city, Person.get(copy, 'name'), inPlace.name].map((name) => String(new CString(name)) === long).join(),
       [text(Person.create({ name: long }), inside), text({ get name() { return long; }, get age() { collect(); return 1; }, city: null }, inside), at(Person.create({ name: long })),
         at({ name: long, get age() { collect(); return 1; }, city: null })].map((each) => each === long + '|(none)').join());`,
    'true,true,true,true true,true,true,true',
    ['--expose-gc'],
  ],
  'members that are written again and again keep only the last copy': [
    `const buffer = Person.create();
     for (let i = 0; i < 300_000; i++) Person.set(buffer, 'name', long + i);
     const Many = Struct({ names: array('cstring', 130_000) });
     const many = Many.create();
     for (let i = 0; i < 3; i++) Many.set(many, 'names', Array(130_000).fill('n' + i));
     gc();
     console.log(process.memoryUsage().arrayBuffers < 50e6, String(new CString(Many.get(many, 'names')[129_999])), String(new CString(Person.get(buffer, 'name'))) === long + 299_999);`,
    'true n2 true',
    ['--expose-gc'],
  ],
  'getters that call to the end of the stack end in a RangeError': [
    `let depth = 0;
     const endless = { get x() { depth++; return symbols.point_sum(endless); }, y: long };
     const deep = { get name() { depth++; return text(deep); }, age: 1, city: long };
     console.log(code(() => symbols.point_sum(endless)).slice(0, 10), code(() => text(deep)).slice(0, 10), depth > 1000, symbols.point_sum({ x: 3, y: 4 }), text({ name: 'a', age: 1, city: 'b' }));`,
    'RangeError RangeError true 34 a|b',
  ],
  'a script that is stopped inside of a getter leaves no memory taken': [
    `const vm = require('node:vm');
     const Bytes = Struct({ bytes: array('u8', 8000), x: 'int' });
     const call = dlopen(basics, { nothing: { args: [Bytes] } }).symbols.nothing;
     globalThis.run = () => call({ bytes: new Uint8Array(8000), get x() { for (;;); } });
     for (let i = 0; i < 60; i++) code(() => vm.runInThisContext('run()', { timeout: 5 }));
     const { nothing } = dlopen(basics, { nothing: { args: ['cstring'] } }).symbols;
     for (let i = 0; i < 1000; i++) nothing(long);
     console.log(text({ name: 'a', age: 1, city: long }) === 'a|' + long, symbols.point_sum({ x: 3, y: 4 }));`,
    'true 34',
  ],
  'a worker terminated while it calls with records does no harm': [
    `const { Worker } = require('node:worker_threads');
     const source = 'const { dlopen, Struct } = require(' + ${JSON.stringify(index)} + '); const Person = Struct({ name: "cstring", age: "int", city: "cstring" });' +
       'const { person_default, person_text } = dlopen(' + JSON.stringify(file) + ', { person_default: { returns: Person }, person_text: { args: [Person, "buffer", "function"] } }).symbols;' +
       'require("node:worker_threads").parentPort.postMessage("ready"); const target = Buffer.alloc(400000); for (;;) { person_default(); person_text({ name: "x".repeat(300000), age: 1, city: "y" }, target, null); }';
     (async () => {
       for (let round = 0; round < 10; round++) {
         const worker = new Worker(source, { eval: true });
         await new Promise((resolve) => worker.once('message', resolve));
         await worker.terminate();
       }
       console.log(symbols.point_sum({ x: 3, y: 4 }));
     })();`,
    '34',
  ],
  'what is put on Object.prototype changes no record': [
    `const keys = ['default', 'align', 'pack', 'anonymous', 'unnamed', 'type', 'fills', 'record', 'array', 'bits', 'lent'];
     const probe = () => { const S = Struct({ a: 'i8', x: 'i32' }); return [S.size, S.fieldNames, Object.values(S.fromPtr(S.create({ a: 1 })))].join(); };
     const results = keys.map((key) => { Object.prototype[key] = 1; try { return probe(); } catch (error) { return key + ' ' + error.message; } finally { delete Object.prototype[key]; } });
     console.log(...new Set(results));`,
    '8,a,x,1,0',
  ],
  'built-ins that are changed after loading change no call': [
    `const broken = () => { throw new Error('changed'); };
     const move = symbols.point_move, point = { x: 1, y: 2 }, other = { y: 2, x: 1 };
     const { iterator } = Symbol, original = Array.prototype[iterator];
     const { keys } = Object, { isArray } = Array, { map, forEach, push } = Array.prototype;
     move({ ...point }, 0, 0), symbols.point_sum(other), symbols.sumAt([point]);
     for (const name of ['setInt32', 'getInt32', 'setUint8']) DataView.prototype[name] = broken;
     Object.keys = Array.isArray = Array.prototype.map = Array.prototype.forEach = Array.prototype.push = Array.prototype[iterator] = broken;
     let result;
     try { move(point, 1, 1); result = symbols.point_sum(other) + symbols.sumAt([point]); } catch (error) { result = error.stack; }
     Object.assign(Object, { keys }); Object.assign(Array, { isArray }); Object.assign(Array.prototype, { map, forEach, push, [iterator]: original });
     console.log(result, point.x, point.y);`,
    '35 2 3',
  ],
  'thousands of random objects against random schemas give results or errors': [
    `const seed = Number(process.env.ARKFFI_SEED ?? 1);
     console.log('seed', seed);
     const { results, refused, own } = require(${JSON.stringify(fileURLToPath(new URL('./hostile/records.cjs', import.meta.url)))})(arkffi, basics, seed, ${objects});
     console.log(results > ${objects * 0.3}, refused > ${objects * 0.3}, own > ${objects / 1000});`,
    'true true true',
  ],
};

describe('in a process of its own', () => {
  it.each(Object.entries(programs))('%s', (_, [program, expected, extraFlags]) => {
    expect(outcome(`${prelude}\n${program}`, extraFlags)).toBe(expected);
  });
});
