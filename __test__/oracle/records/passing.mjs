// How the arguments and the result of one call are passed: values are drawn, written to the stream that C
// reads, made for JavaScript, and looked at again after the call.
import { compare, bytesOf, hold, toJs } from './javascript.mjs';
import { roughSize } from './shapes.mjs';
import { drawValue, streamOf } from './values.mjs';

/** Typed arrays whose elements are those of a scalar. */
const typedArrays = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
};

/** What is read after a call, as it is and through a view. */
function* compareMemory(type, items, buffer, byteOffset, { arkffi, of }, path) {
  const schema = type.kind === 'record' ? of(type) : arkffi.array(of(type), items.length);
  if (type.kind !== 'record') {
    const value = { kind: 'array', items };
    const array = { kind: 'array', element: type, count: items.length };
    yield* compare(array, value, schema.fromPtr(buffer, byteOffset), path);
    yield* compare(array, value, schema.view(buffer, byteOffset), `${path} (view)`, { isView: true });
    return;
  }
  for (const [index, item] of items.entries()) {
    const at = byteOffset + index * schema.size;
    yield* compare(type, item, schema.fromPtr(buffer, at), `${path}[${index}]`);
    yield* compare(type, item, schema.view(buffer, at), `${path}[${index}] (view)`, { isView: true });
  }
}

/** A record by value: an object, a buffer, or a pointer. */
function passRecord(type, value, host, random) {
  const { arkffi } = host;
  if (random.chance(0.55) || roughSize(type) === 0) return { js: toJs(type, value, host, random) };
  const { object, memory } = hold(bytesOf(type, [value], host, random), random);
  const before = Uint8Array.from(memory);
  const after = function* (path) {
    if (before.some((byte, index) => byte !== memory[index])) yield `${path}: the buffer has changed`;
  };
  if (random.chance(0.6)) return { js: object, memory, after };
  const address = arkffi.ptr(memory);
  return {
    js: random.pick([(at) => at, BigInt])(address),
    memory,
    after,
  };
}

/** Bytes of these values in a buffer of some kind, or its address. */
function passBuffer(type, items, host, random) {
  const { object, memory } = hold(bytesOf(type, items, host, random), random);
  const Typed = type.kind === 'scalar' && typedArrays[type.type];
  const js = random.pick([
    () => object,
    () => (Typed ? new Typed(memory.buffer, memory.byteOffset, items.length) : memory),
    () => host.arkffi.ptr(memory),
  ])();
  return { js, memory };
}

function drawItems(type, length, random) {
  return Array.from({ length }, () => drawValue(type, random, { isInput: true }));
}

/** The array or object that C writes to. */
function passObjects(pass, type, items, host, random) {
  // C declares an array of one: JavaScript must write one too.
  const isSingle = pass !== 'array' && type.kind === 'record' && items.length === 1 && random.chance(0.6);
  const empty = type.kind === 'record' ? () => ({}) : () => 0;
  const fresh = () => (isSingle ? {} : items.map(empty));
  const filled = () =>
    isSingle ? toJs(type, items[0], host, random) : items.map((item) => toJs(type, item, host, random));
  const js = pass === 'out' ? fresh() : filled();
  return { js, got: () => (isSingle ? [js] : js) };
}

/** Numbers that C does not check but gives back; `isSeen` when JavaScript gets every one of them. */
function* fromC(stream, isSeen = true) {
  for (const [bits, path, counts] of stream) yield [bits, path, counts && isSeen, true];
}

/** Whether a union is in a type: of one in an object, an inout parameter gives one member back. */
function hasUnion(type) {
  if (type.kind === 'array') return hasUnion(type.element);
  return type.kind === 'record' && (type.isUnion || type.members.some((member) => hasUnion(member.type)));
}

/** A pointer parameter. `stream` gets what C reads, in its order. */
function passPointer({ pass, type }, host, random) {
  const element = pass === 'array' ? type.element : type;
  if (random.chance(0.1) || roughSize(element) === 0) {
    return {
      js: null,
      stream: function* (path) {
        yield* [
          [0n, path],
          [0n, path],
        ];
      },
    };
  }
  const isWritten = pass === 'out' || pass === 'inout';
  const length =
    pass === 'array' ? type.count : element.kind === 'record' && random.chance(0.5) ? 1 : random.between(1, 4);
  const items = drawItems(element, length, random);
  // The object of an inout parameter keeps the members of unions that it has.
  const left = isWritten ? items.map((like) => drawValue(element, random, { isInput: false, like })) : [];
  const isBuffer = random.chance(0.35);
  const passed = isBuffer ? passBuffer(element, items, host, random) : passObjects(pass, element, items, host, random);
  const isSeen = isBuffer || pass === 'out' || !hasUnion(element);
  const stream = function* (path) {
    yield [isBuffer ? 3n : 2n, path];
    yield [BigInt(length), path];
    if (pass === 'out') yield [isBuffer ? 0n : 1n, path];
    else for (const [index, item] of items.entries()) yield* streamOf(element, item, `${path}[${index}]`);
    for (const [index, item] of left.entries()) yield* fromC(streamOf(element, item, `${path}[${index}]`), isSeen);
  };
  const after = function* (path) {
    if (!isWritten) return;
    const { memory } = passed;
    if (isBuffer) yield* compareMemory(element, left, memory.buffer, memory.byteOffset, host, path);
    else {
      const given = pass === 'inout' ? { items } : undefined;
      yield* compare({ kind: 'array', element }, { kind: 'array', items: left }, passed.got(), path, { given });
    }
  };
  return { ...passed, stream, after };
}

function passParam(param, host, random) {
  const { pass, type } = param;
  if (pass !== 'value') return passPointer(param, host, random);
  const value = drawValue(type, random, { isInput: true });
  const stream = (path) => streamOf(type, value, path);
  return {
    stream,
    ...(type.kind === 'record' ? passRecord(type, value, host, random) : { js: toJs(type, value, host, random) }),
  };
}

/**
 * One call of a function: what is passed, with its `js`, the result's value, and the `numbers` that C reads:
 * bits, path, whether the lowest bit counts, whether it is one that C gives back.
 */
export function drawCall({ params, result }, { arkffi, of }, random) {
  const host = { arkffi, of, owners: [] };
  const passed = params.map((param) => passParam(param, host, random));
  const value = result.type === 'void' ? undefined : drawValue(result, random, { isInput: false });
  const numbers = passed.flatMap(({ stream }, index) => [...stream(`a${index}`)]);
  if (value) numbers.push(...fromC(streamOf(result, value, 'the result')));
  return { passed, value, numbers, host };
}

/** What is not as it should be after a call, in words. @returns {string[]} */
export const lookAfter = ({ passed }) => passed.flatMap(({ after }, index) => (after ? [...after(`a${index}`)] : []));

export { compareMemory };
