'use strict';
// What the sources of stubs are written with.

/** The variable with the number of the function. */
const NUMBER = 'number';

/** The variable with what the entries in Rust are given for it. */
const CALLEE = 'callee';

/** The index of a slot in a view of some element size. @param {number} offset @returns {(size: number) => string} */
const slotAt = (offset) => (size) => String(offset / size);

/** The status "not called, and what is in the frame is another's"; the others are Rust's. */
const MOVED = 5;

module.exports = { CALLEE, MOVED, NUMBER, slotAt };
