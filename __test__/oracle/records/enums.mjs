// Enumerations, and which integer type a C compiler stores them in.

const ranges = {
  i8: [-(2n ** 7n), 2n ** 7n - 1n],
  u8: [0n, 2n ** 8n - 1n],
  i16: [-(2n ** 15n), 2n ** 15n - 1n],
  u16: [0n, 2n ** 16n - 1n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u64: [0n, 2n ** 64n - 1n],
};
const fits = (values, [low, high]) => values.every((value) => value >= low && value <= high);

/** What gcc and clang choose. */
const chosenByC = (values) => ['u32', 'i32', 'u64', 'i64'].find((type) => fits(values, ranges[type]));

function drawValues(random) {
  // Wider ones are an extension, and rare.
  const [low, high] = ranges[random.pick(['u8', 'i8', 'i16', 'i32', 'u32', random.chance(0.3) ? 'i64' : 'u16', 'u8'])];
  const any = () => low + (random.bits() % (high - low + 1n));
  const length = random.between(1, 4);
  return Array.from({ length }, () => (random.chance(0.3) ? random.pick([low, high, 0n]) : any()));
}

/** An enumeration; `given` is a storage type of the user's choice, which C declares as that integer. */
export function drawEnum(random, context) {
  const values = drawValues(random);
  const given = random.chance(0.3)
    ? random.pick(Object.keys(ranges).filter((type) => fits(values, ranges[type])))
    : undefined;
  const entries = values.map((value, index) => [`E${index}`, value]);
  const made = { kind: 'enum', tag: context.tag('e'), entries, given, storage: given ?? chosenByC(values) };
  context.enums.push(made);
  return made;
}
