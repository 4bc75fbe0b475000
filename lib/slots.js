'use strict';
// What the sources of stubs are written with.

/** Stands for the number of the function, which makes each stub's source unique. */
const NUMBER = '#';

/** The index of a slot in a view of some element size. @param {number} offset @returns {(size: number) => string} */
const slotAt = (offset) => (size) => String(offset / size);

module.exports = { NUMBER, slotAt };
