// Memory that arguments can stand on: the bytes in it, and every kind of JavaScript object over it.

const GUARD = 0x5a;
/** Around the size of the scratch stack of a call, in characters of up to four bytes. */
const LONG = [20_000, 150_000];

const letters = [
  'a',
  'Z',
  '0',
  ' ',
  '?',
  '\\',
  '"',
  '\x01',
  '\x7f',
  'é',
  'ÿ',
  'ß',
  'Ω',
  '€',
  '漢',
  '\uffff',
  '😀',
  '🦀',
  '\ud800',
  '\udc00',
];

/** @returns {string} without NUL; with every length of UTF-8 sequence, and lone surrogates */
export function drawText(random) {
  const alphabet = random.chance(0.5) ? letters.slice(0, 9) : letters;
  if (random.chance(0.002)) return random.pick(letters).repeat(random.between(...LONG));
  const length = random.chance(0.05) ? random.below(2000) : random.below(40);
  return Array.from({ length }, () => random.pick(alphabet)).join('');
}

/** The bytes of a text in C, with its NUL. */
export const encodeText = (text) => new Uint8Array(Buffer.from(`${text}\0`, 'utf8'));

/** Small ones live in the engine's heap, where objects move, large ones outside. */
export function drawBytes(random) {
  const size = random.chance(0.1) ? random.between(200, 2000) : random.between(1, 80);
  return Uint8Array.from({ length: size }, () => random.below(256));
}

function filled(buffer, offset, bytes) {
  const whole = new Uint8Array(buffer);
  whole.fill(GUARD);
  whole.set(bytes, offset);
  return { buffer, memory: whole.subarray(offset, offset + bytes.length) };
}

function typedArray(Type) {
  return (bytes, offset) => {
    const size = Type.BYTES_PER_ELEMENT;
    // Elements that begin where the bytes do; the last may be half theirs.
    const start = offset * size;
    const length = Math.ceil(bytes.length / size);
    const { buffer, memory } = filled(new ArrayBuffer(start + length * size + 8), start, bytes);
    return { js: new Type(buffer, start, length), memory };
  };
}

/** Ways to hand bytes over. Each makes new memory with these bytes, `offset` elements into it. */
const holders = {
  Uint8Array: typedArray(Uint8Array),
  Int8Array: typedArray(Int8Array),
  Uint8ClampedArray: typedArray(Uint8ClampedArray),
  Int16Array: typedArray(Int16Array),
  Uint32Array: typedArray(Uint32Array),
  Float32Array: typedArray(Float32Array),
  Float64Array: typedArray(Float64Array),
  BigInt64Array: typedArray(BigInt64Array),
  own(bytes) {
    const js = Uint8Array.from(bytes);
    return { js, memory: js };
  },
  DataView(bytes, offset) {
    const { buffer, memory } = filled(new ArrayBuffer(offset + bytes.length + 3), offset, bytes);
    return { js: new DataView(buffer, offset, bytes.length), memory };
  },
  ArrayBuffer(bytes) {
    const { buffer, memory } = filled(new ArrayBuffer(bytes.length), 0, bytes);
    return { js: buffer, memory };
  },
  /** Of Node's pool, when short. */
  Buffer(bytes) {
    const js = Buffer.from(bytes);
    return { js, memory: js };
  },
  shared(bytes, offset) {
    const { buffer, memory } = filled(new SharedArrayBuffer(offset + bytes.length), offset, bytes);
    return { js: new Uint8Array(buffer, offset), memory };
  },
  resizable(bytes, offset) {
    const { memory, buffer } = filled(
      new ArrayBuffer(offset + bytes.length, { maxByteLength: bytes.length + 8192 }),
      offset,
      bytes,
    );
    return { js: new Uint8Array(buffer, offset), memory };
  },
};
const holderNames = Object.keys(holders);

/** @returns {(bytes: Uint8Array) => { js: object, memory: Uint8Array }} */
export function drawHolder(random) {
  const name = random.pick(holderNames);
  const offset = random.below(5);
  return (bytes) => holders[name](bytes, offset);
}

/** Objects without a byte, which are NULL to C. */
export const empties = [
  () => new Uint8Array(0),
  () => new ArrayBuffer(0),
  () => new DataView(new ArrayBuffer(8), 8),
  () => new Float64Array(new ArrayBuffer(16), 8, 0),
];
