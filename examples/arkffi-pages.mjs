// Everything that the pages of ArkFFI use, as it is used there: programs for hosts of ArkTS need another import only. There
// `ffi`, the raw bridge, is a module of its own; here it is an export. Each line that is printed is a claim.
import { dlopen, ffi, releasePtr, AsyncCFunction, CFunction, CString, FFIType, JSCallback, Struct } from 'arkffi';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-pages-'));
const LIB = path.join(folder, 'libtarget.so');
const source = fileURLToPath(new URL('arkffi-pages/target.c', import.meta.url));
const compiled = spawnSync(process.env.CC ?? 'cc', ['-shared', '-fPIC', '-O1', '-o', LIB, source]);
if (compiled.status !== 0) throw new Error('this example needs a C compiler');

const show = (what, ...values) => console.log(`${what}:`, ...values);
const { double, int32, int64, ptr, callback } = FFIType;

// A library and its functions; a string is read from its address.
const lib = dlopen(LIB, {
  add: { args: [double, double], returns: double },
  gcd: { args: [int32, int32], returns: int32 },
  factorial: { args: [int32], returns: int64 },
  compute: { args: [int32, double, FFIType.CString], returns: double },
  version: { args: [], returns: int64 },
  apply_callback: { args: [callback, int32], returns: int32 },
  foreach: { args: [ptr, int32, callback], returns: FFIType.void },
  set_point: { args: [ptr, int32, int32], returns: FFIType.void },
});
show('dlopen', lib.symbols.add(2, 3), lib.symbols.gcd(12, 18), lib.symbols.factorial(10));
show('a string argument', lib.symbols.compute(2, 3, 'square'), lib.symbols.compute(1, 3, 'half'));
const text = new CString(lib.symbols.version());
show('CString', text.toString(), text.length, new CString(text.ptr, 2, 3).toString(), new CString(0).length);

// The raw bridge.
const handle = ffi.load(LIB);
ffi.defineFunction(handle, 'divide', 'dd', 'd');
show('callBySig', ffi.callBySig(handle, 'divide', [10, 4], []));
show('callMixed', ffi.callMixed(handle, 'compute', 'ids', 'd', [1, 5], ['square']));
show('callString', ffi.callString(handle, 'version'));
const addPtr = ffi.getSymbolPtr(handle, 'add');
show('callPtr', ffi.callPtr(addPtr, 'dd', 'd', [2, 3], []));
ffi.defineFunction(handle, 'factorial', 'i', 'l');
show('callAsync', await ffi.callAsync(handle, 'factorial', 'i', 'l', [10], []));
show('callPtrAsync', await ffi.callPtrAsync(addPtr, 'dd', 'd', [2, 3], []));

// Functions at addresses.
const addFn = CFunction({ args: [double, double], returns: double, ptr: addPtr });
show('CFunction', addFn(7, 8));
addFn.close();
const addLater = AsyncCFunction({ args: [double, double], returns: double, ptr: addPtr });
show('AsyncCFunction', await Promise.all([addLater(1, 2), addLater(3, 4)]));
addLater.close();

// Callbacks: closures that change, real addresses, lists and sorting.
let factor = 10;
const scaled = new JSCallback((x) => x * factor, { args: [int32], returns: int32 });
const before = scaled.call(5);
factor = 20;
show('JSCallback', before, scaled.call(5), lib.symbols.apply_callback(scaled, 21));
const applied = CFunction({ args: [callback, int32], returns: int32, ptr: ffi.getSymbolPtr(handle, 'apply_callback') });
show('a callback of a CFunction', applied(scaled, 2));
scaled.close();
try {
  scaled.call(1);
} catch (error) {
  show('after close', error.message);
}
const tripled = new JSCallback((x) => x * 3, { args: [int32], returns: int32, threadsafe: true });
const triple = CFunction({ args: [int32], returns: int32, ptr: tripled.ptr });
show('threadsafe', tripled.threadsafe, triple(7), ffi.invokeCallback(tripled.getHandle(), 5));
triple.close();
tripled.close();

const values = Int32Array.of(30, 10, 40, 20);
const seen = [];
const each = new JSCallback((value) => void seen.push(value), { args: [int32], returns: FFIType.void });
lib.symbols.foreach(ffi.ptr(values), values.length, each);
each.close();
show('foreach', seen);
const compare = new JSCallback((a, b) => a - b, { args: [int32, int32], returns: int32 });
ffi.callMixed(handle, 'sort', 'pp', 'v', [ffi.ptr(values), compare.ptr], []);
compare.close();
show('sort', [...values]);

// Structs: in memory of the program, and by value.
const Point = Struct({ x: int32, y: int32 });
const point = Point.create({ x: 0, y: 0 });
lib.symbols.set_point(ffi.ptr(point), 42, 99);
Point.set(point, 'x', Point.get(point, 'x') + 1);
show('Struct', Point.fromPtr(ffi.ptr(point)), Point.size, Struct({ a: 'c', b: 'i', c: 'c' }).fieldOffsets);

const Complex = Struct({ real: double, imag: double });
const complex = dlopen(LIB, {
  complex_new: { args: [double, double], returns: Complex },
  complex_add: { args: [Complex, Complex], returns: Complex },
  complex_mul: { args: [Complex, Complex], returns: Complex },
  conjugate: { args: [ptr, int32], returns: FFIType.void },
});
const a = Complex.create({ real: 4, imag: 1 });
const b = Complex.create({ real: 3, imag: 3 });
const sum = complex.symbols.complex_add(a, b);
show('by value', Complex.fromPtr(sum));
releasePtr(sum);
releasePtr(sum); // what is unknown is ignored
const product = await complex.symbols.complex_mul.async(a, b);
show('by value, later', Complex.fromPtr(product));
releasePtr(product);

const many = new ArrayBuffer(Complex.size * 2);
new Float64Array(many).set([1, 2, 3, 4]);
const address = ffi.ptr(many);
complex.symbols.conjugate(address, 2);
show('in place', Complex.fromPtr(address), Complex.fromPtr(address, Complex.size));

complex.close();
lib.close();
lib.close();
ffi.close(handle);
rmSync(folder, { recursive: true });
