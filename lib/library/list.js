'use strict';
// Arrays of users' that are copied before they are looked at.

/**
 * The elements. An array can say that it has more than there is memory for.
 * @param {unknown[]} list
 * @param {number} most
 * @param {(length: number) => Error} tooMany
 * @returns {unknown[]}
 */
function copyList(list, most, tooMany) {
  const length = Number(list.length);
  if (length > most) throw tooMany(length);
  return Array.from({ length }, (_, index) => list[index]);
}

module.exports = { copyList };
