// What C must get or gives back, and what JavaScript passes or must see for it.
//
// An argument is { kind, bits?, bytes?, at?, make }. `make(host)` makes the JavaScript value, new memory
// included: { js, memory? }. Kinds, as prelude.c has them: a value is compared by its bits, a text with
// its length and NUL, bytes one by one, of which C then inverts number `at`, and the callee by address.
import { numbers } from './numbers.mjs';
import { drawBytes, drawHolder, drawText, empties, encodeText } from './memory.mjs';

const constant = (bits, js) => ({ kind: 'value', bits, make: () => ({ js }) });

function opaqueAddress(random, wrap = (js) => js) {
  const bits = numbers.address.draw(random);
  const js = numbers.address.argument(bits, random);
  return { kind: 'value', bits, make: (host) => ({ js: wrap(js, host) }) };
}

const inMemory = (kind, bytes, at, hold) => ({ kind, bytes, at, make: () => hold(bytes) });

/** As `inMemory`, with the memory's address in the place of the object. */
function byAddress(kind, bytes, at, hold, random) {
  const wrap = random.pick([(js) => js, (js) => BigInt(js), (js, host) => new host.CString(js)]);
  const make = (host) => {
    const { js, memory } = hold(bytes);
    return { js: wrap(host.ptr(js), host), memory };
  };
  return { kind, bytes, at, make };
}

function drawView(random) {
  if (random.chance(0.1)) {
    const empty = random.pick(empties);
    return { kind: 'value', bits: 0n, make: () => ({ js: empty() }) };
  }
  const bytes = drawBytes(random);
  return inMemory('bytes', bytes, random.below(bytes.length), drawHolder(random));
}

function drawPointer(random) {
  const bytes = drawBytes(random);
  switch (random.below(8)) {
    case 0:
      return constant(0n, null);
    case 1:
    case 2:
      return opaqueAddress(random);
    case 3:
      return opaqueAddress(random, (js, host) => new host.CString(js));
    case 4:
      return byAddress('bytes', bytes, random.below(bytes.length), drawHolder(random), random);
    default:
      return drawView(random);
  }
}

function drawString(random) {
  const text = drawText(random);
  const bytes = encodeText(text);
  switch (random.below(10)) {
    case 0:
      return constant(0n, null);
    case 1:
      return opaqueAddress(random);
    case 2:
      return inMemory('text', bytes, 0, drawHolder(random));
    case 3:
      return byAddress('text', bytes, 0, drawHolder(random), random);
    default:
      return { kind: 'text', bytes, at: 0, make: () => ({ js: text }) };
  }
}

function drawFunction(random) {
  switch (random.below(4)) {
    case 0:
      return constant(0n, null);
    case 1:
      return { kind: 'callee', make: (host) => ({ js: host.callee }) };
    default:
      return opaqueAddress(random);
  }
}

const pointers = { ptr: drawPointer, buffer: drawView, cstring: drawString, function: drawFunction };

/** @param {string} type */
export function drawArgument(type, random) {
  if (pointers[type]) return pointers[type](random);
  const { draw, argument } = numbers[type];
  const bits = draw(random);
  return constant(bits, argument(bits, random));
}

/** A result: what C returns, and the value it must be in JavaScript. @param {string} type */
export function drawResult(type, random) {
  if (type === 'void') return { bits: 0n, js: undefined };
  if (type === 'cstring') {
    if (random.chance(0.1)) return { bits: 0n, js: null };
    const bytes = encodeText(drawText(random));
    return { bytes, js: Buffer.from(bytes).toString('utf8', 0, bytes.length - 1) };
  }
  const { draw, result } = numbers[type] ?? numbers.address;
  const bits = draw(random);
  return { bits, js: result(bits) };
}
