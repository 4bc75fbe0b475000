// The cost of structs: in calls, and in memory. Only arkffi and Koffi are compared here.
import assert from 'node:assert';
import { makeBody } from './cases.mjs';
import { measure } from './measure.mjs';
import { fixture } from './places.mjs';

/** How many times the loop runs when it is tried: what is left after the last time is looked at. */
const TRIED = [1, 2, 3, 4, 5, 500];
const MANY = 1000;

const four = (make) => [0, 1, 2, 3].map(make);

/** The same objects for everybody. Not always the same one, as in a program. */
const objects = {
  complexes: four((n) => ({ re: n + 0.5, im: 2 * n + 0.25 })),
  points: four((n) => ({ x: n, y: 100 - n })),
  // What five_at gives.
  fives: four((n) => ({ a: 1000 * n, b: n + 0.5, c: 0 - n, d: n * 0.25, e: 200 + n })),
};

const manyPoints = () => Array.from({ length: MANY }, (_, index) => ({ x: index, y: 2 * index }));

/**
 * Texts of the expression that is timed, for one or several contenders; those of a case have the same
 * value. `i` counts, `state.last` is what is looked at in the end; the rest is in the scopes below. What
 * results is stored there so that the engine cannot do without making it.
 */
export const cases = [
  {
    id: 'struct-f64',
    title: 'struct of 2 doubles, objects',
    text: '(state.last = addComplex(complexes[i & 3], complexes[(i >> 2) & 3])).re',
  },
  {
    id: 'struct-f64-buffers',
    title: 'struct of 2 doubles, buffers',
    text: '(state.last = addComplex(complexes[i & 3], complexes[(i >> 2) & 3]), i)',
    // The last one is still there, to be looked at.
    arkffi: '(releasePtr(state.last), (state.last = addRetained(buffers[i & 3], buffers[(i >> 2) & 3])), i)',
  },
  {
    id: 'struct-i32',
    title: 'struct of 2 ints, objects',
    text: '(state.last = addPoints(points[i & 3], points[(i >> 2) & 3])).x',
  },
  { id: 'struct-pointer', title: 'pointer to struct, object', text: 'sumPoint(points[i & 3])' },
  {
    id: 'struct-array',
    title: `${MANY} structs in and out`,
    text: `(turnPoints((state.last = many), ${MANY}), many[i & 511].x)`,
  },
  {
    id: 'struct-read',
    title: 'read struct of 5 members',
    text: '(state.last = fives[i & 3]).b',
    arkffi: '(state.last = Five.fromPtr(places[i & 3])).b',
    koffi: `(state.last = decode(places[i & 3], 'Five')).b`,
  },
  {
    id: 'struct-create',
    title: 'create struct of 5 members',
    text: '((state.last = fives[i & 3]), i)',
    arkffi: '((state.last = Five.create(fives[i & 3])), i)',
    // The quickest memory to encode to. Koffi takes a quarter longer with koffi.alloc and koffi.free, half
    // as long again with Buffer.alloc, and more with an ArrayBuffer, which is what arkffi makes.
    koffi: `(encode((state.last = Buffer.allocUnsafe(size)), 'Five', fives[i & 3]), i)`,
  },
  {
    id: 'struct-write',
    title: 'write struct of 5 members',
    text: '((state.last = fives[i & 3]), i)',
    arkffi: '(Five.write((state.last = memory), fives[i & 3]), i)',
    koffi: `(encode((state.last = memory), 'Five', fives[i & 3]), i)`,
  },
  {
    id: 'member-read',
    title: 'read 1 member in place',
    text: 'fives[i & 3].b',
    arkffi: 'views[i & 3].b',
    koffi: `decode(encoded[i & 3], offset, 'double')`,
  },
  {
    id: 'member-write',
    title: 'write 1 member in place',
    text: '((state.last = targets), (targets[i & 3].b = i + 0.5))',
    arkffi: '((state.last = targets), (targetViews[i & 3].b = i + 0.5))',
    koffi: `((state.last = targets), encode(targets[i & 3], offset, 'double', i + 0.5), i + 0.5)`,
  },
];

