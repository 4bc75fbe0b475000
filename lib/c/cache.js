'use strict';
// Units on disk, so that a header is parsed once.

const fs = require('node:fs');
const path = require('node:path');
const native = require('../binding.js');
const { createError } = require('../errors.js');
const { unitOf } = require('./declarations.js');
const { parse } = require('./parse.js');
const { linesOf, unitFrom } = require('./stored.js');

/** @typedef {import('./format.js').CUnit} CUnit */
/** @typedef {import('./format.js').CParseOptions} CParseOptions */

/** @typedef {import('./declarations.js').Unit} Unit */

/** Goes up when the lines of a file become others. */
const FORMAT = 1;
/** A SHA-256 and the end of its line. */
const HASH_LENGTH = 65;

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
 * @returns {Unit}
 */
function parseCached(directory, source, options) {
  // A file that is as it was is not read: that takes as long as the rest.
  const what = (source.file === undefined ? null : stampOf(source.file)) ?? source.read();
  // A text includes what is in the working directory.
  const place = source.file === undefined ? process.cwd() : '';
  // Another build of arkffi may read C otherwise.
  const key = ascii(JSON.stringify([FORMAT, stampOf(native.file), options, place, what]));
  const file = path.join(directory, `${native.sha256(Buffer.from(key))}.unit`);
  const known = readUnit(file, key);
  if (known) return known;
  const text = source.read();
  const parsed = parse(text, options);
  const unit = unitOf(parsed);
  const stamps = stampsOf(parsed, text, options);
  if (stamps) {
    const content = Buffer.from([key, ...[JSON.stringify(stamps), ...linesOf(parsed, unit)].map(ascii)].join('\n'));
    write(directory, file, Buffer.concat([Buffer.from(`${native.sha256(content)}\n`), content]));
  }
  return unit;
}

/**
 * JSON without what takes more than a byte, which is read sooner.
 * @param {string} json
 */
const ascii = (json) => json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

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
    const found = require('./inclusions.js').inclusionsOf(each);
    if (found === undefined) return undefined;
    for (const name of found) names.add(name);
  }
  const places = new Set([...include, ...[file ?? '', ...included].map((name) => path.dirname(name))]);
  const paths = new Set(included.map((name) => path.resolve(name)));
  for (const place of places) for (const name of names) paths.add(path.resolve(place, name));
  return [...paths].map((name) => [name, stampOf(name)]);
}

/** @param {string} directory @param {string} file in it @param {Buffer} content */
function write(directory, file, content) {
  // Whoever reads meanwhile must see all or nothing.
  const temporary = path.join(directory, `.${require('node:crypto').randomUUID()}`);
  try {
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(temporary, content);
    fs.renameSync(temporary, file);
  } catch (error) {
    if (stampOf(temporary) !== null) fs.rmSync(temporary, { force: true });
    const { message } = /** @type {Error} */ (error);
    throw createError('ERR_INVALID_ARG_VALUE', `cdef: cache: cannot write there: ${message}`, 'cdef', 2);
  }
}

/**
 * @param {string} file
 * @param {string} key of what should be in it
 * @returns {Unit | undefined} undefined when it is not there, damaged, of something else, or older than a header
 */
function readUnit(file, key) {
  try {
    const stored = fs.readFileSync(file);
    const content = stored.subarray(HASH_LENGTH);
    if (stored.toString('latin1', 0, HASH_LENGTH) !== `${native.sha256(content)}\n`) return undefined;
    const [what, stamps, ...lines] = content.toString('latin1').split('\n');
    if (what !== key) return undefined;
    const isCurrent = JSON.parse(stamps).every(
      (/** @type {[string, Stamp]} */ [name, stamp]) => stampOf(name) === stamp,
    );
    return isCurrent ? unitFrom(lines) : undefined;
  } catch {
    return undefined;
  }
}

module.exports = { parseCached };
