// Puts the modules that are loaded at once into one file of the package: to read some fifty takes longer than to run them.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

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

/** What the first `dlopen` of a process loads, on Node. */
const LATER = ['fast/engine.js'];

/** Other hosts' modules may be of another kind, and they would read the file for nothing. */
const ON_NODE = `if (!['bun', 'deno', 'electron'].some((host) => host in process.versions)) require('./lib/at-once.js');`;

/**
 * Does so in a folder with the files of the package.
 * @param {string} folder
 */
export function joinModules(folder) {
  const [index, lib] = [path.join(folder, 'index.js'), path.join(folder, 'lib')];
  const wrapped = (file) =>
    `function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}}`;
  const joined = loadedBy(index).map((file) => {
    const name = path.relative(lib, file).split(path.sep).join('/');
    // Parentheses have engines compile it at once.
    return `'${name}': (${wrapped(file)}),\n`;
  });
  const later = LATER.map((name) => `'${name}': ${wrapped(path.join(lib, name))},\n`);
  const start = readFileSync(new URL('preload.cjs', import.meta.url), 'utf8');
  writeFileSync(path.join(lib, 'at-once.js'), `${start}\npreload({\n${joined.join('')}}, {\n${later.join('')}});\n`);
  const text = readFileSync(index, 'utf8');
  const first = "'use strict';\n";
  if (!text.includes(first)) throw new Error(`index.js does not have the line ${first}`);
  writeFileSync(index, text.replace(first, `${first}\n${ON_NODE}\n`));
}
