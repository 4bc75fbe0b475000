// The JavaScript values that stand for drawn values: made for arguments, compared in results.
import { inspect } from 'node:util';
import { bitsOf, numbers } from '../numbers.mjs';
import { fieldsOf } from './shapes.mjs';
import { numberKind } from './values.mjs';

const numberOf = (bits) => (bits <= 2n ** 53n - 1n ? Number(bits) : bits);

/** Memory of its own for bytes, well aligned, behind some kind of object. */
export function hold(bytes, random) {
  const offset = 16 * random.below(3);
  const buffer = new ArrayBuffer(random.pick([offset + bytes.length, offset + bytes.length + 5]));
  const memory = new Uint8Array(buffer, offset, bytes.length);
  memory.set(bytes);
  const shape = random.below(offset === 0 && buffer.byteLength === bytes.length ? 3 : 2);
  const object = [memory, new DataView(buffer, offset, bytes.length), buffer][shape];
  return { memory, object };
}

/** An address in the ways to write one. */
function addressValue(type, bits, host, random) {
  const name = type.kind === 'scalar' ? type.type : type.kind;
  const plain = bits === 0n && random.chance(0.5) ? null : numbers.address.argument(bits, random);
  if (name === 'function' || random.chance(0.6)) return plain;
  if (name === 'opaque') return host.of(type).at(plain);
  if (random.chance(0.5) || bits === 0n) return new host.arkffi.CString(plain);
  return host.arkffi.opaque('oracle_any').at(plain);
}

function charsValue({ bytes }, random) {
  const end = bytes.indexOf(0);
  const text = Buffer.from(bytes.subarray(0, end === -1 ? undefined : end)).toString('utf8');
  if (random.chance(0.7)) return text;
  if (bytes.every((byte) => byte < 128) && random.chance(0.5)) return [...bytes];
  return Uint8Array.from(bytes);
}

/** Objects as a program writes them, sometimes with the members in another order. */
function assemble(entries, random) {
  if (random.chance(0.3)) entries.sort(() => random.below(3) - 1);
  return Object.fromEntries(entries);
}

const isZero = (value) => value.kind === 'number' && value.bits === 0n;

function entriesOf({ members }, { items }, host, random) {
  return members.flatMap((member, index) => {
    const item = items[index];
    if (!item) return [];
    if (member.anonymous) return entriesOf(member.type, item, host, random);
    const { preset, width } = member;
    // What is not there is the default; `create` takes zero for the rest.
    if (preset !== undefined && item.bits === preset && random.chance(0.5)) return [];
    if (host.isSparse && preset === undefined && isZero(item) && random.chance(0.5)) return [];
    return [
      [
        member.name,
        width === undefined ? toJs(member.type, item, host, random) : numberValue(member.type, width, item, random),
      ],
    ];
  });
}

function numberValue(type, width, { bits }, random) {
  if (type.kind === 'enum') {
    const named = type.entries.find(([, value]) => BigInt.asUintN(64, value) === bits);
    if (named && random.chance(0.5)) return named[0];
  }
  return numberKind(type, width).argument(bits, random);
}

function itemsOf(element, items, host, random) {
  // `create` fills short arrays with zeros.
  let { length } = items;
  while (host.isSparse && length > 0 && isZero(items[length - 1]) && random.chance(0.7)) length--;
  return items.slice(0, length).map((item) => toJs(element, item, host, random));
}

/** What a pointer leads to, as an object, an array or a buffer. */
function pointedValue({ to }, { items, isBuffer }, host, random) {
  if (isBuffer) return hold(bytesOf(to, items, host, random), random).object;
  if (to.kind === 'record' && items.length === 1 && random.chance(0.7)) return toJs(to, items[0], host, random);
  return items.map((item) => toJs(to, item, host, random));
}

/**
 * A value as an argument, or as a part of one.
 * @param {object} host
 * @param {object} host.arkffi
 * @param {(type: any) => any} host.of the declared type
 * @param {any[]} host.owners keeps what has to live until the call is over
 * @param {boolean} [host.isSparse] it is for `create`, so that zeros may be left out
 */
