// The types as C spells them. The meaning of `char`, `long` and `wchar_t` is written here again, apart
// from src/ctype.rs, because C is compiled from these words and must agree with that table.

const arch = process.env.ARKFFI_TEST_ARCH ?? process.arch;
const isWindows = process.platform === 'win32';
const isArm = arch.startsWith('arm') && process.platform !== 'darwin';

/** The C words for each type of the table; `void` is only a result. */
export const words = {
  bool: ['bool', '_Bool'],
  i8: ['int8_t', 'signed char'],
  u8: ['uint8_t', 'unsigned char'],
  i16: ['int16_t', 'short', 'short int', 'signed short'],
  u16: ['uint16_t', 'unsigned short', 'unsigned short int', 'char16_t'],
  i32: ['int32_t', 'int', 'signed', 'signed int'],
  u32: ['uint32_t', 'unsigned', 'unsigned int', 'char32_t'],
  i64: ['int64_t', 'long long', 'long long int', 'signed long long', 'intmax_t', 'intptr_t', 'ptrdiff_t'],
  u64: ['uint64_t', 'unsigned long long', 'unsigned long long int', 'uintmax_t', 'uintptr_t', 'size_t'],
  bigint64: ['int64_t', 'long long'],
  biguint64: ['uint64_t', 'unsigned long long'],
  f32: ['float'],
  f64: ['double'],
  ptr: ['void*', 'const void*'],
  buffer: ['unsigned char*'],
  cstring: ['const char*', 'char*'],
  function: ['callee*'],
};
words[isArm ? 'u8' : 'i8'].push('char');
words[isWindows ? 'u16' : isArm ? 'u32' : 'i32'].push('wchar_t');
words[isWindows ? 'i32' : 'i64'].push('long', 'long int', 'signed long');
words[isWindows ? 'u32' : 'u64'].push('unsigned long', 'unsigned long int');
if (!isWindows) words.i64.push('ssize_t');

export const paramTypes = Object.keys(words);
export const resultTypes = ['void', ...paramTypes.filter((type) => type !== 'buffer')];

/** Types narrower than a register, with their width. */
export const narrowBits = { bool: 8, i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32, f32: 32 };

export const isSigned = (type) => ['i8', 'i16', 'i32', 'i64', 'bigint64'].includes(type);

/**
 * Chooses names for types as a user may write them: often the C word itself, which proves that the
 * table gives it the meaning that the compiler gives it.
 * @param {{ name: string, letter?: string, spellings: string[] }[]} rows the table
 */
export function createSpeller(rows) {
  const names = new Map(
    rows.map((row) => [row.name, [row.name, ...row.spellings, ...(row.letter ? [row.letter] : [])]]),
  );
  const known = new Set([...names.values()].flat());
  return (type, word, random) => {
    // A C word means i64, never bigint64.
    const isOwnWord = !type.startsWith('big') && known.has(word);
    return isOwnWord && random.chance(0.5) ? word : random.pick(names.get(type));
  };
}
