'use strict';
// Units on disk, so that a header is parsed once.

const { createHash, randomBytes } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { version } = require('../../package.json');
const { parseBare } = require('./parse.js');

/** @typedef {import('./format.js').CUnit} CUnit */
/** @typedef {import('./format.js').CParseOptions} CParseOptions */

const MACHINE = `${process.platform}-${process.arch}`;

/** What tells whether a file has changed. @param {string} file */
function stampOf(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.mtimeMs} ${stat.size}` : undefined;
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
  const what = (source.file === undefined ? undefined : stampOf(source.file)) ?? source.read();
  const key = JSON.stringify([version, MACHINE, options, what]);
  const hash = createHash('sha256').update(key).digest('hex');
  const file = path.join(directory, `${hash}.json`);
  const known = readUnit(file);
  if (known) return known;
  const json = parseBare(source.read(), options);
  /** @type {CUnit} */
  const unit = JSON.parse(json);
  const included = unit.files.filter((name) => name !== options.file);
  const stamps = included.map((name) => [name, stampOf(name)]).filter(([, stamp]) => stamp !== undefined);
  fs.mkdirSync(directory, { recursive: true });
  // Whoever reads meanwhile must see all or nothing.
  const temporary = path.join(directory, `.${hash}.${randomBytes(6).toString('hex')}`);
  fs.writeFileSync(temporary, `${JSON.stringify(stamps)}\n${json}`);
  fs.renameSync(temporary, file);
  return unit;
}

/** @param {string} file @returns {CUnit | undefined} undefined when it is not there, damaged, or older than a header */
function readUnit(file) {
  try {
    const stored = fs.readFileSync(file, 'utf8');
    const end = stored.indexOf('\n');
    /** @type {[string, string][]} */
    const stamps = JSON.parse(stored.slice(0, end));
    if (stamps.some(([name, stamp]) => stampOf(name) !== stamp)) return undefined;
    return JSON.parse(stored.slice(end + 1));
  } catch {
    return undefined;
  }
}

module.exports = { parseCached };
