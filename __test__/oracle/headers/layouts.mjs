// A C program that prints the layout of every record, and what the parser says of them.

/** An expression that names each record in C, by the record's number. */
function namesOf(unit) {
  const names = new Map();
  const give = (number, name) => {
    if (names.has(number) || unit.records[number].incomplete || unit.records[number].at === undefined) return;
    names.set(number, name);
    for (const field of unit.records[number].fields) {
      if (field.name !== undefined) visit(field.type, `__typeof__(((${name} *)0)->${field.name})`);
    }
  };
  function visit(type, name) {
    if (type.kind === 'record') give(type.record, name);
    else if (type.kind === 'array' && type.length !== 0) visit(type.of, `__typeof__((*(${name} *)0)[0])`);
    else if (type.kind === 'pointer') visit(type.to, `__typeof__(**(${name} *)0)`);
  }
  unit.records.forEach(({ tag, union }, number) => {
    if (tag !== undefined) give(number, `${union ? 'union' : 'struct'} ${tag}`);
  });
  for (const { name, type, align } of unit.typedefs) if (!align) visit(type, name);
  return names;
}

/** The fields that C can name, those of anonymous records among them. */
function fieldsOf(unit, record, base = 0) {
  return record.fields.flatMap((field) => {
    if (field.name !== undefined) return [{ ...field, offset: field.offset + base }];
    return field.type.kind === 'record' ? fieldsOf(unit, unit.records[field.type.record], base + field.offset) : [];
  });
}

const counter = `
#include <stdio.h>
#include <string.h>
#include <stddef.h>
static void bits_of(const unsigned char *bytes, size_t size) {
  long first = -1, count = 0;
  for (size_t bit = 0; bit < size * 8; bit++)
    if (bytes[bit / 8] >> (bit % 8) & 1) { if (first < 0) first = (long)bit; count++; }
  printf(" %ld+%ld", first, count);
}
`;

/** The program, and the lines that it should print. */
export function layoutProgram(unit, prologue) {
  const names = namesOf(unit);
  const lines = [];
  const functions = [];
  for (const [number, name] of names) {
    const record = unit.records[number];
    const fields = fieldsOf(unit, record);
    const prints = fields.map(({ name: field, bits }) =>
      bits === undefined
        ? `printf(" %zu", __builtin_offsetof(T, ${field}));`
        : `memset(&t, 0, sizeof t); t.${field} = -1; bits_of((const unsigned char *)&t, sizeof t);`,
    );
    const local = fields.some(({ bits }) => bits !== undefined) ? 'static T t;' : '';
    functions.push(`static void f${number}(void) { typedef ${name} T; ${local}
      printf("%zu %zu", sizeof(T), _Alignof(T)); ${prints.join('\n      ')} printf("\\n"); }`);
    const places = fields.map(({ offset, bit, bits }) => (bits === undefined ? offset : `${offset * 8 + bit}+${bits}`));
    lines.push({ name: `${record.tag ?? name}`, line: [record.size, record.alignment, ...places].join(' ') });
  }
  const calls = [...names.keys()].map((number) => `f${number}();`);
  // Macros like `#define sa_handler __sigaction_handler.sa_handler` hide fields.
  const macros = new Set([...unit.macros, ...unit.constants].map(({ name }) => name));
  const used = new Set(unit.records.flatMap(({ tag, fields }) => [tag, ...fields.map(({ name }) => name)]));
  const undo = [...used].filter((name) => macros.has(name)).map((name) => `#undef ${name}\n`);
  return {
    source: `${prologue}${counter}${undo.join('')}${functions.join('\n')}\nint main(void) { ${calls.join(' ')} return 0; }\n`,
    lines,
  };
}
