// Puts the modules that are loaded at once into one file of the package: to read some fifty takes longer than to run them.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

/** A statement that loads a module when its own is loaded. Others are within functions. */
const LOADS = /^(?:const [\w{}:, ]+|\}) = require\('(\.[^']+)'\)/gm;

/**
 * The modules that a file loads, and those that they do, in the order in which they begin to run.
 * @param {string} file
 * @returns {string[]} absolute paths, without the file's own
 */
export function loadedBy(file) {
  const found = new Set();
  const visit = (from) => {
    for (const [, id] of readFileSync(from, 'utf8').matchAll(LOADS)) {
      const module = path.resolve(path.dirname(from), id);
      if (found.has(module) || !module.endsWith('.js')) continue;
      found.add(module);
      visit(module);
    }
  };
  visit(file);
  return [...found];
}

/** What many programs load later: on Node, the first `dlopen` of a process the first of these. */
const LATER = ['fast/engine.js', 'memory.js', 'external.js', 'cstring.js', 'cfunction.js', 'errno.js'];

/** Other hosts' modules may be of another kind, and they would read the file for nothing. */
const ON_NODE = `if (!['bun', 'deno', 'electron'].some((host) => host in process.versions)) require('./lib/at-once.js');`;

/**
 * The same program without comments, which engines read again and again. A character that is not of ASCII would have them
 * store the whole file in two bytes for each.
 * @param {string} text of a module
 */
function shortened(text) {
  // Not at once: scripts that import this file install packages when they run.
  const { parsers } = require('prettier/plugins/acorn');
  let [code, from] = ['', 0];
  for (const { start, end } of parsers.acorn.parse(text, {}).comments) {
    code += text.slice(from, start);
    const isAlone = /(^|\n)[ \t]*$/.test(code) && text[end] === '\n';
    code = isAlone ? code.trimEnd() : `${code} `;
    from = end;
  }
  const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return (code + text.slice(from)).replace(/[^\0-\x7f]/g, escaped);
}

/**
 * The modules that a file loads within functions, and those that they load at once.
 * @param {string} file
 * @returns {string[]} absolute paths
 */
function deferredBy(file) {
  const ids = [...readFileSync(file, 'utf8').matchAll(/=> require\('(\.[^']+)'\)/g)].map(([, id]) => id);
  const modules = ids.map((id) => path.resolve(path.dirname(file), id));
  return [...new Set(modules.flatMap((module) => [module, ...loadedBy(module)]))];
}

/**
 * Does so in a folder with the files of the package. What is exported, but loaded when a program first asks for some of it,
 * goes into another file: for `import`, which asks for all.
 * @param {string} folder
 */
export function joinModules(folder) {
  const [index, lib] = [path.join(folder, 'index.js'), path.join(folder, 'lib')];
  const nameOf = (file) => path.relative(lib, file).split(path.sep).join('/');
  const wrapped = (name) => {
    const text = shortened(readFileSync(path.join(lib, name), 'utf8'));
    return `function (exports, require, module, __filename, __dirname) {${text}}`;
  };
  // Parentheses have engines compile it at once.
  const entry = (name) => `'${name}', (${wrapped(name)}),\n`;
  const first = loadedBy(index).map(nameOf);
  const isLate = (name) => !first.includes(name) && !LATER.includes(name);
  const deferred = deferredBy(path.join(lib, 'deferred.js')).map(nameOf).filter(isLate);
  const later = LATER.map((name) => `'${name}', ${wrapped(name)},\n`);
  const joined = [...first.map(entry), ...later].join('');
  const start = shortened(readFileSync(new URL('preload.cjs', import.meta.url), 'utf8'));
  const names = JSON.stringify(deferred);
  writeFileSync(path.join(lib, 'at-once.js'), `${start}\npreload([\n${joined}], ${first.length}, ${names});\n`);
  const modules = deferred.map(entry).join('');
  writeFileSync(path.join(lib, 'deferred-modules.js'), `'use strict';\nmodule.exports = [\n${modules}];\n`);
  const text = readFileSync(index, 'utf8');
  const strict = "'use strict';\n";
  if (!text.includes(strict)) throw new Error(`index.js does not have the line ${strict}`);
  writeFileSync(index, text.replace(strict, `${strict}\n${ON_NODE}\n`));
}
