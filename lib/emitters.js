'use strict';
// How each type is checked, stored in the frame and read from it, as source text. Stubs are made of
// these texts at run time; `npm run generate` makes lib/marshal.generated.js, the same as functions,
// of them. They are the only place that knows.

/**
 * Texts for one type. `value` and `slot` are source texts too: an identifier, and the index of the
 * value's slot in a view of that element size.
 * @typedef {object} Emitter
 * @property {(argument: string) => string} [read] the value to store, where it is not the argument itself
 * @property {(value: string) => string} invalid a condition that holds for what must be refused
 * @property {(value: string) => string} [isDirect] one that holds for what is fit and no BigInt, where there may be such
 * @property {(value: string, slot: (size: number) => string) => string} store a statement
 * @property {(slot: (size: number) => string) => string} [load] the result, an expression
 * @property {(view: string, at: string, value: string) => string} put a statement that stores the value in
 *   memory: `view` is a MemoryView, `at` an offset in bytes at any alignment
 * @property {(view: string, at: string) => string} get the value in memory, an expression
 * @property {boolean} [keeps] the argument may own memory that C uses: the engine must keep it
 * @property {boolean} [string] the result is made by the entry for strings
 */

/**
 * @param {string} view
 * @param {number} size
 * @param {string} accessor what a MemoryView calls it
 * @param {(value: string) => string} wrapped the value cut to the type's range
 * @returns {Emitter}
 */
const narrow = (view, size, accessor, wrapped) => ({
  // In this order: an engine has the first in a variable already.
  invalid: (value) => `typeof ${value} !== 'number' || ${value} !== ${wrapped(value)}`,
  // A whole 32-bit register: AAPCS64 for Apple and gcc and clang on x86-64 expect it extended.
  store: (value, slot) => `i32[${slot(4)}] = ${value};`,
  load: (slot) => `${view}[${slot(size)}]`,
  put: (memory, at, value) => `${memory}.set${accessor}(${at}, ${value}${size > 1 ? ', true' : ''});`,
  get: (memory, at) => `${memory}.get${accessor}(${at}${size > 1 ? ', true' : ''})`,
});

/** @type {(value: string) => string} */
const isUnsigned = (value) => `isSafeInteger(${value}) && ${value} >= 0`;

/** 2 ** -32: a product is exact, and quicker than a quotient. */
const HIGH = '2.3283064365386963e-10';

// Without functions of the engine's, which may let a debugger in too; see lib/frame.js.

/** What is left without the lower half is a multiple of 2 ** 32. @type {Emitter['store']} */
const storeSigned = (value, slot) =>
  `if (typeof ${value} === 'number') { i32[${slot(4)}] = ${value}; i32[${slot(4)} + 1] = (${value} - (${value} >>> 0)) * ${HIGH}; } ` +
  `else i64[${slot(8)}] = ${value};`;

/** @type {Emitter['store']} */
const storeUnsigned = (value, slot) =>
  `if (typeof ${value} === 'number') { u32[${slot(4)}] = ${value}; u32[${slot(4)} + 1] = ${value} * ${HIGH}; } ` +
  `else u64[${slot(8)}] = ${value};`;

/** @type {Emitter['invalid']} */
const invalidSigned = (value) => `!isSafeInteger(${value}) && !isBigInt64(${value})`;

/** @type {Emitter['invalid']} */
const invalidUnsigned = (value) => `!(${isUnsigned(value)}) && !isBigUint64(${value})`;

const signed = {
  invalid: invalidSigned,
  isDirect: (/** @type {string} */ value) => `isSafeInteger(${value})`,
  store: storeSigned,
};
const unsigned = { invalid: invalidUnsigned, isDirect: isUnsigned, store: storeUnsigned };

/** @type {NonNullable<Emitter['load']>} */
function loadSigned(slot) {
  const [low, high] = [`i32[${slot(4)}]`, `i32[${slot(4)} + 1]`];
  // From -(2 ** 53) to 2 ** 53 - 1, of which the first is not safe.
  const isSafe = `(${high} + 2097152) >>> 0 < 4194304 && (${high} !== -2097152 || ${low} !== 0)`;
  return `${low} >> 31 === ${high} ? ${low} : ${isSafe} ? ${high} * 4294967296 + u32[${slot(4)}] : i64[${slot(8)}]`;
}

// The results that fit 32 bits come first, as integers: engines are slow at Numbers that might be either.

/** @type {NonNullable<Emitter['load']>} */
const loadUnsigned = (slot) => `u32[${slot(4)} + 1] === 0 ? u32[${slot(4)}] : ${loadPointer(slot)}`;

