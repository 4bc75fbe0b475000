'use strict';
// Names and texts of C in a module: nothing of a header becomes code.

const RESERVED = new Set(
  `abstract arguments as async await boolean break case catch class const continue debugger declare default delete do
  else enum eval export extends false finally for function get if implements import in instanceof interface is let
  module namespace new null number object of package private protected public return set static string super switch
  symbol this throw true try type typeof undefined unknown any never void while with yield NaN Infinity globalThis
  require exports __filename __dirname`.split(/\s+/),
);

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Whether a name can be one in a module. @param {string} name */
const isIdentifier = (name) => name.length <= 1000 && IDENTIFIER.test(name);

/** A string as code. @param {string} text */
function quote(text) {
  const inner = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'");
  return `'${inner.replace(/[\u2028\u2029\u007f-\u009f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`;
}

/** The key of a property in an object literal. @param {string} name */
function key(name) {
  // As a plain key this one would set the prototype.
  if (name === '__proto__') return "['__proto__']";
  return isIdentifier(name) ? name : quote(name);
}

/** A property of an object. @param {string} object @param {string} name */
const property = (object, name) => (isIdentifier(name) ? `${object}.${name}` : `${object}[${quote(name)}]`);

/** Text on one line of a comment. @param {string} text */
const inComment = (text) =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/\*\//g, '*\\/')
    .trim();

/**
 * A doc comment.
 * @param {string | undefined} text
 * @param {string} [indent]
 * @returns {string} with the line's end, or ''
 */
function docComment(text, indent = '') {
  const lines = (text ?? '').split(/\r\n|[\r\n]/).map((line) => inComment(line));
  while (lines.length > 0 && lines[0] === '') lines.shift();
  while (lines.length > 0 && lines[lines.length - 1] === '') lines.pop();
  if (lines.length === 0) return '';
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} *${line === '' ? '' : ` ${line}`}\n`).join('')}${indent} */\n`;
}

/** The names of a module: each is given once. */
class Names {
  #taken = new Set(RESERVED);

  /** @param {string[]} taken that the module has anyway */
  constructor(taken) {
    for (const name of taken) this.#taken.add(name);
  }

  /**
   * A name for something that C calls so.
   * @param {string} name an identifier
   * @param {string[]} others to take where the name is taken
   */
  take(name, ...others) {
    const free = [name, ...others].find((each) => !this.#taken.has(each)) ?? this.#numbered(name);
    this.#taken.add(free);
    return free;
  }

  /** @param {string} name */
  #numbered(name) {
    let free = `${name}_`;
    while (this.#taken.has(free)) free += '_';
    return free;
  }
}

/** @typedef {Names} ModuleNames */

module.exports = { Names, docComment, inComment, isIdentifier, key, property, quote };
