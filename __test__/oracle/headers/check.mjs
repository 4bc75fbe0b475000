// Compares what the parser makes of a header with what the compiler does.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { constantProgram, doubtfulMacros } from './constants.mjs';
import { layoutProgram } from './layouts.mjs';
import { complaints, preprocessed, prologue, run } from './list.mjs';
import { createSpeller } from './spell.mjs';

/** How many declarations a preprocessed text has: what ends with `;`, or with a body, outside of everything. */
export function countDeclarations(text) {
  let depth = 0;
  let count = 0;
  let last = '';
  let isBody = false;
  const tokens = /^[ \t]*#.*$|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[(){};]|[^\s(){};"'#]+/gm;
  for (const [token] of text.matchAll(tokens)) {
    if (token.trimStart().startsWith('#')) continue;
    if (token === '{' && depth++ === 0) isBody = last === ')';
    if (token === '}' && --depth === 0 && isBody) count++;
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (token === ';' && depth === 0 && last !== ';') count++;
    last = token;
  }
  return count;
}

/** Functions and globals whose types the compiler finds others. */
function wrongTypes(header, unit) {
  const spell = createSpeller(unit);
  const objects = [
    ...unit.functions.map((found) => ({ ...found, type: { ...found, kind: 'function' } })),
    ...unit.globals,
  ].filter(({ at }) => at !== undefined);
  // Types of their own in C, which the parser takes for those that they are like.
  const text = `#define _Float32 float\n#define _Float64 double\n#define _Float32x double\n${prologue(header)}`;
  const start = text.split('\n').length;
  const checked = objects.flatMap(({ name, type }) => {
    const spelled = spell(type, '');
    // A macro of the same name hides the function.
    const check = `__builtin_types_compatible_p(__typeof__((${name})), __typeof__(${spelled}))`;
    return spelled === null ? [] : [{ name, spelled, line: `\n#undef ${name}\n_Static_assert(${check}, "differs");` }];
  });
  const said = complaints(header, `${text}${checked.map(({ line }) => line.replace(/^\n/, '')).join('\n')}\n`);
  const wrong = [...said.matchAll(/^<stdin>:(\d+):\d+: error: (.*)/gm)].map(([, line, message]) => {
    const found = checked[Math.floor((Number(line) - start) / 2)];
    return `${found?.name}: ${message}; ${found?.spelled}`;
  });
  return { checked: checked.length, wrong };
}

/** Compares printed lines. */
function wrongLines(printed, lines, isSame = (_, wanted, got) => wanted === got) {
  const got = printed.trimEnd().split('\n');
  return lines.flatMap(({ name, kind, line }, index) =>
    isSame(kind, line, got[index]) ? [] : [`${name}: ${got[index]} in C, ${line} in arkffi`],
  );
}

/** Integer macros that the parser takes for something else. */
function missedMacros(header, unit) {
  const { source, doubtful, start } = doubtfulMacros(unit, prologue(header));
  if (doubtful.length === 0) return [];
  const said = complaints(header, source);
  const refused = new Set([...said.matchAll(/^<stdin>:(\d+):\d+: error/gm)].map(([, line]) => Number(line)));
  // gcc tells of each unknown name once.
  const unknown = new Set([...said.matchAll(/error: .(\w+). undeclared/g)].map(([, name]) => name));
  const isUnknown = ({ reason }) => unknown.has(/'(\w+)' is not known$/.exec(reason)?.[1]);
  return doubtful
    .filter((macro, index) => !refused.has(start + index) && !isUnknown(macro))
    .map(({ name, text, reason }) => `${name} (${text}) is a constant in C; ${reason}`);
}

/**
 * @param {(text: string, options: object) => string} parseC
 * @param {object} header of list.mjs
 */
export function checkHeader(parseC, header) {
  const text = preprocessed(header);
  const options = { file: `${header.name}.i`, preprocessed: true };
  parseC(text, options);
  const begin = performance.now();
  const json = parseC(text, options);
  const milliseconds = performance.now() - begin;
  const unit = JSON.parse(json);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'arkffi-headers-'));
  try {
    const layouts = layoutProgram(unit, prologue(header));
    const constants = constantProgram(unit, prologue(header));
    const types = wrongTypes(header, unit);
    const runIn = (name, source) => run(header, source, path.join(folder, name));
    return {
      declarations: countDeclarations(text),
      skipped: unit.diagnostics.filter(({ severity }) => severity === 'error').map((diagnostic) => diagnostic.text),
      types: types.checked,
      wrongTypes: types.wrong,
      records: layouts.lines.length,
      wrongLayouts: layouts.lines.length > 0 ? wrongLines(runIn('layouts', layouts.source), layouts.lines) : [],
      problems: unit.records.filter(({ problem }) => problem).map(({ tag, problem }) => `${tag}: ${problem}`),
      constants: constants.lines.length,
      integers: constants.lines.filter(({ kind }) => kind === 'int' || kind === 'char').length,
      wrongConstants: wrongLines(runIn('constants', constants.source), constants.lines, constants.isSame),
      missedMacros: missedMacros(header, unit),
      bytes: text.length,
      milliseconds,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
