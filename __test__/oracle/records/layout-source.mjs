// Writes the C file that tells how its compiler lays out records: for each the size, the alignment, and of
// each field the byte it is at, or of a bit-field its first bit and how many bits it has.
import { declarations, declare } from './declare.mjs';
import { fieldsOf } from './shapes.mjs';

const prelude = `#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <uchar.h>
#include <wchar.h>
typedef int32_t callee(int32_t);
#pragma GCC diagnostic ignored "-Wpacked-not-aligned"

// Not known to the compiler, so that it does not warn about bits that a field has no room for.
static volatile uint64_t ones = ~0ull;

__attribute__((noinline)) static uint32_t *find(uint32_t *out, const unsigned char *bytes, uint32_t size) {
  uint32_t first = 0, last = 0, count = 0;
  for (uint32_t bit = 0; bit < 8 * size; bit++) {
    if (!(bytes[bit / 8] >> bit % 8 & 1)) continue;
    if (count++ == 0) first = bit;
    last = bit;
  }
  *out++ = first;
  *out++ = count == last - first + 1 ? count : UINT32_MAX;
  return out;
}

#define BITS(T, member) do { \\
    static T record; \\
    record.member = ones; \\
    out = find(out, (unsigned char *)&record, sizeof record); \\
  } while (0)
`;

function tell(record) {
  const type = declare(record).trim();
  const fields = fieldsOf(record).map(({ name, width }) =>
    width === undefined ? `*out++ = offsetof(${type}, ${name});` : `BITS(${type}, ${name});`,
  );
  return [`*out++ = sizeof(${type});`, `*out++ = _Alignof(${type});`, ...fields].map((line) => `  ${line}`).join('\n');
}

const layoutText = (one) =>
  `${declarations(one)}\nstatic void tell_${one.number}(uint32_t *out) {\n${one.records.map(tell).join('\n')}\n}\n`;

/** @param {any[]} cases as drawn by `drawLayoutCase`, with consecutive numbers */
export function layoutSource(cases) {
  const table = cases.map(({ number }) => `tell_${number}`).join(', ');
  return `${prelude}
${cases.map(layoutText).join('\n')}
static void (*const table[])(uint32_t *) = { ${table} };
__attribute__((visibility("default"))) void oracle_layout(uint32_t index, uint32_t *out) { table[index](out); }
`;
}

/** How many numbers C writes for a case. */
export const layoutLength = ({ records }) =>
  records
    .map((record) => fieldsOf(record).reduce((sum, { width }) => sum + (width === undefined ? 1 : 2), 2))
    .reduce((sum, length) => sum + length, 0);
