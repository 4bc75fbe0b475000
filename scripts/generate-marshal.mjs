// Writes lib/marshal.generated.js: the texts of lib/emitters.js as functions, one object per type.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { emitters } = createRequire(import.meta.url)('../lib/emitters.js');

const shifts = { 1: 'at', 2: 'at >> 1', 4: '(at >> 2)', 8: 'at >> 3' };
const slot = (size) => shifts[size];

function methods({ read, invalid, store, load, put, get, string }) {
  const lines = [
    '__proto__: null,',
    `read: (value) => ${read ? read('value') : 'value'},`,
    `invalid: (value) => ${invalid('value')},`,
    `store: (value, at) => { ${store('value', slot)} },`,
    `put: (view, at, value) => { ${put('view', 'at', 'value')} },`,
    `get: (view, at) => ${get('view', 'at')},`,
  ];
  if (load) lines.push(`load: (at) => ${load(slot)},`);
  if (string) lines.push('string: true,');
  return lines;
}

const source = Object.entries(emitters).flatMap(([name, emitter]) => [
  `  ${name}: {`,
  ...methods(emitter).map((line) => `    ${line}`),
  '  },',
]);

const header = `'use strict';
// Made by \`npm run generate\` from lib/emitters.js; do not edit. Offsets (\`at\`) are in bytes, of the frame
// or of the memory that a view is on.

const {
  i8, u8, i16, u16, i32, u32, f32, f64, i64, u64,
  isSafeInteger, isBigInt64, isBigUint64, fround,
  addressOf, bufferAddress, functionAddress, frameAddress, copyString,
  putInt64, getInt64, putUint64, getUint64, putPointer, getPointer,
} = require('./runtime.js');

/**
 * @typedef {object} Marshaller
 * @property {null} __proto__ an absent key must stay absent
 * @property {(value: any) => any} read
 * @property {(value: any) => boolean} invalid
 * @property {(value: any, at: number) => void} store
 * @property {(at: number) => any} [load]
 * @property {(view: DataView, at: number, value: any) => void} put
 * @property {(view: DataView, at: number) => any} get
 * @property {boolean} [string]
 */

/** @type {Record<string, Marshaller>} */
module.exports = {
`;

writeFileSync(new URL('../lib/marshal.generated.js', import.meta.url), `${header}${source.join('\n')}\n};\n`);
