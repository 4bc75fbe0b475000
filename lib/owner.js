'use strict';
// Who memory at an address belongs to, as far as it is known, so that views on it can tell when it is gone.

const native = require('./binding.js');
const { putAddress } = require('./frame.js');
const { retainedAt } = require('./retained.js');

/** @typedef {import('./retained.js').Owner} Owner */

/**
 * The owners that views know open libraries by, and an address in each. A file that is opened twice is one
 * object in memory: when one of its libraries is closed, the other takes its owners over.
 * @type {Map<number, { owner: Owner, address: number | bigint }[]>}
 */
const libraries = new Map();

/** Belongs to nobody that we know. @type {Owner} */
const NOBODY = Object.freeze({ alive: true, code: '', text: '' });

/** The open library that an address is inside of; 0 for none. @param {number | bigint} address @returns {number} */
function holderOf(address) {
  putAddress(address);
  return native.holderOf();
}

/** What belongs to a library as long as itself is open. @type {Map<number, Owner>} */
const own = new Map();

/** @param {number} library a number of Rust's @returns {Owner} */
function ownerOfLibrary(library) {
  let owner = own.get(library);
  if (!owner) {
    owner = { alive: true, code: 'ERR_LIBRARY_CLOSED', text: 'the library is closed' };
    own.set(library, owner);
  }
  return owner;
}

/** @param {number} library a number of Rust's, no longer open there */
function libraryClosed(library) {
  const owner = own.get(library);
  if (owner) owner.alive = false;
  own.delete(library);
  for (const entry of libraries.get(library) ?? []) {
    const other = holderOf(entry.address);
    if (other === 0) entry.owner.alive = false;
    else libraries.set(other, [...(libraries.get(other) ?? []), entry]);
  }
  libraries.delete(library);
}

/**
 * The owner of the memory at an address: a retained buffer, or an open library that it is inside of.
 * @param {number | bigint} address
 * @returns {Owner}
 */
function ownerOf(address) {
  const found = retainedAt(address);
  if (found) return found;
  const library = holderOf(address);
  if (library === 0) return NOBODY;
  const known = libraries.get(library);
  if (known) return known[0].owner;
  const owner = { alive: true, code: 'ERR_LIBRARY_CLOSED', text: 'the library with this memory is closed' };
  libraries.set(library, [{ owner, address }]);
  return owner;
}

module.exports = { NOBODY, libraryClosed, ownerOf, ownerOfLibrary };
