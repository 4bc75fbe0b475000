'use strict';
// Headers that commands are given.

const fs = require('node:fs');
const path = require('node:path');
const { createError } = require('../errors.js');
const { parse } = require('../c/parse.js');
const { preprocess } = require('../gen/preprocess.js');

/** @typedef {import('../c/format.js').CUnit} CUnit */

/** Options of every command that reads a header. */
const headerOptions = {
  include: { type: /** @type {const} */ ('string'), short: 'I', multiple: true },
  define: { type: /** @type {const} */ ('string'), short: 'D', multiple: true },
  cc: { type: /** @type {const} */ ('string') },
};

const HEADER_HELP = `  -I, --include <dir>  where #include looks, too
  -D, --define <m[=v]> defines a macro
  --cc <command>       the C compiler; $CC or cc when left out. Without one, arkffi's own preprocessor is used`;

/** @param {string} macro @returns {[string, string]} */
function splitMacro(macro) {
  const at = macro.indexOf('=');
  return at < 0 ? [macro, '1'] : [macro.slice(0, at), macro.slice(at + 1)];
}

/** @param {string} command */
function isThere(command) {
  const [name] = command.split(/\s+/);
  const places = path.isAbsolute(name) || name.includes('/') ? [''] : (process.env.PATH ?? '').split(path.delimiter);
  const endings = process.platform === 'win32' ? ['', '.exe', '.cmd'] : [''];
  return places.some((place) => endings.some((ending) => fs.existsSync(path.join(place, name + ending))));
}

/**
 * @param {string} header
 * @param {Record<string, any>} values of the options
 * @returns {CUnit}
 */
function readHeader(header, { include = [], define = [], cc }) {
  const file = path.resolve(header);
  if (!fs.existsSync(file)) throw createError('ERR_INVALID_ARG_VALUE', `there is no file ${header}`);
  const compiler = cc ?? process.env.CC ?? 'cc';
  if (cc !== undefined || isThere(compiler)) {
    const text = preprocess(file, { compiler, include, define });
    return parse(text, { file, preprocessed: true });
  }
  const macros = Object.fromEntries(define.map(splitMacro));
  return parse(fs.readFileSync(file, 'utf8'), { file, include, define: macros });
}

module.exports = { HEADER_HELP, headerOptions, readHeader };
