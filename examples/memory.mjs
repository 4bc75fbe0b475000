// Memory of C: checked blocks, text, and an arena that frees all of it.
import { alloc, Arena, dlopen, leaks, Struct } from 'arkffi';

const Pair = Struct({ key: 'int', value: 'double' });
const { symbols } = dlopen(null, {
  strspn: { args: ['cstring', 'cstring'], returns: 'size_t' },
  memcpy: { args: ['ptr', 'ptr', 'size_t'], returns: 'ptr' },
});

const pairs = alloc(Pair, 3);
pairs.set(1, { key: 7, value: 0.5 });
symbols.memcpy(pairs.add(2), pairs.add(1), Pair.size);
console.log('pairs[2] after memcpy:', pairs.at(2));

for (const [what, mistake] of [
  ['behind the end', () => pairs.at(3)],
  ['half outside', () => pairs.read('f64', pairs.size - 4)],
  ['not a number', () => pairs.set(0, { key: 'seven', value: 1 })],
]) {
  try {
    mistake();
  } catch ({ code, message }) {
    console.log(`${what}: ${code}: ${message}`);
  }
}
pairs.free();
try {
  symbols.memcpy(pairs, pairs, 8);
} catch ({ code, message }) {
  console.log(`after free: ${code}: ${message}`);
}

const length = Arena.run((arena) => symbols.strspn(arena.strdup('aabbc'), arena.strdup('ab')));
console.log('strspn of text in an arena:', length);
console.log('memory that is not freed:', leaks().filter(({ kind }) => kind === 'memory').length);
