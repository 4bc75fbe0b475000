'use strict';
// Random operations with hostile values: every one must give a result or an error of arkffi.

const { generator } = require('./generator.cjs');

module.exports = (arkffi, file, seed, count) => {
  const {
    dlopen,
    CFunction,
    CString,
    Library,
    linkSymbols,
    ffi,
    ptr,
    read,
    write,
    toArrayBuffer,
    errno,
    strerror,
    FFIError,
    FFIType,
  } = arkffi;
  const random = generator(seed);
  const pick = (list) => list[random(list.length)];
  const detached = new ArrayBuffer(8);
  const detachedView = new Uint8Array(detached);
  structuredClone(detached, { transfer: [detached] });
  const throwing = new Proxy(
    {},
    {
      get: () => {
        throw new RangeError('a trap ran');
      },
    },
  );
  const bytes = new Uint8Array(64);
  const names = ['add', 'echo', 'nothing', 'id_ptr', 'length', 'missing', '__proto__', '', 'a\0b', 5, null];
  const types = [...Object.values(FFIType), 'i33', '', null, undefined, {}, 5, 'char *', Symbol('t')];

  // No number of these is an address of more than 64 KiB: where memory is read, that is the user's claim.
  const values = [
    0,
    -0,
    1,
    -1,
    0.5,
    NaN,
    Infinity,
    255,
    256,
    65535,
    2 ** 53,
    -(2 ** 53),
    1e300,
    0n,
    -1n,
    2n ** 64n,
    -(2n ** 63n),
    true,
    false,
    null,
    undefined,
    '',
    'text',
    'a\0b',
    '\ud800',
    'x'.repeat(300),
    'y'.repeat(300_000),
    Symbol('s'),
    {},
    [],
    () => 1,
    throwing,
    detached,
    detachedView,
    bytes,
    bytes.buffer,
    bytes.subarray(3),
    new DataView(bytes.buffer, 8),
    new Uint8Array(0),
    new SharedArrayBuffer(8),
    Object.freeze([1]),
    new Date(NaN),
    /x/,
    new Map(),
    Object.create(null),
    new Proxy(bytes, {}),
    new CString(0),
    {
      valueOf() {
        throw new Error('ran');
      },
    },
  ];
  const value = () => pick(values);
  const some = (most, make) => Array.from({ length: random(most) }, make);
  const definition = () =>
    pick([{ args: some(4, () => pick(types)), returns: pick(types) }, { optional: true }, {}, null, 5]);

  const keys = ['lazy', 'now', 'global', 'local', 'search', 'sha256', 'lasy'];
  const options = () => Object.fromEntries(some(3, () => [pick(keys), pick([value(), true, false, [value()]])]));

  // Functions that are safe to call with any argument their types let through.
  const safe = dlopen(file, {
    add: { args: ['i32', 'i32'], returns: 'i32' },
    mixed: { args: ['i32', 'f64', 'i64', 'f32', 'u8', 'f64'], returns: 'f64' },
    id_bool: { args: ['bool'], returns: 'bool' },
    id_u64: { args: ['u64'], returns: 'u64' },
    id_ptr: { args: ['ptr'], returns: 'ptr' },
    bufferAddress: { symbol: 'address_of', args: ['buffer'], returns: 'u64' },
    stringAddress: { symbol: 'address_of', args: ['cstring'], returns: 'u64' },
    functionAddress: { symbol: 'address_of', args: ['function'], returns: 'u64' },
  }).symbols;
  const libraries = [];
  const operations = [
    () => pick(Object.values(safe))(...some(4, value)),
    () => pick(Object.values(safe))(...some(4, value)),
    () =>
      libraries.push(
        dlopen(
          pick([file, file, file, null, '/no/such', 'a\0', '', 5, {}]),
          Object.fromEntries(some(4, () => [String(pick(names)), definition()])),
        ),
      ),
    () => dlopen(pick([file, [file], [value(), file], 'm', null]), {}, pick([value(), options()])).close(),
    () => pick(libraries)?.has(value()),
    () => pick(libraries)?.has(pick(names)),
    () => pick(libraries)?.ptr(pick(names)),
    () => random(20) === 0 && libraries.find((one) => one instanceof Library)?.exports(),
    () => libraries.length > 20 && libraries.splice(random(20), 1)[0].close(),
    () => pick(libraries)?.close(),
    () => CFunction({ ptr: value(), args: [pick(types)] }),
    () => linkSymbols({ x: { ptr: value() }, y: value() }),
    () => new CString(value(), value(), value()).toString(),
    () => ptr(value(), value()),
    () => pick(Object.values(read))(value(), value()),
    () => pick(Object.values(write))(value(), value(), value()),
    () => toArrayBuffer(value(), value(), value()),
    () => errno(value()),
    () => strerror(value()),
    () => new Library(value(), value()).close(),
    () =>
      pick([
        ffi.load,
        ffi.close,
        ffi.getSymbolPtr,
        ffi.callMixed,
        ffi.callBySig,
        ffi.callPtr,
        ffi.readCString,
        ffi.readMemory,
        ffi.ptr,
        ffi.callString,
        ffi.defineFunction,
      ])(...some(6, value)),
  ];
  for (let i = 0; i < count; i++) {
    try {
      pick(operations)();
    } catch (error) {
      if (!(error instanceof FFIError)) throw new Error(`operation ${i} of seed ${seed} threw ${error?.stack}`);
    }
  }
  console.log('done');
};
