'use strict';
// Random objects against random schemas: every operation must give a result, an error of arkffi, or the error
// that the object's own code threw.

const { generator } = require('./generator.cjs');

/** What getters, traps and setters throw. */
class Mine extends Error {}

module.exports = (arkffi, file, seed, count) => {
  const { dlopen, Struct, Union, array, bits, enumeration, opaque, pointer, out, inout, ptr, FFIError } = arkffi;
  const random = generator(seed);
  const pick = (list) => list[random(list.length)];
  const chance = (percent) => random(100) < percent;
  const some = (most, make) => Array.from({ length: random(most) }, make);

  const memory = new Uint8Array(65_536);
  const names = ['a', 'b', 'c', 'x', 'length', '0', 'constructor', '__proto__', 'then', 'toJSON', 'ß', ''];
  const scalars = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'bigint64', 'f32', 'f64', 'bool', 'char'];
  const pointers = ['ptr', 'cstring', 'function'];
  const Color = enumeration({ RED: 0, GREEN: 1, BLUE: 2 ** 31 });
  const Deep = enumeration({ LOW: -1, HIGH: 2 ** 40 });

  // ---- schemas ----

  const schemas = [];
  function anyType(depth) {
    const kind = random(depth > 0 ? 13 : 7);
    if (kind < 4) return pick(scalars);
    if (kind < 5) return pick(pointers);
    if (kind < 6) return pick([Color, Deep]);
    if (kind < 7) return opaque(pick(['sqlite3', 'FILE']));
    if (kind < 9) return record(depth - 1);
    if (kind < 11) return array(chance(20) ? 'char' : anyType(depth - 1), random(5));
    const target = anyType(depth - 1);
    return chance(50) && schemas.length > 0 ? pointer(() => pick(schemas)) : pointer(target);
  }
  function anyField(depth) {
    if (chance(15)) return bits(pick(['u8', 'i16', 'u32', 'i64', 'u64']), random(9));
    if (chance(5)) return bits('u64', 33 + random(32));
    const type = anyType(depth);
    return chance(10) ? { type, align: 2 ** random(6) } : type;
  }
  function record(depth) {
    for (;;) {
      try {
        const fields = Object.fromEntries(some(6, () => [pick(names), anyField(depth)]));
        if (chance(8)) fields.rest = array(chance(30) ? 'char' : anyType(0));
        const options = chance(15) ? { pack: 2 ** random(5) } : chance(10) ? { align: 2 ** random(6) } : {};
        return (chance(20) ? Union : Struct)(fields, options);
      } catch (error) {
        if (!(error instanceof FFIError)) throw error;
      }
    }
  }

  // ---- functions: `nothing` looks at no argument ----

  let library = dlopen(file, {});
  const bound = [];
  function bind() {
    const parameter = () => pick([pick(schemas), pick([pointer, out, inout])(chance(50) ? pick(schemas) : anyType(1))]);
    const args = some(4, parameter);
    const returns = pick(['void', pick(schemas), pick(schemas).object]);
    try {
      library = dlopen(file, { nothing: { args, returns } });
    } catch (error) {
      // Not every backend can pass every record.
      if (error.code !== 'ERR_UNSUPPORTED_ARGS') throw error;
      return;
    }
    bound.push({ call: library.symbols.nothing, types: args });
    if (bound.length > 30) bound.splice(random(30), 1);
  }
  const retained = [];
  function call(depth) {
    const { call, types } = pick(bound);
    const result = call(...types.map((type) => (chance(4) ? hostile() : objectFor(type, depth))));
    if (typeof result === 'number') retained.push(result);
    if (retained.length > 50) arkffi.releasePtr(retained.splice(random(50), 1)[0]);
  }

  // ---- values ----

  /** None of these numbers can be an address: where memory is read, that is the user's claim. */
  function hostile() {
    const buffer = new ArrayBuffer(random(64));
    return pick([
      () => pick([0, -0, -1, 1, 0.5, NaN, Infinity, 255, -129, 65535, 2 ** 53, -(2 ** 63), 1e300]),
      () => pick([0n, -1n, 255n, 2n ** 64n, -(2n ** 63n) - 1n]),
      () => pick([true, false, null, undefined, Symbol('s'), '', 'text', 'a\0b', '\ud800', 'x'.repeat(random(9000))]),
      () => pick([{}, [], [undefined], [[]], [1, , 3], Object.create(null), new Map(), new Date(NaN), /x/]),
      () => pick([() => 1, class {}, Object.assign(() => 1, { a: 1, b: 2 })]),
      () =>
        pick([buffer, new Uint8Array(buffer), new DataView(buffer), new SharedArrayBuffer(8), Float64Array.of(1, 2)]),
      () => memory.subarray(random(9), random(70)),
      () => pick(gone),
      () => new Proxy(pick([{}, [], () => 1]), trapping),
      () => new Proxy({}, { ...trapping, ownKeys: () => (chance(50) ? [] : (misbehave(), ['a'])) }),
      () => ({ length: pick([-1, 0.5, NaN, 2 ** 32, -1000, '2', 2n, Symbol('n'), Infinity, { valueOf: misbehave }]) }),
      () => cyclic,
      () => pick(schemas).view(memory, random(100)),
      () => array(pick(scalars), random(9)).view(memory, random(100)),
      () => opaque(pick(['sqlite3', 'FILE'])).at(7),
      () => new arkffi.CString(0),
      () => Object.freeze(pick([[0, 0], { a: 1 }])),
    ])();
  }
  const detachable = [];
  const gone = [new ArrayBuffer(8)];
  gone.push(new Uint8Array(gone[0]), new DataView(gone[0]));
  const cyclic = { a: 1, b: 2 };
  for (const name of names) if (name !== '__proto__') cyclic[name] ??= cyclic;

  let inside = 0;
  /** What getters do instead of only giving a value. */
  function misbehave() {
    if (inside > 3) return 1;
    inside++;
    try {
      switch (random(8)) {
        case 0:
          throw new Mine('thrown by a getter');
        case 1:
          library.close();
          break;
        case 2:
          if (detachable.length > 0) structuredClone(0, { transfer: [detachable.pop()] });
          break;
        case 3:
          if (retained.length > 0) arkffi.releasePtr(retained.pop());
          break;
        default:
          operate(1);
      }
    } catch (error) {
      if (chance(50)) throw error;
    } finally {
      inside--;
    }
    return 1;
  }
  const trapping = {
    get: (_, key) => (typeof key === 'symbol' ? undefined : chance(50) ? misbehave() : hostile()),
    getPrototypeOf: (target) => (misbehave(), Reflect.getPrototypeOf(target)),
  };

  /** A value that a type takes, most of the time. */
  function valueFor(type, depth) {
    if (chance(4)) return hostile();
    if (typeof type === 'string') {
      if (type === 'bool') return chance(50);
      if (type === 'cstring') return pick([null, 'text', 'x'.repeat(random(200)), memory]);
      if (pointers.includes(type)) return type === 'ptr' && chance(30) ? fresh() : 0;
      return type.includes('f') ? random(99) / 2 : type.includes('big') ? BigInt(random(100)) : random(100);
    }
    if (type === Color) return pick(['RED', 'BLUE', 1]);
    if (type === Deep) return pick(['LOW', -1, 2 ** 40]);
    return objectFor(type, depth);
  }
  function fresh() {
    const buffer = new ArrayBuffer(1 + random(200));
    detachable.push(buffer);
    if (detachable.length > 20) detachable.shift();
    return chance(50) ? buffer : new Uint8Array(buffer);
  }
  function objectFor(type, depth) {
    if ('width' in type) return random(2 ** Math.min(type.width, 7)) >> 1;
    if ('fieldNames' in type) return recordFor(type, depth);
    if ('length' in type) {
      if (type.element === 'char' && chance(50)) return 'abcdefg'.slice(0, type.length);
      return Array.from({ length: type.length || random(4) }, () => valueFor(type.element, depth));
    }
    if (!('target' in type)) return pick([null, 0, type.at?.(7)]);
    if (depth <= 0 || chance(20)) return pick([null, 0, fresh()]);
    const target = typeof type.target === 'function' ? pick(schemas) : type.target;
    if (typeof target === 'object' && 'fieldNames' in target && chance(60)) return recordFor(target, depth - 1);
    return some(4, () => valueFor(target, depth - 1));
  }
  function recordFor(schema, depth) {
    if (chance(5)) return chance(50) ? schema.create() : new Uint8Array(schema.size);
    if (chance(5)) return schema.view(memory, random(64));
    const object = {};
    const keys = chance(8) ? [...schema.fieldNames].reverse() : schema.fieldNames;
    for (const [index, key] of keys.entries()) {
      if (chance(6) || (schema instanceof arkffi.StructSchema && chance(30) && index > 0)) continue;
      const value = () => valueFor(schema.fieldTypes[schema.fieldNames.indexOf(key)], depth);
      const isGetter = chance(6);
      const get = () => (misbehave(), value());
      Object.defineProperty(object, key, {
        enumerable: true,
        configurable: true,
        ...(isGetter ? { get, set: misbehave } : { value: value(), writable: true }),
      });
    }
    if (chance(3)) object.unknown = 1;
    return object;
  }

  // ---- operations ----

  function operate(depth) {
    const schema = pick(schemas);
    const key = chance(95) ? pick(schema.fieldNames) : hostile();
    const place = chance(90) ? memory.subarray(random(64)) : hostile();
    const value = () => (chance(90) ? recordFor(schema, depth) : hostile());
    const operations = [
      () => schema.fromPtr(schema.create(value())),
      () => schema.fromPtr(place, chance(80) ? random(99) : hostile(), chance(80) ? undefined : random(9)),
      () => schema.write(place, value(), random(99)),
      () => schema.get(place, key),
      () => schema.set(place, key, valueFor(schema.fieldTypes[Math.max(0, schema.fieldNames.indexOf(key))], depth)),
      () => {
        const view = schema.view(place, random(99));
        const name = pick(schema.fieldNames);
        view[name] = valueFor(pick(schema.fieldTypes), depth);
        return [view[name], JSON.stringify(view, (_, part) => (typeof part === 'bigint' ? 0 : part))];
      },
      () => {
        const view = array(pick(scalars), random(9)).view(place, random(99));
        if (view.length > 0) view[random(12)] = hostile();
        return [...view];
      },
      () => array(pick(schemas), random(3)).create([value(), value()]),
      () => schema.fromPtr(schema.view(fresh())),
      () => retained.length > 0 && schema.view(ptr(memory)),
      () => schema.layout(),
      () => Struct({ a: hostile(), b: pick(scalars) }, chance(50) ? {} : hostile()),
      () => array(hostile(), hostile()),
      () => pick([pointer, out, inout, opaque, enumeration, arkffi.sizeof])(hostile()),
      () => bits(hostile(), hostile()),
    ];
    if (chance(45)) call(depth);
    else pick(operations)();
  }

  structuredClone(0, { transfer: [gone[0]] });
  const outcomes = { results: 0, refused: 0, own: 0 };
  for (let i = 0; i < count; i++) {
    if (schemas.length < 20 || chance(2)) schemas.splice(random(60), schemas.length < 60 ? 0 : 1, record(3));
    if (bound.length < 5 || chance(3)) bind();
    try {
      operate(3);
      outcomes.results++;
    } catch (error) {
      if (error instanceof Mine) outcomes.own++;
      else if (error instanceof FFIError) outcomes.refused++;
      else if (!/Maximum call stack/.test(error?.message))
        throw new Error(`operation ${i} of seed ${seed} threw ${error?.stack ?? String(error)}`);
    }
  }
  return outcomes;
};