/** What each contender's texts refer to. */
const scopes = {
  model: () => ({
    addComplex: (a, b) => ({ re: a.re + b.re, im: a.im + b.im }),
    addPoints: (a, b) => ({ x: a.x + b.x, y: a.y + b.y }),
    sumPoint: ({ x, y }) => x + y,
    turnPoints(points) {
      points.forEach(({ x, y }, index) => (points[index] = { x: 0 - y, y: x }));
    },
    many: manyPoints(),
    targets: objects.fives.map((five) => ({ ...five })),
  }),

  arkffi({ dlopen, Struct, pointer, inout, releasePtr }) {
    const Complex = Struct({ re: 'f64', im: 'f64' });
    const Point = Struct({ x: 'i32', y: 'i32' });
    const Five = Struct({ a: 'i32', b: 'f64', c: 'i16', d: 'f32', e: 'u8' });
    const { symbols } = dlopen(fixture, {
      add_complex: { args: [Complex, Complex], returns: Complex.object },
      add_points: { args: [Point, Point], returns: Point.object },
      sum_point: { args: [pointer(Point)], returns: 'i32' },
      turn_points: { args: [inout(Point), 'u32'], returns: 'void' },
      five_at: { args: ['u32'], returns: 'ptr' },
    });
    const retaining = dlopen(fixture, { add_complex: { args: [Complex, Complex], returns: Complex } });
    const targets = objects.fives.map((five) => Five.create(five));
    return {
      addComplex: symbols.add_complex,
      addRetained: retaining.symbols.add_complex,
      releasePtr,
      addPoints: symbols.add_points,
      sumPoint: symbols.sum_point,
      turnPoints: symbols.turn_points,
      Five,
      buffers: objects.complexes.map((complex) => Complex.create(complex)),
      many: manyPoints(),
      places: four((n) => symbols.five_at(n)),
      memory: Five.create(),
      views: objects.fives.map((five) => Five.view(Five.create(five))),
      targets,
      targetViews: targets.map((target) => Five.view(target)),
      fromPointer: (address) => Complex.fromPtr(address),
    };
  },

  koffi(koffi) {
    const Complex = koffi.struct({ re: 'double', im: 'double' });
    const Point = koffi.struct({ x: 'int32_t', y: 'int32_t' });
    // Koffi is quicker to find a type by its name than by its object.
    const Five = koffi.struct('Five', { a: 'int32_t', b: 'double', c: 'int16_t', d: 'float', e: 'uint8_t' });
    const library = koffi.load(fixture);
    const fiveAt = library.func('five_at', 'void *', ['uint32_t']);
    const { encode, decode } = koffi;
    const size = koffi.sizeof(Five);
    const encoded = (five) => {
      const buffer = Buffer.alloc(size);
      encode(buffer, Five, five);
      return buffer;
    };
    return {
      addComplex: library.func('add_complex', Complex, [Complex, Complex]),
      addPoints: library.func('add_points', Point, [Point, Point]),
      sumPoint: library.func('sum_point', 'int32_t', [koffi.pointer(Point)]),
      turnPoints: library.func('turn_points', 'void', [koffi.inout(koffi.pointer(Point)), 'uint32_t']),
      ...{ encode, decode, Buffer, size },
      offset: koffi.offsetof(Five, 'b'),
      many: manyPoints(),
      places: four((n) => fiveAt(n)),
      memory: Buffer.alloc(size),
      encoded: objects.fives.map(encoded),
      targets: objects.fives.map(encoded),
    };
  },
};

/**
 * @param {ReturnType<typeof import('./contenders.mjs').enlist>[]} enlisted
 * @param {import('./measure.mjs').Pace} pace
 * @param {number} first number of the first round
 * @returns {Generator<import('./spread.mjs').Samples>}
 */
export function* measureRecords(enlisted, pace, first) {
  const compared = enlisted
    .filter(({ id }) => id in scopes)
    .map(({ id, module }) => ({ id, scope: scopes[id](module) }));
  const model = scopes.model();
  // All are tried before the first is timed: programs have more than one type of struct, and what the
  // engine learns of the code for all types is from all of them.
  const ready = cases.map((which) => {
    const tried = TRIED.map(trier(which, 'model', model).attempt);
    return compared.map(({ id, scope }) => {
      const { body, attempt } = trier(which, id, scope);
      assert.deepStrictEqual(TRIED.map(attempt), tried, `${id}: ${which.title}`);
      return [id, body];
    });
  });
  for (const [index, { id, title }] of cases.entries()) {
    yield { id, title, times: measure(Object.fromEntries(ready[index]), pace, first) };
  }
}

/** A body, and what it gives and leaves behind after so many times. */
function trier(which, who, scope) {
  const state = { last: 0 };
  const text = which[who] ?? which.text;
  const body = makeBody({ id: which.id, args: [] }, who, () => text, { state, ...objects, ...scope });
  const attempt = (count) => ({ sum: body(count), left: structuredClone(plain(state.last, scope)) });
  return { body, attempt };
}

/** A value of a contender's as the model has it. */
function plain(value, scope) {
  if (Array.isArray(value)) return value.map((element) => plain(element, scope));
  if (ArrayBuffer.isView(value)) return readFive(value);
  if (value instanceof ArrayBuffer) return readFive(new Uint8Array(value));
  return typeof value === 'number' && value !== 0 ? scope.fromPointer(value) : value;
}

/** Struct Five, as C lays it out on every machine that this runs on. */
function readFive({ buffer, byteOffset, byteLength }) {
  const view = new DataView(buffer, byteOffset, byteLength);
  return {
    a: view.getInt32(0, true),
    b: view.getFloat64(8, true),
    c: view.getInt16(16, true),
    d: view.getFloat32(20, true),
    e: view.getUint8(24),
  };
}