export function toJs(type, value, host, random) {
  switch (value.kind) {
    case 'number':
      return numberValue(type, undefined, value, random);
    case 'address':
      return addressValue(type, value.bits, host, random);
    case 'text':
      return value.text;
    case 'bytes':
      return hold(value.bytes, random).object;
    case 'chars':
      return charsValue(value, random);
    case 'array':
      return itemsOf(type.element, value.items, host, random);
    case 'behind':
      return pointedValue(type, value, { ...host, isSparse: false }, random);
    default:
      return assemble(entriesOf(type, value, host, random), random);
  }
}

/** The bytes of values one after the other, as `create` makes them. */
export function bytesOf(type, items, host, random) {
  const { arkffi, of, owners } = host;
  const sparse = { ...host, isSparse: true };
  const parts =
    type.kind === 'record'
      ? items.map((item) => of(type).create(toJs(type, item, sparse, random)))
      : [arkffi.array(of(type), items.length).create(items.map((item) => toJs(type, item, sparse, random)))];
  // What they point to lives as long as they do.
  owners.push(...parts);
  return Buffer.concat(parts.map((part) => new Uint8Array(part)));
}

/** Whether two numbers are the same to the last bit; the bits of a NaN do not count. */
const isSame = (a, b) =>
  typeof a === 'number' && typeof b === 'number' ? bitsOf(a) === bitsOf(b) || (a !== a && b !== b) : a === b;

/** The members that a value has: of a union, the chosen one. */
const givenNames = ({ members }, { items }) =>
  members.flatMap(({ name, anonymous, type }, index) => {
    if (!items[index]) return [];
    return anonymous ? givenNames(type, items[index]) : [name];
  });

function* compareRecord(type, value, got, path, { isView, given }) {
  if (typeof got !== 'object' || got === null) return yield `${path} is ${inspect(got)}`;
  // Those of anonymous records are members of the object around them.
  const names = given ? givenNames(type, value) : fieldsOf(type).map(({ name }) => name);
  if (type.tag && !isView && Object.keys(got).sort().join() !== names.sort().join()) {
    yield `${path} has ${Object.keys(got)} instead of ${names}`;
  }
  for (const [index, member] of type.members.entries()) {
    const item = value.items[index];
    if (!item) continue;
    const inner = { isView, given: given?.items[index] };
    if (member.anonymous) yield* compare(member.type, item, got, path, inner);
    else yield* compare(member.type, item, got[member.name], `${path}.${member.name}`, inner, member.width);
  }
}

function wanted(type, value, width) {
  if (value.kind === 'number') return numberKind(type, width).result(value.bits);
  const end = value.bytes.indexOf(0);
  return Buffer.from(value.bytes.subarray(0, end === -1 ? undefined : end)).toString('utf8');
}

function* compareAddress(type, { bits }, got, path, given) {
  // What C left as it was is still what the user gave, null or a CString maybe.
  if (given?.bits === bits) return;
  const isOpaque = type.kind === 'opaque';
  const expected = isOpaque && bits === 0n ? null : numberOf(bits);
  const address = isOpaque && got ? got.ptr : got;
  if (address !== expected) yield `${path} is ${inspect(got)} instead of ${inspect(expected)}`;
  if (isOpaque && got && got.name !== type.tag) yield `${path} is a pointer to ${got.name} instead of ${type.tag}`;
}

/**
 * What is different in a value that C gave, in words.
 * @param {object} [how]
 * @param {boolean} [how.isView] it is an accessor to memory, not a plain object
 * @param {any} [how.given] the value that the object was given with, of which it keeps what can stay
 * @returns {Generator<string>}
 */
export function* compare(type, value, got, path, how = {}, width = undefined) {
  const { isView = false, given } = how;
  switch (value.kind) {
    case 'record':
      return yield* compareRecord(type, value, got, path, { isView, given });
    case 'array': {
      const isList = isView || Array.isArray(got);
      if (!isList || got?.length !== value.items.length) return yield `${path} is ${inspect(got)}`;
      for (const [index, item] of value.items.entries()) {
        yield* compare(type.element, item, got[index], `${path}[${index}]`, { isView, given: given?.items[index] });
      }
      return;
    }
    case 'address':
      return yield* compareAddress(type, value, got, path, given);
    default: {
      const expected = wanted(type, value, width);
      if (!isSame(got, expected)) yield `${path} is ${inspect(got)} instead of ${inspect(expected)}`;
    }
  }
}
