// Declarations at random: records with bit-fields, packing and alignments, typedefs, enums, variables, functions.

const SCALARS = [
  ...[
    'char',
    'signed char',
    'unsigned char',
    'short',
    'unsigned short int',
    'int',
    'unsigned',
    'long',
    'unsigned long',
  ],
  ...['long long int', 'unsigned long long', 'float', 'double', '_Bool', 'long double', '__int128', 'float _Complex'],
  ...['int8_t', 'uint16_t', 'size_t', 'wchar_t', 'void *', 'const char *', 'enum e'],
];
const LENGTHS = ['1', '2', '3', '5', '7', 'sizeof(int)', '(1 << 2)', '4 - 1', 'sizeof(char[6])', 'E_B + 2'];
const ATTRIBUTES = ['packed', 'aligned(16)', 'aligned(2)', 'packed, aligned(4)', 'aligned'];
const NARROW = {
  int: 31,
  unsigned: 32,
  char: 8,
  short: 15,
  long: 64,
  'unsigned long long': 40,
  'unsigned char': 7,
  'enum e': 2,
};

/** @param {ReturnType<typeof import('../random.mjs').createRandom>} random @param {number} count */
export function randomDeclarations(random, count) {
  const { below, pick } = random;
  const types = [...SCALARS];
  let fields = 0;
  const qualifiers = () => pick(['', '', '', 'const ', 'volatile ', 'const volatile ']);
  const some = (times, text) => Array.from({ length: 1 + below(times) }, (_, index) => text(index));

  function declarator(name, depth = 0) {
    switch (below(depth > 1 ? 2 : 8)) {
      case 0:
      case 1:
        return name;
      case 2:
        return `${name}[${pick(LENGTHS)}]`;
      case 3:
        return `*${qualifiers()}${name}`;
      case 4:
        return `(*${name})(${params(depth)})`;
      case 5:
        return `(*${name})[${pick(LENGTHS)}]`;
      case 6:
        return `(*${name}[${pick(LENGTHS)}])(${params(depth)})`;
      default:
        return `${name}[${pick(LENGTHS)}][${pick(LENGTHS)}]`;
    }
  }

  function params(depth = 0) {
    if (below(3) === 0) return pick(['void', '']);
    const list = some(4, (index) => `${qualifiers()}${pick(types)} ${declarator(`p${index}`, depth + 1)}`);
    return `${list.join(', ')}${below(5) === 0 ? ', ...' : ''}`;
  }

  function field(depth) {
    const name = `f${fields++}`;
    const [type, width] = pick(Object.entries(NARROW));
    switch (below(depth > 1 ? 6 : 8)) {
      case 0:
        return `${type} ${name} : ${1 + below(width)};`;
      case 1:
        return `${type} : ${below(width)};`;
      case 6:
        return `${pick(['struct', 'union'])} {\n${body(depth + 1)}} ${pick(['', name, `${name}[2]`])};`;
      case 7:
        return `${pick(['_Alignas(32) ', '', ''])}${pick(types)} ${name}${pick(['', ' __attribute__((packed))', ' __attribute__((aligned(8)))'])};`;
      default:
        return `${qualifiers()}${pick(types)} ${declarator(name)};`;
    }
  }
  const body = (depth) => some(6, () => `${field(depth)}\n`).join('');
  const attribute = () => (below(3) === 0 ? `__attribute__((${pick(ATTRIBUTES)})) ` : '');

  function declaration(index) {
    switch (below(4)) {
      case 0:
      case 1: {
        const keyword = pick(['struct', 'struct', 'union']);
        const made = `${keyword} ${attribute()}t${index} {\n${body(0)}};`;
        types.push(`${keyword} t${index}`);
        return below(6) === 0 ? `#pragma pack(push, ${pick([1, 2, 4, 8])})\n${made}\n#pragma pack(pop)` : made;
      }
      case 2: {
        const of = pick(types);
        types.push(`d${index}`);
        return `typedef ${of} d${index};\ntypedef ${qualifiers()}${of} ${declarator(`c${index}`)};`;
      }
      default: {
        const values = ['', ' = 5', ' = -3', ' = 0x7fffffff - 2', ' = 1 << 4', ' = 0xfffffff0'];
        types.push(`enum e${index}`);
        return `enum e${index} { ${['A', 'B', 'C'].map((name) => `E${index}_${name}${pick(values)}`).join(', ')} };`;
      }
    }
  }

  const declarations = Array.from({ length: count }, (_, index) => [
    declaration(index),
    `extern ${qualifiers()}${pick(types)} ${declarator(`g${index}`)};`,
    `${pick(types.filter((type) => !/Complex/.test(type)))} fn${index}(${params()});`,
  ]);
  return `#include <stddef.h>\n#include <stdint.h>\nenum e { E_A = -1, E_B };\n${declarations.flat().join('\n')}\n`;
}