/** A Number below 2 ** 53. @type {NonNullable<Emitter['load']>} */
const loadPointer = (slot) =>
  `u32[${slot(4)} + 1] < 2097152 ? u32[${slot(4)} + 1] * 4294967296 + u32[${slot(4)}] : u64[${slot(8)}]`;

/** @type {(accessor: string) => Pick<Emitter, 'put' | 'get'>} */
const inMemory = (accessor) => ({
  put: (view, at, value) => `put${accessor}(${view}, ${at}, ${value});`,
  get: (view, at) => `get${accessor}(${view}, ${at})`,
});

/**
 * A parameter that becomes an address; -1 is no address.
 * @param {NonNullable<Emitter['read']>} read
 * @returns {Emitter}
 */
const pointer = (read) => ({
  read,
  invalid: (value) => `${value} === -1`,
  isDirect: (value) => `typeof ${value} === 'number' && ${value} !== -1`,
  store: storeUnsigned,
  load: loadPointer,
  ...inMemory('Pointer'),
});

/** @type {Record<string, Emitter>} */
const emitters = {
  void: { invalid: () => 'true', store: () => '', put: () => '', get: () => 'undefined' },
  bool: {
    invalid: (value) => `${value} !== !!${value} && ${value} !== 0 && ${value} !== 1`,
    // The typed array makes a Number of a boolean, as `setUint8` does.
    store: (value, slot) => `i32[${slot(4)}] = ${value};`,
    load: (slot) => `u8[${slot(1)}] !== 0`,
    put: (view, at, value) => `${view}.setUint8(${at}, ${value});`,
    get: (view, at) => `${view}.getUint8(${at}) !== 0`,
  },
  i8: narrow('i8', 1, 'Int8', (value) => `${value} << 24 >> 24`),
  u8: narrow('u8', 1, 'Uint8', (value) => `(${value} & 255)`),
  i16: narrow('i16', 2, 'Int16', (value) => `${value} << 16 >> 16`),
  u16: narrow('u16', 2, 'Uint16', (value) => `(${value} & 65535)`),
  i32: narrow('i32', 4, 'Int32', (value) => `(${value} | 0)`),
  u32: narrow('u32', 4, 'Uint32', (value) => `${value} >>> 0`),
  i64: { ...signed, load: loadSigned, ...inMemory('Int64') },
  u64: { ...unsigned, load: loadUnsigned, ...inMemory('Uint64') },
  bigint64: {
    ...signed,
    load: (slot) => `i64[${slot(8)}]`,
    put: inMemory('Int64').put,
    get: (view, at) => `${view}.getBigInt64(${at}, true)`,
  },
  biguint64: {
    ...unsigned,
    load: (slot) => `u64[${slot(8)}]`,
    put: inMemory('Uint64').put,
    get: (view, at) => `${view}.getBigUint64(${at}, true)`,
  },
  f32: {
    // The quotient is 0 only for a finite number that fround makes infinite: for others that are not finite, and for 0, it is NaN.
    invalid: (value) => `typeof ${value} !== 'number' || ${value} / fround(${value}) === 0`,
    store: (value, slot) => `f32[${slot(4)}] = ${value};`,
    load: (slot) => `f32[${slot(4)}]`,
    put: (view, at, value) => `${view}.setFloat32(${at}, ${value}, true);`,
    get: (view, at) => `${view}.getFloat32(${at}, true)`,
  },
  f64: {
    invalid: (value) => `typeof ${value} !== 'number'`,
    store: (value, slot) => `f64[${slot(8)}] = ${value};`,
    load: (slot) => `f64[${slot(8)}]`,
    put: (view, at, value) => `${view}.setFloat64(${at}, ${value}, true);`,
    get: (view, at) => `${view}.getFloat64(${at}, true)`,
  },
  ptr: { ...pointer((argument) => `${isUnsigned(argument)} ? ${argument} : addressOf(${argument})`), keeps: true },
  buffer: { ...pointer((argument) => `bufferAddress(${argument})`), load: undefined, keeps: true },
  cstring: {
    ...pointer(
      (argument) =>
        `typeof ${argument} === 'string' ? frameAddress + copyString(${argument}) : ${isUnsigned(argument)} ? ${argument} : addressOf(${argument})`,
    ),
    load: undefined,
    keeps: true,
    string: true,
  },
  function: pointer((argument) => `${isUnsigned(argument)} ? ${argument} : functionAddress(${argument})`),
};

// An absent key must stay absent, whatever `Object.prototype` comes to have.
for (const emitter of Object.values(emitters)) Object.setPrototypeOf(emitter, null);

module.exports = { emitters };
