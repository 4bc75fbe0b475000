// Writes a C file of functions that take a function pointer and call it: with arguments that are made of the
// stream of numbers (see ../records/prelude.c), and the result compared with it.
import { readFileSync } from 'node:fs';
import { check, make, prelude, recordsText } from '../records/call-source.mjs';
import { declare } from '../records/declare.mjs';
import { isSigned } from '../types.mjs';

const more = readFileSync(new URL('./prelude.c', import.meta.url), 'utf8');

/** Whole registers with anything above the value. */
const bareParam = ({ type }) => (type === 'f32' ? 'double' : 'uint64_t');

/** As far as a result is extended; of a float and above that nothing is defined. */
const bareResult = ({ type }) => (isSigned(type) ? 'int32_t' : 'uint32_t');

const paramText = ({ type, bare }, index) => (bare ? `${bareParam(type)} a${index}` : declare(type, `a${index}`));

const isBareResult = ({ type, bare }) => bare && type.type !== 'f32';

/** The function pointer that C is given. */
export function callbackPointer({ params, result }) {
  const pointer = `(*callback)(${params.map(paramText).join(', ') || 'void'})`;
  return isBareResult(result) ? `${bareResult(result.type)} ${pointer}` : declare(result.type, pointer);
}

export const prototype = (fn) => `int32_t ${fn.name}(${callbackPointer(fn)})`;

function makeParam(param, index) {
  const { type, bare } = param;
  const declared = paramText(param, index);
  if (bare) return `${declared} = ${type.type === 'f32' ? 'next_f64' : 'next'}();`;
  if (type.kind === 'scalar' && type.type === 'cstring') return `${declared} = next_text();`;
  return `${declared}; ${make(type, `a${index}`)}`;
}

const isVoid = ({ result }) => result.type.type === 'void';

function resultText({ result }, declarator) {
  return isBareResult(result) ? `${bareResult(result.type)} ${declarator}` : declare(result.type, declarator);
}

function checkResult({ result }, place) {
  if (!isBareResult(result)) return check(result.type, place);
  return `expect(${isSigned(result.type.type) ? '(uint64_t)(int64_t)' : ''}${place});`;
}

function callText(fn) {
  const call = `callback(${fn.params.map((_, index) => `a${index}`).join(', ')});`;
  if (isVoid(fn)) return `${call} overwrite_texts();`;
  return `${resultText(fn, 'result')} = ${call}
    overwrite_texts();
    results[calls] = result;
    places[calls] = at;
    ${checkResult(fn, 'result')}`;
}

/** What results point to stays, whatever JavaScript did in the meantime. */
function checkAgain(fn) {
  return `const uint64_t *end = at;
  for (int call = 0; call < calls && mismatch == RIGHT; call++) {
    at = places[call];
    ${checkResult(fn, 'results[call]')}
  }
  at = end;`;
}

export function functionText(fn) {
  return `${recordsText(fn)}
EXPORT ${prototype(fn)} {
  begin(${fn.number}, __builtin_frame_address(0));
  int32_t calls = 0;
  ${isVoid(fn) ? '' : `${resultText(fn, 'results[CALLS]')}; const uint64_t *places[CALLS];`}
  // What follows something wrong is not where it should be.
  for (uint64_t left = next(); left > 0 && calls < CALLS && mismatch == RIGHT; left--) {
${fn.params.map((param, index) => `    ${makeParam(param, index)}\n`).join('')}    ${callText(fn)}
    calls++;
  }
  ${isVoid(fn) ? '' : checkAgain(fn)}
  return calls;
}
`;
}

/** @param {any[]} functions */
export const callbackSource = (functions) => [prelude, more, ...functions.map(functionText)].join('\n');
