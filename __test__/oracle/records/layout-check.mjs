// Compares what C says of its layouts with what arkffi does.
import { createRandom } from '../random.mjs';
import { createSpeller } from '../types.mjs';
import { declarations } from './declare.mjs';
import { createDeclarer } from './schema.mjs';
import { fieldsOf } from './shapes.mjs';
import { layoutLength } from './layout-source.mjs';

/** Keeps the stream that spells types apart from the one that draws them. */
const SPELLING = 0x1a907;

/** @returns {[string, number][]} what C told of a record, from `told.next()` on */
function inC(record, told) {
  const fields = fieldsOf(record).flatMap(({ name, width }) => {
    const first = told.next().value;
    return width === undefined
      ? [[name, first]]
      : [
          [`${name}, bit`, first],
          [`${name}, bits`, told.next().value],
        ];
  });
  return fields;
}

function inArkffi(record, schema, { offsetof }) {
  const offsets = new Map(schema.fieldNames.map((name, index) => [name, schema.fieldOffsets[index]]));
  return fieldsOf(record).flatMap(({ name, width }) => {
    const offset = offsetof(schema, name);
    const isConsistent = offsets.get(name) === (width === undefined ? offset : Math.floor(offset / 8));
    const shown = isConsistent ? offset : `${offset} by offsetof, byte ${offsets.get(name)} by fieldOffsets`;
    return width === undefined
      ? [[name, shown]]
      : [
          [`${name}, bit`, shown],
          [`${name}, bits`, width],
        ];
  });
}

/** What differs, in words; nothing when all is the same. */
function differences(record, schema, arkffi, told) {
  const wanted = [['size', told.next().value], ['alignment', told.next().value], ...inC(record, told)];
  const got = [['size', schema.size], ['alignment', schema.alignment], ...inArkffi(record, schema, arkffi)];
  const wrong = wanted.flatMap(([what, value], index) =>
    got[index][1] === value ? [] : [`${what}: ${value} in C, ${got[index][1]} in arkffi`],
  );
  const names = fieldsOf(record)
    .map(({ name }) => name)
    .join();
  if (schema.fieldNames.join() !== names) wrong.push(`fields: ${names} in C, ${schema.fieldNames.join()} in arkffi`);
  if (arkffi.sizeof(schema) !== schema.size) wrong.push(`sizeof gives ${arkffi.sizeof(schema)}`);
  if (arkffi.alignof(schema) !== schema.alignment) wrong.push(`alignof gives ${arkffi.alignof(schema)}`);
  return wrong;
}

/**
 * @param {object} arkffi
 * @param {object[]} rows the table of types
 * @param {{ seed: number, file: string }} part
 * @param {any[]} cases those that are compiled in the file
 * @returns {string[]} a text for each case that is laid out differently
 */
export function checkLayouts(arkffi, rows, { seed, file }, cases) {
  const library = arkffi.dlopen(file, { oracle_layout: { args: ['u32', 'buffer'] } });
  const spell = createSpeller(rows);
  const problems = [];
  cases.forEach((one, index) => {
    const numbers = new Uint32Array(layoutLength(one));
    library.symbols.oracle_layout(index, numbers);
    const told = numbers.values();
    const declare = createDeclarer(arkffi, spell, createRandom(seed, one.number ^ SPELLING));
    for (const record of one.records) {
      const wrong = differences(record, declare(record), arkffi, told);
      if (wrong.length === 0) continue;
      const kind = record.isUnion ? 'union' : 'struct';
      problems.push(
        `layout oracle: seed ${seed}, case ${one.number}, ${kind} ${record.tag}: ${wrong.join('; ')}\n${declarations(one)}`,
      );
      break;
    }
  });
  library.close();
  return problems;
}
