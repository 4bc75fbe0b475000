// What memory should do, in plain JavaScript: bytes in a Uint8Array, and codes of errors. Nothing here is arkffi's.

/** The code of the error that an offset or a length makes; undefined for a good one. */
function numberCode(value) {
  if (typeof value !== 'number') return 'ERR_INVALID_ARG_TYPE';
  return Number.isSafeInteger(value) ? undefined : 'ERR_OUT_OF_RANGE';
}

/** Of `size` bytes at an offset. */
function insideCode(offset, size, whole) {
  const wrong = numberCode(offset);
  if (wrong) return wrong;
  return offset < 0 || BigInt(offset) + BigInt(size) > BigInt(whole) ? 'ERR_OUT_OF_BOUNDS' : undefined;
}

export class ModelError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const fail = (code) => {
  if (code) throw new ModelError(code);
};

/** A piece of memory that is freed as a whole, by itself or with its arena. */
export class Region {
  constructor(size, kind) {
    this.bytes = new Uint8Array(size);
    this.data = new DataView(this.bytes.buffer);
    this.kind = kind;
    this.alive = true;
  }
}

/** How scalars lie in memory: size, and what reads and writes them. */
export const scalars = {
  i8: [1, 'Int8'],
  u8: [1, 'Uint8'],
  i16: [2, 'Int16'],
  u16: [2, 'Uint16'],
  i32: [4, 'Int32'],
  u32: [4, 'Uint32'],
  bigint64: [8, 'BigInt64'],
  biguint64: [8, 'BigUint64'],
  f32: [4, 'Float32'],
  f64: [8, 'Float64'],
};

/** Whether a number is one that a scalar can hold; else the code of the error. */
function valueCode(type, value) {
  const kind = typeof value;
  if (type === 'f32' && Number.isFinite(value) && !Number.isFinite(Math.fround(value))) return 'ERR_OUT_OF_RANGE';
  if (type.startsWith('f')) return kind !== 'number' ? 'ERR_INVALID_ARG_TYPE' : undefined;
  const isWide = type.startsWith('big');
  if (kind !== 'number' && !(isWide && kind === 'bigint')) return 'ERR_INVALID_ARG_TYPE';
  if (kind === 'number' && !Number.isSafeInteger(value)) return 'ERR_OUT_OF_RANGE';
  const bits = BigInt(8 * scalars[type][0]);
  const isSigned = type.startsWith('i') || type === 'bigint64';
  const least = isSigned ? -(2n ** (bits - 1n)) : 0n;
  const exact = BigInt(value);
  return exact < least || exact >= least + 2n ** bits ? 'ERR_OUT_OF_RANGE' : undefined;
}

/** What a Memory is: a window on a region. */
export class Window {
  constructor(region, at, size, type, isPart, first = at) {
    Object.assign(this, { region, at, size, type, isPart, first });
  }

  get count() {
    return this.type ? this.size / scalars[this.type][0] : this.size;
  }

  check() {
    if (!this.region.alive) fail('ERR_INVALID_MEM_ID');
  }

  read(type, offset) {
    this.check();
    const [size, accessor] = scalars[type];
    fail(insideCode(offset, size, this.size));
    return this.region.data[`get${accessor}`](this.at + offset, true);
  }

  write(type, offset, value) {
    this.check();
    const [size, accessor] = scalars[type];
    fail(insideCode(offset, size, this.size));
    fail(valueCode(type, value));
    const stored = type.startsWith('big') ? BigInt(value) : value;
    this.region.data[`set${accessor}`](this.at + offset, stored, true);
  }

  element(index) {
    this.check();
    if (!this.type) fail('ERR_INVALID_ARG_VALUE');
    fail(numberCode(index));
    if (index < 0 || index >= this.count) fail('ERR_OUT_OF_BOUNDS');
    return index * scalars[this.type][0];
  }

  add(count) {
    this.check();
    if (!this.type) fail('ERR_INVALID_ARG_VALUE');
    fail(numberCode(count));
    const [unit] = scalars[this.type];
    const at = this.at + count * unit;
    if (count > this.count || at < this.first) fail('ERR_OUT_OF_BOUNDS');
    return new Window(this.region, at, this.size - count * unit, this.type, true, this.first);
  }

  range(offset, length) {
    this.check();
    fail(insideCode(offset, 0, this.size));
    if (length === undefined) return [this.at + offset, this.at + this.size];
    fail(numberCode(length));
    if (length < 0 || length > this.size - offset) fail('ERR_OUT_OF_BOUNDS');
    return [this.at + offset, this.at + offset + length];
  }

  bytes(offset, length) {
    return this.region.bytes.slice(...this.range(offset, length));
  }

  setBytes(source, offset) {
    this.check();
    fail(insideCode(offset, source.length, this.size));
    this.region.bytes.set(source, this.at + offset);
  }

  slice(offset, length) {
    const [start, end] = this.range(offset, length);
    return new Window(this.region, start, end - start, undefined, true);
  }

  text() {
    this.check();
    const bytes = this.region.bytes.subarray(this.at, this.at + this.size);
    const end = bytes.indexOf(0);
    return Buffer.from(end === -1 ? bytes : bytes.subarray(0, end)).toString('latin1');
  }

  fill(byte, count) {
    this.check();
    this.region.bytes.fill(byte, this.at, this.at + count);
  }

  free() {
    this.check();
    if (this.isPart || this.region.kind === 'arena') fail('ERR_INVALID_MEM_ID');
    this.region.alive = false;
  }
}

/** The code of the error that a size makes. */
export function sizeCode(size) {
  if (typeof size !== 'number') return 'ERR_INVALID_ARG_TYPE';
  if (!Number.isInteger(size) || size < 0) return 'ERR_OUT_OF_RANGE';
  return size > 2 ** 46 ? 'ERR_MALLOC_FAILED' : undefined;
}
