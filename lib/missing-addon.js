'use strict';
// What is said when no addon could be loaded: what was tried, and what helps.

const { FFIError } = require('./errors.js');
const { whyForbidden } = require('./forbidden.js');
const { isMusl } = require('./is-musl.js');
const platforms = require('./platforms.json');

/** Whether there is a package for a platform, and for the C library of this process. @param {string} name */
function isPublished(name) {
  if (!Object.hasOwn(platforms, name)) return false;
  const { published, libc } = /** @type {any} */ (platforms)[name];
  return published !== false && (libc === undefined || (libc === 'musl') === isMusl());
}

/** @param {{ candidate: string, error: Error }} failure */
function line({ candidate, error }) {
  const isMissing = /** @type {any} */ (error).code === 'MODULE_NOT_FOUND' && error.message.includes(`'${candidate}'`);
  return `  ${candidate}: ${isMissing ? 'it is not there' : error.message.split('\n')[0]}`;
}

/**
 * @param {string[]} names of platforms that this process may be of
 * @param {string} version
 * @returns {string}
 */
function remedy(names, version) {
  if (process.env.ARKFFI_NATIVE)
    return 'ARKFFI_NATIVE says where it is: set it to the path of the addon, or to nothing';
  const packages = names.filter(isPublished).map((name) => `arkffi-${name}@${version}`);
  const build = 'build it from source (npm run build), and ARKFFI_NATIVE may say where it is';
  if (packages.length === 0) return `There is no package for this platform: ${build}`;
  return (
    `Install ${packages.join(' or ')}, which npm does by itself unless optional dependencies are left out ` +
    `or node_modules is another system's; or ${build}`
  );
}

/**
 * @param {string[]} names of platforms that this process may be of, as in platforms.json
 * @param {string} version of arkffi
 * @param {{ candidate: string, error: Error }[]} failures
 */
function missingAddon(names, version, failures) {
  const forbidden = failures.map(({ error }) => whyForbidden(error)).find(Boolean);
  if (forbidden) return new FFIError('ERR_DLOPEN_FAILED', forbidden);
  return new FFIError(
    'ERR_DLOPEN_FAILED',
    [
      `arkffi has no native addon for ${process.platform}-${process.arch} here. Tried:`,
      ...failures.map(line),
      remedy(names, version),
    ].join('\n'),
  );
}

module.exports = { missingAddon };
