// Writes an oracle's C file.
import { readFileSync } from 'node:fs';
import { isSigned, narrowBits } from './types.mjs';

const prelude = readFileSync(new URL('./prelude.c', import.meta.url), 'utf8');

const hex = (bits) => `0x${bits.toString(16)}u`;

/** A literal of exactly these bytes: the compiler adds one NUL, which nobody looks at. */
function literal(bytes) {
  const text = Array.from(bytes, (byte) => {
    const isPlain = (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
    return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${text.join('')}"`;
}

function expectedArgument({ kind, bits, bytes, at }) {
  if (kind === 'value') return `{VALUE, 0, 0, ${hex(bits)}}`;
  if (kind === 'callee') return '{CALLEE, 0, 0, 0}';
  return `{${kind.toUpperCase()}, ${bytes.length}, ${literal(bytes)}, ${at}}`;
}

/** Above a narrow result there is garbage, in the register and here. */
function expectedResult({ type }, { bits, bytes, garbage }) {
  if (bytes) return `{TEXT, ${bytes.length}, ${literal(bytes)}, 0}`;
  const width = BigInt(narrowBits[type] ?? 64);
  return `{VALUE, 0, 0, ${hex(BigInt.asUintN(64, (garbage << width) | BigInt.asUintN(Number(width), bits)))}}`;
}

function paramDeclaration({ type, word, bare }, index) {
  if (!bare) return `${word} a${index}`;
  return `${isSigned(type) ? 'int32_t' : 'uint32_t'} a${index}`;
}

function resultDeclaration({ type, word, bare }) {
  if (!bare) return word;
  return type === 'f32' ? 'double' : 'uint64_t';
}

/** @param {import('./signatures.mjs').OracleFunction} fn */
export function prototype({ name, params, named, result }) {
  const declared = params.slice(0, named).map(paramDeclaration);
  if (named !== undefined) declared.push('...');
  return `${resultDeclaration(result)} ${name}(${declared.join(', ') || 'void'})`;
}

/** The statements that get what the prototype of a variadic function does not name. */
function variables({ params, named }) {
  if (named === undefined) return [];
  const get = ({ type, word }, index) => {
    const promoted = narrowBits[type] < 32 ? 'int' : type === 'f32' ? 'double' : word;
    return `${word} a${named + index} = (${word})va_arg(list, ${promoted});`;
  };
  return ['va_list list;', `va_start(list, a${named - 1});`, ...params.slice(named).map(get), 'va_end(list);'];
}

function check({ type, bare }, index) {
  switch (type) {
    case 'bool':
      return bare ? `expect_bits(${index}, a${index});` : `expect_bool(${index}, &a${index});`;
    case 'f32':
    case 'f64':
      return `expect_${type}(${index}, a${index});`;
    case 'ptr':
    case 'buffer':
    case 'cstring':
    case 'function':
      return `expect_pointer(${index}, (uintptr_t)a${index});`;
    default:
      return `expect_bits(${index}, ${isSigned(type) ? '(uint64_t)(int64_t)' : '(uint64_t)'}a${index});`;
  }
}

function returned({ type, word, bare }) {
  switch (type) {
    case 'void':
      return '';
    case 'f32':
      return bare ? 'return f64_of(result->bits);' : 'return f32_of(result->bits);';
    case 'f64':
      return 'return f64_of(result->bits);';
    case 'ptr':
    case 'cstring':
    case 'function':
      return `return (${word})pointer_of(result);`;
    case 'bool':
      return bare ? 'return result->bits;' : 'return result->bits & 1;';
    default:
      // Volatile: the whole register is loaded, garbage and all.
      return `volatile uint64_t whole = result->bits; return ${bare ? '' : `(${word})`}whole;`;
  }
}

function definition(fn) {
  const { number, params, result, sets } = fn;
  const rows = sets.map(({ args }) => `  {${args.map(expectedArgument).join(',\n   ')}}`).join(',\n');
  const lines = [
    `static const struct expected r${number}[] = {${sets.map((each) => expectedResult(result, each.result)).join(', ')}};`,
    params.length ? `static const struct expected e${number}[][${params.length}] = {\n${rows}};` : '',
    `EXPORT ${prototype(fn)} {`,
    `  begin(${number}, ${params.length ? `e${number}[set]` : '0'}, __builtin_frame_address(0));`,
    ...variables(fn).map((line) => `  ${line}`),
    ...params.map((param, index) => `  ${check(param, index)}`),
    `  const struct expected *result = &r${number}[set];`,
    `  (void)result;`,
    `  ${returned(result)}`,
    '}\n',
  ];
  return lines.filter(Boolean).join('\n');
}

/** @param {import('./signatures.mjs').OracleFunction[]} functions */
export function cSource(functions) {
  return [prelude, ...functions.map(definition)].join('\n');
}
