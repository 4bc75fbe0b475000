// A C program that prints every constant, and what the parser says of them.

const TYPES = [
  'char',
  'signed char',
  'unsigned char',
  'short',
  'unsigned short',
  'int',
  'unsigned int',
  'long',
  'unsigned long',
  'long long',
  'unsigned long long',
  '__int128',
  'unsigned __int128',
  'float',
  'double',
  'long double',
];

/** Types of their own in C, which the parser takes for those that they are like. */
const FLOATS =
  '_Float32: "float", _Float64: "double", _Float32x: "double", _Float64x: "long double", _Float128: "long double"';

const helpers = `
#include <stdio.h>
#include <string.h>
#define TYPE_OF(x) _Generic((x), ${TYPES.map((type) => `${type}: "${type}"`).join(', ')}, _Bool: "_Bool", ${FLOATS}, default: "other")
#define SHOW_INT(x) ((x) < 0 ? printf("%lld %s\\n", (long long)(x), TYPE_OF(x)) : printf("%llu %s\\n", (unsigned long long)(x), TYPE_OF(x)))
#define SHOW_WIDE(x) show_wide((unsigned __int128)(x), TYPE_OF(x))
static void show_wide(unsigned __int128 x, const char *type) {
  char digits[40]; int at = 39; digits[at] = 0;
  do digits[--at] = '0' + (int)(x % 10); while (x /= 10);
  printf("%s %s\\n", digits + at, type);
}
static void show_text(const char *text) { while (*text) printf("%02x", (unsigned char)*text++); printf("\\n"); }
`;

function shown(constant) {
  const { name, kind, value, type } = constant;
  switch (kind) {
    case 'int':
      if (/__int128/.test(type.name))
        return [`SHOW_WIDE(${name});`, `${BigInt.asUintN(128, BigInt(value))} ${type.name}`];
      return [`SHOW_INT(${name});`, `${value} ${type.kind === 'bool' ? '_Bool' : type.name}`];
    case 'enumerator':
      return [`printf("%lld\\n", (long long)(${name}));`, String(BigInt.asIntN(64, BigInt(value)))];
    case 'char':
      return [`printf("%d\\n", ${name});`, String(value)];
    case 'float':
      return [
        `printf("%.17g %s\\n", (double)(${name}), TYPE_OF(${name}));`,
        `${Object.is(value, -0) ? '-0' : value} ${type.name}`,
      ];
    case 'pointer':
      return [`printf("%llu\\n", (unsigned long long)(${name}));`, String(value)];
    case 'string':
      return [`show_text((const char *)(${name}));`, Buffer.from(value).toString('hex')];
    default:
      throw new Error(`what is a ${kind}?`);
  }
}

/** The same number, however it is written. */
const isSame = (kind, wanted, got) => {
  if (kind !== 'float') return wanted === got;
  const [value, ...type] = got.split(' ');
  const [ours, ...ourType] = wanted.split(' ');
  const number = (text) => Number(text.replace('inf', 'Infinity').replace('nan', 'NaN'));
  // What a double holds of a long double is rounded twice here.
  const isNear = Object.is(number(value), number(ours)) || ourType.length === 2;
  return isNear && type.join(' ') === ourType.join(' ');
};

export function constantProgram(unit, prologue) {
  // In C, a macro hides the enumerator of its name.
  const known = unit.constants.filter(({ at }) => at !== undefined);
  const prints = known.map(shown);
  const body = prints.map(([print], index) => `static void f${index}(void) { ${print} }`);
  const calls = prints.map((_, index) => `f${index}();`);
  return {
    source: `${prologue}${helpers}${body.join('\n')}\nint main(void) { ${calls.join(' ')} return 0; }\n`,
    lines: known.map(({ name, kind }, index) => ({ name, kind, line: prints[index][1] })),
    isSame,
  };
}

/** C in which each macro that the parser calls no constant is used as an integer constant, one a line. */
export function doubtfulMacros(unit, prologue) {
  const balanced = (text) => {
    let depth = 0;
    for (const character of text) {
      depth += '([{'.includes(character) ? 1 : ')]}'.includes(character) ? -1 : 0;
      if (depth < 0) return false;
    }
    return depth === 0 && !/[;{}]/.test(text);
  };
  // `__LINE__` is one in C too, but another at each place.
  const isDoubtful = ({ params, text, at, reason }) =>
    !params && at && !reason.startsWith('it depends') && balanced(text);
  const doubtful = unit.macros.filter((macro) => isDoubtful(macro) && macro.text !== '');
  const start = prologue.split('\n').length;
  const lines = doubtful.map(({ name }, index) => `enum { arkffi_doubt_${index} = (${name}) };`);
  return { source: `${prologue}${lines.join('\n')}\n`, doubtful, start };
}
