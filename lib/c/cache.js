'use strict';
// Units on disk, so that a header is parsed once.

const { createHash, randomBytes } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { version } = require('../../package.json');
const { createError } = require('../errors.js');
const { inclusionsOf } = require('./inclusions.js');
const { parseBare } = require('./parse.js');

/** @typedef {import('./format.js').CUnit} CUnit */
/** @typedef {import('./format.js').CParseOptions} CParseOptions */

const MACHINE = `${process.platform}-${process.arch}`;
/** What a unit has, by which a damaged one is known. @type {(keyof CUnit)[]} */
const LISTS = ['files', 'records', 'enums', 'typedefs', 'functions', 'globals', 'constants', 'macros', 'diagnostics'];

/** A file's stamp; null where there is no file. @typedef {string | null} Stamp */

/** What tells whether a file has changed, or has come. @param {string} file @returns {Stamp} */
function stampOf(file) {
  try {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    return stat?.isFile() ? `${stat.mtimeMs} ${stat.ctimeMs} ${stat.size}` : null;
  } catch {
    return null;
  }
}

/**
 * The unit of a source, from a directory of units where it was put before. What the directory has is believed, so
 * only its owner should be able to write there.
 * @param {string} directory made if it is not there
 * @param {import('./options.js').Source} source
 * @param {CParseOptions} options
 * @returns {CUnit}
 */
function parseCached(directory, source, options) {
  // A file that is as it was is not read: that takes as long as the rest.
  const what = (source.file === undefined ? null : stampOf(source.file)) ?? source.read();
  // A text includes what is in the working directory.
  const key = JSON.stringify([version, MACHINE, options, source.file === undefined ? process.cwd() : '', what]);
  const hash = createHash('sha256').update(key).digest('hex');
  const file = path.join(directory, `${hash}.json`);
  const known = readUnit(file);
  if (known) return known;
  const text = source.read();
  const json = parseBare(text, options);
  /** @type {CUnit} */
  const unit = JSON.parse(json);
  const stamps = stampsOf(unit, text, options);
  if (stamps) write(directory, hash, `${JSON.stringify(stamps)}\n${json}`);
  return unit;
}

/**
 * The stamps of all files that the unit depends on: those that were included, and those that would be if they were
 * there.
 * @param {CUnit} unit
 * @param {string} text
 * @param {CParseOptions} options
 * @returns {[string, Stamp][] | undefined} undefined where it is not known which these are
 */
function stampsOf({ files }, text, { file, include = [], define = {} }) {
  const included = files.filter((name) => name !== file && stampOf(name) !== null);
  const names = new Set();
  let texts;
  try {
    texts = included.map((name) => fs.readFileSync(name, 'utf8'));
  } catch {
    // It went meanwhile.
    return undefined;
  }
  for (const each of [text, ...Object.values(define), ...texts]) {
    const found = inclusionsOf(each);
    if (found === undefined) return undefined;
    for (const name of found) names.add(name);
  }
  const places = new Set([...include, ...[file ?? '', ...included].map((name) => path.dirname(name))]);
  const paths = new Set(included.map((name) => path.resolve(name)));
  for (const place of places) for (const name of names) paths.add(path.resolve(place, name));
  return [...paths].map((name) => [name, stampOf(name)]);
}

/** @param {string} directory @param {string} hash @param {string} content */
function write(directory, hash, content) {
  // Whoever reads meanwhile must see all or nothing.
  const temporary = path.join(directory, `.${hash}.${randomBytes(6).toString('hex')}`);
  try {
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(temporary, content);
    fs.renameSync(temporary, path.join(directory, `${hash}.json`));
  } catch (error) {
    if (stampOf(temporary) !== null) fs.rmSync(temporary, { force: true });
    const { message } = /** @type {Error} */ (error);
    throw createError('ERR_INVALID_ARG_VALUE', `cdef: cache: cannot write there: ${message}`, 'cdef', 2);
  }
}

/** @param {string} file @returns {CUnit | undefined} undefined when it is not there, damaged, or older than a header */
function readUnit(file) {
  try {
    const stored = fs.readFileSync(file, 'utf8');
    const end = stored.indexOf('\n');
    /** @type {[string, Stamp][]} */
    const stamps = JSON.parse(stored.slice(0, end));
    if (stamps.some(([name, stamp]) => stampOf(name) !== stamp)) return undefined;
    const unit = JSON.parse(stored.slice(end + 1));
    return LISTS.every((name) => Array.isArray(unit[name])) ? unit : undefined;
  } catch {
    return undefined;
  }
}

module.exports = { parseCached };
