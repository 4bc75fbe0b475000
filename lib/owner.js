'use strict';
// Who memory at an address belongs to, as far as it is known, so that views on it can tell when it is gone.

const native = require('./binding.js');
const { putAddress } = require('./frame.js');
const { retainedAt } = require('./retained.js');

/** @typedef {import('./retained.js').Owner} Owner */

/** Open libraries by number. @type {Map<number, Owner>} */
const libraries = new Map();

/** Belongs to nobody that we know. @type {Owner} */
const NOBODY = Object.freeze({ alive: true, code: '', text: '' });

/** @param {number} library a number of Rust's */
function libraryOpened(library) {
  libraries.set(library, {
    alive: true,
    code: 'ERR_LIBRARY_CLOSED',
    text: 'the library with the memory of this view is closed',
  });
}

/** @param {number} library */
function libraryClosed(library) {
  const owner = libraries.get(library);
  if (owner) owner.alive = false;
  libraries.delete(library);
}

/**
 * The owner of the memory at an address: a retained buffer, or an open library that it is inside of.
 * @param {number | bigint} address
 * @returns {Owner}
 */
function ownerOf(address) {
  const found = retainedAt(address);
  if (found) return found.owner;
  putAddress(address);
  return libraries.get(native.holderOf()) ?? NOBODY;
}

module.exports = { NOBODY, libraryOpened, libraryClosed, ownerOf };
