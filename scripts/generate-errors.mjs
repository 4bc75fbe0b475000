// Writes the table of docs/errors.md from the codes in src/error.rs and their comments (npm run generate).
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from './steps.mjs';

const source = path.join(root, 'src', 'error.rs');
const page = path.join(root, 'docs', 'errors.md');
const BEGIN = '<!-- begin of what npm run generate writes from src/error.rs -->';
const END = '<!-- end of it -->';
const classes = { Plain: 'FFIError', Type: 'FFITypeError', Range: 'FFIRangeError' };

const [, body] = readFileSync(source, 'utf8').match(/^codes! \{\n([\s\S]*?)^\}/m);
const rows = [...body.matchAll(/((?: +\/\/\/ .*\n)+) +\w+ "(ERR_\w+)" (\w+),\n/g)].map(([, comment, code, kind]) => {
  const text = comment
    .replaceAll(/ *\/\/\/ /g, ' ')
    .replaceAll('\n', '')
    .trim();
  return `| \`${code}\` | ${classes[kind]} | ${text.replaceAll('|', '\\|')} |`;
});
const table = ['| code | class | when |', '| --- | --- | --- |', ...rows].join('\n');

const text = readFileSync(page, 'utf8');
const [before, after] = [text.slice(0, text.indexOf(BEGIN)), text.slice(text.indexOf(END))];
const written = `${before}${BEGIN}\n\n${table}\n\n${after}`;
writeFileSync(page, await format(written, { ...(await resolveConfig(page)), filepath: page }));
